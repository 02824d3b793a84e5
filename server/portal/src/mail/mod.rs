//! Mails: queued in the transaction of their cause, written and delivered
//! later. The texts stand in [`letters`], their form in [`message`].
//!
//! A link that opens something is made at the moment of delivery; the outbox
//! keeps the text with the link masked, so that it never holds a secret.

mod compose;
mod delivery;
mod letters;
mod message;
mod report;

pub use report::{DueMail, FailedMail, MailError, MailRun, SentMail};

use crate::secrets::{NoRandomness, new_id};
use crate::store::outbox::{self, NewMailRow};
use crate::store::{Conn, Stored};
use chrono::{DateTime, Utc};
use std::fmt;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// Field start: please take part, with the link that opens the access.
    Invitation,
    /// The same link once more, asked for by somebody without a password.
    InvitationAgain,
    /// Link to replace a forgotten password.
    NewPassword,
    /// Notice that a password was set.
    PasswordSet,
    /// The questionnaire has arrived.
    Receipt,
}

impl MailKind {
    const ALL: [Self; 5] = [
        Self::Invitation,
        Self::InvitationAgain,
        Self::NewPassword,
        Self::PasswordSet,
        Self::Receipt,
    ];

    /// How it is called in the outbox and in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "einladung",
            Self::InvitationAgain => "einladung-erneut",
            Self::NewPassword => "neues-passwort",
            Self::PasswordSet => "passwort-gesetzt",
            Self::Receipt => "eingang",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for MailKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A mail to be queued.
pub(crate) struct New<'a> {
    kind: MailKind,
    step: String,
    wave: Option<i32>,
    unit_id: Option<&'a str>,
    case_id: Option<&'a str>,
    account_id: Option<&'a str>,
    submission_id: Option<&'a str>,
    recipient: Option<&'a str>,
    /// Not before this moment; otherwise at once.
    due_at: Option<DateTime<Utc>>,
}

impl<'a> New<'a> {
    fn bare(kind: MailKind) -> Self {
        Self {
            kind,
            step: kind.name().to_owned(),
            wave: None,
            unit_id: None,
            case_id: None,
            account_id: None,
            submission_id: None,
            recipient: None,
            due_at: None,
        }
    }

    /// To whatever address the account has when it is sent.
    pub(crate) fn to_account(kind: MailKind, account_id: &'a str) -> Self {
        Self {
            account_id: Some(account_id),
            ..Self::bare(kind)
        }
    }

    /// The invitation of a unit to a wave: once, however often it is queued.
    pub(crate) fn invitation(
        (wave, unit_id, case_id): (i32, &'a str, &'a str),
        account_id: &'a str,
        due_at: DateTime<Utc>,
    ) -> Self {
        Self {
            wave: Some(wave),
            unit_id: Some(unit_id),
            case_id: Some(case_id),
            account_id: Some(account_id),
            due_at: Some(due_at),
            ..Self::bare(MailKind::Invitation)
        }
    }

    /// The receipt of a case's submission `number`, to the contact of the case
    /// or to `recipient`.
    pub(crate) fn receipt(
        (wave, unit_id, case_id): (i32, &'a str, &'a str),
        (submission_id, number): (&'a str, i32),
        recipient: Option<&'a str>,
    ) -> Self {
        let copy = if recipient.is_some() { "-auskunft" } else { "" };
        Self {
            step: format!("{}-{number}{copy}", MailKind::Receipt),
            wave: Some(wave),
            unit_id: Some(unit_id),
            case_id: Some(case_id),
            submission_id: Some(submission_id),
            recipient,
            ..Self::bare(MailKind::Receipt)
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
                step: new.step,
                kind: new.kind.name(),
                recipient: new.recipient,
                due_at: new.due_at.unwrap_or(now).timestamp_micros(),
            })
        })
        .collect::<Result<Vec<_>, NoRandomness>>()?;
    outbox::insert(conn, &rows, now.timestamp_micros()).await
}
