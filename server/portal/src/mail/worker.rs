//! The one worker: takes what is due, checks again that it is still due,
//! writes it, hands it over, notes the outcome.
//!
//! Whoever holds the lock is the only one who sends. `sending` is on disk
//! before a mail leaves; what is found in that state at the start was left by
//! a crash: what does no harm twice is sent again under the same Message-ID,
//! about the rest a person decides (security.md, "Nothing lost").

use super::carrier::{Answer, Carrier, Parcel};
use super::compose::{About, Composed, Desk, kind_of};
use super::due::{self, Facts};
use super::texts::Texts;
use super::{Handled, MailError, MailKind, MailRun, NotSent, SentMail, planning};
use crate::clock::from_micros;
use crate::store::lock::WorkerLock;
use crate::store::outbox::{self, Ended, Handed, OutboxRow};
use crate::store::{Conn, Stored, contacts, plan};
use crate::{Portal, berlin};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use tokio::time::{Interval, MissedTickBehavior, interval, sleep};

/// First pause after a failed attempt; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(4);
/// How long a mail is tried.
const TRIED_FOR: TimeDelta = TimeDelta::hours(48);
/// How long another worker is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
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

impl Portal {
    /// Queues what the plan has due at `at` (now, if not given) and delivers
    /// what is due: of one wave and of no wave in particular, or of all. A
    /// mail that fails does not stop the others.
    ///
    /// # Errors
    /// Where nothing can be delivered: paused, mail server or directory not
    /// usable. What was sent before stays sent.
    pub async fn mail_run(&self, wave: Option<i32>, at: Option<DateTime<Utc>>) -> Result<MailRun, MailError> {
        let mut run = MailRun::default();
        self.mail_run_with(wave, at, |handled| run.note(handled)).await?;
        Ok(run)
    }

