//! Deciding between two answers to the same item.

use super::merge::Conflict;
use super::save::SaveError;
use super::{Taken, access, actor, status, take_for_answers};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::Session;
use crate::store::answers::{self, AnswerRow, LostRow, Written};
use crate::store::{Conn, Stored};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use survey::Entry;
use survey::status::Event;

/// Which of two answers shall count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The one that stands.
    Standing,
    /// The one that was typed against it.
    Typed,
}

impl Portal {
    /// Decides an open conflict of the session's case. `seen` are the two
    /// revisions it was shown with, [`Conflict::revision`] and
    /// [`Conflict::lost_revision`]: where either answer is another one by now,
    /// nothing is decided and `false` comes back.
    ///
    /// # Errors
    /// Where the case cannot be changed, or there is no such item.
    pub async fn settle(
        &self,
        session: &Session,
        item: &str,
        choice: Choice,
        seen: (i64, i64),
    ) -> Result<bool, SaveError> {
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take_for_answers(&mut tx, session).await??;
        let instrument = self.instruments().of(&mut tx, taken.case.instrument.as_deref()).await?;
        if instrument.item(item).is_none() {
            return Err(SaveError::UnknownItem(item.to_owned()));
        }
        if !access(session).sees_item(&instrument, item) {
            return Err(SaveError::NotYours(item.to_owned()));
        }
        let settled = self
            .settle_in(&mut tx, &taken, session, (item, choice, seen), now)
            .await?;
        if settled {
            tx.commit().await?;
        }
        Ok(settled)
    }

    /// The same in a case taken already, whatever its status.
    pub(crate) async fn settle_in(
        &self,
        conn: &mut Conn,
        taken: &Taken,
        session: &Session,
        (item, choice, seen): (&str, Choice, (i64, i64)),
        now: DateTime<Utc>,
    ) -> Stored<bool> {
        let case_id = &taken.case.id;
        let lost = answers::lost(conn, case_id).await?;
        let Some(newest) = lost.into_iter().rfind(|row| row.item == item) else {
            return Ok(false);
        };
        let standing = answers::of_items(conn, &[(case_id.as_str(), item)]).await?;
        let standing = standing.into_values().next().map_or(0, |row| row.revision);
        if (standing, newest.revision) != seen {
            return Ok(false);
        }
        let entry = newest.entry();
        if choice == Choice::Typed {
            let written = Written {
                item,
                entry: entry.as_ref(),
                conflict: false,
            };
            answers::write(conn, &[(taken.pen(session, now), &[written])]).await?;
            if entry.is_some() {
                status::advance(conn, case_id, taken.status, Event::Answer, actor(session), now).await?;
            }
        }
        answers::settle(conn, case_id, item, now.timestamp_micros()).await?;
        Ok(true)
    }
}

/// The conflicts of a case nobody has decided yet, one per item: what was
/// typed last against what stands.
pub(crate) async fn open(conn: &mut Conn, case_id: &str, standing: &[AnswerRow]) -> Stored<Vec<Conflict>> {
    let lost = answers::lost(conn, case_id).await?;
    let newest: BTreeMap<String, LostRow> = lost.into_iter().map(|row| (row.item.clone(), row)).collect();
    let conflicts = newest.into_values().filter_map(|lost| {
        let row = standing.iter().find(|row| row.item == lost.item);
        let theirs = row.and_then(AnswerRow::entry);
        let mine = lost.entry();
        // Where both say the same by now there is nothing to decide.
        (theirs != mine).then(|| conflict(lost, mine, row, theirs))
    });
    Ok(conflicts.collect())
}

fn conflict(lost: LostRow, mine: Option<Entry>, row: Option<&AnswerRow>, theirs: Option<Entry>) -> Conflict {
    Conflict {
        mine,
        mine_by: lost.who,
        mine_at: from_micros(lost.at),
        theirs,
        theirs_by: row.map(|row| row.who.clone()).unwrap_or_default(),
        theirs_at: from_micros(row.map_or(lost.at, |row| row.at)),
        revision: row.map_or(0, |row| row.revision),
        lost_revision: lost.revision,
        item: lost.item,
    }
}
