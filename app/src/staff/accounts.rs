//! Accounts of the institute: who there is, one of them, and everything an
//! administrator does about it.

use super::admin::with_staff;
use super::frame::{field, input, notice, select, table};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::office::sign_in::FormSummary;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{Role, Session, StaffAccount, berlin};

/// `/institut/verwaltung/konten`
#[component]
pub(super) fn AccountList() -> impl IntoView {
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_staff(move |portal, session| async move {
        let list = portal.staff_list(&session).await?;
        let rows: Vec<_> = list.iter().map(line).collect();
        let invite = invite(&errors, &typed);
        let list = table(
            "Zugänge",
            &[
                "Anmeldename",
                "Name",
                "Rolle",
                "Stand",
                "Zweiter Schritt",
                "Zuletzt angemeldet",
            ],
            rows,
        );
        Ok(view! {
            <Page title="Zugänge des Instituts" wide=true>
                <nav class="back" aria-label="Zurück"><a href="/institut/verwaltung">"Verwaltung"</a></nav>
                {notice}
                <FormSummary errors=errors.clone()/>
                {list}
                {invite}
            </Page>
        }
        .into_any())
    })
}

fn line(one: &StaffAccount) -> impl IntoView + use<> {
    let href = format!("/institut/verwaltung/konten/{}", one.id);
    view! {
        <tr>
            <th scope="row"><a href=href>{one.login.clone()}</a></th>
            <td>{one.name.clone()}</td>
            <td>{words::role(one.role)}</td>
            <td>{state(one)}</td>
            <td>{if one.second_factor { "eingerichtet" } else { "nein" }}</td>
            <td>{one.signed_in_at.map(berlin::long)}</td>
        </tr>
    }
}

fn state(one: &StaffAccount) -> String {
    match (one.disabled_at, one.has_password) {
        (Some(at), _) => format!("gesperrt seit {}", berlin::long(at)),
        (None, false) => "eingeladen, noch kein Passwort".to_owned(),
        (None, true) => "offen".to_owned(),
    }
}

fn roles() -> Vec<(String, String)> {
    [Role::Viewer, Role::Editor, Role::Admin]
        .map(|role| (role.name().to_owned(), words::role(role).to_owned()))
        .to_vec()
}

fn invite(errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let chosen = match typed.of("rolle") {
        none if none.is_empty() => Role::Viewer.name().to_owned(),
        role => role,
    };
    view! {
        <h2>"Jemanden hinzufügen"</h2>
        <form method="post" action="/institut/verwaltung/konten" class="narrow">
            {field("email".into(), "E-Mail-Adresse", errors.of("email"), input("email", "email", typed.of("email")))}
            {field("name".into(), "Name (darf fehlen)", errors.of("name"), input("name", "text", typed.of("name")))}
            {field("rolle".into(), "Rolle", errors.of("rolle"), select("rolle", roles(), chosen))}
            <p class="hint">"Die E-Mail enthält einen Link, mit dem das Passwort festgelegt wird. Er gilt 30 Tage und nur einmal."</p>
            <p class="actions"><button class="primary">"Zugang anlegen und einladen"</button></p>
        </form>
    }
}

/// `/institut/verwaltung/konten/{id}`
#[component]
pub(super) fn AccountPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    with_staff(move |portal, session| async move {
        let one = portal.staff_account(&session, &id).await?;
        let title = if one.name.is_empty() {
            one.login.clone()
        } else {
            one.name.clone()
        };
        Ok(view! {
            <Page title=title caption="Zugang des Instituts" wide=true>
                <nav class="back" aria-label="Zurück"><a href="/institut/verwaltung/konten">"Zugänge des Instituts"</a></nav>
                {notice}
                <FormSummary errors=errors.clone()/>
                <dl class="facts">
                    <div><dt>"Anmeldename"</dt><dd>{one.login.clone()}</dd></div>
                    <div><dt>"Rolle"</dt><dd>{words::role(one.role)}</dd></div>
                    <div><dt>"Stand"</dt><dd>{state(&one)}</dd></div>
                    <div><dt>"Zuletzt angemeldet"</dt><dd>{one.signed_in_at.map_or("nie".to_owned(), berlin::long)}</dd></div>
                    <div><dt>"Zweiter Schritt"</dt><dd>{if one.second_factor { "eingerichtet" } else { "nicht eingerichtet" }}</dd></div>
                </dl>
                {changes(&session, &one, &errors, &typed)}
            </Page>
        }
        .into_any())
    })
}

