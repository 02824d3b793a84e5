//! One office: whom to write to, whether at all, and everything there has been
//! of contact.

use super::frame::{Desk, area, field, input, notice, select, table, with_desk};
use crate::context::{FormErrors, Typed};
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{AddressMark, Colleague, ContactEntry, ContactKind, OfficeContacts, Role, berlin};

/// `/institut/fall/{kennung}/kontakte`, with `?welle=`.
#[component]
pub(super) fn ContactsPage() -> impl IntoView {
    let kennung = use_params_map().get_untracked().get("kennung").unwrap_or_default();
    let notice = notice();
    let errors = use_context::<FormErrors>().unwrap_or_default();
    let typed = use_context::<Typed>().unwrap_or_default();
    let once = use_context::<crate::Once>().unwrap_or_default().0;
    with_desk(move |desk| async move {
        let office = desk.portal.office_contacts(&desk.session, desk.wave, &kennung).await?;
        let helpers = desk
            .portal
            .office_colleagues(&desk.session, desk.wave, &kennung)
            .await?;
        let forms = desk
            .may(Role::Editor)
            .then(|| forms(&desk, &office, &errors, &typed, once));
        let case = format!("/institut/fall/{}?welle={}", office.kennung, desk.wave);
        let caption = format!("Welle {} · {} · Kontakte", desk.wave, office.kennung);
        let stale = errors.of("stand").map(|text| view! { <Notice kind="warning" text/> });
        let body = view! {
            <nav class="back" aria-label="Zurück"><a href=case>"Zum Fall"</a></nav>
            {notice}
            {stale}
            {state(&office)}
            {forms}
            {colleagues(&desk, &office, &helpers)}
            {history(&office)}
        };
        Ok(view! { <Page title=office.office.clone() caption=caption wide=true>{body}</Page> }.into_any())
    })
}

/// That an address gets nothing, and why.
pub(super) fn marked(mark: &AddressMark) -> impl IntoView + use<> {
    let text = format!(
        "An {} geht nichts mehr, bis jemand die Adresse bestätigt oder ändert: {} ({})",
        mark.address,
        mark.reason,
        berlin::long(mark.at)
    );
    view! { <p class="notice warning" role="status">{text}</p> }
}

fn state(office: &OfficeContacts) -> impl IntoView + use<> {
    let mark = office.mark.as_ref().map(marked);
    let out = office.opt_out.as_ref().map(|out| {
        let text = format!(
            "Von Erinnerungen abgemeldet: {} ({}, {})",
            out.reason,
            out.by,
            berlin::long(out.at)
        );
        view! { <p class="notice info" role="status">{text}</p> }
    });
    let reminder = match &office.why_not {
        None => "Eine Erinnerung ginge jetzt hinaus.".to_owned(),
        Some(reason) => format!("Eine Erinnerung ginge jetzt nicht hinaus: {reason}."),
    };
    view! {
        {mark}{out}
        <dl class="facts">
            <div><dt>"Ansprechperson"</dt><dd>{office.contact_name.clone()} <br/> {office.contact_email.clone()}</dd></div>
            <div><dt>"Status"</dt><dd>{words::status(office.status)}</dd></div>
            <div><dt>"Erinnerung"</dt><dd>{reminder}</dd></div>
        </dl>
    }
}

/// Everything an editor may do, each in a form of its own.
fn forms(
    desk: &Desk,
    office: &OfficeContacts,
    errors: &FormErrors,
    typed: &Typed,
    once: String,
) -> impl IntoView + use<> {
    let refused = typed.of("formular");
    let form = |what: &'static str, label: &'static str, button: &'static str, fields: AnyView| {
        let action = format!("/institut/fall/{}/kontakte/{what}", office.kennung);
        let open = refused == what;
        view! {
            <details open=open>
                <summary>{label}</summary>
                <form method="post" action=action class="narrow">
                    <input type="hidden" name="welle" value=desk.wave.to_string()/>
                    <input type="hidden" name="stand" value=office.revision.to_string()/>
                    {fields}
                    <p class="actions"><button class="primary">{button}</button></p>
                </form>
            </details>
        }
    };
    let value = |what: &str, name: &str, stored: &str| {
        if refused == what {
            typed.of(name)
        } else {
            stored.to_owned()
        }
    };
    let error = |what: &str, name: &str| if refused == what { errors.of(name) } else { None };
    let kinds = ContactKind::ALL
        .iter()
        .map(|one| (one.name().to_owned(), one.label().to_owned()))
        .collect();
    let note = view! {
        {field("art".into(), "Was", error("notiz", "art"), select("art", kinds, value("notiz", "art", "anruf")))}
        {field("notiz".into(), "Notiz", error("notiz", "notiz"), area("notiz", "3", value("notiz", "notiz", "")))}
    };
    let letter = view! {
        <input type="hidden" name="einmal" value=once/>
        {field("betreff".into(), "Betreff", error("schreiben", "betreff"), input("betreff", "text", value("schreiben", "betreff", "")))}
        {field("text".into(), "Text", error("schreiben", "text"), area("text", "8", value("schreiben", "text", "")))}
        <p class="hint">"Anrede, Gruß und Kontakt stehen schon im Rahmen. Eine Leerzeile trennt Absätze."</p>
    };
    let address = view! {
        {field("name".into(), "Name", error("adresse", "name"), input("name", "text", value("adresse", "name", &office.contact_name)))}
        {field("email".into(), "E-Mail-Adresse", error("adresse", "email"), input("email", "text", value("adresse", "email", &office.contact_email)))}
        <p class="hint">"Die bisherige Adresse bekommt eine Mitteilung; Links, die dorthin gingen, gelten nicht mehr. Wer noch kein Passwort hat, bekommt einen neuen Link. Ändern Sie Name und Adresse, gilt das als Wechsel der Person: Das bisherige Passwort endet, und die neue Ansprechperson bekommt einen Link."</p>
    };
    let confirm = office.mark.is_some().then(|| {
        form(
            "bestaetigen",
            "Adresse bestätigen",
            "Die Adresse stimmt",
            view! { <p>"E-Mails gehen dann wieder dorthin."</p> }.into_any(),
        )
    });
    let out = match &office.opt_out {
        Some(_) => form("anmelden", "Wieder erinnern", "Wieder erinnern", ().into_any()).into_any(),
        None => {
            let reason = field(
                "grund".into(),
                "Grund",
                error("abmelden", "grund"),
                input("grund", "text", value("abmelden", "grund", "")),
            );
            form(
                "abmelden",
                "Von Erinnerungen abmelden",
                "Nicht mehr erinnern",
                reason.into_any(),
            )
            .into_any()
        }
    };
    let remind = format!("/institut/post/erinnern?welle={}&kennung={}", desk.wave, office.kennung);
    view! {
        <section class="acts" aria-label="Kontakt">
            {form("notiz", "Anruf, Brief oder Notiz festhalten", "Festhalten", note.into_any())}
            {form("schreiben", "An diese Einheit schreiben", "Senden", letter.into_any())}
            {confirm}
            {form("adresse", "Ansprechperson oder Adresse ändern", "Ändern", address.into_any())}
            {out}
            <p><a href=remind>"Jetzt erinnern"</a></p>
        </section>
    }
}

