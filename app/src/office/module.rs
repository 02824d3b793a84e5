//! One module of the questionnaire.

use super::case::{Loaded, with_case};
use crate::context::Viewer;
use crate::form::{ModuleData, ModuleForm};
use crate::layout::{NotFound, Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_meta::Link;
use leptos_router::hooks::{use_params_map, use_query_map};
use portal::{Conflict, Portal, Session};
use std::collections::BTreeMap;

/// `/befragung/{modul}`
#[component]
pub(super) fn ModulePage() -> impl IntoView {
    let letter = use_params_map().get_untracked().get("modul").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let notice = query.get_str("meldung").and_then(words::message);
    let show_missing = query.get_str("pruefen").is_some();
    let after_conflict = query.get_str("meldung") == Some("konflikt");
    let portal = expect_context::<Portal>();
    let session = use_context::<Viewer>().unwrap_or_default().0;
    with_case(move |case| async move {
        if case.view.instrument.module(&letter).is_none() {
            return view! { <NotFound/> }.into_any();
        }
        if case.view.locked {
            return locked_page(&case, &letter).into_any();
        }
        let conflicts = match session.filter(|_| after_conflict) {
            Some(session) => conflicts(&portal, &session, &case, &letter).await,
            None => BTreeMap::new(),
        };
        module_page(case, &letter, notice, show_missing, conflicts).into_any()
    })
}

/// What this form lost against somebody else's answers: the newest change of
/// an item is one that did not become the answer.
async fn conflicts(portal: &Portal, session: &Session, case: &Loaded, letter: &str) -> BTreeMap<String, String> {
    let instrument = &case.view.instrument;
    let mut found = BTreeMap::new();
    for answer in &case.view.answers {
        let here = instrument.item(&answer.item).is_some_and(|item| {
            let question = &instrument[instrument[item].question];
            instrument.modules[usize::from(question.module)].letter == letter
        });
        if !here {
            continue;
        }
        let history = portal.history(session, &answer.item).await.unwrap_or_default();
        if let Some(lost) = history.into_iter().next().filter(|newest| newest.conflict) {
            let conflict = Conflict {
                item: answer.item.clone(),
                mine: lost.entry,
                theirs: answer.entry.clone(),
                theirs_by: answer.by.clone(),
                theirs_at: answer.at,
                revision: answer.revision,
            };
            found.insert(answer.item.clone(), words::conflict(&conflict));
        }
    }
    found
}

fn module_page(
    case: Loaded,
    letter: &str,
    notice: Option<(&'static str, &'static str)>,
    show_missing: bool,
    conflicts: BTreeMap<String, String>,
) -> impl IntoView + use<> {
    provide_context(case.view.instrument.clone());
    let asked = asked_letters(&case);
    let place = asked.iter().position(|one| one == letter);
    let caption = match place {
        Some(place) => format!("Abschnitt {} von {} · {}", place + 1, asked.len(), case.view.name),
        None => case.view.name.clone(),
    };
    let next = place
        .and_then(|place| asked.get(place + 1))
        .map_or("/befragung/pruefung".to_owned(), |letter| {
            format!("/befragung/{letter}")
        });
    let title = case
        .view
        .instrument
        .module(letter)
        .map(|module| format!("{} {}", module.letter, module.title))
        .unwrap_or_default();
    let reference = format!(
        "Stichtag {}, Zeitraum {}. Frist: {}.",
        words::day(case.view.context.stichtag),
        case.view.context.zeitraum,
        words::day(case.view.wave.deadline),
    );
    let nothing = case.sheet.progress(Some(letter)).asked == 0;
    let questionnaire = format!("/fragebogen/{}.json", case.view.instrument.version);
    let data = ModuleData {
        letter: letter.to_owned(),
        kennung: case.view.kennung.clone(),
        context: case.view.context.clone(),
        answers: case
            .view
            .answers
            .iter()
            .map(|answer| (answer.item.clone(), (answer.entry.clone(), answer.revision)))
            .collect(),
        confirmations: case.view.confirmations.clone(),
        show_missing,
        conflicts,
        next,
    };
    view! {
        <Link rel="preload" as_="fetch" href=questionnaire id="fragebogen" crossorigin="anonymous"/>
        <Page title=title caption=caption>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            <p class="reference">{reference}</p>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {nothing.then(|| view! { <Notice kind="info" text="Zu diesem Abschnitt haben wir nach Ihren bisherigen Angaben keine Fragen an Sie."/> })}
            <ModuleForm data/>
        </Page>
    }
}

/// Letters of the modules in which something is asked, in order.
fn asked_letters(case: &Loaded) -> Vec<String> {
    case.view
        .instrument
        .modules
        .iter()
        .filter(|module| case.sheet.progress(Some(&module.letter)).asked > 0)
        .map(|module| module.letter.clone())
        .collect()
}

fn locked_page(case: &Loaded, letter: &str) -> impl IntoView + use<> {
    let answers = super::print::module_answers(case, letter);
    let title = case
        .view
        .instrument
        .module(letter)
        .map(|module| format!("{} {}", module.letter, module.title))
        .unwrap_or_default();
    view! {
        <Page title=title caption=case.caption()>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            <Notice kind="info" text="Der Fragebogen ist abgegeben und lässt sich nur noch ansehen. Für Korrekturen öffnet ihn das IAW gern wieder."/>
            <h2>"Ihre Angaben"</h2>
            {answers}
        </Page>
    }
}
