//! The rows of the list, ways to sort them, to the pages before and after,
//! and to act on those that are ticked.

use super::filter::sort_label;
use super::{address, hidden};
use crate::words;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use portal::{CaseColumn, CaseList, CasePage, CaseRow, CaseSort, berlin};

const PATH: &str = "/institut/faelle";

/// Everything below the heading; nothing where the list is empty.
pub(super) fn table(wave: i32, list: &CaseList, page: &CasePage, may_act: bool) -> Option<AnyView> {
    if page.rows.is_empty() {
        return None;
    }
    let rows = rows(wave, list, page, may_act);
    let pages = pages(wave, list, page);
    let acts = may_act.then(acts);
    let back = hidden(list.pairs().into_iter().filter(|(name, _)| *name != "fall").collect());
    Some(if may_act {
        view! {
            <form method="get" action="/institut/faelle/auswahl" class="selection">
                <input type="hidden" name="welle" value=wave.to_string()/>
                {back}
                {rows}
                {acts}
            </form>
            {pages}
        }
        .into_any()
    } else {
        view! { {rows}{pages} }.into_any()
    })
}

fn rows(wave: i32, list: &CaseList, page: &CasePage, may_act: bool) -> AnyView {
    let tick =
        may_act.then(|| view! { <th scope="col" class="tick"><span class="visually-hidden">"Auswahl"</span></th> });
    let kennung = head("Kennung", Some(CaseSort::Kennung), wave, list);
    let heads = list
        .columns
        .iter()
        .map(|column| head(column.label(), column.sort(), wave, list))
        .collect_view();
    let lines = page
        .rows
        .iter()
        .map(|row| line(wave, list, row, may_act))
        .collect_view();
    let order = format!(
        "Fälle, sortiert nach {}, {}",
        sort_label(list.paging.sort),
        if list.paging.descending {
            "absteigend"
        } else {
            "aufsteigend"
        }
    );
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Fälle">
            <table class="cases" data-zeilen="faelle">
                <caption class="visually-hidden">{order}</caption>
                <thead><tr>{tick}{kennung}{heads}</tr></thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The head of a column; where one can sort by it, a link that does, and
/// turns the order round the second time.
fn head(label: &'static str, sort: Option<CaseSort>, wave: i32, list: &CaseList) -> AnyView {
    let Some(sort) = sort else {
        return view! { <th scope="col">{label}</th> }.into_any();
    };
    let current = list.paging.sort == sort;
    let newest_first = matches!(sort, CaseSort::Received | CaseSort::Activity);
    let mut other = list.clone();
    other.paging.sort = sort;
    other.paging.descending = if current { !list.paging.descending } else { newest_first };
    let state = current.then_some(if list.paging.descending {
        "descending"
    } else {
        "ascending"
    });
    let sign = current.then_some(if list.paging.descending { " ▼" } else { " ▲" });
    let href = address(PATH, wave, &other.pairs());
    view! { <th scope="col" aria-sort=state><a href=href>{label}<span aria-hidden="true">{sign}</span></a></th> }
        .into_any()
}

fn line(wave: i32, list: &CaseList, row: &CaseRow, may_act: bool) -> AnyView {
    let href = address(&format!("/institut/fall/{}", row.kennung), wave, &[]);
    let tick = may_act.then(|| {
        let label = format!("{} auswählen", row.kennung);
        view! { <td class="tick"><input type="checkbox" name="fall" value=row.kennung.clone() aria-label=label/></td> }
    });
    let cells = list.columns.iter().map(|column| cell(*column, row)).collect_view();
    view! { <tr>{tick}<th scope="row"><a href=href>{row.kennung.clone()}</a></th>{cells}</tr> }.into_any()
}

fn cell(column: CaseColumn, row: &CaseRow) -> AnyView {
    let text = |text: String| view! { <td>{text}</td> }.into_any();
    match column {
        CaseColumn::Name => view! { <td class="name">{row.name.clone()}</td> }.into_any(),
        CaseColumn::Form => text(row.form.label().to_owned()),
        CaseColumn::Land => text(row.land.label().to_owned()),
        CaseColumn::Status => status(row),
        CaseColumn::Since => text(berlin::short(berlin::day_of(row.changed_at))),
        CaseColumn::Deadline => text(format!(
            "{}{}",
            words::day(row.deadline),
            if row.extended { " (verlängert)" } else { "" }
        )),
        CaseColumn::Progress => progress(row),
        CaseColumn::Activity => text(moment(row.active_at)),
        CaseColumn::Received => text(moment(row.submitted_at)),
        CaseColumn::TypeUe => text(row.type_ue.clone().unwrap_or_default()),
        CaseColumn::TypeU25 => text(row.type_u25.clone().unwrap_or_default()),
        CaseColumn::Contact => {
            view! { <td class="contact">{row.contact_name.clone()} <br/> {row.contact_email.clone()}</td> }.into_any()
        }
        CaseColumn::Called => text(moment(row.called_at)),
    }
}

fn status(row: &CaseRow) -> AnyView {
    let marks: Vec<&str> = [
        (row.late, "verspätet"),
        (row.marked, "Adresse gesperrt"),
        (row.opted_out, "keine Erinnerungen"),
    ]
    .into_iter()
    .filter_map(|(holds, label)| holds.then_some(label))
    .collect();
    let marks = (!marks.is_empty()).then(|| view! { <span class="evidence">" · " {marks.join(" · ")}</span> });
    view! { <td>{words::status(row.status)}{marks}</td> }.into_any()
}

fn progress(row: &CaseRow) -> AnyView {
    let Some((answered, asked)) = row.progress else {
        return view! { <td></td> }.into_any();
    };
    let percent = format!("{} %", answered * 100 / asked.max(1));
    let label = format!("{answered} von {asked} Fragen beantwortet");
    view! {
        <td class="progress">
            <progress max=asked.to_string() value=answered.to_string() aria-label=label></progress>
            " " {percent}
        </td>
    }
    .into_any()
}

fn moment(at: Option<DateTime<Utc>>) -> String {
    at.map(berlin::long).unwrap_or_default()
}

/// To the pages before and after, found by the rows at their edges.
fn pages(wave: i32, list: &CaseList, page: &CasePage) -> Option<AnyView> {
    let (first, last) = (page.rows.first()?, page.rows.last()?);
    let to = |name: &'static str, kennung: &str| {
        let mut pairs = list.pairs();
        pairs.push((name, kennung.to_owned()));
        address(PATH, wave, &pairs)
    };
    let start = page
        .earlier
        .then(|| view! { <li><a href=address(PATH, wave, &list.pairs())>"An den Anfang"</a></li> });
    let before = page
        .earlier
        .then(|| view! { <li><a rel="prev" href=to("vor", &first.kennung)>"Vorige Seite"</a></li> });
    let after = page
        .later
        .then(|| view! { <li><a rel="next" href=to("nach", &last.kennung)>"Nächste Seite"</a></li> });
    (page.earlier || page.later).then(|| {
        view! { <nav aria-label="Seiten der Liste"><ul class="inline pages">{start}{before}{after}</ul></nav> }
            .into_any()
    })
}

/// What to do with the ticked cases; asked once more on the next page.
fn acts() -> AnyView {
    view! {
        <div class="filter">
            <div class="field">
                <label for="aktion">"Mit den angekreuzten Fällen"</label>
                <select id="aktion" name="aktion">
                    <option value="erinnern">"erinnern"</option>
                    <option value="frist">"Frist verlängern"</option>
                    <option value="notiz">"Anruf oder Notiz festhalten"</option>
                    <option value="verweigert">"als verweigert vermerken"</option>
                </select>
            </div>
            <button>"Weiter"</button>
            <p class="hint">"Auf der nächsten Seite sehen Sie, wie viele es sind und bei welchen es nicht geht."</p>
        </div>
    }
    .into_any()
}
