//! The form in the browser: reads the controls where they stand, tells the
//! state, queues the save. One listener on the form serves every control.

use super::autosave::{AFTER_CHOICE, AFTER_TYPING, Autosave};
use super::pending::{self, Pending};
use super::state::FormState;
use crate::api::TwoAnswers;
use leptos::prelude::*;
use survey::{Confirmation, Entry, ItemIx, ItemKind};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, SubmitEvent};

/// Suffix of the checkbox for "Angabe nicht möglich".
const MISSING: &str = "__missing";

/// Starts listening, and takes over what was typed before the page was ready.
pub(super) fn attach(state: FormState) {
    Effect::new(move |_| {
        let Some(form) = form() else { return };
        let autosave = Autosave::new(state);
        autosave.adopt(put_back(state, &form));
        take_over(state, &form, &autosave);
        autosave.warn_before_the_session_ends();
        let typing = autosave.clone();
        listen(&form, "input", move |event| edited(state, &typing, &event, false));
        let choosing = autosave.clone();
        listen(&form, "change", move |event| edited(state, &choosing, &event, true));
        let posting = autosave.clone();
        listen(&form, "submit", move |event| submitting(state, &posting, &event));
        if let Some(window) = web_sys::window() {
            let leaving = autosave.clone();
            listen(&window, "beforeunload", move |event| {
                if leaving.would_lose() {
                    event.prevent_default();
                }
            });
            let reconnected = autosave.clone();
            listen(&window, "online", move |_| reconnected.retry_now());
            listen(&window, "pageshow", move |_| autosave.resume());
        }
    });
}

/// New revisions go into the state and into the hidden fields, so that a
/// later post of the whole form merges from here. An item in conflict keeps
/// its old one: until somebody decides, nothing may overwrite what stands.
pub(super) fn acknowledge(
    state: FormState,
    mut revisions: Vec<(String, i64)>,
    conflicts: Vec<(String, TwoAnswers)>,
    confirmations: Option<Vec<Confirmation>>,
) {
    revisions.retain(|(item, _)| conflicts.iter().all(|(other, _)| other != item));
    state.data.update_value(|data| {
        for (item, revision) in &revisions {
            data.answers.entry(item.clone()).or_insert((None, 0)).1 = *revision;
        }
        if let Some(confirmations) = confirmations {
            data.confirmations = confirmations;
        }
    });
    if !conflicts.is_empty() {
        state.conflicts().update(|all| all.extend(conflicts));
    }
    if let Some(form) = form() {
        for (item, revision) in revisions {
            set_revision(&form, &item, revision);
        }
    }
    state.refresh(true);
}

fn set_revision(form: &HtmlFormElement, item: &str, revision: i64) {
    if let Some(field) = named(form, &format!("rev__{item}")).into_iter().next() {
        field
            .unchecked_into::<HtmlInputElement>()
            .set_value(&revision.to_string());
    }
}

fn form() -> Option<HtmlFormElement> {
    web_sys::window()?
        .document()?
        .get_element_by_id("modul")?
        .dyn_into()
        .ok()
}

fn listen(target: &web_sys::EventTarget, name: &str, handler: impl FnMut(Event) + 'static) {
    let closure = Closure::<dyn FnMut(Event)>::new(handler);
    let _ = target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    closure.forget();
}

fn named(form: &HtmlFormElement, name: &str) -> Vec<HtmlElement> {
    let Ok(found) = form.query_selector_all(&format!("[name='{name}']")) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|place| found.item(place)?.dyn_into().ok())
        .collect()
}

/// Puts what an earlier page could not send back into the controls of this one.
fn put_back(state: FormState, form: &HtmlFormElement) -> Pending {
    let left = pending::left(&state.case_name());
    let instrument = state.instrument.get_value();
    for change in &left.changes {
        if let Some(item) = instrument.item(&change.item) {
            // Merged from the revision it was typed against, not from today's.
            state.data.update_value(|data| {
                data.answers.entry(change.item.clone()).or_insert((None, 0)).1 = change.base;
            });
            set_revision(form, &change.item, change.base);
            show(form, &change.item, change.entry.as_ref());
            state.set(item, change.entry.clone(), true);
        }
    }
    left
}

/// What somebody typed while the program was still loading, or what the
/// browser put back after "Zurück", counts as typed now.
fn take_over(state: FormState, form: &HtmlFormElement, autosave: &Autosave) {
    let instrument = state.instrument.get_value();
    for question in state.questions() {
        let items = instrument[question].items.iter().copied();
        let opened = instrument[question].options.iter().filter_map(|option| option.open);
        for item in items.chain(opened) {
            if let Some(entry) = read(state, form, item)
                && entry != state.entry(item)
            {
                state.set(item, entry.clone(), true);
                autosave.answer(instrument[item].id.clone(), entry, AFTER_CHOICE);
            }
        }
    }
}

