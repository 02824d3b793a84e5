//! Signing in. The form also carries what somebody posted after the session
//! had ended, so that nothing typed is lost.

use crate::context::{FormErrors, Resume, Typed};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/anmelden`
#[component]
pub(super) fn SignIn() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    let resume = use_context::<Resume>();
    let notice = query
        .get_str("meldung")
        .and_then(words::message)
        .map(|(kind, text)| view! { <Notice kind text/> });
    let lost = resume.as_ref().map(|resume| {
        let text = match resume.target.starts_with("/institut") {
            true => "Ihre Sitzung war abgelaufen. Melden Sie sich an; was Sie eben geschrieben haben, können Sie danach noch einmal senden.",
            false => "Ihre Sitzung war abgelaufen. Melden Sie sich an; alles, was Sie eben eingegeben haben, wird danach gespeichert.",
        };
        view! { <Notice kind="info" text/> }
    });
    let target = resume
        .as_ref()
        .map(|resume| resume.target.clone())
        .or_else(|| query.get("weiter"))
        .unwrap_or_else(|| typed.of("weiter"));
    view! {
        <Page title="Anmelden">
            {notice}
            {lost}
            <FormSummary errors=errors.clone()/>
            <form method="post" action="/anmelden" class="narrow">
                <input type="hidden" name="weiter" value=target/>
                <Carried resume/>
                <Field name="kennung" label="Kennung oder E-Mail-Adresse"
                    hint="Die Kennung Ihrer Einheit steht in der Einladung. Kolleginnen und Kollegen melden sich mit ihrer E-Mail-Adresse an."
                    value=typed.of("kennung") autocomplete="username" error=errors.of("kennung")/>
                <Field name="passwort" label="Passwort" kind="password" autocomplete="current-password" error=errors.of("passwort")/>
                <div class="actions"><button class="primary">"Anmelden"</button></div>
            </form>
            <p><a href="/passwort-vergessen">"Passwort vergessen oder noch keines festgelegt?"</a></p>
        </Page>
    }
}

/// What was posted too late, in hidden fields.
#[component]
pub(super) fn Carried(resume: Option<Resume>) -> impl IntoView {
    resume
        .map(|resume| resume.fields)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=format!("fort__{name}") value=value/> })
        .collect_view()
}

/// The errors of a refused form, first on the page, each a link to its field.
#[component]
pub(crate) fn FormSummary(errors: FormErrors) -> impl IntoView {
    (!errors.0.is_empty()).then(|| {
        let lines = errors
            .0
            .into_iter()
            .map(|(field, message)| view! { <li><a href=format!("#{field}")>{message}</a></li> })
            .collect_view();
        view! {
            <div class="summary error" role="alert" tabindex="-1" autofocus aria-labelledby="fehler-titel">
                <h2 id="fehler-titel">"Bitte prüfen Sie Ihre Eingabe"</h2>
                <ul>{lines}</ul>
            </div>
        }
    })
}

/// A labelled text field with hint and error.
#[component]
pub(crate) fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] value: String,
    #[prop(default = "off")] autocomplete: &'static str,
    error: Option<String>,
) -> impl IntoView {
    let hint_id = format!("{name}-hilfe");
    let error_id = format!("{name}-fehler");
    let described = format!("{hint_id} {error_id}");
    let invalid = error.is_some().then_some("true");
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <div class="hint" id=hint_id>{hint}</div>
            <div class="findings" id=error_id>
                {error.map(|error| view! { <p class="finding error"><strong class="prefix">"Fehler: "</strong>{error}</p> })}
            </div>
            <input type=kind class="wide" id=name name=name value=value autocomplete=autocomplete
                autocapitalize="none" spellcheck="false" aria-describedby=described aria-invalid=invalid/>
        </div>
    }
}
