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
    pub cancelled: Vec<FailedMail>,
    /// Could not be built or handed over, with the reason.
    pub failed: Vec<FailedMail>,
}

/// A mail that was handed over.
#[derive(Clone, Debug)]
pub struct SentMail {
    /// What it is about.
    pub kind: MailKind,
    /// Address it went to.
    pub recipient: String,
    /// The file it became.
    pub file: PathBuf,
}

/// A mail that was not sent.
#[derive(Clone, Debug)]
pub struct FailedMail {
    /// What it is about.
    pub kind: MailKind,
    /// Kennung or e-mail address of the account it was for.
    pub login: String,
    /// Why not.
    pub reason: String,
}

/// Why a run stopped. What was sent before stays sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
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
