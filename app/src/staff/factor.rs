//! Setting up the second step of signing in: the key as a picture and as
//! text, its confirmation, the recovery codes shown once.

use crate::context::{FormErrors, RecoveryCodes, Viewer};
use crate::layout::{Notice, Page, Unavailable};
use crate::office::sign_in::{Field, FormSummary};
use crate::staff::frame::asked;
use leptos::prelude::*;
use portal::{FactorState, NewFactor, OwnAccount, Portal, Session, StoreError};

/// `/institut/konto/zweiter-schritt`; with `?weg=1` to remove it.
#[component]
pub(super) fn FactorPage() -> impl IntoView {
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let away = asked("weg") == "1";
    with_own(move |portal, session, own| async move {
        let in_use = own.factor != FactorState::None;
        if away && in_use && !own.required {
            return Ok(remove(&errors).into_any());
        }
        let begun = portal.factor_begun(&session).await?;
        let must = (own.required && !in_use).then(|| {
            view! { <Notice kind="info" text="Für das Institut ist der zweite Schritt vorgeschrieben. Richten Sie ihn bitte jetzt ein; danach geht es weiter."/> }
        });
        let part = match begun {
            Some(new) => confirm(&new, &errors).into_any(),
            None => begin(in_use, &errors).into_any(),
        };
        Ok(view! {
            <Page title="Zweiter Schritt der Anmeldung">
                <nav class="back" aria-label="Zurück"><a href="/institut/konto">"Ihr Zugang"</a></nav>
                {must}
                <FormSummary errors=errors.clone()/>
                {part}
            </Page>
        }
        .into_any())
    })
}

/// `/institut/konto/codes`: the codes that were just made, or the way to new
/// ones.
#[component]
pub(super) fn CodesPage() -> impl IntoView {
    if let Some(new) = use_context::<RecoveryCodes>() {
        return shown_once(new).into_any();
    }
    let errors = use_context::<FormErrors>().unwrap_or_default();
    with_own(move |_, _, own| async move {
        let body = match own.factor {
            FactorState::None => view! {
                <p>"Wiederherstellungscodes gibt es erst, wenn der zweite Schritt eingerichtet ist."</p>
                <p class="actions"><a class="button" href="/institut/konto/zweiter-schritt">"Zweiten Schritt einrichten"</a></p>
            }
            .into_any(),
            FactorState::InUse { .. } => view! {
                <p>"Sie bekommen zehn neue Codes; alle früheren gelten dann nicht mehr."</p>
                {ask("/institut/konto/codes", "Neue Codes erzeugen", true, &errors)}
            }
            .into_any(),
        };
        Ok(view! {
            <Page title="Wiederherstellungscodes">
                <nav class="back" aria-label="Zurück"><a href="/institut/konto">"Ihr Zugang"</a></nav>
                <FormSummary errors=errors.clone()/>
                {body}
            </Page>
        }
        .into_any())
    })
    .into_any()
}

fn with_own<F>(page: impl FnOnce(Portal, Session, OwnAccount) -> F + Send + 'static) -> impl IntoView
where
    F: Future<Output = Result<AnyView, StoreError>> + Send + 'static,
{
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                let Ok(own) = portal.own_account(&session).await else { return view! { <Unavailable/> }.into_any() };
                page(portal, session, own).await.unwrap_or_else(|_| view! { <Unavailable/> }.into_any())
            })}
        </Suspense>
    }
}

/// A form that asks for the password once more, and for a code where a factor
/// is in use.
fn ask(action: &'static str, button: &'static str, in_use: bool, errors: &FormErrors) -> impl IntoView + use<> {
    let code = in_use.then(|| {
        view! {
            <Field name="code" label="Code" autocomplete="one-time-code" error=errors.of("code")
                hint="Die sechs Ziffern aus der App oder, wenn Sie sie nicht zur Hand haben, einer Ihrer Wiederherstellungscodes."/>
        }
    });
    view! {
        <form method="post" action=action class="narrow">
            <Field name="passwort" label="Ihr Passwort" kind="password" autocomplete="current-password"
                error=errors.of("passwort")/>
            {code}
            <div class="actions"><button class="primary">{button}</button></div>
        </form>
    }
}

