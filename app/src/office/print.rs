//! The whole questionnaire on paper: filled, or blank to be passed round.

use super::case::{Loaded, with_case};
use crate::form::question_number;
use crate::hyphens::hyphenated;
use crate::layout::Page;
use crate::words;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use survey::{Entry, Kind, QuestionIx, Reference};

/// `/befragung/druck`, with `?leer=1` blank.
#[component]
pub(super) fn Print() -> impl IntoView {
    let blank = use_query_map().get_untracked().get_str("leer").is_some();
    with_case(move |case| async move {
        let modules = case
            .view
            .instrument
            .modules
            .iter()
            .filter(|module| case.view.access.sees(&module.letter))
            .map(|module| {
                let questions = module
                    .questions()
                    .filter(|question| blank || case.sheet.is_asked(*question))
                    .map(|question| printed(&case, question, blank))
                    .collect_view();
                view! { <section class="print-module"><h2>{format!("{} {}", module.letter, module.title)}</h2>{questions}</section> }
            })
            .collect_view();
        let switch = if blank {
            view! { <a href="/befragung/druck">"Mit Ihren Angaben anzeigen"</a> }.into_any()
        } else {
            view! { <a href="/befragung/druck?leer=1">"Leeren Fragebogen mit allen Fragen anzeigen"</a> }.into_any()
        };
        view! {
            <Page title="Fragebogen zum Drucken" caption=case.caption()>
                <p class="screen-only">"Drucken Sie diese Seite mit Strg+P. " {switch} " · " <a href="/befragung">"Zur Übersicht"</a></p>
                <p>{format!("Kennung {}, Stichtag {}, Zeitraum {}, Frist {}", case.view.kennung,
                    words::day(case.view.context.stichtag), case.view.context.zeitraum, words::day(case.view.wave.deadline))}</p>
                {modules}
            </Page>
        }
        .into_any()
    })
}

/// The answers of one module as they stand, for reading.
pub(crate) fn module_answers(case: &Loaded, letter: &str) -> AnyView {
    case.view
        .instrument
        .module(letter)
        .map(|module| {
            module
                .questions()
                .filter(|question| case.sheet.is_asked(*question))
                .map(|question| printed(case, question, false))
                .collect_view()
        })
        .into_any()
}

/// One question with its answer, for reading.
pub(crate) fn printed(case: &Loaded, question: QuestionIx, blank: bool) -> AnyView {
    let instrument = &case.view.instrument;
    let entry = &instrument[question];
    let reference = match entry.reference {
        Reference::Stichtag => format!("Stand: {}. ", words::day(case.view.context.stichtag)),
        Reference::Zeitraum => format!("Zeitraum: {}. ", case.view.context.zeitraum),
        Reference::None => String::new(),
    };
    let help = entry
        .help
        .as_ref()
        .map(|help| case.sheet.text(help))
        .unwrap_or_default();
    let unit = entry.unit.clone().unwrap_or_default();
    let answer = match entry.kind {
        Kind::Single | Kind::Multi => choices(case, question, blank),
        _ if entry.kind.is_matrix() => {
            let rows = entry
                .items
                .iter()
                .map(|item| {
                    let label = instrument[*item].label.clone().unwrap_or_default();
                    let value = value_of(case, *item, question, blank);
                    view! { <tr><th scope="row">{hyphenated(&label)}</th><td>{value}</td><td>{unit.clone()}</td></tr> }
                })
                .collect_view();
            view! { <table class="answers"><tbody>{rows}</tbody></table> }.into_any()
        }
        _ => {
            let value = entry.items.first().map(|item| value_of(case, *item, question, blank));
            view! { <p class="answer">{value} " " {unit}</p> }.into_any()
        }
    };
    view! {
        <div class="print-question">
            <h3>{question_number(&entry.id).to_owned()} " " {hyphenated(&case.sheet.text(&entry.text))}</h3>
            <p class="hint">{reference}{help}</p>
            {answer}
        </div>
    }
    .into_any()
}

/// What stands in the sheet for one item; a line to write on where blank.
fn value_of(case: &Loaded, item: survey::ItemIx, question: QuestionIx, blank: bool) -> AnyView {
    if blank {
        return view! { <span class="line"></span> }.into_any();
    }
    let options = &case.view.instrument[question].options;
    let text = match case.sheet.entry(item) {
        Some(Entry::Given(text)) => options
            .iter()
            .find(|option| option.code.to_string() == text.trim())
            .map_or_else(|| text.clone(), |option| option.label.clone()),
        Some(Entry::CannotSay) => "Angabe nicht möglich".to_owned(),
        None => "–".to_owned(),
    };
    view! { <span>{text}</span> }.into_any()
}

fn choices(case: &Loaded, question: QuestionIx, blank: bool) -> AnyView {
    let instrument = &case.view.instrument;
    let entry = &instrument[question];
    let given = match entry.items.first().and_then(|item| case.sheet.entry(*item)) {
        Some(Entry::Given(codes)) if !blank => codes.clone(),
        Some(Entry::CannotSay) if !blank => "-8".to_owned(),
        _ => String::new(),
    };
    let mark = |code: &str| {
        if given.split(',').any(|one| one.trim() == code) {
            "☒"
        } else {
            "☐"
        }
    };
    let mut lines: Vec<AnyView> = Vec::new();
    for option in &entry.options {
        let text = option
            .open
            .and_then(|open| case.sheet.entry(open))
            .and_then(|entry| match entry {
                Entry::Given(text) if !blank => Some(format!(": {text}")),
                _ => None,
            });
        let mark = mark(&option.code.to_string());
        lines.push(view! { <li><span aria-hidden="true">{mark}" "</span>{hyphenated(&option.label)}{text}{(mark == "☒").then(|| view! { <span class="visually-hidden">" (gewählt)"</span> })}</li> }.into_any());
    }
    if entry.cannot_say {
        lines.push(view! { <li>{mark("-8")} " Angabe nicht möglich"</li> }.into_any());
    }
    view! { <ul class="options">{lines}</ul> }.into_any()
}
