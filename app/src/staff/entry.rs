//! Entering answers on behalf of an office: its questionnaire in plain forms,
//! with a banner that says for whom and as whom.

use super::frame::{notice, with_desk};
use crate::form::{ModuleData, plain_form, question_number};
use crate::layout::{NotFound, Notice, Page};
use crate::office::{Loaded, module_conflicts};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use portal::{Portal, Role, Session, StaffError};
use survey::{Finding, FindingKind};

/// `/institut/fall/{kennung}/eingabe`: how far it is, what is open, handing in.
#[component]
pub(super) fn EntryPage() -> impl IntoView {
    let kennung = use_params_map().get_untracked().get("kennung").unwrap_or_default();
    let notice = notice();
    with_desk(move |desk| async move {
        let case = match case_of(&desk.portal, &desk.session, desk.wave, &kennung, desk.may(Role::Editor)).await? {
            Ok(case) => case,
            Err(view) => return Ok(view),
        };
        let body = view! { {banner(&case, &desk.session)}{notice}{overview(&case)} };
        let caption = format!(
            "Welle {} · {} · Eingabe durch das Institut",
            case.view.wave.key, case.view.kennung
        );
        Ok(view! { <Page title=case.view.name.clone() caption=caption>{body}</Page> }.into_any())
    })
}

/// `/institut/fall/{kennung}/eingabe/{modul}`
#[component]
pub(super) fn EntryModule() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let kennung = params.get("kennung").unwrap_or_default();
    let letter = params.get("modul").unwrap_or_default();
    let notice = notice();
    with_desk(move |desk| async move {
        let case = match case_of(&desk.portal, &desk.session, desk.wave, &kennung, desk.may(Role::Editor)).await? {
            Ok(case) => case,
            Err(view) => return Ok(view),
        };
        let Some(module) = case.view.instrument.module(&letter) else {
            return Ok(view! { <NotFound/> }.into_any());
        };
        let title = format!("{} {}", module.letter, module.title);
        provide_context(case.view.instrument.clone());
        let base = base(&case);
        let data = ModuleData {
            letter: letter.clone(),
            kennung: case.view.kennung.clone(),
            context: case.view.context.clone(),
            answers: case
                .view
                .answers
                .iter()
                .map(|answer| (answer.item.clone(), (answer.entry.clone(), answer.revision)))
                .collect(),
            confirmations: case.view.confirmations.clone(),
            show_missing: false,
            conflicts: module_conflicts(&case, &letter),
            next: base.clone(),
        };
        let form = plain_form(data, format!("{base}/{letter}"));
        let caption = format!("{} · Eingabe durch das Institut", case.view.name);
        let body = view! {
            <nav class="back" aria-label="Zurück"><a href=base>"Zur Übersicht der Eingabe"</a></nav>
            {banner(&case, &desk.session)}
            {notice}
            {form}
        };
        Ok(view! { <Page title=title caption=caption>{body}</Page> }.into_any())
    })
}

/// The case, or the page that says why there is nothing to enter.
async fn case_of(
    portal: &Portal,
    session: &Session,
    wave: i32,
    kennung: &str,
    may_act: bool,
) -> Result<Result<Loaded, AnyView>, StaffError> {
    if !may_act {
        return Ok(Err(view! { <NotFound/> }.into_any()));
    }
    let acting = match portal.on_behalf(session, wave, kennung).await {
        Ok(acting) => acting,
        Err(StaffError::Refused(reason)) => return Ok(Err(barred(kennung, reason))),
        Err(error) => return Err(error),
    };
    let view = portal.case_of(&acting).await?.ok_or(StaffError::NotFound)?;
    if view.locked {
        let reason = "Der Fragebogen ist abgegeben oder die Welle geschlossen. Öffnen Sie ihn zuerst wieder.";
        return Ok(Err(barred(kennung, reason.to_owned())));
    }
    Ok(Ok(Loaded::new(view)))
}

