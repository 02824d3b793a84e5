//! The units behind a figure of the panel, filtered, page by page.

use super::{fate_label, part_label, pattern_label, view_asked, view_fields, view_query};
use crate::layout::{Notice, Page};
use crate::staff::admin::with_staff;
use crate::staff::frame::{asked, encoded, field, input, select};
use leptos::prelude::*;
use portal::{PanelFilter, PanelUnit, PanelView, counted};
use survey::{Form, Land};

/// `/institut/panel/einheiten`, with `?muster=` or `?von=`, `?bis=`,
/// `?verbleib=`, and `?form=`, `?land=`, `?suche=`, `?seite=`.
#[component]
pub(in crate::staff) fn PanelUnits() -> impl IntoView {
    let view = view_asked();
    let fate = asked("von")
        .parse()
        .ok()
        .zip(asked("bis").parse().ok())
        .zip(asked("verbleib").parse().ok());
    let filter = PanelFilter {
        pattern: Some(asked("muster"))
            .filter(|text| !text.is_empty())
            .and_then(|text| text.parse().ok()),
        fate: fate.map(|((from, to), fate)| (from, to, fate)),
        form: asked("form").parse().ok(),
        land: asked("land").parse().ok(),
        search: asked("suche"),
    };
    let page: usize = asked("seite").parse().unwrap_or(1).max(1);
    with_staff(move |portal, session| async move {
        let (waves, units) = portal.panel_units(&session, view, &filter).await?;
        let what = what(&filter, &waves);
        let form = filter_form(view, &filter);
        let list = unit_list(&waves, &units, page, &query(view, &filter));
        Ok(view! {
            <Page title="Einheiten des Panels" caption=what wide=true>
                <nav class="back" aria-label="Zurück"><a href=format!("/institut/panel?{}", view_query(view))>"Panel"</a></nav>
                {form}
                {list}
            </Page>
        }
        .into_any())
    })
}

/// Units shown at once.
const PAGE: usize = 200;

fn what(filter: &PanelFilter, waves: &[i32]) -> String {
    match (filter.fate, filter.pattern) {
        (Some((from, to, fate)), _) => format!("{from} bis {to}: {}", fate_label(fate)),
        (None, Some(pattern)) => format!("Teilgenommen: {}", pattern_label(pattern, waves)),
        (None, None) => "In mindestens einer Welle dabei".to_owned(),
    }
}

fn hidden(filter: &PanelFilter) -> Vec<(&'static str, String)> {
    let mut fields = Vec::new();
    if let Some(pattern) = filter.pattern {
        fields.push(("muster", pattern.to_string()));
    }
    if let Some((from, to, fate)) = filter.fate {
        fields.extend([
            ("von", from.to_string()),
            ("bis", to.to_string()),
            ("verbleib", fate.name().to_owned()),
        ]);
    }
    fields
}

fn query(view: PanelView, filter: &PanelFilter) -> String {
    let rest = [
        ("form", filter.form.map_or("", Form::label).to_owned()),
        ("land", filter.land.map_or("", Land::label).to_owned()),
        ("suche", filter.search.clone()),
    ];
    hidden(filter)
        .into_iter()
        .chain(rest)
        .fold(view_query(view), |query, (name, value)| {
            format!("{query}&{name}={}", encoded(&value))
        })
}

fn filter_form(view: PanelView, filter: &PanelFilter) -> impl IntoView + use<> {
    let all = (String::new(), "alle".to_owned());
    let forms = std::iter::once(all.clone())
        .chain(Form::ALL.map(|form| (form.label().to_owned(), form.label().to_owned())))
        .collect();
    let laender = std::iter::once(all)
        .chain(
            Land::ALL
                .into_iter()
                .map(|land| (land.label().to_owned(), land.label().to_owned())),
        )
        .collect();
    let hidden = hidden(filter)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form method="get" action="/institut/panel/einheiten" class="filter">
            {hidden}
            {view_fields(view)}
            {field("suche".into(), "Name oder Kennung", None, input("suche", "search", filter.search.clone()))}
            {field("form".into(), "Form", None, select("form", forms, filter.form.map_or("", Form::label).into()))}
            {field("land".into(), "Land", None, select("land", laender, filter.land.map_or("", Land::label).into()))}
            <button>"Filtern"</button>
        </form>
    }
}

fn unit_list(waves: &[i32], units: &[PanelUnit], page: usize, query: &str) -> impl IntoView + use<> {
    let heading = counted(units.len() as u64, "Einheit", "Einheiten");
    if units.is_empty() {
        return view! { <Notice kind="info" text="Zu dieser Auswahl gibt es keine Einheiten."/> }.into_any();
    }
    let pages = units.len().div_ceil(PAGE);
    let page = page.min(pages);
    let rows: Vec<_> = units.iter().skip((page - 1) * PAGE).take(PAGE).map(line).collect();
    let heads: Vec<_> = waves
        .iter()
        .map(|wave| view! { <th scope="col">{wave.to_string()}</th> })
        .collect();
    let link = |to: usize, label: &'static str| {
        view! { <a class="button" href=format!("/institut/panel/einheiten?{query}&seite={to}")>{label}</a> }
    };
    let back = (page > 1).then(|| link(page - 1, "Vorige"));
    let on = (page < pages).then(|| link(page + 1, "Nächste"));
    let place = (pages > 1)
        .then(|| view! { <p class="actions">{back}{on}<span>{format!("Seite {page} von {pages}")}</span></p> });
    view! {
        <h2>{heading}</h2>
        <p><a href=format!("/institut/panel.csv?{query}") download>"Diese Auswahl als CSV holen"</a></p>
        <div class="table-scroll" tabindex="0" role="region" aria-label="Einheiten">
            <table>
                <thead><tr>
                    <th scope="col">"Kennung"</th><th scope="col">"Name"</th><th scope="col">"Form"</th><th scope="col">"Land"</th>
                    {heads}<th scope="col">"Vorgänger"</th><th scope="col">"Nachfolger"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {place}
    }
    .into_any()
}

fn line(unit: &PanelUnit) -> impl IntoView + use<> {
    let href = format!("/institut/fall/{}?welle={}", encoded(&unit.kennung), unit.wave);
    let parts: Vec<_> = unit
        .parts
        .iter()
        .map(|part| view! { <td>{part_label(*part)}</td> })
        .collect();
    let others = |list: &[String]| {
        list.iter()
            .enumerate()
            .map(|(place, kennung)| {
                let href = format!("/institut/panel/einheiten?nachfolger=nein&suche={}", encoded(kennung));
                let between = if place == 0 { "" } else { ", " };
                view! { {between}<a href=href>{kennung.clone()}</a> }
            })
            .collect_view()
    };
    view! {
        <tr>
            <th scope="row"><a href=href>{unit.kennung.clone()}</a></th>
            <td>{unit.name.clone()}</td>
            <td>{unit.form.label()}</td>
            <td>{unit.land.label()}</td>
            {parts}
            <td>{others(&unit.predecessors)}</td>
            <td>{others(&unit.successors)}</td>
        </tr>
    }
}
