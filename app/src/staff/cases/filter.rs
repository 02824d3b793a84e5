//! What narrows the list down: the filter's form, saved views, other waves.

use super::{address, hidden};
use crate::staff::frame::{field, input, select};
use crate::words;
use leptos::prelude::*;
use portal::{CaseColumn, CaseFilter, CaseList, CaseSort, PAGE_SIZES, SavedView, Stage, TypeWanted, WaveView};
use survey::status::Status;
use survey::{Form, Land};

const PATH: &str = "/institut/faelle";

/// Links to the same list of the other waves.
pub(super) fn other_waves(waves: &[WaveView], here: i32) -> Option<AnyView> {
    let links: Vec<_> = waves
        .iter()
        .filter(|wave| wave.key != here)
        .map(|wave| {
            let href = address(PATH, wave.key, &[]);
            view! { <li><a href=href>{format!("Welle {}", wave.key)}</a></li> }
        })
        .collect();
    (!links.is_empty())
        .then(|| view! { <nav aria-label="Andere Wellen"><ul class="inline">{links}</ul></nav> }.into_any())
}

/// The views somebody has saved, and the place to save this one.
pub(super) fn views(
    wave: i32,
    views: &[SavedView],
    list: &CaseList,
    error: Option<String>,
    name: String,
) -> impl IntoView + use<> {
    let open = error.is_some();
    let links: Vec<_> = views
        .iter()
        .map(|one| {
            let href = format!("{PATH}?welle={wave}&{}", one.query);
            let delete = format!("Ansicht „{}“ löschen", one.name);
            view! {
                <li>
                    <a href=href>{one.name.clone()}</a>
                    <form method="post" action="/institut/faelle/ansichten/loeschen">
                        <input type="hidden" name="welle" value=wave.to_string()/>
                        <input type="hidden" name="ansicht" value=one.id.clone()/>
                        <button class="link" aria-label=delete>"löschen"</button>
                    </form>
                </li>
            }
        })
        .collect();
    let saved = (!links.is_empty()).then(|| {
        view! { <nav aria-label="Gespeicherte Ansichten"><ul class="inline views">{links}</ul></nav> }
    });
    view! {
        {saved}
        <details open=open>
            <summary>"Diese Ansicht speichern"</summary>
            <form method="post" action="/institut/faelle/ansichten" class="filter">
                <input type="hidden" name="welle" value=wave.to_string()/>
                {hidden(list.pairs())}
                {field("ansicht".into(), "Name der Ansicht", error, input("name", "text", name))}
                <button>"Speichern"</button>
            </form>
            <p class="hint">"Filter, Sortierung und Spalten stehen vollständig in der Adresse dieser Seite: Sie können sie auch weitergeben."</p>
        </details>
    }
}

/// The filter: what is used most in sight, the rest one step away.
pub(super) fn form(wave: i32, list: &CaseList) -> impl IntoView + use<> {
    let filter = &list.filter;
    let chosen = |name: Option<&str>| name.unwrap_or_default().to_owned();
    let named = hidden(filter.kennungen.iter().map(|one| ("fall", one.clone())).collect());
    view! {
        <form method="get" action=PATH class="case-filter" role="search" aria-label="Fälle">
            <input type="hidden" name="welle" value=wave.to_string()/>
            {named}
            <div class="filter">
                {field("suche".into(), "Name, Ort oder Kennung", None, input("suche", "search", filter.search.clone()))}
                {field("status".into(), "Status", None, select("status", statuses(), chosen(filter.status.map(Status::name))))}
                {field("stand".into(), "Stand", None, select("stand", stages(), chosen(filter.stage.map(Stage::name))))}
                {field("form".into(), "Form", None, select("form", forms(), chosen(filter.form.map(Form::label))))}
                {field("land".into(), "Land", None, select("land", laender(), chosen(filter.land.map(Land::label))))}
                <button class="primary">"Filtern"</button>
            </div>
            <details open=has_more(filter)>
                <summary>"Weitere Filter"</summary>
                {more(filter)}
            </details>
            <details>
                <summary>"Spalten und Reihenfolge"</summary>
                {look(list)}
            </details>
            <p class="inline-links">
                <a href=address(PATH, wave, &[])>"Filter leeren"</a>
                <a href=address("/institut/faelle.csv", wave, &list.pairs())>"Als Tabelle (CSV)"</a>
                <a href=address("/institut/post/erinnern", wave, &filter.pairs())>"Diese Auswahl erinnern"</a>
            </p>
        </form>
    }
}