fn barred(kennung: &str, reason: String) -> AnyView {
    let href = format!("/institut/fall/{kennung}");
    view! {
        <Page title="Eingabe nicht möglich">
            <Notice kind="warning" text=reason/>
            <p><a href=href>"Zum Fall"</a></p>
        </Page>
    }
    .into_any()
}

fn base(case: &Loaded) -> String {
    format!("/institut/fall/{}/eingabe", case.view.kennung)
}

fn banner(case: &Loaded, session: &Session) -> AnyView {
    let name = if session.display_name.is_empty() {
        &session.login
    } else {
        &session.display_name
    };
    let text = format!(
        "Sie tragen Angaben für {} ein. Jede wird mit Ihrem Namen ({name}) als Eintragung des Instituts festgehalten.",
        case.view.name
    );
    let href = format!("/institut/fall/{}?welle={}", case.view.kennung, case.view.wave.key);
    view! { <p class="notice warning acting">{text} " " <a href=href>"Zum Fall"</a></p> }.into_any()
}

fn overview(case: &Loaded) -> AnyView {
    let base = base(case);
    let progress = case.sheet.progress(None);
    let findings = case.sheet.findings(&case.view.confirmations);
    let instrument = &case.view.instrument;
    let modules: Vec<_> = instrument
        .modules
        .iter()
        .filter_map(|module| {
            let part = case.sheet.progress(Some(&module.letter));
            (part.asked > 0).then(|| {
                let href = format!("{base}/{}", module.letter);
                let name = format!("{} {}", module.letter, module.title);
                view! { <li><a href=href>{name}</a> {format!(" ({} von {})", part.answered, part.asked)}</li> }
            })
        })
        .collect();
    let open: Vec<&Finding> = findings.open().collect();
    let blocking: Vec<_> = open
        .iter()
        .filter(|finding| finding.kind != FindingKind::Soft)
        .map(|finding| {
            let question = &instrument[finding.question];
            let letter = &instrument.modules[usize::from(question.module)].letter;
            let href = format!("{base}/{letter}#{}", instrument[finding.item].id);
            let wording = format!("{} {}", question_number(&question.id), case.sheet.text(&question.text));
            view! { <li><a href=href>{wording}</a> <span class="message">{finding.message.clone()}</span></li> }
        })
        .collect();
    let soft: Vec<_> = open
        .iter()
        .filter(|finding| finding.kind == FindingKind::Soft)
        .filter_map(|finding| {
            let edit = instrument[finding.edit?].id.clone();
            let name = format!("reason__{edit}");
            let label = format!(
                "{}: {}",
                question_number(&instrument[finding.question].id),
                finding.message
            );
            Some(view! {
                <div class="field">
                    <label for=name.clone()>{label}</label>
                    <textarea id=name.clone() name=name rows="2" maxlength="1000"></textarea>
                </div>
            })
        })
        .collect();
    let reasons = (!soft.is_empty()).then(|| {
        view! {
            <h2>"Begründen oder berichtigen"</h2>
            <form method="post" action=format!("{base}/pruefung")>
                <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                {soft}
                <div class="actions"><button>"Begründungen speichern"</button></div>
            </form>
        }
    });
    let points = (!blocking.is_empty()).then(|| {
        view! { <h2>{format!("Noch offen: {}", blocking.len())}</h2><ul class="open-points">{blocking}</ul> }
    });
    let submit = open.is_empty().then(|| {
        view! {
            <h2>"Abgeben"</h2>
            <p>"Alle Angaben sind vollständig und widerspruchsfrei. Die Einheit bekommt die Eingangsbestätigung."</p>
            <form method="post" action=format!("{base}/abgabe")>
                <input type="hidden" name="einheit" value=case.view.kennung.clone()/>
                <p class="actions"><button class="primary">"Für die Einheit abgeben"</button></p>
            </form>
        }
    });
    view! {
        <p>{format!("{} von {} Fragen beantwortet", progress.answered, progress.asked)}</p>
        <ol class="modules">{modules}</ol>
        {points}{reasons}{submit}
    }
    .into_any()
}
