//! Results: the paper's tables and figures, change between waves, any
//! variable, exports, the rules, and what offices get back. Every figure stands with
//! its base.

mod bars;
mod board;
mod change;
mod export;
mod feedback;
mod rules;
mod variables;

pub(super) use board::BoardPage;
pub(super) use change::ChangePage;
pub(super) use export::ExportPage;
pub(super) use feedback::FeedbackPage;
pub(super) use rules::RulesPage;
pub(super) use variables::{VariableList, VariablePage};

use super::frame::asked;
use crate::layout::{Notice, Page};
use crate::words;
use leptos::prelude::*;
use portal::{Base, StaffError};
use survey::AgeGroup;
use survey::rates::Rate;

/// Ways between the pages about results, with the wave and the base kept.
#[component]
fn ResultsNav(wave: i32, here: &'static str, #[prop(optional)] panel: bool) -> impl IntoView {
    let pages = [
        ("/institut/ergebnisse", "Typologie"),
        ("/institut/ergebnisse/wandel", "Wandel"),
        ("/institut/ergebnisse/variablen", "Variablen"),
        ("/institut/ergebnisse/export", "Export"),
        ("/institut/ergebnisse/regeln", "Regeln"),
        ("/institut/ergebnisse/rueckmeldung", "Rückmeldung"),
    ];
    let basis = if panel { "&basis=panel" } else { "" };
    let links = pages
        .into_iter()
        .map(|(path, label)| {
            let current = (path == here).then_some("page");
            view! { <li><a href=format!("{path}?welle={wave}{basis}") aria-current=current>{label}</a></li> }
        })
        .collect_view();
    view! { <nav class="desk" aria-label="Ergebnisse"><ul class="inline">{links}</ul></nav> }
}

/// Whether only units of both waves are asked for.
fn panel_asked() -> bool {
    asked("basis") == "panel"
}

/// The age group asked for.
fn age_asked() -> AgeGroup {
    if asked("alter") == "u25" {
        AgeGroup::U25
    } else {
        AgeGroup::Ue
    }
}

/// A choice between few, as links; the one that holds is marked.
fn switch(label: &'static str, choices: Vec<(String, String, bool)>) -> impl IntoView {
    let links = choices
        .into_iter()
        .map(|(href, text, here)| {
            let current = here.then_some("true");
            view! { <li><a href=href aria-current=current>{text}</a></li> }
        })
        .collect_view();
    view! { <nav class="switch" aria-label=label><span aria-hidden="true">{label}": "</span><ul class="inline">{links}</ul></nav> }
}

/// Both bases to choose from; `address` ends so that a parameter may follow.
fn base_switch(base: &Base, address: &str) -> Option<impl IntoView + use<>> {
    let previous = base.previous.as_ref()?.key;
    let wave = base.wave.key;
    Some(switch(
        "Basis",
        vec![
            (
                format!("{address}&basis=welle"),
                "alle Einheiten der Welle".to_owned(),
                !base.panel,
            ),
            (
                format!("{address}&basis=panel"),
                format!("nur Einheiten beider Wellen ({previous} und {wave})"),
                base.panel,
            ),
        ],
    ))
}

/// What the figures below rest on. `compared`: the wave before stands in brackets beside them.
fn base_line(base: &Base, compared: bool) -> impl IntoView + use<> {
    let wave = &base.wave;
    let before = base.previous.as_ref().filter(|_| compared).map(|previous| {
        format!(
            "; in Klammern Welle {}, Stichtag {}, N = {}",
            previous.key,
            words::day(previous.stichtag),
            base.n_previous
        )
    });
    let units = match &base.previous {
        Some(previous) if base.panel => format!(
            "Nur Einheiten, die in beiden Wellen vollständig verwertbar sind (Panel {} und {}); Form nach der Welle {}",
            previous.key, wave.key, wave.key
        ),
        _ => "Alle vollständig verwertbaren Fragebogen der Welle (Querschnitt)".to_owned(),
    };
    view! {
        <p class="base">
            <strong>"Basis: "</strong>
            {format!("N = {}, Welle {}, Stichtag {}", base.n, wave.key, words::day(wave.stichtag))}
            {before} ". "
            {units} ". "
            {rules_line(base.rules)}
        </p>
    }
}

/// Columns of figures that fit beside each other on a sheet of paper.
const ABREAST: usize = 6;

/// Groups as they stand beside each other in tables, and what the caption of
/// each table says about which part it is.
fn abreast<T>(groups: &[T]) -> impl Iterator<Item = (&[T], String)> {
    let of = groups.len().div_ceil(ABREAST).max(1);
    let evenly = groups.len().div_ceil(of).max(1);
    groups.chunks(evenly).zip(1..).map(move |(some, part)| {
        let said = if of > 1 {
            format!(" (Teil {part} von {of})")
        } else {
            String::new()
        };
        (some, said)
    })
}

fn rules_line(rules: survey::Rules) -> String {
    format!(
        "Regelversion {}, Kriterium 3: {} ({}).",
        rules.version.name(),
        rules.k3_rule.name(),
        rules.k3_rule.label()
    )
}

/// `93 (28 %)`.
fn share(rate: Rate) -> String {
    match rate.percent() {
        Some(percent) => format!("{} ({percent} %)", rate.numerator),
        None => rate.numerator.to_string(),
    }
}

/// A table that would not add up is not shown: the page says so instead.
fn refused(error: StaffError, wave: i32, here: &'static str) -> Result<AnyView, StaffError> {
    match error {
        StaffError::Refused(text) => Ok(view! {
            <Page title="Ergebnisse" wide=true>
                <ResultsNav wave here/>
                <Notice kind="warning" text/>
            </Page>
        }
        .into_any()),
        other => Err(other),
    }
}
