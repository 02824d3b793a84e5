//! One question: wording, help, reference, control, findings.

use super::controls::{choice_list, single_field};
use super::findings::QuestionFindings;
use super::matrix::{number_rows, scale_rows};
use super::state::{FormState, QuestionSignals, Weight};
use leptos::prelude::*;
use survey::{Entry, Kind, QuestionIx, Reference};

/// A question with its heading and state; empty while it is not asked.
#[component]
pub(super) fn QuestionBlock(state: FormState, question: QuestionIx) -> impl IntoView {
    let signals = state.signals(question)?;
    let id = state.instrument.with_value(|all| all[question].id.clone());
    let anchor = format!("frage-{id}");
    Some(view! {
        <div class="question" id=anchor>
            {move || {
                if signals.asked.get() {
                    view! { <Asked state question signals/> }.into_any()
                } else {
                    view! { <Kept state question/> }.into_any()
                }
            }}
        </div>
    })
}

/// The number printed before a question: its id without the suffixes that
/// tell variants and age groups apart.
pub(crate) fn number(id: &str) -> &str {
    id.split('_').next().unwrap_or(id)
}

#[component]
fn Asked(state: FormState, question: QuestionIx, signals: QuestionSignals) -> impl IntoView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let id = entry.id.clone();
    let hint = view! { <Hint state question/> };
    let findings = view! {
        <div class="findings" id=format!("{id}-befund")>
            <QuestionFindings shown=signals.findings/>
        </div>
    };
    let conflict = view! { <Undecided state question/> };
    let revisions = entry
        .items
        .iter()
        .copied()
        .chain(entry.options.iter().filter_map(|option| option.open))
        .map(|item| {
            let item = instrument[item].id.clone();
            let revision = state.revision(&item);
            let name = format!("rev__{item}");
            view! { <input type="hidden" id=name.clone() name=name value=revision.to_string()/> }
        })
        .collect_view();
    let described = format!("{id}-hilfe {id}-befund");
    let heading = view! {
        <span class="number">{number(&id).to_owned()}</span>
        " "
        <span class="wording">{move || signals.text.get()}</span>
    };
    let invalid = move || {
        signals
            .findings
            .with(|all| all.iter().any(|shown| shown.weight == Weight::Error))
            .then_some("true")
    };
    let (grouped, control) = match entry.kind {
        Kind::Single | Kind::Multi => (true, choice_list(state, question, signals)),
        Kind::MatrixScale5 => (true, scale_rows(state, question)),
        Kind::MatrixDecimal | Kind::MatrixPercent | Kind::MatrixInteger => (true, number_rows(state, question)),
        Kind::Integer | Kind::Decimal | Kind::Percent | Kind::Euro | Kind::Text | Kind::Date => {
            (false, single_field(state, question, described.clone(), invalid))
        }
    };
    let body = if grouped {
        view! {
            <fieldset aria-describedby=described aria-invalid=invalid>
                <legend>{heading}</legend>
                {hint}
                {findings}
                {conflict}
                {control}
            </fieldset>
        }
        .into_any()
    } else {
        view! {
            <div class="field">
                <label for=id>{heading}</label>
                {hint}
                {findings}
                {conflict}
                {control}
            </div>
        }
        .into_any()
    };
    view! { {revisions} {body} }
}

/// What waits for a decision between two answers, and what waits for the
/// connection.
#[component]
fn Undecided(state: FormState, question: QuestionIx) -> impl IntoView {
    let items: Vec<String> = state.instrument.with_value(|all| {
        let entry = &all[question];
        let opened = entry.options.iter().filter_map(|option| option.open);
        entry
            .items
            .iter()
            .copied()
            .chain(opened)
            .map(|item| all[item].id.clone())
            .collect()
    });
    let waiting = items.clone();
    let unsaved = move || {
        let some = state
            .unsaved()
            .with(|all| waiting.iter().any(|item| all.contains(item)));
        some.then(|| view! { <p class="unsaved">"Noch nicht gespeichert"</p> })
    };
    let conflicts = move || {
        let found = |item: &String| Some((item.clone(), state.conflicts().with(|all| all.get(item).cloned())?));
        items
            .iter()
            .filter_map(found)
            .map(|(item, two)| {
                view! {
                    <div class="finding conflict" role="group" aria-label="Zwei Angaben">
                        <p><strong class="prefix">"Zwei Angaben: "</strong>{two.sentence}</p>
                        <p class="actions">
                            <button name="aktion" value=format!("behalten:{item}:{}", two.seen)>{two.keep}</button>
                            <button name="aktion" value=format!("nehmen:{item}:{}", two.seen)>{two.take}</button>
                        </p>
                    </div>
                }
            })
            .collect_view()
    };
    view! { {unsaved} {conflicts} }
}

/// Reference day or period, unit, help.
#[component]
fn Hint(state: FormState, question: QuestionIx) -> impl IntoView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let reference = state.data.with_value(|data| match entry.reference {
        Reference::Stichtag => Some(format!("Stand: {}", survey::answer::german_day(data.context.stichtag))),
        Reference::Zeitraum => Some(format!("Zeitraum: {}", data.context.zeitraum)),
        Reference::None => None,
    });
    let form = match entry.kind {
        Kind::Date => Some("Bitte als TT.MM.JJJJ, zum Beispiel 15.03.2007."),
        _ => None,
    };
    let help = entry
        .help
        .as_ref()
        .map(|help| state.sheet.with_value(|sheet| sheet.text(help)));
    view! {
        <div class="hint" id=format!("{}-hilfe", entry.id)>
            {reference.map(|reference| view! { <p class="reference">{reference}</p> })}
            {help.map(|help| view! { <p>{help}</p> })}
            {form.map(|form| view! { <p>{form}</p> })}
        </div>
    }
}

/// A question that lost its route keeps its answer, and says so.
#[component]
fn Kept(state: FormState, question: QuestionIx) -> impl IntoView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let kept = entry
        .items
        .iter()
        .any(|item| matches!(state.entry(*item), Some(Entry::Given(_) | Entry::CannotSay)));
    kept.then(|| {
        view! {
            <p class="kept">
                <strong>{number(&entry.id).to_owned()}</strong>
                " ist nach Ihren übrigen Angaben nicht zu beantworten. Ihre frühere Angabe bleibt gespeichert, wird aber nicht übermittelt."
            </p>
        }
    })
}
