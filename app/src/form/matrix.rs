//! Matrices: rows of numbers, and rows of a five-point scale. Every cell is
//! named by its row and its column, so that no table has to be kept in mind.

use super::controls::{CANNOT_SAY, missing_box};
use super::state::FormState;
use leptos::prelude::*;
use survey::{Entry, QuestionIx};

/// One field per row, with unit and the box for -8.
pub(super) fn number_rows(state: FormState, question: QuestionIx) -> AnyView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let mode = if entry.decimals == 0 { "numeric" } else { "decimal" };
    let rows = entry
        .items
        .iter()
        .map(|item| {
            let row = &instrument[*item];
            let label = row.label.clone().unwrap_or_default();
            let stored = state.entry(*item);
            let value = match &stored {
                Some(Entry::Given(text)) => text.clone(),
                _ => String::new(),
            };
            let missing = stored == Some(Entry::CannotSay);
            let cannot_say = entry.cannot_say.then(|| missing_box(&row.id, missing, Some(&label)));
            view! {
                <div class="row">
                    <label for=row.id.clone()>{label}</label>
                    <div class="entry">
                        <input type="text" class="short" inputmode=mode id=row.id.clone() name=row.id.clone()
                            value=value aria-describedby=format!("{}-befund", entry.id)/>
                        {entry.unit.clone().map(|unit| view! { <span class="unit">{unit}</span> })}
                    </div>
                    {cannot_say}
                </div>
            }
        })
        .collect_view();
    view! { <div class="rows">{rows}</div> }.into_any()
}

/// One group of radios per row.
pub(super) fn scale_rows(state: FormState, question: QuestionIx) -> AnyView {
    let instrument = state.instrument.get_value();
    let entry = &instrument[question];
    let rows = entry
        .items
        .iter()
        .map(|item| {
            let row = &instrument[*item];
            let stored = state.entry(*item);
            let mut options: Vec<(String, String, bool)> = entry
                .options
                .iter()
                .map(|option| {
                    let code = option.code.to_string();
                    let checked = matches!(&stored, Some(Entry::Given(given)) if given.trim() == code);
                    (code, option.label.clone(), checked)
                })
                .collect();
            if entry.cannot_say {
                options.push(("-8".into(), CANNOT_SAY.into(), stored == Some(Entry::CannotSay)));
            }
            let cells = options
                .into_iter()
                .enumerate()
                .map(|(place, (value, label, checked))| {
                    let id = if place == 0 {
                        row.id.clone()
                    } else {
                        format!("{}-{value}", row.id)
                    };
                    view! {
                        <div class="choice">
                            <input type="radio" id=id.clone() name=row.id.clone() value=value checked=checked/>
                            <label for=id>{label}</label>
                        </div>
                    }
                })
                .collect_view();
            view! {
                <fieldset class="scale-row">
                    <legend>{row.label.clone().unwrap_or_default()}</legend>
                    <div class="scale">{cells}</div>
                </fieldset>
            }
        })
        .collect_view();
    view! { <div class="scale-rows">{rows}</div> }.into_any()
}
