//! One's own account, for offices and for the institute alike: what it is,
//! another password, the end of other sign-ins.

use crate::context::{FormErrors, Viewer};
use crate::layout::{Notice, Page, Unavailable};
use crate::office::sign_in::{Field, FormSummary};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{FactorState, OwnAccount, Portal, berlin};

/// `/befragung/konto`
#[component]
pub(crate) fn OfficeAccount() -> impl IntoView {
    account("/befragung/konto")
}

/// `/institut/konto`
#[component]
pub(crate) fn StaffAccount() -> impl IntoView {
    account("/institut/konto")
}

fn account(base: &'static str) -> impl IntoView {
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let notice = use_query_map()
        .get_untracked()
        .get_str("meldung")
        .and_then(words::message)
        .map(|(kind, text)| view! { <Notice kind text/> });
    view! {
        <Suspense>
            {Suspend::new(async move {
                let Some(session) = session else { return view! { <Unavailable/> }.into_any() };
                match portal.own_account(&session).await {
                    Ok(own) => view! {
                        <Page title="Ihr Zugang">
                            {notice}
                            <FormSummary errors=errors.clone()/>
                            {facts(&own)}
                            {factor(&own)}
                            {password(base, own.login.clone(), &errors)}
                            {elsewhere(base, own.others)}
                        </Page>
                    }.into_any(),
                    Err(_) => view! { <Unavailable/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

fn facts(own: &OwnAccount) -> impl IntoView + use<> {
    let name = (!own.name.is_empty()).then(|| view! { <div><dt>"Name"</dt><dd>{own.name.clone()}</dd></div> });
    let role = own
        .role
        .map(|role| view! { <div><dt>"Rolle"</dt><dd>{words::role(role)}</dd></div> });
    view! {
        <dl class="facts">
            <div><dt>"Anmeldename"</dt><dd>{own.login.clone()}</dd></div>
            {name}
            <div><dt>"E-Mail-Adresse"</dt><dd>{own.email.clone()}</dd></div>
            {role}
        </dl>
    }
}

/// The second step, for staff.
fn factor(own: &OwnAccount) -> Option<AnyView> {
    own.role?;
    let body = match own.factor {
        FactorState::None => view! {
            <p>"Nicht eingerichtet. Mit einer App auf dem Telefon nützt ein gestohlenes Passwort allein niemandem."</p>
            <p class="actions"><a class="button" href="/institut/konto/zweiter-schritt">"Zweiten Schritt einrichten"</a></p>
        }
        .into_any(),
        FactorState::InUse { since, codes_left } => {
            let left = match codes_left {
                1 => "1 Wiederherstellungscode gilt noch.".to_owned(),
                n => format!("{n} Wiederherstellungscodes gelten noch."),
            };
            let few = (codes_left < 3).then(|| {
                view! { <Notice kind="warning" text="Es sind nur noch wenige Wiederherstellungscodes übrig. Erzeugen Sie neue."/> }
            });
            let remove = (!own.required).then(|| {
                view! { <li><a href="/institut/konto/zweiter-schritt?weg=1">"Zweiten Schritt entfernen"</a></li> }
            });
            view! {
                <p>{format!("Eingerichtet am {}. {left}", berlin::long(since))}</p>
                {few}
                <ul>
                    <li><a href="/institut/konto/codes">"Neue Wiederherstellungscodes"</a></li>
                    <li><a href="/institut/konto/zweiter-schritt">"Andere App oder anderes Telefon"</a></li>
                    {remove}
                </ul>
            }
            .into_any()
        }
    };
    Some(view! { <h2>"Zweiter Schritt der Anmeldung"</h2>{body} }.into_any())
}

fn password(base: &str, login: String, errors: &FormErrors) -> impl IntoView + use<> {
    view! {
        <h2>"Passwort ändern"</h2>
        <form method="post" action=format!("{base}/passwort") class="narrow">
            <input type="text" class="visually-hidden" value=login autocomplete="username" tabindex="-1" readonly aria-hidden="true"/>
            <Field name="passwort0" label="Jetziges Passwort" kind="password" autocomplete="current-password"
                error=errors.of("passwort0")/>
            <Field name="passwort" label="Neues Passwort" kind="password" autocomplete="new-password"
                hint="Mindestens 12 Zeichen. Ein kurzer Satz ist gut geeignet." error=errors.of("passwort")/>
            <Field name="passwort2" label="Neues Passwort wiederholen" kind="password" autocomplete="new-password"
                error=errors.of("passwort2")/>
            <p class="hint">"Alle anderen Anmeldungen dieses Zugangs enden damit; diese hier bleibt."</p>
            <div class="actions"><button class="primary">"Passwort ändern"</button></div>
        </form>
    }
}

fn elsewhere(base: &str, others: i64) -> impl IntoView + use<> {
    let how_many = match others {
        0 => "Mit diesem Zugang ist sonst niemand angemeldet.".to_owned(),
        1 => "Mit diesem Zugang gibt es eine weitere Anmeldung.".to_owned(),
        n => format!("Mit diesem Zugang gibt es {n} weitere Anmeldungen."),
    };
    view! {
        <h2>"Andere Anmeldungen"</h2>
        <p>{how_many}</p>
        <div class="actions">
            <form method="post" action=format!("{base}/andere")><button>"Alle anderen Anmeldungen beenden"</button></form>
            <form method="post" action="/abmelden">
                <input type="hidden" name="ueberall" value="1"/>
                <button>"Überall abmelden, auch hier"</button>
            </form>
        </div>
    }
}
