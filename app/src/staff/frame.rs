//! What the institute's pages have in common: the wave they are about, who
//! looks at them, and what becomes of a refusal.

use crate::context::Viewer;
use crate::hyphens::hyphenated;
use crate::layout::{NotFound, Notice, Page, Unavailable};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{Portal, Role, Session, StaffError, Who};

/// A page of one wave, for somebody of the institute.
pub(super) struct Desk {
    pub portal: Portal,
    pub session: Session,
    /// The wave asked for, else the open one, else the newest.
    pub wave: i32,
}

impl Desk {
    /// Whether the person may do what needs a role.
    pub fn may(&self, least: Role) -> bool {
        matches!(self.session.who, Who::Staff { role } if role >= least)
    }
}

/// Renders a page of the wave named in the address.
pub(super) fn with_desk<F>(page: impl FnOnce(Desk) -> F + Send + 'static) -> impl IntoView
where
    F: Future<Output = Result<AnyView, StaffError>> + Send + 'static,
{
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    let wanted = asked("welle");
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                let Ok(waves) = portal.waves().await else { return view! { <Unavailable/> }.into_any() };
                if waves.is_empty() {
                    return view! { <NoWave/> }.into_any();
                }
                let Some(wave) = super::returns::chosen(&waves, &wanted) else { return view! { <NotFound/> }.into_any() };
                match page(Desk { portal, session, wave }).await {
                    Ok(view) => view,
                    Err(StaffError::NotFound) => view! { <NotFound/> }.into_any(),
                    Err(_) => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
pub(super) fn NoWave() -> impl IntoView {
    view! {
        <Page title="Rücklauf" wide=true>
            <Notice kind="info" text="Es ist noch keine Welle angelegt. Legen Sie sie auf dem Server mit „ruecklauf wave add“ an und lesen Sie die Einheiten mit „ruecklauf units import“ ein."/>
        </Page>
    }
}

/// A value from the address.
pub(super) fn asked(name: &str) -> String {
    use_query_map()
        .get_untracked()
        .get(name)
        .unwrap_or_default()
        .trim()
        .chars()
        .take(200)
        .collect()
}

/// A value as it stands in an address.
pub(super) fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

/// The message a redirect brought along.
pub(super) fn notice() -> Option<impl IntoView + use<>> {
    words::message(&asked("meldung")).map(|(kind, text)| view! { <Notice kind text/> })
}

/// Ways to the other pages about mails.
#[component]
pub(super) fn PostNav(wave: i32, #[prop(optional)] here: &'static str) -> impl IntoView {
    let pages = [
        ("/institut/post", "Plan"),
        ("/institut/post/ausgang", "Postausgang"),
        ("/institut/post/vorlagen", "Texte"),
        ("/institut/post/erinnern", "Von Hand erinnern"),
    ];
    let links = pages
        .into_iter()
        .map(|(path, label)| {
            let current = (path == here).then_some("page");
            view! { <li><a href=format!("{path}?welle={wave}") aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! {
        <nav class="desk" aria-label="Post">
            <ul class="inline">
                {links}
            </ul>
        </nav>
    }
}

/// A table that scrolls by itself where the page is narrow.
pub(super) fn table(label: impl Into<String>, heads: &[&'static str], rows: impl IntoView + 'static) -> impl IntoView {
    let label = label.into();
    let heads = heads
        .iter()
        .map(|head| view! { <th scope="col">{hyphenated(head)}</th> })
        .collect_view();
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label=label>
            <table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
        </div>
    }
}

/// How the control of a field stands there.
pub(super) struct Control {
    id: String,
    /// Where it says what is wrong.
    errors: String,
    /// It was refused: the first of a page gets the focus, and says why.
    wrong: bool,
}

/// One field of a form: label, what is wrong with it, and its control.
pub(super) fn field(
    id: String,
    label: &'static str,
    error: Option<String>,
    control: impl FnOnce(Control) -> AnyView,
) -> impl IntoView {
    let errors = format!("{id}-fehler");
    let control = control(Control {
        id: id.clone(),
        errors: errors.clone(),
        wrong: error.is_some(),
    });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="findings" id=errors>{error.map(|error| view! { <p class="finding error">{error}</p> })}</div>
            {control}
        </div>
    }
}

/// For `aria-invalid`.
pub(super) fn invalid(wrong: bool) -> Option<&'static str> {
    wrong.then_some("true")
}

/// A choice of one.
pub(super) fn select(
    name: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl FnOnce(Control) -> AnyView {
    move |Control { id, errors, wrong }| {
        let options = options
            .into_iter()
            .map(|(value, label)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected>{label}</option> }
            })
            .collect_view();
        view! { <select id=id name=name aria-describedby=errors aria-invalid=invalid(wrong) autofocus=wrong>{options}</select> }
            .into_any()
    }
}

/// A line of text.
pub(super) fn input(name: &'static str, kind: &'static str, value: String) -> impl FnOnce(Control) -> AnyView {
    let wide = matches!(name, "betreff" | "title" | "grund" | "name" | "email");
    move |Control { id, errors, wrong }| {
        view! { <input id=id type=kind name=name value=value class:wide=wide aria-describedby=errors aria-invalid=invalid(wrong) autofocus=wrong/> }
            .into_any()
    }
}

/// Several lines of text.
pub(super) fn area(name: &'static str, rows: &'static str, value: String) -> impl FnOnce(Control) -> AnyView {
    move |Control { id, errors, wrong }| {
        view! { <textarea id=id name=name rows=rows aria-describedby=errors aria-invalid=invalid(wrong) autofocus=wrong>{value}</textarea> }
            .into_any()
    }
}
