//! Mails written before their turn, while others are handed over.
//!
//! What is written here is on nobody's record yet: the transaction that marks
//! a mail as on its way looks everything up again and takes only what is as it
//! was when it was written.

use crate::Portal;
use crate::mail::MailKind;
use crate::mail::compose::{About, Composed, Desk, kind_of};
use crate::mail::texts::Texts;
use crate::store::Stored;
use crate::store::outbox::{self, OutboxRow};
use chrono::{DateTime, Utc};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How long what was written ahead is used: what is queued meanwhile and more
/// urgent does not wait longer.
const FRESH: Duration = Duration::from_secs(2);

/// Whose mails are written, and with what.
pub(super) struct Writer {
    pub portal: Portal,
    pub texts: Texts,
    /// Of one wave and of none, or of all.
    pub wave: Option<i32>,
    /// Only what somebody waits for.
    pub urgent: bool,
    /// How many at a time.
    pub count: usize,
    /// Whether every mail may be sent again: a file is replaced.
    pub replaces: bool,
}

/// A mail, and what it was written from.
pub(super) struct Written {
    pub row: OutboxRow,
    pub kind: MailKind,
    pub about: About,
    /// `Err` in German where it cannot be written.
    pub composed: Result<Composed, String>,
    /// Whether it would be sent again after a crash.
    pub repeats: bool,
}

impl Writer {
    /// Writes what is due at `at` and not among the `known`.
    async fn write(&self, known: HashSet<String>, at: DateTime<Utc>) -> Stored<Vec<Written>> {
        let mut conn = self.portal.read().await?;
        let limit = i64::try_from(known.len() + self.count).unwrap_or(i64::MAX);
        let rows: Vec<OutboxRow> = outbox::due(&mut conn, self.wave, at.timestamp_micros(), self.urgent, limit)
            .await?
            .into_iter()
            .filter(|row| !known.contains(&row.id))
            .take(self.count)
            .collect();
        let abouts = About::of_all(&mut conn, &rows.iter().collect::<Vec<_>>()).await?;
        let desk = Desk {
            portal: &self.portal,
            texts: &self.texts,
            at,
        };
        let mut written = Vec::with_capacity(rows.len());
        for (row, about) in rows.into_iter().zip(abouts) {
            let kind = kind_of(&row)?;
            written.push(Written {
                composed: desk.compose(&mut conn, &row, &about).await?,
                repeats: kind.may_come_twice() && !self.replaces,
                row,
                kind,
                about,
            });
        }
        Ok(written)
    }
}

/// What is written, and what is being written.
#[derive(Default)]
pub(super) struct Ahead {
    ready: VecDeque<Written>,
    since: Option<Instant>,
    /// At most one task; ends with the worker.
    next: JoinSet<Stored<Vec<Written>>>,
    next_since: Option<Instant>,
}

impl Ahead {
    /// Sees to it that something is written if something is due.
    pub(super) async fn fill(&mut self, writer: &Arc<Writer>, at: DateTime<Utc>) -> Stored<()> {
        if is_stale(self.since) {
            self.ready.clear();
        }
        if is_stale(self.next_since) {
            self.next.shutdown().await;
        }
        if self.ready.is_empty() {
            let next = self.next.join_next().await;
            let batch = match next {
                Some(Ok(written)) => written?,
                _ => Vec::new(),
            };
            self.since = self.next_since.take();
            self.ready.extend(batch);
        }
        if self.ready.is_empty() {
            self.since = Some(Instant::now());
            self.ready.extend(writer.write(HashSet::new(), at).await?);
        }
        if self.next.is_empty() && !self.ready.is_empty() {
            let known = self.ready.iter().map(|mail| mail.row.id.clone()).collect();
            let writer = writer.clone();
            self.next_since = Some(Instant::now());
            self.next.spawn(async move { writer.write(known, at).await });
        }
        Ok(())
    }

    /// How many of the next mails may go together: never two of one case, for
    /// the second has to know of the first; and one that would be sent again
    /// goes alone, while no other such is on its way.
    pub(super) fn ready(&self, most: usize, repeats_under_way: bool) -> usize {
        let mut cases = HashSet::new();
        for (place, mail) in self.ready.iter().take(most).enumerate() {
            let alone = mail.repeats && (place > 0 || repeats_under_way);
            let again = mail.row.case_id.as_deref().is_some_and(|id| !cases.insert(id));
            if alone || again {
                return place;
            }
            if mail.repeats {
                return 1;
            }
        }
        most.min(self.ready.len())
    }

    /// Takes them.
    pub(super) fn pick(&mut self, most: usize, repeats_under_way: bool) -> Vec<Written> {
        let count = self.ready(most, repeats_under_way);
        self.ready.drain(..count).collect()
    }
}

fn is_stale(since: Option<Instant>) -> bool {
    since.is_some_and(|since| since.elapsed() > FRESH)
}
