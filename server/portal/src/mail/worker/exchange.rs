//! One transaction: what became of mails that have left, and those that leave
//! next, marked on disk.

use super::ahead::Written;
use super::entry::may_go_on;
use super::outcome::{handled, outcome, pause};
use super::{UnderWay, Worker};
use crate::mail::announced::{Asked, why_not};
use crate::mail::carrier::{Answer, Parcel};
use crate::mail::compose::{About, Composed};
use crate::mail::{Handled, MailError, MailKind, NotSent};
use crate::store::outbox::{self, OutboxRow};
use crate::store::sending::{self, Begun, Ended};
use crate::store::sessions::NewTokenRow;
use crate::store::{Conn, Stored, contacts, plan, sessions};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tokio::time::sleep;

/// Attempts at noting what became of mails that have left.
const NOTING: u32 = 5;

/// What a transaction has taken.
#[derive(Default)]
struct Taken {
    mails: Vec<(UnderWay, Parcel)>,
    /// Done with on the way.
    told: Vec<Handled>,
    /// Somebody has stopped everything.
    stopped: Option<MailError>,
}

impl<T: FnMut(Handled) + Send> Worker<'_, T> {
    /// Notes answers and takes what was picked. Mails that were answered have
    /// left, so noting that is tried more than once; what was picked then waits
    /// to be written anew.
    pub(super) async fn exchange(
        &mut self,
        done: Vec<(UnderWay, Answer)>,
        mut picked: Vec<Written>,
    ) -> Result<(), MailError> {
        if done.is_empty() && picked.is_empty() {
            return Ok(());
        }
        let at = self.at();
        let mut tries = 1;
        let taken = loop {
            match self.transact(&done, std::mem::take(&mut picked), at).await {
                Ok(taken) => break taken,
                Err(error) if done.is_empty() || tries == NOTING => return Err(error.into()),
                Err(_) => tries += 1,
            }
            sleep(Duration::from_secs(1)).await;
        };
        for (mail, answer) in done {
            handled(mail, &answer, at).into_iter().for_each(&mut self.tell);
        }
        taken.told.into_iter().for_each(&mut self.tell);
        let mut parcels = Vec::with_capacity(taken.mails.len());
        for (mail, parcel) in taken.mails {
            self.under_way.insert(parcel.number, mail);
            parcels.push(parcel);
        }
        self.carrier.feed(parcels);
        taken.stopped.map_or(Ok(()), Err)
    }

    async fn transact(&self, done: &[(UnderWay, Answer)], picked: Vec<Written>, at: DateTime<Utc>) -> Stored<Taken> {
        let mut tx = self.portal.write().await?;
        note(&mut tx, done, at).await?;
        let mut taken = Taken::default();
        if !picked.is_empty() {
            // Whoever stops everything stops this run as well.
            match may_go_on(&mut tx).await {
                Ok(()) => taken = take(&mut tx, picked, at).await?,
                Err(MailError::Store(error)) => return Err(error),
                Err(stopped) => taken.stopped = Some(stopped),
            }
        }
        tx.commit().await?;
        Ok(taken)
    }
}

async fn note(conn: &mut Conn, done: &[(UnderWay, Answer)], at: DateTime<Utc>) -> Stored<()> {
    let micros = at.timestamp_micros();
    let mut list = Vec::with_capacity(done.len());
    for (mail, answer) in done {
        let (state, text) = outcome(mail, answer, at);
        list.push(Ended {
            id: &mail.row.id,
            state,
            answer: text,
            next: (state == "deferred").then(|| (at + pause(&mail.row)).timestamp_micros()),
        });
    }
    sending::finish(conn, &list, micros).await?;
    for (mail, answer) in done {
        match answer {
            Answer::BadAddress(reason) => contacts::set_mark(conn, &mail.to, reason, &mail.row.id, micros).await?,
            Answer::Denied(reason) => plan::halt(conn, Some(reason)).await?,
            _ => {}
        }
    }
    Ok(())
}

