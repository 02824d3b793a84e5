//! The overview: what there is to do, how far one is, until when, whom to ask
//! and what happens with the data.

use super::case::{Loaded, with_case};
use super::submission::receipt_button;
use crate::context::{SharedOperator, Viewer};
use crate::layout::{ContactLines, Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use portal::{OpenQuery, Portal, Who};
use survey::status::Status;
use survey::{FindingKind, Progress};

/// `/befragung`
#[component]
pub(super) fn Overview() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let notice = query.get_str("meldung").and_then(words::message);
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    with_case(move |case| async move {
        let head = matches!(session.as_ref().map(|one| &one.who), Some(Who::Unit { head: true, .. }));
        let feedback = match &session {
            Some(session) => portal.has_feedback(session).await.unwrap_or(false),
            None => false,
        };
        let query = match (case.view.status, session) {
            (Status::Query, Some(session)) => portal.open_query(&session).await.ok().flatten(),
            _ => None,
        };
        overview(&case, query.as_ref(), head, notice, feedback).into_any()
    })
}

fn overview(
    case: &Loaded,
    query: Option<&OpenQuery>,
    head: bool,
    notice: Option<(&'static str, &'static str)>,
    feedback: bool,
) -> impl IntoView + use<> {
    let view = &case.view;
    let progress = own_progress(case);
    let findings = case.sheet.findings(&view.confirmations);
    let open = findings.open().filter(|finding| case.sees(finding.question)).count();
    let modules = module_lines(case);
    let deadline = words::day(view.wave.deadline);
    let locked = view.locked;
    let percent = format!("{} von {} Fragen beantwortet", progress.answered, progress.asked);
    let next = if let Some(open) = query {
        let text = format!(
            "Das IAW hat eine Rückfrage zu Ihrem Fragebogen. Bitte antworten Sie bis zum {}.",
            words::day(open.query.due)
        );
        view! {
            <Notice kind="warning" text/>
            <p class="actions">
                <a class="button primary" href="/befragung/rueckfrage">"Rückfrage beantworten"</a>
                <a class="button" href="/befragung/quittung">"Quittung ansehen"</a>
            </p>
        }
        .into_any()
    } else if let Some(shut) = case.shut() {
        let (kind, text) = shut.notice();
        view! { <Notice kind text/> {receipt_button(case)} }.into_any()
    } else {
        let again = view.receipt.as_ref().map(|receipt| {
            let text = format!(
                "Der Fragebogen vom {} ist für Korrekturen wieder geöffnet. Bitte geben Sie ihn danach noch einmal ab.",
                receipt.at_local
            );
            view! { <Notice kind="info" text/> }
        });
        view! {
            {again}
            <p class="actions">
                <a class="button primary" href="/befragung/pruefung">
                    {if open == 0 && view.access.submits { "Prüfen und abgeben" } else if open == 0 { "Angaben ansehen" } else { "Offene Punkte ansehen" }}
                </a>
            </p>
        }
        .into_any()
    };
    let late = (view.late && !locked).then(|| {
        view! {
            <Notice kind="warning" text=format!("Die Frist ist am {deadline} abgelaufen. Sie können den Fragebogen noch abgeben, solange die Befragung nicht geschlossen ist; er wird als verspätet vermerkt.")/>
        }
    });
    let caption = case.caption();
    let feedback = feedback.then(|| {
        view! { <p><a href="/befragung/rueckmeldung">"Ihre Rückmeldung ansehen"</a>": wie sich Ihre Einheit einordnet und wie verbreitet diese Organisationsform ist."</p> }
    });
    let body = view! {
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {late}
            <dl class="facts">
                <div><dt>"Stichtag"</dt><dd>{words::day(view.context.stichtag)}</dd></div>
                <div><dt>"Zeitraum"</dt><dd>{view.context.zeitraum.clone()}</dd></div>
                <div><dt>"Frist"</dt><dd>{deadline.clone()}</dd></div>
                <div><dt>"Stand"</dt><dd>{words::status(view.status)}</dd></div>
            </dl>
            <p>
                <label for="fortschritt">{percent}</label>
                <progress id="fortschritt" max=progress.asked.max(1).to_string() value=progress.answered.to_string()></progress>
            </p>
            {next}
            {feedback}
            <h2>"Abschnitte"</h2>
            <ol class="modules">{modules}</ol>
            {head.then(|| view! { <p><a href="/befragung/kollegen">"Kolleginnen und Kollegen einladen"</a>", die einzelne Abschnitte ausfüllen; dort sehen Sie auch, wer was eingetragen hat."</p> })}
            {(!view.access.submits).then(|| view! { <p class="hint">"Sie bearbeiten die Abschnitte, um die die Leitung Ihrer Einheit Sie gebeten hat. Abgegeben wird der Fragebogen von ihr."</p> })}
            <p><a href="/befragung/druck">"Den ganzen Fragebogen drucken"</a>", zum Beispiel, um ihn vorab im Haus weiterzugeben."</p>
            <Explanations/>
    };
    view! { <Page title="Ihre Befragung" caption=caption>{body}</Page> }
}

