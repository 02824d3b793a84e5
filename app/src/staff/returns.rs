//! Returns at a glance: two figures that are never mixed, and the cases.

use super::frame::NoWave;
use crate::context::Viewer;
use crate::layout::{Notice, Page, Unavailable};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{CaseFilter, CaseRow, Portal, Returns as Figures, StaffError, WaveView};
use survey::rates::Rate;
use survey::status::Status;
use survey::{Form, Land};

/// `/institut`, with `?welle=`, `?status=`, `?form=`, `?land=`, `?suche=`.
#[component]
pub(super) fn Returns() -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    let query = use_query_map().get_untracked();
    let read = |name: &str| query.get(name).unwrap_or_default();
    let filter = CaseFilter {
        status: read("status").parse().ok(),
        form: read("form").parse().ok(),
        land: read("land").parse().ok(),
        search: read("suche").trim().chars().take(100).collect(),
    };
    let wanted: Option<i32> = read("welle").parse().ok();
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                let Ok(waves) = portal.waves().await else { return view! { <Unavailable/> }.into_any() };
                let Some(wave) = chosen(&waves, wanted) else { return view! { <NoWave/> }.into_any() };
                let figures = portal.returns(&session, wave).await;
                let cases = portal.cases(&session, wave, &filter).await;
                match (figures, cases) {
                    (Ok(figures), Ok(cases)) => page(&waves, &figures, &cases, &filter).into_any(),
                    (Err(StaffError::NotFound), _) | (_, Err(StaffError::NotFound)) => view! { <NoWave/> }.into_any(),
                    _ => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The wave asked for, else the open one, else the newest.
pub(super) fn chosen(waves: &[WaveView], wanted: Option<i32>) -> Option<i32> {
    waves
        .iter()
        .find(|wave| Some(wave.key) == wanted)
        .or_else(|| waves.iter().find(|wave| wave.state == portal::WaveState::Open))
        .or_else(|| waves.first())
        .map(|wave| wave.key)
}

fn page(waves: &[WaveView], figures: &Figures, cases: &[CaseRow], filter: &CaseFilter) -> impl IntoView + use<> {
    let wave = figures.wave.clone();
    let caption = format!(
        "Stichtag {}, Feldbeginn {}, Frist {}",
        words::day(wave.stichtag),
        words::day(wave.start),
        words::day(wave.deadline)
    );
    let others = waves
        .iter()
        .filter(|other| other.key != wave.key)
        .map(|other| view! { <li><a href=format!("/institut?welle={}", other.key)>{format!("Welle {}", other.key)}</a></li> })
        .collect::<Vec<_>>();
    let others =
        (!others.is_empty()).then(|| view! { <nav aria-label="Andere Wellen"><ul class="inline">{others}</ul></nav> });
    let rows = figures
        .rows
        .iter()
        .map(|row| {
            let cell = |numerator| {
                Rate {
                    numerator,
                    denominator: row.denominator,
                }
                .to_string()
            };
            let total = row.form.is_none();
            view! {
                <tr class:total=total>
                    <th scope="row">{row.form.map_or("Insgesamt", Form::label)}</th>
                    <td class="figure">{cell(row.eingegangen)}</td>
                    <td class="figure">{cell(row.verwertbar)}</td>
                </tr>
            }
        })
        .collect_view();
    let statuses = figures
        .by_status
        .iter()
        .map(|(status, count)| {
            let href = format!("/institut?welle={}&status={}#faelle", wave.key, status.name());
            view! { <tr><th scope="row"><a href=href>{words::status(*status)}</a></th><td class="figure">{count.to_string()}</td></tr> }
        })
        .collect_view();
    let body = view! {
            {others}
            <div class="columns">
                <div class="table-scroll" tabindex="0" role="region" aria-label="Rücklauf nach Form">
                    <table>
                        <caption>"Rücklauf nach Form der Aufgabenwahrnehmung"</caption>
                        <thead><tr><th scope="col">"Form"</th><th scope="col" class="figure">"eingegangen"</th><th scope="col" class="figure">"vollständig verwertbar"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                    <p class="hint">"Basis: bei Eröffnung festgeschriebene Einheiten ohne solche, die nicht zur Erhebung gehören. „Vollständig verwertbar“ ist RR1 nach AAPOR."</p>
                </div>
                <div>
                    <table>
                        <caption>"Fälle nach Status"</caption>
                        <thead><tr><th scope="col">"Status"</th><th scope="col" class="figure">"Fälle"</th></tr></thead>
                        <tbody>{statuses}</tbody>
                    </table>
                </div>
            </div>
            {case_list(wave.key, cases, filter)}
    };
    let title = format!("Rücklauf, Welle {}", wave.key);
    view! { <Page title=title caption=caption wide=true>{body}</Page> }
}

fn case_list(wave: i32, cases: &[CaseRow], filter: &CaseFilter) -> impl IntoView + use<> {
    let lines = cases
        .iter()
        .map(|case| {
            let href = format!("/institut/fall/{}?welle={wave}", case.kennung);
            let submitted = case.submitted_at.map(portal::berlin::long).unwrap_or_default();
            view! {
                <tr>
                    <th scope="row"><a href=href>{case.kennung.clone()}</a></th>
                    <td>{case.name.clone()}</td>
                    <td>{case.form.label()}</td>
                    <td>{case.land.label()}</td>
                    <td>{words::status(case.status)}</td>
                    <td>{submitted}</td>
                    <td>{case.type_ue.clone().unwrap_or_default()}</td>
                    <td>{case.type_u25.clone().unwrap_or_default()}</td>
                </tr>
            }
        })
        .collect_view();
    let heading = match cases.len() {
        0 => "Keine Fälle".to_owned(),
        1 => "1 Fall".to_owned(),
        n => format!("{n} Fälle"),
    };
    let empty = cases
        .is_empty()
        .then(|| view! { <Notice kind="info" text="Zu dieser Auswahl gibt es keine Fälle. Ändern oder leeren Sie die Filter."/> });
    let option = |value: &'static str, label: &'static str, chosen: bool| {
        view! { <option value=value selected=chosen>{label}</option> }
    };
    let statuses: Vec<_> = Status::ALL
        .into_iter()
        .map(|status| option(status.name(), words::status(status), filter.status == Some(status)))
        .collect();
    let forms: Vec<_> = Form::ALL
        .into_iter()
        .map(|form| option(form.label(), form.label(), filter.form == Some(form)))
        .collect();
    let laender: Vec<_> = Land::ALL
        .into_iter()
        .map(|land| option(land.label(), land.label(), filter.land == Some(land)))
        .collect();
    let search = filter.search.clone();
    let remind = format!(
        "/institut/post/erinnern?welle={wave}&status={}&form={}&land={}&suche={}",
        filter.status.map_or("", Status::name),
        filter.form.map_or("", Form::label),
        filter.land.map_or("", Land::label),
        super::frame::encoded(&filter.search)
    );
    view! {
        <h2 id="faelle">{heading}</h2>
        <form method="get" action="/institut" class="filter">
            <input type="hidden" name="welle" value=wave.to_string()/>
            <div class="field"><label for="suche">"Name oder Kennung"</label><input type="search" id="suche" name="suche" value=search/></div>
            <div class="field"><label for="status">"Status"</label><select id="status" name="status"><option value="">"alle"</option>{statuses}</select></div>
            <div class="field"><label for="form">"Form"</label><select id="form" name="form"><option value="">"alle"</option>{forms}</select></div>
            <div class="field"><label for="land">"Land"</label><select id="land" name="land"><option value="">"alle"</option>{laender}</select></div>
            <button>"Filtern"</button>
            <p><a href=remind>"Diese Auswahl erinnern"</a></p>
        </form>
        {empty}
        <div class="table-scroll" tabindex="0" role="region" aria-label="Fälle">
            <table>
                <thead><tr>
                    <th scope="col">"Kennung"</th><th scope="col">"Name"</th><th scope="col">"Form"</th><th scope="col">"Land"</th>
                    <th scope="col">"Status"</th><th scope="col">"Eingegangen"</th><th scope="col">"Typ Ü25"</th><th scope="col">"Typ U25"</th>
                </tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}
