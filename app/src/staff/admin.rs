//! Where the portal is administered: the way to accounts, to the log and to
//! what is kept how long. Who may not is told so.

use crate::context::Viewer;
use crate::layout::{FailurePage, NotFound, Page, Unavailable};
use crate::{context::Failure, words};
use leptos::prelude::*;
use portal::{Portal, Role, Session, StaffError, Who};

/// Renders a page that belongs to no wave.
pub(super) fn with_staff<F>(page: impl FnOnce(Portal, Session) -> F + Send + 'static) -> impl IntoView
where
    F: Future<Output = Result<AnyView, StaffError>> + Send + 'static,
{
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                match page(portal, session).await {
                    Ok(view) => view,
                    Err(StaffError::NotFound) => view! { <NotFound/> }.into_any(),
                    Err(StaffError::Forbidden) => view! { <Forbidden/> }.into_any(),
                    Err(_) => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// For pages a role does not reach.
#[component]
pub(super) fn Forbidden() -> impl IntoView {
    let failure = Failure {
        status: 403,
        title: "Dazu reicht Ihre Rolle nicht".into(),
        text: "Diese Seite ist für Personen, die das Portal verwalten. Wenden Sie sich an sie, wenn Sie sie brauchen."
            .into(),
        ..Failure::default()
    };
    view! { <FailurePage failure/> }
}

/// Pages of the administration: address, name, what one does there, who may.
const PAGES: [(&str, &str, &str, Role); 4] = [
    (
        "/institut/konto",
        "Ihr Zugang",
        "Passwort, zweiter Schritt der Anmeldung, andere Anmeldungen",
        Role::Viewer,
    ),
    (
        "/institut/verwaltung/konten",
        "Zugänge des Instituts",
        "Wer im Institut was darf; einladen, Rolle ändern, sperren",
        Role::Admin,
    ),
    (
        "/institut/verwaltung/aufbewahrung",
        "Aufbewahrung",
        "Was nach welcher Zeit gelöscht wird; Vorschau, Löschen, was gelöscht wurde",
        Role::Admin,
    ),
    (
        "/institut/verwaltung/protokoll",
        "Protokoll",
        "Wer was angesehen, geholt oder geändert hat",
        Role::Admin,
    ),
];

/// `/institut/verwaltung`
#[component]
pub(super) fn AdminHome() -> impl IntoView {
    with_staff(|_, session| async move {
        let Who::Staff { role } = session.who else {
            return Err(StaffError::Forbidden);
        };
        let links = PAGES
            .into_iter()
            .filter(|(.., least)| role >= *least)
            .map(|(path, name, what, _)| {
                view! { <li><a href=path>{name}</a><p class="hint">{what}</p></li> }
            })
            .collect_view();
        let limited = (role < Role::Admin).then(|| {
            let text = format!(
                "Sie sind mit der Rolle „{}“ angemeldet. Zugänge, Protokoll und Aufbewahrung verwalten Personen mit der Rolle „{}“.",
                words::role(role),
                words::role(Role::Admin)
            );
            view! { <p>{text}</p> }
        });
        Ok(view! {
            <Page title="Verwaltung" wide=true>
                {limited}
                <ul class="places">{links}</ul>
            </Page>
        }
        .into_any())
    })
}
