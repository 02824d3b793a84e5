//! One module of the questionnaire.

use super::case::{Loaded, Shut, with_case};
use crate::api::TwoAnswers;
use crate::form::{ModuleData, ModuleForm};
use crate::layout::{NotFound, Notice, Page};
use crate::words;
use leptos::prelude::*;
use leptos_meta::Link;
use leptos_router::hooks::{use_params_map, use_query_map};
use std::collections::BTreeMap;

/// `/befragung/{modul}`
#[component]
pub(super) fn ModulePage() -> impl IntoView {
    let letter = use_params_map().get_untracked().get("modul").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let notice = query.get_str("meldung").and_then(words::message);
    let show_missing = query.get_str("pruefen").is_some();
    with_case(move |case| async move {
        if case.view.instrument.module(&letter).is_none() || !case.view.access.sees(&letter) {
            return view! { <NotFound/> }.into_any();
        }
        if let Some(shut) = case.shut() {
            return locked_page(&case, &letter, shut).into_any();
        }
        module_page(case, &letter, notice, show_missing).into_any()
    })
}

/// The module's undecided conflicts, as its form shows them.
pub(crate) fn conflicts(case: &Loaded, letter: &str) -> BTreeMap<String, TwoAnswers> {
    let instrument = &case.view.instrument;
    let here = |item: &str| {
        instrument.item(item).is_some_and(|item| {
            let question = &instrument[instrument[item].question];
            instrument.modules[usize::from(question.module)].letter == letter
        })
    };
    let all = case.view.conflicts.iter().filter(|conflict| here(&conflict.item));
    all.map(|conflict| (conflict.item.clone(), words::two_answers(Some(instrument), conflict)))
        .collect()
}

fn module_page(
    case: Loaded,
    letter: &str,
    notice: Option<(&'static str, &'static str)>,
    show_missing: bool,
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
    let questionnaire = format!("/fragebogen/{}.bin", case.view.instrument.version);
    let data = ModuleData {
        letter: letter.to_owned(),
        kennung: case.view.kennung.clone(),
        context: case.view.context.clone(),
        answers: case
            .view
            .answers
            .iter()
            .filter(|answer| needed(&case, letter, &answer.item))
            .map(|answer| (answer.item.clone(), (answer.entry.clone(), answer.revision)))
            .collect(),
        confirmations: case.confirmations(),
        show_missing,
        conflicts: conflicts(&case, letter),
        next,
    };
    view! {
        <Link rel="preload" as_="fetch" href=questionnaire id="fragebogen" crossorigin="anonymous"/>
        <Page title=title caption=caption>
            <nav class="back" aria-label="Zurück"><a href="/befragung">"Zur Übersicht"</a></nav>
            <p class="reference">{reference}</p>
            {notice.map(|(kind, text)| view! { <Notice kind text/> })}
            {nothing.then(|| view! { <Notice kind="info" text="Zu diesem Abschnitt haben wir nach Ihren bisherigen Angaben keine Fragen an Sie."/> })}
            <noscript>
                <p class="hint">"Speichern Sie bitte spätestens alle 30 Minuten: Danach endet Ihre Sitzung. Was Sie dann absenden, bleibt erhalten; Sie melden sich nur neu an."</p>
            </noscript>
            <ModuleForm data/>
        </Page>
    }
}

/// Whether a page needs an answer: the head's gets all, a colleague's those of
/// the module and those that decide what is asked in it.
fn needed(case: &Loaded, letter: &str, item: &str) -> bool {
    let instrument = &case.view.instrument;
    let (Some(module), Some(item)) = (instrument.module(letter), instrument.item(item)) else {
        return false;
    };
    let question = instrument[item].question;
    case.view.access.is_whole()
        || module.questions().any(|own| own == question)
        || instrument.read_by(module).contains(&question)
}

/// Letters of the modules in which something is asked, in order.
fn asked_letters(case: &Loaded) -> Vec<String> {
    case.view
        .instrument
        .modules
        .iter()
        .filter(|module| case.view.access.sees(&module.letter))
        .filter(|module| case.sheet.progress(Some(&module.letter)).asked > 0)
        .map(|module| module.letter.clone())
        .collect()
}

fn locked_page(case: &Loaded, letter: &str, shut: Shut) -> impl IntoView + use<> {
    let (kind, text) = shut.notice();
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
            <Notice kind text/>
            <h2>"Ihre Angaben"</h2>
            {answers}
        </Page>
    }
}
