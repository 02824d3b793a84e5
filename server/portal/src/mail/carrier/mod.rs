//! What takes mails away: a directory of files, or a mail server. Knows
//! nothing of plans and of what becomes of a mail afterwards.

mod files;
mod lanes;
mod smtp;

use super::message::Built;
use super::{MailError, MailKind};
use crate::settings::{MailTarget, SmtpServer};
use files::Files;
use lanes::Lanes;
use smtp::Server;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

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
    /// Certainly not begun with; it is nobody's fault.
    NotBegun,
    /// Nothing can be sent at the moment.
    Unreachable(String),
    /// The server does not let us in, or not under our address.
    Denied(String),
}

/// Takes mails away, several at once.
pub(super) struct Carrier {
    lanes: Lanes,
    /// Whether the same mail taken away twice is one mail: a file is replaced.
    pub replaces: bool,
    /// Mails a minute, if they are limited.
    pub per_minute: Option<u32>,
    /// Most mails on their way at a time.
    pub at_once: usize,
}

impl Carrier {
    /// Gets ready for the first mail.
    pub(super) async fn open(target: &MailTarget, hello: &str) -> Result<Self, MailError> {
        Ok(match target {
            MailTarget::Dir(dir) => Self {
                lanes: Lanes::start(Files::open(dir)?, 1),
                replaces: true,
                per_minute: None,
                at_once: files::AT_ONCE,
            },
            MailTarget::Smtp(server) => {
                let lanes = Lanes::start(Server::new(SmtpServer::clone(server), hello), server.connections);
                Self {
                    replaces: false,
                    per_minute: server.per_minute,
                    // Each lane one, and the next one for each: what a kill
                    // leaves for a person to decide about is no more than that.
                    at_once: 2 * lanes.count(),
                    lanes,
                }
            }
        })
    }

    /// Begins with parcels, as lanes are free.
    pub(super) fn feed(&self, parcels: Vec<Parcel>) {
        self.lanes.feed(parcels);
    }

    /// Answers with the numbers of their mails: waits until there are `enough`,
    /// but no longer than `patience` once there is one.
    pub(super) async fn answers(&mut self, enough: usize, patience: Duration) -> Vec<(i64, Answer)> {
        let mut answers = Vec::new();
        if enough > 0 {
            answers.extend(self.lanes.answer().await);
        }
        let end = Instant::now() + patience;
        while answers.len() < enough {
            let Ok(Some(answer)) = timeout_at(end, self.lanes.answer()).await else {
                break;
            };
            answers.push(answer);
        }
        answers.extend(std::iter::from_fn(|| self.lanes.answered()));
        answers
    }

    /// Takes back what was not begun with, and says which that was.
    pub(super) fn recall(&self) -> Vec<i64> {
        self.lanes.recall()
    }

    /// Takes its leave.
    pub(super) async fn close(self) {
        self.lanes.close().await;
    }
}
