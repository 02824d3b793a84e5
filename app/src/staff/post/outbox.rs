//! The outbox: what waits, what went out, what went wrong.

use crate::layout::{Notice, Page};
use crate::staff::frame::{PostNav, asked, encoded, field, input, notice, select, table, with_desk};
use leptos::prelude::*;
use portal::{MailKind, MailState, OutboxFilter, OutboxLine, OutboxPage, Role, berlin, grouped};

/// `/institut/post/ausgang`, with `?welle=`, `?zustand=`, `?art=`, `?schritt=`,
/// `?suche=`, `?nach=`.
#[component]
pub(in crate::staff) fn OutboxList() -> impl IntoView {
    let filter = OutboxFilter {
        wave: None,
        state: asked("zustand").parse().ok(),
        kind: asked("art").parse().ok(),
        step: asked("schritt"),
        search: asked("suche"),
        after: asked("nach"),
    };
    let notice = notice();
    with_desk(move |desk| async move {
        let wave = desk.wave;
        // Links for passwords belong to no wave; they are found by searching.
        let of_wave = !filter.step.is_empty();
        let filter = OutboxFilter {
            wave: of_wave.then_some(wave),
            ..filter
        };
        let page = desk.portal.outbox(&desk.session, &filter).await?;
        let body = view! {
            <PostNav wave here="/institut/post/ausgang"/>
            {notice}
            {filter_form(wave, &filter)}
            {counts(wave, &filter, &page)}
            {desk.may(Role::Editor).then(|| again(wave, &filter, page.again))}
            {list(wave, &filter, &page)}
        };
        Ok(view! { <Page title="Postausgang" wide=true>{body}</Page> }.into_any())
    })
}

fn filter_form(wave: i32, filter: &OutboxFilter) -> impl IntoView + use<> {
    let all = ("".to_owned(), "alle".to_owned());
    let states = std::iter::once(all.clone())
        .chain(
            MailState::ALL
                .iter()
                .map(|one| (one.name().to_owned(), one.label().to_owned())),
        )
        .collect();
    let kinds = std::iter::once(all)
        .chain(
            MailKind::ALL
                .iter()
                .map(|one| (one.name().to_owned(), one.label().to_owned())),
        )
        .collect();
    let step =
        (!filter.step.is_empty()).then(|| view! { <input type="hidden" name="schritt" value=filter.step.clone()/> });
    view! {
        <form method="get" action="/institut/post/ausgang" class="filter">
            <input type="hidden" name="welle" value=wave.to_string()/>
            {step}
            {field("suche".into(), "Kennung, Name oder Adresse", None, input("suche", "search", filter.search.clone()))}
            {field("zustand".into(), "Stand", None, select("zustand", states, filter.state.map_or("", MailState::name).into()))}
            {field("art".into(), "Art", None, select("art", kinds, filter.kind.map_or("", MailKind::name).into()))}
            <button>"Filtern"</button>
        </form>
    }
}

fn counts(wave: i32, filter: &OutboxFilter, page: &OutboxPage) -> impl IntoView + use<> {
    let links = page
        .counts
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(state, n)| {
            let href = address(wave, filter, Some(*state), "");
            let current = (filter.state == Some(*state)).then_some("true");
            view! { <li><a href=href aria-current=current>{format!("{}: {}", state.label(), grouped(*n))}</a></li> }
        })
        .collect_view();
    view! { <ul class="inline">{links}</ul> }
}

/// The failed ones of the filter, tried again together.
fn again(wave: i32, filter: &OutboxFilter, n: u64) -> Option<impl IntoView + use<>> {
    let label = match n {
        0 => return None,
        1 => "Die eine noch einmal versuchen".to_owned(),
        n => format!("Alle {n} noch einmal versuchen"),
    };
    let hidden = [
        ("welle", wave.to_string()),
        ("art", filter.kind.map_or("", MailKind::name).to_owned()),
        ("schritt", filter.step.clone()),
        ("suche", filter.search.clone()),
        ("anzahl", n.to_string()),
    ]
    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
    .collect_view();
    Some(view! {
        <form method="post" action="/institut/post/ausgang">
            {hidden}
            <p class="hint">"Jede wird noch einmal geprüft, bevor sie hinausgeht. Was an eine gesperrte Adresse ging, bleibt liegen, bis Sie die Adresse bestätigen oder ändern."</p>
            <p class="actions"><button>{label}</button></p>
        </form>
    })
}

fn list(wave: i32, filter: &OutboxFilter, page: &OutboxPage) -> impl IntoView + use<> {
    let empty = page
        .lines
        .is_empty()
        .then(|| view! { <Notice kind="info" text="Zu dieser Auswahl gibt es keine E-Mails."/> });
    let rows: Vec<_> = page.lines.iter().map(line).collect();
    let rows = (!rows.is_empty()).then(|| {
        table(
            "E-Mails",
            &["Was", "Einheit", "An", "Stand", "Seit", "Antwort oder Grund"],
            rows,
        )
    });
    let more = page.next.clone().map(|next| {
        let href = address(wave, filter, filter.state, &next);
        view! { <p class="actions"><a class="button" href=href>"Weitere anzeigen"</a></p> }
    });
    view! { {empty}{rows}{more} }
}

fn line(line: &OutboxLine) -> impl IntoView + use<> {
    let href = format!("/institut/post/ausgang/{}", line.id);
    let kennung = line
        .kennung
        .clone()
        .map(|kennung| view! { <span class="whole">{kennung}</span>" " });
    let since = line.sent_at.unwrap_or(if line.state == MailState::Queued {
        line.due_at
    } else {
        line.changed_at
    });
    view! {
        <tr>
            <th scope="row"><a href=href>{line.step_title.clone()}</a></th>
            <td>{kennung}{line.office.clone()}</td>
            <td>{line.recipient.clone()}</td>
            <td>{line.state.label()}</td>
            <td class="whole">{berlin::long(since)}</td>
            <td>{line.last_word().map(str::to_owned)}</td>
        </tr>
    }
}

fn address(wave: i32, filter: &OutboxFilter, state: Option<MailState>, after: &str) -> String {
    let search = encoded(&filter.search);
    format!(
        "/institut/post/ausgang?welle={wave}&zustand={}&art={}&schritt={}&suche={search}&nach={after}",
        state.map_or("", MailState::name),
        filter.kind.map_or("", MailKind::name),
        filter.step
    )
}
