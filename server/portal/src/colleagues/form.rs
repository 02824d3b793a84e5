//! What the head types about a colleague, checked. Pure.

use super::ColleagueForm;
use crate::identity::session::ALL_MODULES;
use crate::input::{FieldError, email_problem, has_control_characters};
use crate::staff::wrong;
use survey::Instrument;

/// Longest name, in characters.
const LONGEST_NAME: usize = 200;

pub(super) fn named(name: &str) -> Result<(), FieldError> {
    match name.chars().count() {
        0 => Err(wrong("name", "Bitte geben Sie einen Namen an.")),
        n if n > LONGEST_NAME || has_control_characters(name) => Err(wrong(
            "name",
            format!("Höchstens {LONGEST_NAME} Zeichen, keine Steuerzeichen."),
        )),
        _ => Ok(()),
    }
}

pub(super) fn addressed(email: &str) -> Result<(), FieldError> {
    email_problem(email).map_or(Ok(()), |problem| Err(wrong("email", problem)))
}

/// What is granted, as stored. A deputy answers for the whole questionnaire
/// and therefore sees it.
pub(super) fn granted(instrument: &Instrument, form: &ColleagueForm) -> Result<String, FieldError> {
    if form.all || form.deputy {
        return Ok(ALL_MODULES.to_owned());
    }
    if let Some(unknown) = form.modules.iter().find(|letter| instrument.module(letter).is_none()) {
        return Err(wrong("abschnitte", format!("Den Abschnitt „{unknown}“ gibt es nicht.")));
    }
    let letters: Vec<&str> = instrument
        .modules
        .iter()
        .map(|module| module.letter.as_str())
        .filter(|letter| form.modules.iter().any(|wanted| wanted == letter))
        .collect();
    match letters.is_empty() {
        true => Err(wrong(
            "abschnitte",
            "Bitte wählen Sie mindestens einen Abschnitt oder den ganzen Fragebogen.",
        )),
        false => Ok(letters.join(",")),
    }
}
