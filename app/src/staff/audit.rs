//! The log: searched by person, action, unit, wave and days.

use super::admin::with_staff;
use super::frame::{asked, encoded, field, input, select, table};
use crate::context::FormErrors;
use crate::layout::{Notice, Page};
use crate::office::sign_in::FormSummary;
use leptos::prelude::*;
use portal::{AuditEntry, AuditFilter, AuditPage, PROGRAM, berlin};

/// `/institut/verwaltung/protokoll`, with `?person=`, `?aktion=`, `?kennung=`,
/// `?jahr=`, `?von=`, `?bis=`, `?nach=`.
#[component]
pub(super) fn AuditList() -> impl IntoView {
    let filter = AuditFilter {
        person: asked("person"),
        action: asked("aktion"),
        kennung: asked("kennung"),
        wave: asked("jahr"),
        from: asked("von"),
        to: asked("bis"),
        after: asked("nach"),
    };
    with_staff(move |portal, session| async move {
        let page = portal.audit_page(&session, &filter).await?;
        let errors = page
            .errors
            .iter()
            .map(|error| (error.field.clone(), error.message.clone()))
            .collect();
        let errors = FormErrors(errors);
        let form = form(&filter, &page, &errors);
        let list = list(&filter, &page);
        Ok(view! {
            <Page title="Protokoll" wide=true>
                <nav class="back" aria-label="Zurück"><a href="/institut/verwaltung">"Verwaltung"</a></nav>
                <p>"Wer hat was angesehen, geholt oder geändert? Das Protokoll wird nur ergänzt, nie geändert. Personen aus den Einheiten stehen darin mit der Kennung ihrer Einheit. Auch dass Sie es jetzt ansehen, steht darin."</p>
                <FormSummary errors/>
                {form}
                {list}
            </Page>
        }
        .into_any())
    })
}

fn form(filter: &AuditFilter, page: &AuditPage, errors: &FormErrors) -> impl IntoView + use<> {
    let all = (String::new(), "alle".to_owned());
    let people = [
        all.clone(),
        (PROGRAM.to_owned(), "Programm und Kommandozeile".to_owned()),
    ]
    .into_iter()
    .chain(page.people.iter().map(|login| (login.clone(), login.clone())))
    .chain(another(&filter.person, &page.people))
    .collect();
    let actions = std::iter::once(all).chain(page.actions.iter().cloned()).collect();
    view! {
        <form method="get" action="/institut/verwaltung/protokoll" class="filter">
            {field("person".into(), "Person", errors.of("person"), select("person", people, filter.person.clone()))}
            {field("aktion".into(), "Vorgang", None, select("aktion", actions, filter.action.clone()))}
            {field("kennung".into(), "Kennung", errors.of("kennung"), input("kennung", "text", filter.kennung.clone()))}
            {field("jahr".into(), "Welle", errors.of("jahr"), input("jahr", "text", filter.wave.clone()))}
            {field("von".into(), "Vom Tag", errors.of("von"), input("von", "date", filter.from.clone()))}
            {field("bis".into(), "Bis zum Tag", errors.of("bis"), input("bis", "date", filter.to.clone()))}
            <button>"Suchen"</button>
        </form>
    }
}

/// Somebody who is asked for by an address and is no staff.
fn another(person: &str, people: &[String]) -> Option<(String, String)> {
    let known = person.is_empty() || person == PROGRAM || people.iter().any(|login| login == person);
    (!known).then(|| (person.to_owned(), person.to_owned()))
}

fn list(filter: &AuditFilter, page: &AuditPage) -> impl IntoView + use<> {
    let rows: Vec<_> = page.entries.iter().map(line).collect();
    let empty = (rows.is_empty() && page.errors.is_empty())
        .then(|| view! { <Notice kind="info" text="Zu dieser Auswahl steht nichts im Protokoll."/> });
    let query = query(filter);
    let file = (!rows.is_empty()).then(|| {
        let href = format!("/institut/verwaltung/protokoll.csv?{query}");
        view! { <p><a href=href download>"Diese Auswahl als CSV holen"</a>" (höchstens 100.000 Zeilen, die jüngsten zuerst)"</p> }
    });
    let rows = (!rows.is_empty()).then(|| {
        table(
            "Protokoll",
            &["Wann", "Wer", "Was", "Welle", "Einheit", "Näheres"],
            rows,
        )
    });
    let more = page.next.clone().map(|next| {
        let href = format!("/institut/verwaltung/protokoll?{query}&nach={}", encoded(&next));
        view! { <a class="button" href=href>"Ältere anzeigen"</a> }
    });
    let newest = (!filter.after.is_empty()).then(|| {
        let href = format!("/institut/verwaltung/protokoll?{query}");
        view! { <a class="button" href=href>"Zu den jüngsten"</a> }
    });
    view! { {empty}{file}{rows}<p class="actions">{newest}{more}</p> }
}

/// The filter as it stands in an address.
fn query(filter: &AuditFilter) -> String {
    [
        ("person", &filter.person),
        ("aktion", &filter.action),
        ("kennung", &filter.kennung),
        ("jahr", &filter.wave),
        ("von", &filter.from),
        ("bis", &filter.to),
    ]
    .map(|(name, value)| format!("{name}={}", encoded(value)))
    .join("&")
}

fn line(entry: &AuditEntry) -> impl IntoView + use<> {
    let unit = entry.kennung.clone().map(|kennung| {
        let wave = entry.wave.map(|wave| format!("?welle={wave}")).unwrap_or_default();
        let href = format!("/institut/fall/{}{wave}", encoded(&kennung));
        view! { <a class="whole" href=href>{kennung}</a> }
    });
    view! {
        <tr>
            <th scope="row" class="whole">{berlin::long(entry.at)}</th>
            <td>{entry.who.clone()}</td>
            <td>{entry.what.clone()}</td>
            <td>{entry.wave}</td>
            <td>{unit}</td>
            <td>{entry.detail.clone()}</td>
        </tr>
    }
}
