//! Checks of what people enter, in the vocabulary of `validator`, and the
//! form in which pages show what is wrong.

use std::borrow::Cow;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field in the form.
    pub field: String,
    /// Stable code, for example `length`.
    pub code: String,
    /// German sentence that says what to do.
    pub message: String,
}

/// A finding with its code and German sentence.
pub(crate) fn error(code: &'static str, message: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new(code).with_message(message.into())
}

/// Every finding, ordered by field.
pub(crate) fn field_errors(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut list: Vec<FieldError> = errors
        .errors()
        .iter()
        .filter_map(|(field, kind)| match kind {
            ValidationErrorsKind::Field(found) => Some((field, found)),
            _ => None,
        })
        .flat_map(|(field, found)| {
            found.iter().map(|one| FieldError {
                field: field.to_string(),
                code: one.code.to_string(),
                message: one.message.clone().unwrap_or_default().into_owned(),
            })
        })
        .collect();
    list.sort_by(|one, other| (&one.field, &one.code).cmp(&(&other.field, &other.code)));
    list
}

/// Whether a text could drive a terminal, a mail header or a spreadsheet:
/// control characters, line breaks included.
pub(crate) fn has_control_characters(text: &str) -> bool {
    text.chars().any(char::is_control)
}