/// Everything that can be done about an account, what cannot be taken back at
/// once behind a second look.
fn changes(session: &Session, one: &StaffAccount, errors: &FormErrors, typed: &Typed) -> impl IntoView + use<> {
    let base = format!("/institut/verwaltung/konten/{}", one.id);
    let own = session.account_id == one.id;
    let sure = |what: &'static str, label: &'static str, text: &'static str, button: &'static str| {
        view! {
            <details>
                <summary>{label}</summary>
                <form method="post" action=format!("{base}/{what}") class="narrow">
                    <p>{text}</p>
                    <p class="actions"><button class="primary">{button}</button></p>
                </form>
            </details>
        }
    };
    let typed_name = typed.of("name");
    let name = if typed_name.is_empty() {
        one.name.clone()
    } else {
        typed_name
    };
    let shut = match (own, one.disabled_at.is_some()) {
        (true, _) => view! {
            <p class="hint">
                "Ihren eigenen Zugang können Sie nicht sperren. Passwort und zweiten Schritt ändern Sie unter "
                <a href="/institut/konto">"Ihr Zugang"</a>"."
            </p>
        }
        .into_any(),
        (false, false) => sure(
            "sperren",
            "Zugang sperren",
            "Die Person ist sofort überall abgemeldet und kann sich nicht mehr anmelden. Was sie getan hat, bleibt im Protokoll. Ein gesperrter Zugang lässt sich wieder öffnen.",
            "Jetzt sperren",
        )
        .into_any(),
        (false, true) => sure(
            "oeffnen",
            "Zugang wieder öffnen",
            "Die Person kann sich mit ihrem bisherigen Passwort wieder anmelden.",
            "Jetzt öffnen",
        )
        .into_any(),
    };
    let reset = (one.second_factor && !own).then(|| {
        sure(
            "zweiter-schritt",
            "Zweiten Schritt entfernen (Telefon verloren)",
            "Die Person ist überall abgemeldet und meldet sich mit dem Passwort allein an, bis sie den zweiten Schritt neu einrichtet. Sie wird per E-Mail benachrichtigt. Vergewissern Sie sich, dass wirklich sie darum gebeten hat.",
            "Jetzt entfernen",
        )
    });
    let again = (!one.has_password && one.disabled_at.is_none()).then(|| {
        sure(
            "einladen",
            "Link zum Passwort noch einmal schicken",
            "Die E-Mail geht an den Anmeldenamen.",
            "Jetzt schicken",
        )
    });
    let waits = (!one.has_password && one.disabled_at.is_none())
        .then(|| view! { <Notice kind="info" text="Hier hat noch niemand ein Passwort festgelegt."/> });
    view! {
        {waits}
        <h2>"Ändern"</h2>
        <form method="post" action=format!("{base}/rolle") class="narrow">
            {field("rolle".into(), "Rolle", None, select("rolle", roles(), one.role.name().to_owned()))}
            <p class="actions"><button>"Rolle ändern"</button></p>
        </form>
        <form method="post" action=format!("{base}/name") class="narrow">
            {field("name".into(), "Name", errors.of("name"), input("name", "text", name))}
            <p class="actions"><button>"Namen ändern"</button></p>
        </form>
        {again}{reset}{shut}
    }
}
