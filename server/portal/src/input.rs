//! Checks of what people enter, in the vocabulary of `validator`, and the
//! form in which pages show what is wrong.

use std::borrow::Cow;
use validator::{ValidateEmail, ValidationError, ValidationErrors, ValidationErrorsKind};

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

/// Longest e-mail address, in bytes (RFC 5321).
pub(crate) const LONGEST_EMAIL: usize = 254;

/// Whether a mail can be built for an address.
pub(crate) fn is_mailable(email: &str) -> bool {
    email.len() <= LONGEST_EMAIL
        && !has_control_characters(email)
        && email.validate_email()
        && email.parse::<lettre::Address>().is_ok()
}

/// What is wrong with an e-mail address that mails are to be sent to, as a
/// German sentence. What stands before the @ is ASCII: a mail server has to
/// offer SMTPUTF8 (RFC 6531) for anything else, and few receivers' do.
pub(crate) fn email_problem(email: &str) -> Option<&'static str> {
    if email.is_empty() {
        return Some("Bitte geben Sie eine E-Mail-Adresse an.");
    }
    if email.len() > LONGEST_EMAIL {
        return Some("Diese E-Mail-Adresse ist zu lang.");
    }
    if email.rsplit_once('@').is_some_and(|(before, _)| !before.is_ascii()) {
        return Some(
            "Vor dem @ stehen Umlaute oder andere Sonderzeichen; das nehmen viele Mailserver nicht an. Bitte nennen Sie eine Adresse ohne sie.",
        );
    }
    (!is_mailable(email)).then_some("Das ist keine E-Mail-Adresse (zum Beispiel „name@arge-musterstadt.de“).")
}

/// Whether a text could drive a terminal, a mail header or a spreadsheet:
/// control characters, line breaks included.
pub(crate) fn has_control_characters(text: &str) -> bool {
    text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_are_fine_behind_the_at_and_refused_with_a_reason_before_it() {
        assert_eq!(email_problem("eva@öhm.example"), None);
        assert!(email_problem("jörg@amt.example").is_some_and(|why| why.starts_with("Vor dem @")));
        for wrong in ["eva@", "@amt.example", "eva", "eva@amt.example\r\nBcc: x@y.example"] {
            assert!(
                email_problem(wrong).is_some_and(|why| why.starts_with("Das ist keine")),
                "{wrong}"
            );
        }
    }
}