/// How far the modules are that the person sees.
fn own_progress(case: &Loaded) -> Progress {
    if case.view.access.is_whole() {
        return case.sheet.progress(None);
    }
    let own = case.view.instrument.modules.iter();
    own.filter(|module| case.view.access.sees(&module.letter))
        .map(|module| case.sheet.progress(Some(&module.letter)))
        .fold(Progress::default(), |all, one| Progress {
            answered: all.answered + one.answered,
            asked: all.asked + one.asked,
            required_open: all.required_open + one.required_open,
        })
}

fn module_lines(case: &Loaded) -> Vec<AnyView> {
    let findings = case.sheet.findings(&case.view.confirmations);
    let instrument = &case.view.instrument;
    instrument
        .modules
        .iter()
        .filter(|module| case.view.access.sees(&module.letter))
        .filter_map(|module| {
            let progress = case.sheet.progress(Some(&module.letter));
            if progress.asked == 0 {
                return None;
            }
            let wrong = module
                .questions()
                .flat_map(|question| findings.for_question(question))
                .filter(|finding| {
                    finding.confirmed.is_none()
                        && matches!(finding.kind, FindingKind::Form | FindingKind::Hard | FindingKind::Soft)
                })
                .count();
            let (class, state) = match (progress.answered, wrong) {
                (0, 0) => ("tag new", "noch nicht begonnen".to_owned()),
                (n, 0) if n == progress.asked => ("tag done", "vollständig".to_owned()),
                (n, 0) => ("tag part", format!("{n} von {} beantwortet", progress.asked)),
                (_, 1) => ("tag wrong", "1 Angabe zu klären".to_owned()),
                (_, n) => ("tag wrong", format!("{n} Angaben zu klären")),
            };
            let href = format!("/befragung/{}", module.letter);
            let hint = format!("stand-{}", module.letter);
            let name = format!("{} {}", module.letter, module.title);
            Some(
                view! {
                    <li>
                        <a href=href aria-describedby=hint.clone()>{name}</a>
                        <span class=class id=hint>{state}</span>
                    </li>
                }
                .into_any(),
            )
        })
        .collect()
}

/// How long it takes, what happens with the data, letters of endorsement.
#[component]
fn Explanations() -> impl IntoView {
    let operator = use_context::<SharedOperator>().unwrap_or_default();
    let letters = operator
        .letters
        .iter()
        .map(|letter| view! { <li><a href=letter.href.clone()>{letter.label.clone()}</a></li> })
        .collect::<Vec<_>>();
    let endorsed = (!letters.is_empty()).then(|| {
        view! {
            <h2>"Empfehlungsschreiben"</h2>
            <p>"Bund, Länder und kommunale Spitzenverbände empfehlen die Teilnahme:"</p>
            <ul>{letters}</ul>
        }
    });
    view! {
        <h2>"So geht es"</h2>
        <ul>
            <li>"Sie können jederzeit unterbrechen: Jede Angabe wird gespeichert, und Sie machen später dort weiter."</li>
            <li>"Planen Sie etwa zwei Stunden ein, vor allem für Personal- und Haushaltszahlen, die Kolleginnen und Kollegen beisteuern."</li>
            <li>"Wo eine Angabe nicht möglich ist, sagen Sie das bitte ausdrücklich; dann fragen wir nicht nach."</li>
            <li>"Am Ende prüfen Sie alles auf einer Seite und geben einmal verbindlich ab. Danach ist der Fragebogen gesperrt; das IAW kann ihn für Korrekturen wieder öffnen."</li>
        </ul>
        <h2>"Was mit Ihren Angaben geschieht"</h2>
        <p>"Ihre Angaben werden vom Institut für Angewandte Wirtschaftsforschung vertraulich behandelt und nur zusammengefasst veröffentlicht. Namen und E-Mail-Adressen dienen allein Rückfragen und kommen nicht in die Auswertung. "<a href="/datenschutz">"Mehr zum Datenschutz"</a></p>
        {endorsed}
        <h2>"Wen Sie fragen können"</h2>
        <ContactLines/>
    }
}