/// Whom the head has invited; an editor may withdraw an access.
fn colleagues(desk: &Desk, office: &OfficeContacts, helpers: &[Colleague]) -> impl IntoView + use<> {
    let may_act = desk.may(Role::Editor);
    let rows: Vec<_> = helpers
        .iter()
        .map(|one| {
            let state = match (one.withdrawn_at, one.active) {
                (Some(at), _) => format!("entzogen am {}", berlin::long(at)),
                (None, true) => "aktiv".to_owned(),
                (None, false) => "eingeladen".to_owned(),
            };
            let action = format!("/institut/fall/{}/kollegen", office.kennung);
            let act = (may_act && one.withdrawn_at.is_none()).then(|| {
                view! {
                    <details>
                        <summary>"Zugang entziehen"<span class="visually-hidden">{format!(": {}", one.name)}</span></summary>
                        <form method="post" action=action>
                            <input type="hidden" name="welle" value=desk.wave.to_string()/>
                            <input type="hidden" name="konto" value=one.id.clone()/>
                            <p>"Anmeldungen enden sofort. Was eingetragen ist, bleibt."</p>
                            <button>"Jetzt entziehen"</button>
                        </form>
                    </details>
                }
            });
            let role = if one.deputy { "Vertretung" } else { "Kollegin/Kollege" };
            view! {
                <tr>
                    <th scope="row">{one.name.clone()}</th>
                    <td>{one.email.clone()}</td>
                    <td>{role}", eingeladen am "{berlin::long(one.invited_at)}" von "{one.invited_by.clone()}</td>
                    <td>{state}{act}</td>
                </tr>
            }
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h2>"Kolleginnen und Kollegen der Einheit"</h2>
            {table("Kolleginnen und Kollegen", &["Name", "E-Mail", "Rolle", "Zugang"], rows)}
        }
    })
}

fn history(office: &OfficeContacts) -> impl IntoView + use<> {
    let rows: Vec<_> = office.entries.iter().map(entry).collect();
    let empty = rows
        .is_empty()
        .then(|| view! { <p>"Bisher gab es keinen Kontakt."</p> });
    let rows = (!rows.is_empty()).then(|| {
        table(
            "Kontakte",
            &["Wann", "Was", "Wer oder an wen", "Stand oder Notiz"],
            rows,
        )
    });
    view! { <h2>"Alle Kontakte"</h2>{empty}{rows} }
}

fn entry(entry: &ContactEntry) -> AnyView {
    match entry {
        ContactEntry::Mail(line) => {
            let href = format!("/institut/post/ausgang/{}", line.id);
            let state = match line.last_word() {
                Some(answer) => format!("{}: {answer}", line.state.label()),
                None => line.state.label().to_owned(),
            };
            view! {
                <tr>
                    <td class="whole">{berlin::long(line.sent_at.unwrap_or(line.changed_at))}</td>
                    <td><a href=href>{line.step_title.clone()}</a></td>
                    <td>{line.recipient.clone()}</td>
                    <td>{state}</td>
                </tr>
            }
            .into_any()
        }
        ContactEntry::Attempt { at, kind, who, note } => view! {
            <tr>
                <td class="whole">{berlin::long(*at)}</td>
                <td>{kind.label()}</td>
                <td>{who.clone()}</td>
                <td class="note">{note.clone()}</td>
            </tr>
        }
        .into_any(),
    }
}
