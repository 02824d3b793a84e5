//! Mails: queued in the transaction of their cause, written and delivered
//! later by one worker at a time.
//!
//! [`plan`] says what goes out when, [`planned`] what became of it,
//! [`planning`] queues it, [`announced`] says so beforehand, [`due`] decides at
//! the moment of sending whether it still may, [`compose`] writes it from
//! [`texts`], [`worker`] hands it to a [`carrier`] and notes the outcome,
//! [`bounce`] reads what comes back. A link that opens something is made at the
//! moment of delivery; the outbox keeps the text with the link masked, so that
//! it never holds a secret.

mod announced;
pub(crate) mod bounce;
mod carrier;
pub(crate) mod compose;
pub(crate) mod due;
mod kind;
mod markup;
pub(crate) mod message;
pub(crate) mod plan;
pub(crate) mod planned;
pub(crate) mod planning;
mod report;
pub(crate) mod texts;
mod worker;

pub use bounce::{BounceError, Bounced};
pub use kind::{MailKind, MailState, OutboxAct};
pub use plan::{Anchor, Audience, PlanStep};
pub use report::{DueMail, Handled, MailError, MailRun, NotSent, SentMail};

use crate::secrets::{NoRandomness, new_id};
use crate::store::outbox::{self, NewMailRow};
use crate::store::{Conn, Stored};
use chrono::{DateTime, Utc};

/// A mail to be queued.
pub(crate) struct New<'a> {
    pub kind: MailKind,
    /// Within a wave and unit each step is queued once.
    pub step: String,
    /// The text to use; otherwise the kind's own.
    pub template: Option<&'a str>,
    pub wave: Option<i32>,
    pub unit_id: Option<&'a str>,
    pub case_id: Option<&'a str>,
    pub account_id: Option<&'a str>,
    pub submission_id: Option<&'a str>,
    /// The Rückfrage it is about.
    pub query_id: Option<&'a str>,
    pub recipient: Option<&'a str>,
    /// Not before this moment; otherwise at once.
    pub due_at: Option<DateTime<Utc>>,
    /// What staff wrote: subject and text, or the reason for the mail.
    pub own: Option<(&'a str, &'a str)>,
}

/// Wave, unit and case a mail is about.
pub(crate) type OfCase<'a> = (i32, &'a str, &'a str);

impl<'a> New<'a> {
    fn bare(kind: MailKind) -> Self {
        Self {
            kind,
            step: kind.name().to_owned(),
            template: None,
            wave: None,
            unit_id: None,
            case_id: None,
            account_id: None,
            submission_id: None,
            query_id: None,
            recipient: None,
            due_at: None,
            own: None,
        }
    }

    /// To whatever address the account has when it is sent.
    pub(crate) fn to_account(kind: MailKind, account_id: &'a str) -> Self {
        Self {
            account_id: Some(account_id),
            ..Self::bare(kind)
        }
    }

    /// To the address an account had until now.
    pub(crate) fn to_former_address(account_id: &'a str, address: &'a str) -> Self {
        Self {
            recipient: Some(address),
            ..Self::to_account(MailKind::AddressChanged, account_id)
        }
    }

    /// A link to an account whose contact is another one now, and why.
    pub(crate) fn to_new_contact(account_id: &'a str, why: &'a str) -> Self {
        Self {
            own: Some(("", why)),
            ..Self::to_account(MailKind::InvitationAgain, account_id)
        }
    }

    /// To the contact of a case; `step` tells it from others of its kind.
    pub(crate) fn to_case(
        kind: MailKind,
        step: String,
        (wave, unit_id, case_id): OfCase<'a>,
        account_id: Option<&'a str>,
    ) -> Self {
        Self {
            step,
            wave: Some(wave),
            unit_id: Some(unit_id),
            case_id: Some(case_id),
            account_id,
            ..Self::bare(kind)
        }
    }

    /// The receipt of a case's submission `number`, to the contact of the case
    /// or to `recipient`.
    pub(crate) fn receipt(
        case: OfCase<'a>,
        (submission_id, number): (&'a str, i32),
        recipient: Option<&'a str>,
    ) -> Self {
        let copy = if recipient.is_some() { "-auskunft" } else { "" };
        let step = format!("{}-{number}{copy}", MailKind::Receipt);
        Self {
            submission_id: Some(submission_id),
            recipient,
            ..Self::to_case(MailKind::Receipt, step, case, None)
        }
    }
}

/// Queues mails in the transaction of their cause and returns how many: a
/// step that was queued for this wave and unit before is not queued again.
pub(crate) async fn enqueue(
    conn: &mut Conn,
    new: impl IntoIterator<Item = New<'_>>,
    now: DateTime<Utc>,
) -> Stored<u64> {
    let rows = new
        .into_iter()
        .map(|new| {
            Ok(NewMailRow {
                id: new_id(now)?,
                wave: new.wave,
                unit_id: new.unit_id,
                case_id: new.case_id,
                account_id: new.account_id,
                submission_id: new.submission_id,
                query_id: new.query_id,
                step: new.step,
                kind: new.kind.name(),
                template: new.template,
                recipient: new.recipient,
                own_subject: new.own.map(|(subject, _)| subject),
                own_text: new.own.map(|(_, text)| text),
                priority: i32::from(new.kind.is_one_of_many()),
                due_at: new.due_at.unwrap_or(now).timestamp_micros(),
            })
        })
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    outbox::insert(conn, &rows, now.timestamp_micros()).await
}
