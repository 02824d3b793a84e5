//! The one worker: takes what is due, checks again that it is still due,
//! writes it, hands it over, notes the outcome.
//!
//! Whoever holds the lock is the only one who sends. `sending` is on disk
//! before a mail leaves; what is found in that state at the start was left by
//! a crash: what does no harm twice is sent again under the same Message-ID,
//! about the rest a person decides (security.md, "Nothing lost").

mod entry;
mod outcome;
mod pace;

use super::announced::row_why_not;
use super::carrier::{Answer, Carrier, Parcel};
use super::compose::{About, Composed, Desk, kind_of};
use super::texts::Texts;
use super::{Handled, MailError, MailKind, NotSent};
use crate::Portal;
use crate::store::lock::WorkerLock;
use crate::store::outbox::{self, Ended, Handed, OutboxRow};
use crate::store::{Conn, Stored, contacts, plan};
use chrono::{DateTime, Utc};
use entry::may_go_on;
use outcome::{handled, outcome, pause};
use pace::Pace;
use std::time::Duration;
use tokio::time::sleep;

/// Mails looked at in one transaction.
const LOOKED_AT: usize = 200;
/// Attempts at noting what became of mails that have left.
const NOTING: u32 = 5;

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
    texts: Texts,
    pace: Option<Pace>,
    tell: T,
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
        loop {
            if (self.orders.stop)() || !self.lock.holds().await {
                return Ok(());
            }
            if let Some(pace) = &mut self.pace
                && !pace.turn(self.orders.stop).await
            {
                return Ok(());
            }
            let group = self.next_group().await?;
            if group.is_empty() {
                return Ok(());
            }
            let (mails, parcels): (Vec<_>, Vec<_>) = group.into_iter().unzip();
            let answers = self.carrier.carry(parcels).await;
            self.note(mails, answers).await?;
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
        for row in &left {
            let kind = kind_of(row)?;
            let again = self.carrier.replaces() || kind.may_come_twice();
            let ended = Ended {
                state: if again { "deferred" } else { "unclear" },
                answer: "Das Programm wurde während der Übergabe beendet",
                next: None,
                at: self.at().timestamp_micros(),
            };
            outbox::finish(&mut tx, &row.id, &ended).await?;
            if !again {
                let about = About::of(&mut tx, row).await?;
                (self.tell)(Handled::Unclear(NotSent {
                    kind,
                    login: about.login().to_owned(),
                    reason: ended.answer.to_owned(),
                }));
            }
        }
        tx.commit().await
    }

    /// The next mails to hand over, marked as such on disk. Those that are not
    /// due any more or cannot be written are done with on the way.
    async fn next_group(&mut self) -> Result<Vec<(UnderWay, Parcel)>, MailError> {
        let at = self.at();
        let most = if self.pace.is_some() { 1 } else { self.carrier.at_once() };
        let mut group = Vec::new();
        let mut told = Vec::new();
        let mut looked_at = 0;
        let mut tx = self.portal.write().await?;
        // Whoever stops everything stops this run as well.
        may_go_on(&mut tx).await?;
        while group.len() < most && looked_at < LOOKED_AT {
            let limit = i64::try_from(most - group.len()).unwrap_or(1);
            let rows = outbox::due(
                &mut tx,
                self.orders.wave,
                at.timestamp_micros(),
                self.orders.urgent,
                limit,
            )
            .await?;
            if rows.is_empty() {
                break;
            }
            let mut alone = false;
            for row in rows {
                // At most one mail that would be sent again is on its way.
                let would_repeat = kind_of(&row)?.may_come_twice() && !self.carrier.replaces();
                if would_repeat && !group.is_empty() {
                    alone = true;
                    break;
                }
                looked_at += 1;
                match self.take(&mut tx, row, at).await? {
                    Ok(taken) => {
                        group.push(taken);
                        if would_repeat {
                            alone = true;
                            break;
                        }
                    }
                    Err(Some(handled)) => told.push(handled),
                    Err(None) => {}
                }
            }
            if alone {
                break;
            }
        }
        tx.commit().await?;
        told.into_iter().for_each(&mut self.tell);
        Ok(group)
    }

    async fn take(
        &self,
        conn: &mut Conn,
        row: OutboxRow,
        at: DateTime<Utc>,
    ) -> Stored<Result<(UnderWay, Parcel), Option<Handled>>> {
        let micros = at.timestamp_micros();
        if !outbox::take(conn, &row.id, micros).await? {
            return Ok(Err(None));
        }
        let kind = kind_of(&row)?;
        let about = About::of(conn, &row).await?;
        let login = about.login().to_owned();
        let ended = |state, answer| Ended {
            state,
            answer,
            next: None,
            at: micros,
        };
        let not_sent = |reason: &str| NotSent {
            kind,
            login: login.clone(),
            reason: reason.to_owned(),
        };
        if let Some(reason) = row_why_not(conn, (kind, &row), &about, at).await? {
            outbox::finish(conn, &row.id, &ended("cancelled", &reason)).await?;
            return Ok(Err(Some(Handled::Cancelled(not_sent(&reason)))));
        }
        let desk = Desk {
            portal: self.portal,
            texts: &self.texts,
            at,
        };
        let Composed { built, to, masked } = match desk.compose(conn, &row, &about).await? {
            Ok(composed) => composed,
            Err(reason) => {
                outbox::finish(conn, &row.id, &ended("failed", &reason)).await?;
                return Ok(Err(Some(Handled::Failed(not_sent(&reason)))));
            }
        };
        let number = match row.number {
            Some(number) => number,
            None => outbox::next_number(conn).await?,
        };
        let handed = Handed {
            number,
            sent_to: &to,
            subject: &masked.subject,
            text: &masked.text,
            html: &masked.html,
        };
        outbox::keep_text(conn, &row.id, &handed).await?;
        let parcel = Parcel {
            kind,
            number,
            login: login.clone(),
            built,
        };
        Ok(Ok((UnderWay { row, kind, login, to }, parcel)))
    }

    /// Notes what became of mails; they have left, so this is tried more than
    /// once. Ends the run where no other mail would fare better.
    async fn note(&mut self, mails: Vec<UnderWay>, answers: Vec<Answer>) -> Result<(), MailError> {
        let at = self.at();
        let mut tries = 1;
        while let Err(error) = self.store_answers(&mails, &answers, at).await {
            if tries == NOTING {
                return Err(error.into());
            }
            tries += 1;
            sleep(Duration::from_secs(1)).await;
        }
        let mut stop = None;
        for (mail, answer) in mails.into_iter().zip(answers) {
            match &answer {
                Answer::Unreachable(reason) => stop = stop.or(Some(MailError::Unreachable(reason.clone()))),
                Answer::Denied(reason) => stop = Some(MailError::Denied(reason.clone())),
                _ => {}
            }
            (self.tell)(handled(mail, answer, at));
        }
        stop.map_or(Ok(()), Err)
    }

    async fn store_answers(&self, mails: &[UnderWay], answers: &[Answer], at: DateTime<Utc>) -> Stored<()> {
        let micros = at.timestamp_micros();
        let mut tx = self.portal.write().await?;
        for (mail, answer) in mails.iter().zip(answers) {
            let (state, text) = outcome(mail, answer, at);
            let next = (state == "deferred").then(|| (at + pause(&mail.row)).timestamp_micros());
            let ended = Ended {
                state,
                answer: text,
                next,
                at: micros,
            };
            outbox::finish(&mut tx, &mail.row.id, &ended).await?;
            match answer {
                Answer::BadAddress(reason) => {
                    contacts::set_mark(&mut tx, &mail.to, reason, &mail.row.id, micros).await?
                }
                Answer::Denied(reason) => plan::halt(&mut tx, Some(reason)).await?,
                _ => {}
            }
        }
        tx.commit().await
    }
}
