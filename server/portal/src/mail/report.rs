//! What is due and what a run did, as it is told to whoever asked.

use super::MailKind;
use crate::store::StoreError;
use chrono::{DateTime, Utc};
use std::path::PathBuf;

/// A mail that is due.
#[derive(Clone, Debug)]
pub struct DueMail {
    /// What it is about.
    pub kind: MailKind,
    /// Step of the plan, or what tells it from others of its kind.
    pub step: String,
    /// Wave it belongs to, if any.
    pub wave: Option<i32>,
    /// Kennung or e-mail address of the account it goes to.
    pub login: String,
    /// Address it would go to now.
    pub recipient: String,
    /// Since when it is due.
    pub due_at: DateTime<Utc>,
}

/// What a run did.
#[derive(Clone, Debug, Default)]
pub struct MailRun {
    /// Handed over.
    pub sent: Vec<SentMail>,
    /// No longer due when its turn came, with the reason.
    pub cancelled: Vec<NotSent>,
    /// Not handed over now; tried again later.
    pub deferred: Vec<NotSent>,
    /// Could not be built or handed over, with the reason.
    pub failed: Vec<NotSent>,
    /// Nobody knows whether it was taken.
    pub unclear: Vec<NotSent>,
}

impl MailRun {
    pub(super) fn note(&mut self, handled: Handled) {
        match handled {
            Handled::Sent(mail) => self.sent.push(mail),
            Handled::Cancelled(mail) => self.cancelled.push(mail),
            Handled::Deferred(mail) => self.deferred.push(mail),
            Handled::Failed(mail) => self.failed.push(mail),
            Handled::Unclear(mail) => self.unclear.push(mail),
        }
    }
}

/// What became of one mail.
#[derive(Clone, Debug)]
pub enum Handled {
    /// Handed over.
    Sent(SentMail),
    /// No longer due.
    Cancelled(NotSent),
    /// Tried again later.
    Deferred(NotSent),
    /// Given up.
    Failed(NotSent),
    /// A person has to decide.
    Unclear(NotSent),
}

/// A mail that was handed over.
#[derive(Clone, Debug)]
pub struct SentMail {
    /// What it is about.
    pub kind: MailKind,
    /// Step of the plan, or what tells it from others of its kind.
    pub step: String,
    /// Kennung or e-mail address of the account it was for.
    pub login: String,
    /// Address it went to.
    pub recipient: String,
    /// The file it became, or what the mail server answered.
    pub place: String,
}

/// A mail that was not sent.
#[derive(Clone, Debug)]
pub struct NotSent {
    /// What it is about.
    pub kind: MailKind,
    /// Kennung or e-mail address of the account it was for.
    pub login: String,
    /// Why not.
    pub reason: String,
}

/// Why a run stopped or did not begin. What was sent before stays sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
    /// Staff has stopped everything.
    #[error("Der Versand ist angehalten (von {by}, {at}). Schalten Sie ihn im Portal unter „Post“ wieder ein.")]
    Paused {
        /// Who did it.
        by: String,
        /// When, local.
        at: String,
    },
    /// Another process is sending and did not end in time.
    #[error("Ein anderer Prozess verschickt gerade E-Mails. Bitte versuchen Sie es später noch einmal.")]
    Busy,
    /// The mail server cannot be reached or does not talk; mails wait.
    #[error("Der Postausgang ist nicht erreichbar: {0}")]
    Unreachable(String),
    /// The mail server does not let us in; the queue stands still.
    #[error("Der Postausgang lehnt uns ab: {0}. Bitte prüfen Sie SMTP_URL.")]
    Denied(String),
    /// The directory for mails cannot be made or written.
    #[error("E-Mails können nicht nach {path} geschrieben werden: {source}")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
