//! The second step of signing in: the code of an app, or a recovery code.
//! Carries on, like the first step, whatever was posted too late.

use super::sign_in::{Carried, Field, FormSummary};
use crate::context::{FormErrors, Resume, Typed};
use crate::layout::Page;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// `/anmelden/code`, with `?weiter=`
#[component]
pub(super) fn Code() -> impl IntoView {
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    let resume = use_context::<Resume>();
    let target = match use_query_map().get_untracked().get("weiter") {
        Some(wanted) => wanted,
        None => typed.of("weiter"),
    };
    view! {
        <Page title="Zweiter Schritt der Anmeldung">
            <FormSummary errors=errors.clone()/>
            <p>"Öffnen Sie die App auf Ihrem Telefon, mit der Sie den Zugang eingerichtet haben, und geben Sie die sechs Ziffern ein, die sie für „Ruecklauf“ anzeigt."</p>
            <form method="post" action="/anmelden/code" class="narrow">
                <input type="hidden" name="weiter" value=target/>
                <Carried resume/>
                <Field name="code" label="Code" autocomplete="one-time-code"
                    hint="Ohne Telefon: einer Ihrer Wiederherstellungscodes. Jeder gilt einmal."
                    error=errors.of("code")/>
                <div class="actions"><button class="primary">"Anmelden"</button></div>
            </form>
            <p>"Weder Telefon noch Wiederherstellungscode zur Hand? Wer im Institut die Zugänge verwaltet, kann den zweiten Schritt entfernen."</p>
            <p><a href="/anmelden">"Von vorn beginnen"</a></p>
        </Page>
    }
}