fn edited(state: FormState, autosave: &Autosave, event: &Event, settled: bool) {
    let Some((form, target)) = form().zip(event.target()) else {
        return;
    };
    let Some(name) = name_of(&target) else { return };
    if let Some(edit) = name.strip_prefix("reason__") {
        if settled && let Some(area) = target.dyn_ref::<HtmlTextAreaElement>() {
            autosave.reason(edit.to_owned(), area.value());
        }
        return;
    }
    let id = name.strip_suffix(MISSING).unwrap_or(&name);
    let instrument = state.instrument.get_value();
    let Some(item) = instrument.item(id) else { return };
    keep_exclusive(&form, id, &target, instrument[item].kind.clone());
    if let Some(entry) = read(state, &form, item) {
        if entry != state.entry(item) {
            state.set(item, entry.clone(), settled);
            autosave.answer(id.to_owned(), entry, if settled { AFTER_CHOICE } else { AFTER_TYPING });
        } else if settled {
            state.refresh(true);
        }
    }
}

/// "Angabe nicht möglich" and an answer exclude each other: the later wins.
fn keep_exclusive(form: &HtmlFormElement, id: &str, target: &web_sys::EventTarget, kind: ItemKind) {
    let Some(input) = target.dyn_ref::<HtmlInputElement>() else {
        return;
    };
    let missing = format!("{id}{MISSING}");
    if input.name() == missing {
        if input.checked() {
            for other in named(form, id) {
                match (&kind, other.dyn_ref::<HtmlInputElement>()) {
                    (ItemKind::Choices, Some(box_)) => box_.set_checked(false),
                    (_, Some(field)) => field.set_value(""),
                    _ => {}
                }
            }
        }
    } else if !input.value().is_empty() {
        for other in named(form, &missing) {
            other.unchecked_into::<HtmlInputElement>().set_checked(false);
        }
    }
}

fn name_of(target: &web_sys::EventTarget) -> Option<String> {
    target
        .dyn_ref::<HtmlInputElement>()
        .map(HtmlInputElement::name)
        .or_else(|| target.dyn_ref::<HtmlTextAreaElement>().map(HtmlTextAreaElement::name))
        .filter(|name| !name.is_empty())
}

/// The answer as the controls show it; `None` where the item is not on the page.
fn read(state: FormState, form: &HtmlFormElement, item: ItemIx) -> Option<Option<Entry>> {
    let instrument = state.instrument.get_value();
    let id = &instrument[item].id;
    let data = FormData::new_with_form(form).ok()?;
    if !data.has(&format!("rev__{id}")) {
        return None;
    }
    if data.has(&format!("{id}{MISSING}")) {
        return Some(Some(Entry::CannotSay));
    }
    let values: Vec<String> = data.get_all(id).iter().filter_map(|value| value.as_string()).collect();
    let entry = match instrument[item].kind {
        ItemKind::Choice | ItemKind::Choices if values.iter().any(|value| value == "-8") => Some(Entry::CannotSay),
        ItemKind::Choices => (!values.is_empty()).then(|| Entry::Given(values.join(","))),
        _ => values
            .into_iter()
            .next()
            .filter(|value| !value.is_empty())
            .map(|value| Entry::Given(value.replace("\r\n", "\n"))),
    };
    Some(entry)
}

/// Shows an answer that came from elsewhere than the control itself.
fn show(form: &HtmlFormElement, id: &str, entry: Option<&Entry>) {
    let given = match entry {
        Some(Entry::Given(text)) => text.as_str(),
        Some(Entry::CannotSay) => "-8",
        None => "",
    };
    for control in named(form, id) {
        if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
            match input.type_().as_str() {
                "radio" | "checkbox" => input.set_checked(given.split(',').any(|code| code == input.value())),
                _ => input.set_value(if given == "-8" { "" } else { given }),
            }
        } else if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
            area.set_value(if given == "-8" { "" } else { given });
        }
    }
    for control in named(form, &format!("{id}{MISSING}")) {
        control
            .unchecked_into::<HtmlInputElement>()
            .set_checked(entry == Some(&Entry::CannotSay));
    }
}

fn submitting(state: FormState, autosave: &Autosave, event: &Event) {
    let pressed = event
        .dyn_ref::<SubmitEvent>()
        .and_then(SubmitEvent::submitter)
        .and_then(|button| button.get_attribute("value"));
    if pressed.as_deref() == Some("uebernehmen") {
        event.prevent_default();
        copy_from_twins(state, autosave);
    } else {
        autosave.stop();
    }
}

/// "Angaben für Ü25 übernehmen": visible at once, saved like anything typed.
fn copy_from_twins(state: FormState, autosave: &Autosave) {
    let Some(form) = form() else { return };
    let instrument = state.instrument.get_value();
    let letter = state.data.with_value(|data| data.letter.clone());
    let copies = state.sheet.with_value(|sheet| sheet.copy_from_twins(&letter));
    let count = copies.len();
    for (item, entry) in copies {
        let id = instrument[item].id.clone();
        show(&form, &id, entry.as_ref());
        state.set(item, entry.clone(), true);
        autosave.answer(id, entry, AFTER_CHOICE);
    }
    state.announcement().set(match count {
        0 => "Für Ü25 liegen noch keine Angaben vor, die übernommen werden könnten.".to_owned(),
        _ => "Die Angaben für Ü25 wurden übernommen. Bitte prüfen Sie sie.".to_owned(),
    });
}
