//! Naming a case to act upon, together with the state it was seen in: who
//! acts on something that has changed meanwhile is told what and by whom.

use super::StaffError;
use crate::berlin;
use crate::clock::from_micros;
use crate::store::cases::{self, CaseRow};
use crate::store::events::Actor;
use crate::store::work::{self, ChangeRow};
use crate::store::{Conn, Stored};
use crate::words;
use chrono::{DateTime, Utc};

/// A case of some wave, and which of its states was seen.
#[derive(Clone, Copy, Debug)]
pub struct CaseRef<'a> {
    kennung: &'a str,
    seen: Option<i64>,
}

impl<'a> CaseRef<'a> {
    /// The case as it was at a revision, see
    /// [`CaseDetail::revision`](super::CaseDetail::revision): it is acted upon
    /// only if nothing has changed since.
    #[must_use]
    pub fn seen(kennung: &'a str, revision: i64) -> Self {
        Self {
            kennung,
            seen: Some(revision),
        }
    }
}

impl<'a> From<&'a str> for CaseRef<'a> {
    /// The case whatever has changed.
    fn from(kennung: &'a str) -> Self {
        Self { kennung, seen: None }
    }
}

impl<'a> From<&'a String> for CaseRef<'a> {
    fn from(kennung: &'a String) -> Self {
        kennung.as_str().into()
    }
}

/// Something that changed in a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseChange {
    /// The case's revision after it.
    pub revision: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub who: String,
    /// What it was, in German.
    pub what: String,
}

impl From<ChangeRow> for CaseChange {
    fn from(row: ChangeRow) -> Self {
        Self {
            revision: row.revision,
            at: from_micros(row.at),
            who: row.who,
            what: row.what,
        }
    }
}

/// Everything that changed, in a sentence.
pub(super) fn sentence(changes: &[CaseChange]) -> String {
    let one = |change: &CaseChange| format!("{} ({}, {})", change.what, change.who, berlin::long(change.at));
    changes.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The case to act upon, held until the end of the transaction.
pub(super) async fn take(conn: &mut Conn, wave: i32, case: CaseRef<'_>) -> Result<CaseRow, StaffError> {
    let found = cases::by_kennung(conn, wave, &words::key(case.kennung)).await?;
    let found = found.ok_or(StaffError::NotFound)?;
    let now = work::hold(conn, &found.id).await?;
    match case.seen {
        Some(seen) if seen != now => {
            let changes = work::changes(conn, &found.id, seen).await?;
            Err(StaffError::Changed(changes.into_iter().map(CaseChange::from).collect()))
        }
        // Only now it is held: what was read before may be out of date.
        _ => Ok(cases::by_id(conn, &found.id).await?.unwrap_or(found)),
    }
}

/// The case to look at.
pub(super) async fn find(conn: &mut Conn, wave: i32, kennung: &str) -> Stored<Option<CaseRow>> {
    cases::by_kennung(conn, wave, &words::key(kennung)).await
}

/// Counts and notes what was done to a case.
pub(super) async fn note(conn: &mut Conn, case_id: &str, who: Actor<'_>, what: &str, now: DateTime<Utc>) -> Stored<()> {
    work::changed(conn, case_id, who.name, what, now.timestamp_micros()).await
}
