//! Choices and single fields. Plain controls whose names and values are the
//! contract's: the item id, the option's code, `-8` or `ITEM__missing` for
//! "Angabe nicht möglich".

use super::state::{FormState, QuestionSignals};
use leptos::prelude::*;
use survey::{Entry, Kind, QuestionIx};

/// Wording of the explicit missing code -8.
pub(super) const CANNOT_SAY: &str = "Angabe nicht möglich";

/// Radios or checkboxes, each with its label, and texts for open options.
pub(super) fn choice_list(state: FormState, question: QuestionIx, signals: QuestionSignals) -> AnyView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let Some(item) = entry.items.first().copied() else {
        return ().into_any();
    };
    let name = instrument[item].id.clone();
    let multi = entry.kind == Kind::Multi;
    let stored = state.entry(item);
    let given = match &stored {
        Some(Entry::Given(codes)) => codes.clone(),
        _ => String::new(),
    };
    let chosen = |code: &str| given.split(',').any(|one| one.trim() == code);
    let mut first = true;
    let mut choice = |value: String, label: String, checked: bool, control: &'static str, name: String| {
        let id = if std::mem::take(&mut first) {
            item_id(&name)
        } else {
            format!("{}-{value}", item_id(&name))
        };
        view! {
            <div class="choice">
                <input type=control id=id.clone() name=name value=value checked=checked/>
                <label for=id>{label}</label>
            </div>
        }
    };
    let control = if multi { "checkbox" } else { "radio" };
    let options = entry
        .options
        .iter()
        .map(|option| {
            let code = option.code.to_string();
            let checked = chosen(&code);
            let line = choice(code, option.label.clone(), checked, control, name.clone());
            let text = option.open.map(|open| {
                let id = instrument[open].id.clone();
                let value = match state.entry(open) {
                    Some(Entry::Given(text)) => text,
                    _ => String::new(),
                };
                let code = option.code;
                let opened = move || signals.chosen.with(|codes| codes.contains(&code));
                view! {
                    <div class="open-text" data-open=move || opened().then_some("")>
                        <label for=id.clone()>"Und zwar (freiwillig):"</label>
                        <input type="text" id=id.clone() name=id value=value maxlength="500"/>
                    </div>
                }
            });
            view! { {line} {text} }
        })
        .collect_view();
    let cannot_say = entry.cannot_say.then(|| {
        let checked = stored == Some(Entry::CannotSay);
        let line = if multi {
            choice(
                "1".into(),
                CANNOT_SAY.into(),
                checked,
                "checkbox",
                format!("{name}__missing"),
            )
        } else {
            choice("-8".into(), CANNOT_SAY.into(), checked, "radio", name.clone())
        };
        view! { <div class="cannot-say">{line}</div> }
    });
    view! { <div class="choices">{options}{cannot_say}</div> }.into_any()
}

/// Ids of controls are their names.
fn item_id(name: &str) -> String {
    name.to_owned()
}

/// A number, text or date with its unit and the box for -8.
pub(super) fn single_field(
    state: FormState,
    question: QuestionIx,
    described: String,
    invalid: impl Fn() -> Option<&'static str> + Copy + Send + Sync + 'static,
) -> AnyView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let Some(item) = entry.items.first().copied() else {
        return ().into_any();
    };
    let id = instrument[item].id.clone();
    let stored = state.entry(item);
    let value = match &stored {
        Some(Entry::Given(text)) => text.clone(),
        _ => String::new(),
    };
    let missing = stored == Some(Entry::CannotSay);
    let control = match entry.kind {
        Kind::Text if !entry.contact_data => view! {
            <textarea id=id.clone() name=id.clone() rows="5" aria-describedby=described aria-invalid=invalid>
                {value}
            </textarea>
        }
        .into_any(),
        Kind::Text => view! {
            <input type="text" class="wide" id=id.clone() name=id.clone() value=value
                aria-describedby=described aria-invalid=invalid/>
        }
        .into_any(),
        kind => {
            let mode = if kind == Kind::Date || entry.decimals == 0 {
                "numeric"
            } else {
                "decimal"
            };
            view! {
                <input type="text" class="short" inputmode=mode id=id.clone() name=id.clone() value=value
                    aria-describedby=described aria-invalid=invalid/>
            }
            .into_any()
        }
    };
    let unit = entry
        .unit
        .clone()
        .map(|unit| view! { <span class="unit">{unit}</span> });
    let cannot_say = entry.cannot_say.then(|| missing_box(&id, missing, None));
    view! { <div class="entry">{control}{unit}</div> {cannot_say} }.into_any()
}

/// The checkbox for "Angabe nicht möglich" beside a field. In a matrix its
/// label names the row for those who do not see it.
pub(super) fn missing_box(item: &str, checked: bool, row: Option<&str>) -> AnyView {
    let name = format!("{item}__missing");
    let row = row.map(|row| view! { <span class="visually-hidden">{format!(": {row}")}</span> });
    view! {
        <div class="choice cannot-say">
            <input type="checkbox" id=name.clone() name=name.clone() value="1" checked=checked/>
            <label for=name>{CANNOT_SAY}{row}</label>
        </div>
    }
    .into_any()
}
