//! The one worker: takes what is due, checks again that it is still due,
//! writes it, hands it over, notes the outcome.
//!
//! Whoever holds the lock is the only one who sends. `sending` is on disk
//! before a mail leaves; what is found in that state at the start was left by
//! a crash: what does no harm twice is sent again under the same Message-ID,
//! about the rest a person decides (security.md, "Nothing lost").
//!
//! While mails are handed over ([`super::carrier`]) the next ones are written
//! ([`ahead`]); one transaction notes what became of the former and marks the
//! latter ([`exchange`]). So a commit to disk serves many mails, and no
//! connection waits for it. At most twice as many mails as there are
//! connections are in `sending` at any time.

mod ahead;
mod entry;
mod exchange;
mod outcome;
mod pace;

use super::carrier::{Answer, Carrier};
use super::compose::{About, kind_of};
use super::{Handled, MailError, MailKind, NotSent};
use crate::Portal;
use crate::store::Stored;
use crate::store::lock::WorkerLock;
use crate::store::outbox::{self, OutboxRow};
use crate::store::sending::{self, Ended};
use ahead::{Ahead, Writer};
use chrono::{DateTime, Utc};
use outcome::stopped_by;
use pace::Pace;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer that is there waits for others, so that one commit
/// notes several.
const GATHERING: Duration = Duration::from_millis(20);

/// What is to be done.
struct Orders<'a> {
    wave: Option<i32>,
    /// The moment to act at; otherwise the clock's.
    at: Option<DateTime<Utc>>,
    /// Only what somebody waits for.
    urgent: bool,
    stop: &'a (dyn Fn() -> bool + Send + Sync),
}

/// A mail on its way.
struct UnderWay {
    row: OutboxRow,
    kind: MailKind,
    login: String,
    to: String,
}

struct Worker<'a, T> {
    portal: &'a Portal,
    orders: &'a Orders<'a>,
    carrier: Carrier,
    lock: WorkerLock,
    writer: Arc<Writer>,
    pace: Option<Pace>,
    tell: T,
    ahead: Ahead,
    /// By the number of the mail.
    under_way: HashMap<i64, UnderWay>,
}

impl<T: FnMut(Handled) + Send> Worker<'_, T> {
    fn at(&self) -> DateTime<Utc> {
        self.orders.at.unwrap_or_else(|| self.portal.now())
    }

    async fn run(&mut self) -> Result<(), MailError> {
        self.recover().await?;
        if !self.orders.urgent {
            self.portal.plan_due(self.orders.wave, self.at()).await?;
        }
        let conveyed = self.convey().await;
        let ended = self.wind_up().await;
        match (conveyed, ended) {
            // What concerns the whole queue is what staff has to know.
            (_, Err(denied @ MailError::Denied(_))) => Err(denied),
            (conveyed, ended) => conveyed.and(ended),
        }
    }

    /// What a crash left behind.
    async fn recover(&mut self) -> Stored<()> {
        let mut conn = self.portal.read().await?;
        let left = outbox::begun(&mut conn).await?;
        drop(conn);
        if left.is_empty() {
            return Ok(());
        }
        let mut tx = self.portal.write().await?;
        let abouts = About::of_all(&mut tx, &left.iter().collect::<Vec<_>>()).await?;
        let mut ended = Vec::new();
        let mut told = Vec::new();
        for (row, about) in left.iter().zip(abouts) {
            let kind = kind_of(row)?;
            let again = self.carrier.replaces || kind.may_come_twice();
            let end = Ended {
                id: &row.id,
                state: if again { "deferred" } else { "unclear" },
                answer: "Das Programm wurde während der Übergabe beendet",
                next: None,
            };
            ended.push(end);
            if !again {
                told.push(Handled::Unclear(NotSent {
                    kind,
                    login: about.login().to_owned(),
                    reason: end.answer.to_owned(),
                }));
            }
        }
        sending::finish(&mut tx, &ended, self.at().timestamp_micros()).await?;
        tx.commit().await?;
        told.into_iter().for_each(&mut self.tell);
        Ok(())
    }

    /// Takes and hands over until nothing is due or something stops it.
    async fn convey(&mut self) -> Result<(), MailError> {
        let most = if self.pace.is_some() { 1 } else { self.carrier.at_once };
        let enough = most.div_ceil(2);
        loop {
            self.ahead.fill(&self.writer, self.at()).await?;
            let free = most - self.under_way.len();
            let ready = self.ahead.ready(free, self.repeats_under_way());
            // There is something to do at once, or answers are waited for.
            let wanted = if ready >= enough {
                0
            } else {
                enough.min(self.under_way.len())
            };
            let answers = self.carrier.answers(wanted, GATHERING).await;
            let done = self.came_back(answers);
            if (self.orders.stop)() || !self.lock.holds().await {
                return self.exchange(done, Vec::new()).await;
            }
            if let Err(stopped) = stopped_by(&done) {
                self.exchange(done, Vec::new()).await?;
                return Err(stopped);
            }
            if let Some(pace) = &mut self.pace {
                if !done.is_empty() {
                    // Noted before the next one waits for its turn.
                    self.exchange(done, Vec::new()).await?;
                    continue;
                }
                if !pace.turn(self.orders.stop).await {
                    return Ok(());
                }
            }
            let free = most - self.under_way.len();
            let picked = self.ahead.pick(free, self.repeats_under_way());
            if picked.is_empty() && done.is_empty() && self.under_way.is_empty() {
                return Ok(());
            }
            self.exchange(done, picked).await?;
        }
    }

    /// Whether a mail is on its way that would be sent again after a crash:
    /// there is one such at a time.
    fn repeats_under_way(&self) -> bool {
        !self.carrier.replaces && self.under_way.values().any(|mail| mail.kind.may_come_twice())
    }

    fn came_back(&mut self, answers: Vec<(i64, Answer)>) -> Vec<(UnderWay, Answer)> {
        let mail = |(number, answer)| Some((self.under_way.remove(&number)?, answer));
        answers.into_iter().filter_map(mail).collect()
    }

    /// Puts back what was not begun with; waits for what is on its way.
    async fn wind_up(&mut self) -> Result<(), MailError> {
        let not_begun = self.carrier.recall().into_iter();
        let mut done = self.came_back(not_begun.map(|number| (number, Answer::NotBegun)).collect());
        let mut ended = Ok(());
        loop {
            if let Err(stopped) = stopped_by(&done) {
                ended = Err(stopped);
            }
            self.exchange(done, Vec::new()).await?;
            if self.under_way.is_empty() {
                return ended;
            }
            let answers = self.carrier.answers(self.under_way.len(), GATHERING).await;
            done = self.came_back(answers);
        }
    }
}