    /// The same, telling of each mail as it is handled.
    ///
    /// # Errors
    /// As [`Portal::mail_run`].
    pub async fn mail_run_with(
        &self,
        wave: Option<i32>,
        at: Option<DateTime<Utc>>,
        tell: impl FnMut(Handled) + Send,
    ) -> Result<(), MailError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && crate::store::waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(MailError::NoWave(wave));
        }
        let switch = plan::switch(&mut conn).await?;
        drop(conn);
        if let Some(at) = switch.paused_at {
            return Err(MailError::Paused {
                by: switch.paused_by.unwrap_or_default(),
                at: berlin::long(from_micros(at)),
            });
        }
        // Asked for by hand: perhaps the server lets us in by now.
        if switch.halted.is_some() {
            self.mail_let_go_on().await?;
        }
        let orders = Orders {
            wave,
            at,
            urgent: false,
            stop: &|| false,
        };
        self.work(&orders, tell).await
    }

    /// What the running portal does by itself, until nothing is due or `stop`
    /// says so; nothing while staff has paused it or the mail server does not
    /// let us in. `urgent`: only what somebody waits for.
    ///
    /// # Errors
    /// As [`Portal::mail_run`], but never because it is paused.
    pub async fn mail_round(
        &self,
        urgent: bool,
        stop: &(dyn Fn() -> bool + Send + Sync),
        tell: impl FnMut(Handled) + Send,
    ) -> Result<(), MailError> {
        let mut conn = self.read().await?;
        let switch = plan::switch(&mut conn).await?;
        if switch.paused_at.is_some() || switch.halted.is_some() || !self.anything_to_do(&mut conn).await? {
            return Ok(());
        }
        drop(conn);
        let orders = Orders {
            wave: None,
            at: None,
            urgent,
            stop,
        };
        match self.work(&orders, tell).await {
            // Whoever is sending sends this too.
            Err(MailError::Busy) => Ok(()),
            done => done,
        }
    }

    /// Lets the queue go on after the mail server had turned us away.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn mail_let_go_on(&self) -> Result<(), crate::StoreError> {
        let mut tx = self.write().await?;
        plan::halt(&mut tx, None).await?;
        tx.commit().await
    }

    async fn anything_to_do(&self, conn: &mut Conn) -> Stored<bool> {
        let now = self.now();
        let waiting = !outbox::due(conn, None, now.timestamp_micros(), false, 1)
            .await?
            .is_empty();
        Ok(waiting || !outbox::begun(conn).await?.is_empty() || planning::is_anything_due(conn, now).await?)
    }

    async fn work(&self, orders: &Orders<'_>, tell: impl FnMut(Handled) + Send) -> Result<(), MailError> {
        let lock = self.worker_lock(orders).await?;
        let host = self.settings().base_url.host();
        let carrier = Carrier::open(&self.settings().mail, host).await?;
        let texts = Texts::load(&mut self.read().await?).await?;
        let pace = carrier.per_minute().map(|limit| {
            let mut pace = interval(Duration::from_secs(60) / limit.max(1));
            pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
            pace
        });
        let mut worker = Worker {
            portal: self,
            orders,
            carrier,
            lock,
            texts,
            pace,
            tell,
        };
        let done = worker.run().await;
        worker.carrier.close().await;
        worker.lock.release().await;
        done
    }

    /// Waits for the lock; at the end of the program not for long.
    async fn worker_lock(&self, orders: &Orders<'_>) -> Result<WorkerLock, MailError> {
        let mut waited = Duration::ZERO;
        loop {
            if let Some(lock) = self.store().worker_lock().await? {
                return Ok(lock);
            }
            if waited >= PATIENCE || (orders.stop)() {
                return Err(MailError::Busy);
            }
            sleep(BETWEEN_LOOKS).await;
            waited += BETWEEN_LOOKS;
        }
    }
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
    pace: Option<Interval>,
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
            if let Some(pace) = &mut self.pace {
                pace.tick().await;
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
    async fn next_group(&mut self) -> Stored<Vec<(UnderWay, Parcel)>> {
        let at = self.at();
        let most = if self.pace.is_some() { 1 } else { self.carrier.at_once() };
        let mut group = Vec::new();
        let mut told = Vec::new();
        let mut looked_at = 0;
        let mut tx = self.portal.write().await?;
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
        if let Some(reason) = self.why_not(conn, kind, &row, &about, at).await? {
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

    /// Whether it is still due, at the moment of sending.
    async fn why_not(
        &self,
        conn: &mut Conn,
        kind: MailKind,
        row: &OutboxRow,
        about: &About,
        at: DateTime<Utc>,
    ) -> Stored<Option<String>> {
        if row.account_id.is_some() && about.account.is_none() {
            return Ok(Some("Den Zugang gibt es nicht mehr".into()));
        }
        let mark = contacts::mark(conn, about.recipient(row)).await?;
        let target = planning::target_of(conn, row).await?;
        let last_sent = match &row.case_id {
            Some(case_id) if kind == MailKind::Reminder => outbox::last_sent(conn, case_id, &row.id).await?,
            _ => None,
        };
        let facts = Facts {
            case: about.case.as_ref(),
            target: &target,
            last_sent: last_sent.map(from_micros),
            mark: mark.as_ref().map(|mark| mark.reason.as_str()),
            at,
        };
        due::why_not(kind, &facts)
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

/// State and words an answer leads to.
fn outcome<'a>(mail: &UnderWay, answer: &'a Answer, at: DateTime<Utc>) -> (&'static str, &'a str) {
    let given_up = mail
        .row
        .first_tried_at
        .is_some_and(|first| at - from_micros(first) >= TRIED_FOR);
    match answer {
        Answer::Taken(text) => ("sent", text),
        Answer::Later(text) | Answer::Unreachable(text) if given_up => ("failed", text),
        Answer::Later(text) | Answer::Unreachable(text) => ("deferred", text),
        Answer::BadAddress(text) | Answer::Refused(text) => ("failed", text),
        Answer::Unclear(text) if mail.kind.may_come_twice() => ("deferred", text),
        Answer::Unclear(text) => ("unclear", text),
        Answer::Denied(text) => ("queued", text),
    }
}

fn handled(mail: UnderWay, answer: Answer, at: DateTime<Utc>) -> Handled {
    let (state, text) = outcome(&mail, &answer, at);
    let reason = text.to_owned();
    let UnderWay { row, kind, login, to } = mail;
    if state == "sent" {
        return Handled::Sent(SentMail {
            kind,
            step: row.step,
            login,
            recipient: to,
            place: reason,
        });
    }
    let mail = NotSent { kind, login, reason };
    match state {
        "failed" => Handled::Failed(mail),
        "unclear" => Handled::Unclear(mail),
        _ => Handled::Deferred(mail),
    }
}

/// Pause before the next attempt: doubles each time, a fifth more or less by
/// the mail's id, so that not all come back at once.
fn pause(row: &OutboxRow) -> TimeDelta {
    let doubled = u32::try_from(row.attempts)
        .ok()
        .and_then(|attempts| 2_i32.checked_pow(attempts))
        .and_then(|factor| FIRST_PAUSE.checked_mul(factor))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
    let dice = row
        .id
        .bytes()
        .fold(0_i32, |sum, byte| (sum * 31 + i32::from(byte)) % 401);
    doubled * (800 + dice) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours_and_are_spread() {
        let of = |attempts, id: &str| {
            pause(&OutboxRow {
                attempts,
                id: id.to_owned(),
                ..OutboxRow::default()
            })
        };
        let seconds: Vec<_> = ["a", "b", "c", "d4", "e52"]
            .iter()
            .map(|id| of(0, id).num_seconds())
            .collect();
        assert!(seconds.iter().all(|one| (48..=72).contains(one)), "{seconds:?}");
        assert!(seconds.iter().any(|one| *one != seconds[0]), "{seconds:?}");
        assert!((384..=576).contains(&of(3, "a").num_seconds()));
        assert!((TimeDelta::minutes(192)..=TimeDelta::minutes(288)).contains(&of(1_000, "a")));
    }
}