/// Takes those that still wait as they were written and are still due.
async fn take(conn: &mut Conn, mut picked: Vec<Written>, at: DateTime<Utc>) -> Stored<Taken> {
    let ids: Vec<&str> = picked.iter().map(|mail| mail.row.id.as_str()).collect();
    let waiting = outbox::waiting(conn, &ids).await?;
    picked.retain(|mail| waiting.get(&mail.row.id) == Some(&mail.row));
    let rows: Vec<&OutboxRow> = picked.iter().map(|mail| &mail.row).collect();
    let mut abouts = About::of_all(conn, &rows).await?.into_iter();
    picked.retain(|mail| abouts.next().as_ref() == Some(&mail.about));
    let asked: Vec<Asked<'_>> = picked.iter().map(|mail| (mail.kind, &mail.row, &mail.about)).collect();
    let reasons = why_not(conn, &asked, at).await?;

    let mut taken = Taken::default();
    let mut over = Vec::new();
    let mut going = Vec::new();
    for (mail, reason) in picked.into_iter().zip(reasons) {
        let (kind, login) = (mail.kind, mail.about.login().to_owned());
        let (state, reason) = match (reason, mail.composed) {
            (None, Ok(composed)) => {
                going.push((mail.row, kind, login, composed));
                continue;
            }
            (Some(reason), _) => ("cancelled", reason),
            (None, Err(reason)) => ("failed", reason),
        };
        over.push((mail.row.id, state, reason.clone()));
        let not_sent = NotSent { kind, login, reason };
        taken.told.push(match state {
            "failed" => Handled::Failed(not_sent),
            _ => Handled::Cancelled(not_sent),
        });
    }
    let ended: Vec<Ended<'_>> = over
        .iter()
        .map(|(id, state, answer)| Ended {
            id,
            state,
            answer,
            next: None,
        })
        .collect();
    sending::finish(conn, &ended, at.timestamp_micros()).await?;
    taken.mails = hand_out(conn, going, at).await?;
    Ok(taken)
}

/// A mail that goes: its row, kind, whom it concerns, and what is handed over.
type Going = (OutboxRow, MailKind, String, Composed);

/// Gives mails their numbers, stores what their links open with, and marks
/// them as on their way.
async fn hand_out(conn: &mut Conn, mut going: Vec<Going>, at: DateTime<Utc>) -> Stored<Vec<(UnderWay, Parcel)>> {
    if going.is_empty() {
        return Ok(Vec::new());
    }
    let links: Vec<NewTokenRow> = going
        .iter_mut()
        .filter_map(|(.., composed)| composed.link.take())
        .collect();
    sessions::insert_tokens(conn, &links).await?;
    let new = going.iter().filter(|(row, ..)| row.number.is_none()).count();
    let first = sending::numbers(conn, i64::try_from(new).unwrap_or(0)).await?;
    let mut numbers = first..;
    let numbers: Vec<i64> = going
        .iter()
        .filter_map(|(row, ..)| row.number.or_else(|| numbers.next()))
        .collect();
    let begun: Vec<Begun<'_>> = going
        .iter()
        .zip(&numbers)
        .map(|((row, .., composed), number)| Begun {
            id: &row.id,
            number: *number,
            sent_to: &composed.to,
            subject: &composed.masked.subject,
            text: &composed.masked.text,
            html: &composed.masked.html,
        })
        .collect();
    sending::begin(conn, &begun, at.timestamp_micros()).await?;
    let mail = |((row, kind, login, composed), number): (Going, i64)| {
        let parcel = Parcel {
            kind,
            number,
            login: login.clone(),
            built: composed.built,
        };
        let to = composed.to;
        (UnderWay { row, kind, login, to }, parcel)
    };
    Ok(going.into_iter().zip(numbers).map(mail).collect())
}