fn begin(in_use: bool, errors: &FormErrors) -> impl IntoView + use<> {
    let what = if in_use {
        "Sie richten eine andere App ein. Die bisherige gilt, bis Sie die neue bestätigt haben."
    } else {
        "Sie brauchen eine App auf dem Telefon, die Einmalcodes anzeigt (TOTP), zum Beispiel Aegis, FreeOTP oder die App, die Ihr Haus vorgibt. Bei jeder Anmeldung geben Sie dann nach dem Passwort die sechs Ziffern ein, die sie zeigt."
    };
    view! {
        <p>{what}</p>
        {ask("/institut/konto/zweiter-schritt", "Einrichtung beginnen", in_use, errors)}
    }
}

fn confirm(new: &NewFactor, errors: &FormErrors) -> impl IntoView + use<> {
    view! {
        <ol class="setup">
            <li>
                <p>"Lesen Sie dieses Bild mit der App ein. Es gilt 30 Minuten lang und nur in dieser Anmeldung."</p>
                {picture(&new.picture)}
                <p>"Geht das nicht, tippen Sie den Schlüssel ein (nach der Uhrzeit, 6 Ziffern, 30 Sekunden):"</p>
                <p><code class="key">{new.key.clone()}</code></p>
            </li>
            <li>
                <p>"Geben Sie die sechs Ziffern ein, die die App jetzt zeigt."</p>
                <form method="post" action="/institut/konto/zweiter-schritt/bestaetigen" class="narrow">
                    <Field name="code" label="Code" autocomplete="one-time-code" error=errors.of("code")/>
                    <div class="actions"><button class="primary">"Bestätigen"</button></div>
                </form>
            </li>
        </ol>
        <p>"Andere Anmeldungen dieses Zugangs enden damit."</p>
    }
}

/// Light ground with a margin of four, whatever the colours of the page:
/// cameras want it so.
fn picture(rows: &[Vec<bool>]) -> impl IntoView + use<> {
    let size = rows.len() + 8;
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
        }
    }
    let (size, view_box) = (size.to_string(), format!("0 0 {size} {size}"));
    view! {
        <svg class="qr" role="img" aria-label="Schlüssel als QR-Code; darunter steht er als Text" viewBox=view_box shape-rendering="crispEdges">
            <rect width=size.clone() height=size fill="#ffffff"></rect>
            <path d=path fill="#000000"></path>
        </svg>
    }
}

fn remove(errors: &FormErrors) -> impl IntoView + use<> {
    let form = ask(
        "/institut/konto/zweiter-schritt/entfernen",
        "Zweiten Schritt entfernen",
        true,
        errors,
    );
    let errors = errors.clone();
    view! {
        <Page title="Zweiten Schritt entfernen">
            <nav class="back" aria-label="Zurück"><a href="/institut/konto">"Ihr Zugang"</a></nav>
            <FormSummary errors/>
            <Notice kind="warning" text="Danach genügt zur Anmeldung das Passwort. Auch die Wiederherstellungscodes gelten nicht mehr, und alle anderen Anmeldungen enden."/>
            {form}
        </Page>
    }
}

fn shown_once(RecoveryCodes { codes, first }: RecoveryCodes) -> impl IntoView {
    let text = if first {
        "Der zweite Schritt ist eingerichtet. Bewahren Sie diese Codes an einem sicheren Ort auf, nicht auf dem Telefon: Sie werden nur dieses eine Mal gezeigt."
    } else {
        "Das sind Ihre neuen Codes; alle früheren gelten nicht mehr. Bewahren Sie sie an einem sicheren Ort auf, nicht auf dem Telefon: Sie werden nur dieses eine Mal gezeigt."
    };
    let lines = codes
        .into_iter()
        .map(|code| view! { <li><code>{code}</code></li> })
        .collect_view();
    view! {
        <Page title="Ihre Wiederherstellungscodes">
            <Notice kind="success" text/>
            <p>"Jeder Code ersetzt einmal die App, wenn Sie sie nicht zur Hand haben."</p>
            <ul class="codes">{lines}</ul>
            <p class="actions"><a class="button primary" href="/institut">"Ich habe die Codes aufbewahrt"</a></p>
        </Page>
    }
}
