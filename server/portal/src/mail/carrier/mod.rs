//! What takes mails away: a directory of files, or a mail server. Knows
//! nothing of plans and of what becomes of a mail afterwards.

mod files;
mod smtp;

use super::message::Built;
use super::{MailError, MailKind};
use crate::settings::{MailTarget, SmtpServer};
use files::Files;
use smtp::Lanes;

/// One mail to be taken away.
pub(super) struct Parcel {
    pub kind: MailKind,
    /// Number of the mail, the same for every attempt.
    pub number: i64,
    pub login: String,
    pub built: Built,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Taken: the file, or the server's answer.
    Taken(String),
    /// Certainly not taken; another time perhaps (4xx, time-out before the
    /// content was sent).
    Later(String),
    /// The receiver's address is refused for good (5xx at RCPT).
    BadAddress(String),
    /// The mail is refused for good (5xx at DATA or after it).
    Refused(String),
    /// Sent and not answered: nobody knows.
    Unclear(String),
    /// Nothing can be sent at the moment.
    Unreachable(String),
    /// The server does not let us in, or not under our address.
    Denied(String),
}

/// Takes mails away.
pub(super) enum Carrier {
    Files(Files),
    Smtp(Lanes),
}

impl Carrier {
    /// Gets ready for the first mail.
    pub(super) async fn open(target: &MailTarget, hello: &str) -> Result<Self, MailError> {
        Ok(match target {
            MailTarget::Dir(dir) => Self::Files(Files::open(dir)?),
            MailTarget::Smtp(server) => Self::Smtp(Lanes::new(SmtpServer::clone(server), hello)),
        })
    }

    /// Mails taken away together.
    pub(super) fn at_once(&self) -> usize {
        match self {
            Self::Files(_) => files::AT_ONCE,
            Self::Smtp(lanes) => lanes.at_once(),
        }
    }

    /// Whether the same mail taken away twice is one mail: a file is replaced.
    pub(super) fn replaces(&self) -> bool {
        matches!(self, Self::Files(_))
    }

    /// Mails a minute, if they are limited.
    pub(super) fn per_minute(&self) -> Option<u32> {
        match self {
            Self::Files(_) => None,
            Self::Smtp(lanes) => lanes.per_minute(),
        }
    }

    /// Takes mails away, at most [`Carrier::at_once`]; an answer for each.
    pub(super) async fn carry(&mut self, parcels: Vec<Parcel>) -> Vec<Answer> {
        match self {
            Self::Files(files) => files.carry(parcels).await,
            Self::Smtp(lanes) => lanes.carry(parcels).await,
        }
    }

    /// Takes its leave.
    pub(super) async fn close(self) {
        if let Self::Smtp(lanes) = self {
            lanes.close().await;
        }
    }
}
