//! The case list: filter, order and columns stand in the address; the page
//! shows one window of it.

mod filter;
mod selection;
mod table;

pub(super) use selection::SelectionPage;

use super::frame::{encoded, notice, with_desk};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{BadValue, CaseFilter, CaseList, CasePage, MOST_COUNTED, Role, counted, grouped};

/// `/institut/faelle`, with the names of [`CaseList`].
#[component]
pub(super) fn CaseListPage() -> impl IntoView {
    let (list, bad) = from_address();
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_desk(move |desk| async move {
        let page = desk
            .portal
            .case_page(&desk.session, desk.wave, &list.filter, &list.paging)
            .await?;
        let views = desk.portal.saved_views(&desk.session).await?;
        let waves = desk.portal.waves().await?;
        let may_act = desk.may(Role::Editor);
        let body = view! {
            {filter::other_waves(&waves, desk.wave)}
            {notice}
            {unreadable(&bad)}
            {filter::views(desk.wave, &views, &list, errors.of("ansicht"), typed.of("name"))}
            {filter::form(desk.wave, &list)}
            {heading(&page)}
            {table::table(desk.wave, &list, &page, may_act)}
        };
        Ok(view! { <Page title="Fälle" caption=format!("Welle {}", desk.wave) wide=true>{body}</Page> }.into_any())
    })
}

/// The look the address asks for.
fn from_address() -> (CaseList, Vec<BadValue>) {
    let query = use_query_map().get_untracked();
    CaseList::read(|name| query.get_all(name).unwrap_or_default())
}

fn unreadable(bad: &[BadValue]) -> Option<AnyView> {
    (!bad.is_empty()).then(|| {
        let text: Vec<String> = bad.iter().map(ToString::to_string).collect();
        let text = format!("{} Der Rest der Auswahl gilt.", text.join(" "));
        view! { <Notice kind="warning" text/> }.into_any()
    })
}

fn heading(page: &CasePage) -> AnyView {
    let text = match page.count {
        0 => "Keine Fälle".to_owned(),
        n if n > MOST_COUNTED => format!("Mehr als {} Fälle", grouped(MOST_COUNTED)),
        n => counted(n, "Fall", "Fälle"),
    };
    let empty = (page.count == 0).then(|| {
        view! { <Notice kind="info" text="Zu dieser Auswahl gibt es keine Fälle. Ändern oder leeren Sie die Filter."/> }
    });
    view! { <h2 id="faelle">{text}</h2>{empty} }.into_any()
}

/// An address with names and values.
pub(super) fn address(path: &str, wave: i32, pairs: &[(&str, String)]) -> String {
    let more: String = pairs
        .iter()
        .map(|(name, value)| format!("&{name}={}", encoded(value)))
        .collect();
    format!("{path}?welle={wave}{more}")
}

/// What of a filter the form about reminders has no field for, as hidden
/// fields and in words.
pub(super) fn unshown(filter: &CaseFilter) -> AnyView {
    const SHOWN: [&str; 4] = ["suche", "status", "form", "land"];
    let pairs: Vec<_> = filter
        .pairs()
        .into_iter()
        .filter(|(name, _)| !SHOWN.contains(name))
        .collect();
    let words: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let hint = (!words.is_empty()).then(|| view! { <p class="hint">"Weitere Filter: " {words.join(", ")}</p> });
    view! { {hidden(pairs)}{hint} }.into_any()
}

/// Names and values as hidden fields.
pub(super) fn hidden(pairs: Vec<(&'static str, String)>) -> Vec<AnyView> {
    pairs
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect()
}