fn has_more(filter: &CaseFilter) -> bool {
    filter.late
        || filter.extended
        || filter.marked
        || filter.opted_out
        || filter.type_ue.is_some()
        || filter.type_u25.is_some()
        || filter.silent_days.is_some()
}

fn more(filter: &CaseFilter) -> impl IntoView + use<> {
    let wanted = |one: Option<TypeWanted>| one.map_or("", TypeWanted::name).to_owned();
    let days = filter.silent_days.map(|days| days.to_string()).unwrap_or_default();
    let checks = [
        ("spaet", "verspätet", filter.late),
        ("verlaengert", "Frist verlängert", filter.extended),
        ("gesperrt", "Adresse gesperrt", filter.marked),
        ("abgemeldet", "will keine Erinnerungen", filter.opted_out),
    ]
    .map(|(name, label, checked)| check(name, "ja", label, checked));
    view! {
        <div class="filter">
            <div class="field">
                <label for="still">"Ohne Bewegung seit mindestens … Tagen"</label>
                <input id="still" name="still" inputmode="numeric" size="4" value=days/>
            </div>
            {field("typ_ue".into(), "Typ Ü25", None, select("typ_ue", types(), wanted(filter.type_ue)))}
            {field("typ_u25".into(), "Typ U25", None, select("typ_u25", types(), wanted(filter.type_u25)))}
            <fieldset class="checks"><legend>"Nur Fälle, auf die das zutrifft"</legend>{checks.into_iter().collect_view()}</fieldset>
        </div>
    }
}

fn look(list: &CaseList) -> impl IntoView + use<> {
    let columns = CaseColumn::ALL
        .into_iter()
        .map(|column| check("spalte", column.name(), column.label(), list.columns.contains(&column)))
        .collect_view();
    let sorts = CaseSort::ALL
        .into_iter()
        .map(|sort| (sort.name().to_owned(), sort_label(sort).to_owned()));
    let ways =
        [("auf", "aufsteigend"), ("ab", "absteigend")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    let sizes = PAGE_SIZES.map(|size| (size.to_string(), size.to_string()));
    let way = if list.paging.descending { "ab" } else { "auf" };
    view! {
        <div class="filter">
            {field("sortierung".into(), "Sortiert nach", None, select("sortierung", sorts.collect(), list.paging.sort.name().to_owned()))}
            {field("richtung".into(), "Richtung", None, select("richtung", ways.to_vec(), way.to_owned()))}
            {field("zeilen".into(), "Zeilen je Seite", None, select("zeilen", sizes.to_vec(), list.paging.size.to_string()))}
            <fieldset class="checks"><legend>"Spalten"</legend>{columns}</fieldset>
        </div>
    }
}

pub(super) const fn sort_label(sort: CaseSort) -> &'static str {
    match sort {
        CaseSort::Name => "Name",
        CaseSort::Kennung => "Kennung",
        CaseSort::Status => "Status",
        CaseSort::Received => "Eingang",
        CaseSort::Activity => "letzter Bearbeitung",
    }
}

fn check(name: &'static str, value: &'static str, label: &'static str, checked: bool) -> AnyView {
    let id = format!("{name}-{value}");
    view! {
        <div class="check">
            <input type="checkbox" id=id.clone() name=name value=value checked=checked/>
            <label for=id>{label}</label>
        </div>
    }
    .into_any()
}

fn with_all(list: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<(String, String)> {
    std::iter::once(("", "alle"))
        .chain(list)
        .map(|(value, label)| (value.to_owned(), label.to_owned()))
        .collect()
}

fn statuses() -> Vec<(String, String)> {
    with_all(Status::ALL.into_iter().map(|one| (one.name(), words::status(one))))
}

fn stages() -> Vec<(String, String)> {
    with_all(Stage::ALL.into_iter().map(|one| (one.name(), one.name())))
}

fn forms() -> Vec<(String, String)> {
    with_all(Form::ALL.into_iter().map(|one| (one.label(), one.label())))
}

fn laender() -> Vec<(String, String)> {
    with_all(Land::ALL.into_iter().map(|one| (one.label(), one.label())))
}

fn types() -> Vec<(String, String)> {
    with_all(TypeWanted::ALL.into_iter().map(|one| match one {
        TypeWanted::Code(code) => (code, code),
        TypeWanted::Unclear => (one.name(), "nicht klassifizierbar"),
    }))
}
