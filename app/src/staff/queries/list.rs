//! All Rückfragen of a wave: how many wait, for whom, since when.

use super::state_tag;
use crate::layout::Page;
use crate::staff::frame::{asked, encoded, notice, table, with_desk};
use crate::words;
use leptos::prelude::*;
use portal::{QueryFilter, QueryLine, QueryPage, QueryState, berlin};

/// Value of the filter that means "open and overdue".
const OVERDUE: &str = "overdue";

/// `/institut/rueckfragen`, with `?welle=`, `stand`, `suche`.
#[component]
pub(in crate::staff) fn QueryList() -> impl IntoView {
    let notice = notice();
    let (state, search) = (asked("stand"), asked("suche"));
    with_desk(move |desk| async move {
        let filter = QueryFilter {
            state: state.parse().ok(),
            overdue: state == OVERDUE,
            search: search.clone(),
        };
        let page = desk.portal.queries(&desk.session, desk.wave, &filter).await?;
        let body = view! {
            {notice}
            {counts(&page, desk.wave)}
            {form(desk.wave, &state, &search)}
            {lines(&page, desk.wave)}
            <p><a href=format!("/institut/rueckfragen/csv?welle={}", desk.wave)>"Alle Rückfragen dieser Welle als CSV"</a></p>
        };
        let caption = format!("Welle {}", desk.wave);
        Ok(view! { <Page title="Rückfragen" caption=caption wide=true>{body}</Page> }.into_any())
    })
}

fn counts(page: &QueryPage, wave: i32) -> impl IntoView + use<> {
    let counts = page.counts;
    let one = |label: &'static str, count: u64, state: &'static str| {
        let href = format!("/institut/rueckfragen?welle={wave}&stand={state}");
        view! { <div><dt><a href=href>{label}</a></dt><dd>{count.to_string()}</dd></div> }
    };
    view! {
        <dl class="facts">
            {one("beantwortet, bitte ansehen", counts.answered, "answered")}
            {one("offen", counts.open, "open")}
            {one("davon überfällig", counts.overdue, OVERDUE)}
            {one("abgeschlossen", counts.closed, "closed")}
            {one("zurückgezogen", counts.withdrawn, "withdrawn")}
        </dl>
    }
}

fn form(wave: i32, state: &str, search: &str) -> impl IntoView + use<> {
    let all = [("", "alle"), (OVERDUE, "überfällig")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    let states = QueryState::ALL
        .iter()
        .map(|one| (one.name().to_owned(), one.label().to_owned()));
    let options = all
        .into_iter()
        .chain(states)
        .map(|(value, label)| {
            let selected = value == state;
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect_view();
    view! {
        <form method="get" action="/institut/rueckfragen" class="filter">
            <input type="hidden" name="welle" value=wave.to_string()/>
            <div class="field">
                <label for="stand">"Stand"</label>
                <select id="stand" name="stand">{options}</select>
            </div>
            <div class="field">
                <label for="suche">"Name oder Kennung"</label>
                <input type="search" id="suche" name="suche" value=search.to_owned()/>
            </div>
            <button>"Anzeigen"</button>
        </form>
    }
}

fn lines(page: &QueryPage, wave: i32) -> AnyView {
    if page.lines.is_empty() {
        return view! { <p>"Hier gibt es keine Rückfragen."</p> }.into_any();
    }
    let rows = page.lines.iter().map(|line| row(line, wave)).collect_view();
    let more = page
        .more
        .then(|| view! { <p class="hint">"Es gibt noch mehr; bitte grenzen Sie die Auswahl ein."</p> });
    view! {
        {table("Rückfragen", &["Einheit", "Nr.", "Stand", "Frist", "Gestellt", "Beantwortet", "Fragen"], rows)}
        {more}
    }
    .into_any()
}

fn row(line: &QueryLine, wave: i32) -> impl IntoView + use<> {
    let query = &line.query;
    let (class, state) = state_tag(query);
    let href = format!("/institut/fall/{}?welle={wave}#rueckfragen", encoded(&line.kennung));
    let (form, status) = (line.form.label(), words::status(line.status));
    let answered = query
        .answered
        .as_ref()
        .map(|(at, by)| format!("{}, {by}", berlin::long(*at)));
    let items: Vec<&str> = query
        .points
        .iter()
        .flat_map(|point| point.items.iter().map(String::as_str))
        .collect();
    view! {
        <tr>
            <th scope="row">
                <a href=href>{line.name.clone()}</a>
                <span class="evidence">{format!(" {} · {form} · {status}", line.kennung)}</span>
            </th>
            <td>{query.number.to_string()}</td>
            <td><span class=class>{state}</span></td>
            <td>{words::day(query.due)}</td>
            <td>{berlin::long(query.opened_at)}", "{query.opened_by.clone()}</td>
            <td>{answered.unwrap_or_else(|| "–".to_owned())}</td>
            <td>{items.join(", ")}</td>
        </tr>
    }
}
