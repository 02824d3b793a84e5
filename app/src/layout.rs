//! The frame of every page: document, skip link, header with who is signed
//! in, footer with whom to ask.

use crate::context::{Assets, Failure, Resume, SharedOperator, Viewer};
use crate::staff::InstituteNav;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use portal::Who;

/// Wraps a root component into the document, with the head from [`Assets`],
/// and sends the content security policy that goes with it. `staff`: with the
/// script of the institute's pages.
pub(crate) fn document(staff: bool, root: impl FnOnce() -> AnyView + Send + 'static) -> impl IntoView {
    provide_meta_context();
    let assets = use_context::<Assets>().unwrap_or_default();
    let own = assets.staff.filter(|_| staff);
    protect();
    view! {
        <!DOCTYPE html>
        <html lang="de">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="robots" content="noindex"/>
                <link rel="icon" href="data:,"/>
                {assets.css.map(|href| view! { <link rel="stylesheet" href=href/> })}
                {own.map(|src| view! { <script type="module" src=src></script> })}
                {assets.boot.map(|src| view! { <script type="module" src=src></script> })}
                <MetaTags/>
            </head>
            <body>
                <a class="skip-link" href="#inhalt">"Zum Inhalt springen"</a>
                {root()}
            </body>
        </html>
    }
}

/// Scripts only from here or with the nonce of this answer; WebAssembly
/// allowed; no plug-ins, no frames, forms only to ourselves.
fn protect() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    );
    if let Ok(value) = http::HeaderValue::from_str(&policy) {
        response.insert_header(http::header::CONTENT_SECURITY_POLICY, value);
    }
}

/// A page: its title, one heading, its content.
#[component]
pub(crate) fn Page(
    /// Title of the document and, unless `caption` stands before it, the heading.
    #[prop(into)]
    title: String,
    /// Small line above the heading, for example where in the form one is.
    #[prop(optional, into)]
    caption: Option<String>,
    /// Whether the page needs the full width (tables of the institute).
    #[prop(optional)]
    wide: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=format!("{title} – Rücklauf")/>
        <Header/>
        <main id="inhalt" class:wide=wide tabindex="-1">
            <h1>
                {caption.map(|caption| view! { <span class="caption">{caption}</span> })}
                {title.clone()}
            </h1>
            {children()}
        </main>
        <Footer/>
    }
}

#[component]
fn Header() -> impl IntoView {
    let viewer = use_context::<Viewer>().unwrap_or_default().0;
    let sections = viewer
        .as_ref()
        .filter(|session| matches!(session.who, Who::Staff { .. }))
        .map(|_| view! { <InstituteNav/> });
    let signed_in = viewer.map(|session| {
        let staff = matches!(session.who, Who::Staff { .. });
        let home = if staff { "/institut" } else { "/befragung" };
        let unit = match &session.who {
            Who::Unit { kennung, .. } => Some(kennung.clone()),
            Who::Staff { .. } => None,
        };
        let name = if session.display_name.is_empty() {
            session.login
        } else {
            session.display_name
        };
        view! {
            <nav class="account" aria-label="Konto" data-einheit=unit>
                {(!staff).then(|| view! { <a href=home>"Übersicht"</a> })}
                <a class="who" href=format!("{home}/konto")>{name}</a>
                <form method="post" action="/abmelden">
                    <button class="link">"Abmelden"</button>
                </form>
            </nav>
        }
    });
    view! {
        <header class="site">
            <div class="bar">
                <p class="product">
                    <a href="/">"Rücklauf"</a>
                    <span class="sub">"Organisationserhebung SGB II"</span>
                </p>
                {signed_in}
            </div>
            {sections}
        </header>
    }
}

#[component]
fn Footer() -> impl IntoView {
    view! {
        <footer class="site">
            <div class="bar">
                <section aria-labelledby="fragen">
                    <h2 id="fragen">"Fragen? Wir helfen gern."</h2>
                    <ContactLines/>
                </section>
                <ul>
                    <li><a href="/impressum">"Impressum"</a></li>
                    <li><a href="/datenschutz">"Datenschutz"</a></li>
                    <li><a href="/barrierefreiheit">"Barrierefreiheit"</a></li>
                </ul>
            </div>
        </footer>
    }
}

/// Whom to ask: name, telephone, e-mail.
#[component]
pub(crate) fn ContactLines() -> impl IntoView {
    let operator = use_context::<SharedOperator>().unwrap_or_default();
    let phone = (!operator.contact_phone.is_empty()).then(|| {
        let dial: String = operator
            .contact_phone
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '+')
            .collect();
        view! { ", Telefon " <a href=format!("tel:{dial}")>{operator.contact_phone.clone()}</a> }
    });
    let email = (!operator.contact_email.is_empty()).then(|| {
        view! { ", E-Mail " <a href=format!("mailto:{}", operator.contact_email)>{operator.contact_email.clone()}</a> }
    });
    view! { <p class="contact">{operator.contact_name.clone()}{phone}{email}</p> }
}

/// An error page in place of the routed one, with its status.
#[component]
pub(crate) fn FailurePage(failure: Failure) -> impl IntoView {
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(status) = http::StatusCode::from_u16(failure.status)
    {
        response.set_status(status);
    }
    let id = failure
        .id
        .map(|id| view! { <p>"Bitte nennen Sie bei Rückfragen diese Kennzeichnung: " <code>{id}</code></p> });
    view! {
        <Page title=failure.title>
            <p>{failure.text}</p>
            {failure.retry.map(|form| view! { <Retry form/> })}
            {id}
            {failure.back.map(|page| view! { <p><a href=page>"Zurück zur Seite davor"</a></p> })}
            <p><a href="/">"Zur Startseite"</a></p>
        </Page>
    }
}

/// What was typed, to be sent once more.
#[component]
fn Retry(form: Resume) -> impl IntoView {
    let fields = form
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form method="post" action=form.target>
            {fields}
            <p>"Ihre Eingaben sind noch nicht gespeichert. Diese Seite hat sie behalten: Senden Sie sie noch einmal."</p>
            <p class="actions"><button class="primary">"Noch einmal senden"</button></p>
        </form>
    }
}

/// The page for an address that does not exist or is none of one's business.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let failure = Failure {
        status: 404,
        title: "Diese Seite gibt es nicht".into(),
        text: "Bitte prüfen Sie die Adresse oder gehen Sie zur Startseite.".into(),
        ..Failure::default()
    };
    view! { <FailurePage failure/> }
}

/// The page for a store that does not answer.
#[component]
pub(crate) fn Unavailable() -> impl IntoView {
    let failure = Failure {
        status: 503,
        title: "Das Portal ist gerade nicht erreichbar".into(),
        text: "Ihre gespeicherten Angaben sind sicher. Bitte versuchen Sie es in einigen Minuten noch einmal.".into(),
        ..Failure::default()
    };
    view! { <FailurePage failure/> }
}

/// A message at the head of a page, announced when it appears.
#[component]
pub(crate) fn Notice(
    /// `success`, `info` or `warning`.
    kind: &'static str,
    #[prop(into)] text: String,
) -> impl IntoView {
    view! { <p class=format!("notice {kind}") role="status">{text}</p> }
}
