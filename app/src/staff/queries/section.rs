//! The Rückfragen of one case: what was asked, what was answered, what is to
//! be done.

use super::state_tag;
use crate::context::{FormErrors, Typed};
use crate::form::question_number;
use crate::staff::frame::{area, encoded, field, input};
use crate::words;
use leptos::prelude::*;
use portal::{CaseView, PointView, QueryState, QueryView, berlin};
use survey::status::Status;
use survey::{Entry, Instrument};

/// Section "Rückfragen" of a case's page.
pub(in crate::staff) fn section(case: &CaseView, queries: &[QueryView], may_act: bool) -> impl IntoView + use<> {
    let may_ask = may_act
        && case.wave.state == portal::WaveState::Open
        && matches!(case.status, Status::Submitted | Status::Usable | Status::Unusable);
    let base = format!("/institut/fall/{}/rueckfrage", encoded(&case.kennung));
    let ask = may_ask.then(|| {
        let label = match queries.first().map(|query| query.state) {
            Some(QueryState::Answered) => "Noch einmal nachfragen",
            _ => "Rückfrage stellen",
        };
        view! { <p class="actions"><a class="button" href=format!("{base}?welle={}", case.wave.key)>{label}</a></p> }
    });
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    let list = queries
        .iter()
        .map(|query| {
            let acts = may_act.then(|| acts(case.wave.key, &base, query, &errors, &typed));
            one(&case.instrument, query, acts.into_any())
        })
        .collect_view();
    let nothing = queries
        .is_empty()
        .then(|| view! { <p>"Zu diesem Fall gibt es keine Rückfrage."</p> });
    view! {
        <section class="queries" id="rueckfragen" aria-labelledby="rueckfragen-titel">
            <h2 id="rueckfragen-titel">"Rückfragen"</h2>
            {nothing}
            {list}
            {ask}
        </section>
    }
}

fn one(instrument: &Instrument, query: &QueryView, acts: AnyView) -> impl IntoView + use<> {
    let (class, state) = state_tag(query);
    let waits = matches!(query.state, QueryState::Open | QueryState::Answered);
    let points = query
        .points
        .iter()
        .map(|point| point_row(instrument, point))
        .collect_view();
    let told = format!("Gestellt am {} von {}", berlin::long(query.opened_at), query.opened_by);
    let answered = query
        .answered
        .as_ref()
        .map(|(at, by)| format!("; beantwortet am {} von {by}", berlin::long(*at)));
    let ended = query
        .ended
        .as_ref()
        .map(|(at, by)| format!("; beendet am {} von {by}", berlin::long(*at)));
    let note = (!query.note.is_empty()).then(|| view! { <p class="note">"Notiz: "{query.note.clone()}</p> });
    view! {
        <details open=waits>
            <summary>{format!("Rückfrage {}, Frist {} ", query.number, words::day(query.due))}<span class=class>{state}</span></summary>
            <p class="evidence">{told}{answered}{ended}"."</p>
            <div class="table-scroll" tabindex="0" role="region" aria-label=format!("Punkte der Rückfrage {}", query.number)>
                <table>
                    <thead><tr><th scope="col">"Angaben"</th><th scope="col">"Frage"</th><th scope="col">"Vorher"</th><th scope="col">"Nachher"</th><th scope="col">"Erläuterung"</th></tr></thead>
                    <tbody>{points}</tbody>
                </table>
            </div>
            {note}
            {acts}
        </details>
    }
}

fn point_row(instrument: &Instrument, point: &PointView) -> AnyView {
    let each = |value: &dyn Fn(&String) -> String| {
        let lines = point
            .items
            .iter()
            .map(|item| view! { <li>{value(item)}</li> })
            .collect_view();
        view! { <ul class="plain">{lines}</ul> }.into_any()
    };
    let names = each(&|item| name_of(instrument, item));
    let before = each(&|item| shown(instrument, item, point.before.get(item)));
    let after = match &point.after {
        Some(after) => each(&|item| match after.get(item) == point.before.get(item) {
            true => "unverändert".to_owned(),
            false => shown(instrument, item, after.get(item)),
        }),
        None => "–".into_any(),
    };
    let explained = match (&point.explained_by, point.explanation.as_str()) {
        (_, "") => "–".to_owned(),
        (Some(by), text) => format!("{text} ({by})"),
        (None, text) => text.to_owned(),
    };
    let edit = point
        .edit
        .clone()
        .map(|edit| view! { <span class="evidence">{format!(" ({edit})")}</span> });
    view! {
        <tr>
            <th scope="row">{names}</th>
            <td class="note">{point.question.clone()}{edit}</td>
            <td>{before}</td>
            <td>{after}</td>
            <td class="note">{explained}</td>
        </tr>
    }
    .into_any()
}

fn shown(instrument: &Instrument, item: &str, entry: Option<&Entry>) -> String {
    words::shown(Some(instrument), item, entry)
}

fn name_of(instrument: &Instrument, id: &str) -> String {
    let Some(item) = instrument.item(id) else {
        return id.to_owned();
    };
    let number = question_number(&instrument[instrument[item].question].id);
    match &instrument[item].label {
        Some(label) => format!("{number}, {label}"),
        None => number.to_owned(),
    }
}

/// What an editor may do about one, each in a form of its own.
fn acts(wave: i32, base: &str, query: &QueryView, errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let number = query.number;
    let refused = typed.of("formular");
    let form = |what: &'static str, label: &'static str, button: &'static str, fields: AnyView| {
        let open = refused == what;
        view! {
            <details open=open>
                <summary>{label}</summary>
                <form method="post" action=format!("{base}/{number}/{what}") class="narrow">
                    <input type="hidden" name="welle" value=wave.to_string()/>
                    {fields}
                    <p class="actions"><button class="primary">{button}</button></p>
                </form>
            </details>
        }
    };
    let error = |what: &str, name: &str| if refused == what { errors.of(name) } else { None };
    let value = |what: &str, name: &str, stored: String| if refused == what { typed.of(name) } else { stored };
    match query.state {
        QueryState::Open => {
            let due = field(
                format!("frist-{number}"),
                "Neue Frist (TT.MM.JJJJ)",
                error("frist", "frist"),
                input("frist", "text", value("frist", "frist", words::day(query.due))),
            );
            let reason = view! {
                <p>"Der Fall steht dann wieder wie vor der Rückfrage, mit den Angaben, wie sie abgegeben wurden. Was die Einheit inzwischen eingetragen hat, bleibt im Verlauf. Zurücknehmen lässt sich das nicht."</p>
                {field(
                    format!("grund-{number}"),
                    "Grund",
                    error("zurueckziehen", "grund"),
                    area("grund", "2", value("zurueckziehen", "grund", String::new())),
                )}
            };
            view! {
                {form("frist", "Frist ändern", "Frist ändern", due.into_any())}
                {form("zurueckziehen", "Rückfrage zurückziehen", "Zurückziehen", reason.into_any())}
            }
            .into_any()
        }
        QueryState::Answered => {
            let note = field(
                format!("notiz-{number}"),
                "Notiz (freiwillig)",
                error("schliessen", "notiz"),
                area("notiz", "2", value("schliessen", "notiz", String::new())),
            );
            form(
                "schliessen",
                "Antwort annehmen und Rückfrage abschließen",
                "Abschließen",
                note.into_any(),
            )
            .into_any()
        }
        QueryState::Closed | QueryState::Withdrawn => ().into_any(),
    }
}
