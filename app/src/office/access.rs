//! Setting the first or a new password, and asking for the link to do so.

use super::sign_in::{Field, FormSummary};
use crate::context::{FormErrors, Typed};
use crate::layout::{Page, Unavailable};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// `/passwort-vergessen`: the same answer for known and unknown names.
#[component]
pub(super) fn Forgotten() -> impl IntoView {
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    view! {
        <Page title="Passwort festlegen oder zurücksetzen">
            <FormSummary errors=errors.clone()/>
            <p>"Wir senden einen Link an die E-Mail-Adresse, die zu Ihrem Zugang gehört. Er gilt 60 Minuten. Wenn Sie noch nie ein Passwort festgelegt haben, erhalten Sie Ihre Einladung noch einmal."</p>
            <form method="post" action="/passwort-vergessen" class="narrow">
                <Field name="kennung" label="Kennung oder E-Mail-Adresse" value=typed.of("kennung")
                    autocomplete="username" error=errors.of("kennung")/>
                <div class="actions"><button class="primary">"Link anfordern"</button></div>
            </form>
            <p><a href="/anmelden">"Zurück zur Anmeldung"</a></p>
        </Page>
    }
}

/// `/zugang/{token}`: looking at it never uses the token up.
#[component]
pub(super) fn Access() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let portal = expect_context::<portal::Portal>();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let looked_up = {
        let token = token.clone();
        async move { portal.token_info(&token).await }
    };
    view! {
        <Suspense>
            {Suspend::new(async move {
                match looked_up.await {
                    Ok(Some(info)) => view! { <SetPassword token login=info.login errors/> }.into_any(),
                    Ok(None) => view! { <Expired/> }.into_any(),
                    Err(_) => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SetPassword(token: String, login: String, errors: FormErrors) -> impl IntoView {
    view! {
        <Page title="Passwort festlegen">
            <FormSummary errors=errors.clone()/>
            <p>"Zugang: " <strong>{login.clone()}</strong></p>
            <form method="post" action=format!("/zugang/{token}") class="narrow">
                <input type="text" class="visually-hidden" value=login autocomplete="username" tabindex="-1" readonly aria-hidden="true"/>
                <Field name="passwort" label="Neues Passwort" kind="password" autocomplete="new-password"
                    hint="Mindestens 12 Zeichen. Ein kurzer Satz ist gut geeignet. Bitte nicht den Namen oder die Kennung Ihrer Einheit verwenden."
                    error=errors.of("passwort")/>
                <Field name="passwort2" label="Neues Passwort wiederholen" kind="password" autocomplete="new-password"
                    error=errors.of("passwort2")/>
                <div class="actions"><button class="primary">"Passwort speichern"</button></div>
            </form>
        </Page>
    }
}

#[component]
fn Expired() -> impl IntoView {
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::GONE);
    }
    view! {
        <Page title="Dieser Link gilt nicht mehr">
            <p>"Der Link wurde schon benutzt, ist abgelaufen oder unvollständig. Haben Sie bereits ein Passwort festgelegt, melden Sie sich damit an. Sonst fordern Sie einen neuen Link an."</p>
            <ul>
                <li><a href="/anmelden">"Anmelden"</a></li>
                <li><a href="/passwort-vergessen">"Neuen Link anfordern"</a></li>
            </ul>
        </Page>
    }
}
