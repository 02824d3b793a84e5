//! The institute's mail desk: the plan, the texts, the outbox, reminders by
//! hand, and the history of contacts of one office.

mod contacts;
mod outbox;
mod plan;
mod remind;
mod templates;
mod troubles;

pub(super) use contacts::address_mark;
pub use contacts::{AddressMark, ContactEntry, ContactKind, OfficeContacts, OptOut};
pub use outbox::{MailDetail, OutboxFilter, OutboxLine, OutboxPage};
pub use plan::{Candidate, PlanView, StepForm, StepView, Switch};
pub use remind::{Confirmed, Letter, RemindError};
pub use templates::{Preview, TemplateLine, TemplateView};
pub use troubles::MailTroubles;

use super::StaffError;
use crate::input::FieldError;
use crate::store::StoreError;
use crate::store::events::{self, Actor, Deed};
use crate::store::{Conn, Stored};
use chrono::{DateTime, Utc};

/// Why a form was not accepted.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// Role, wave or case do not allow it, or the store failed.
    #[error(transparent)]
    Staff(#[from] StaffError),
    /// What is wrong, by field.
    #[error("Die Eingabe wurde nicht angenommen.")]
    Invalid(Vec<FieldError>),
}

impl From<StoreError> for FormError {
    fn from(error: StoreError) -> Self {
        Self::Staff(error.into())
    }
}

impl FormError {
    fn of(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![wrong(field, message)])
    }
}

pub(crate) fn wrong(field: &str, message: impl Into<String>) -> FieldError {
    FieldError {
        field: field.to_owned(),
        code: "value".to_owned(),
        message: message.into(),
    }
}

/// A text somebody typed: its length in characters, and no control characters
/// besides line breaks.
pub(crate) fn checked(field: &str, text: &str, longest: usize) -> Result<String, FieldError> {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let text = text.trim().to_owned();
    match text.chars().count() {
        0 => Err(wrong(field, "Bitte füllen Sie dieses Feld aus.")),
        n if n > longest => Err(wrong(field, format!("Höchstens {longest} Zeichen; es sind {n}."))),
        _ => Ok(text),
    }
}

/// Notes what somebody did at the mail desk.
async fn audit(
    conn: &mut Conn,
    who: Actor<'_>,
    (action, wave, unit_id): (&str, Option<i32>, Option<&str>),
    detail: &str,
    now: DateTime<Utc>,
) -> Stored<()> {
    let deed = Deed {
        action,
        wave,
        unit_id,
        detail,
    };
    events::audit(conn, who, &deed, now).await
}
