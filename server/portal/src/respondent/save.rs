//! Saving answers as they are typed.
//!
//! Nothing is thrown away: what loses against somebody else's change is kept
//! in the history, what does not parse is stored as typed.

use super::batch::Request;
use super::merge::Conflict;
use super::{Barred, access, unit_of};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::Session;
use crate::store::{StoreError, answers, cases};
use chrono::{DateTime, Utc};
use survey::Entry;

/// Longest answer that is stored, in characters.
pub const LONGEST_ANSWER: usize = 20_000;

/// One answer as it is posted.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemChange {
    /// Item id.
    pub item: String,
    /// Revision the control was rendered with; 0 where nothing was stored.
    pub base_revision: i64,
    /// What was typed; `None` (or only blanks) clears it.
    pub entry: Option<Entry>,
}

/// What became of a save.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Saved {
    /// The revision each posted item has now.
    pub revisions: Vec<(String, i64)>,
    /// Items somebody else changed meanwhile, to another value.
    pub conflicts: Vec<Conflict>,
}

/// Why nothing was saved. All of a save is refused, or none.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SaveError {
    /// The case cannot be changed.
    #[error(transparent)]
    Barred(#[from] Barred),
    /// No item of the questionnaire.
    #[error("Die Angabe „{0}“ gibt es in diesem Fragebogen nicht.")]
    UnknownItem(String),
    /// An item of a module that is not the person's.
    #[error("Die Angabe „{0}“ gehört zu einem Abschnitt, den Sie nicht bearbeiten.")]
    NotYours(String),
    /// The same item twice in one save.
    #[error("Die Angabe „{0}“ kommt zweimal vor.")]
    Repeated(String),
    /// More than [`LONGEST_ANSWER`] characters.
    #[error("Die Angabe „{0}“ ist zu lang. Bitte kürzen Sie sie auf höchstens 20.000 Zeichen.")]
    TooLong(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One change of an item, as its history shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// What was typed; `None`: cleared.
    pub entry: Option<Entry>,
    /// Revision of the case at that moment.
    pub revision: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// Typed against somebody else's change; never was the current answer.
    pub conflict: bool,
}

impl Portal {
    /// Saves answers of the session's unit; on disk when this returns.
    ///
    /// Different items of two people both stay. Where somebody else has
    /// changed an item since it was rendered, to another value, theirs stands
    /// and the conflict is told.
    ///
    /// # Errors
    /// Nothing is saved then; the reason names the item where one is to blame.
    pub async fn save(&self, session: &Session, changes: &[ItemChange]) -> Result<Saved, SaveError> {
        self.put(session, changes, false).await
    }

    /// Saves what a page could not send while it lived. As [`Portal::save`],
    /// except that a newer answer of the same session counts like somebody
    /// else's: what was left is not that session's latest word.
    ///
    /// # Errors
    /// As [`Portal::save`].
    pub async fn save_left(&self, session: &Session, changes: &[ItemChange]) -> Result<Saved, SaveError> {
        self.put(session, changes, true).await
    }

    async fn put(&self, session: &Session, changes: &[ItemChange], late: bool) -> Result<Saved, SaveError> {
        let request = Request {
            changes: tidy(changes)?,
            session: session.clone(),
            late,
        };
        self.scribe().save(request).await
    }

    /// Every change of one item of the session's case, newest first.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn history(&self, session: &Session, item: &str) -> Result<Vec<HistoryEntry>, StoreError> {
        let mut conn = self.read().await?;
        let Some(unit_id) = unit_of(session) else {
            return Ok(Vec::new());
        };
        let Some(case) = cases::current_of_unit(&mut conn, unit_id).await? else {
            return Ok(Vec::new());
        };
        let instrument = self.instruments().of(&mut conn, case.instrument.as_deref()).await?;
        if instrument.item(item).is_none() || !access(session).sees_item(&instrument, item) {
            return Ok(Vec::new());
        }
        let rows = answers::history(&mut conn, &case.id, item).await?;
        Ok(rows
            .into_iter()
            .map(|row| HistoryEntry {
                entry: answers::entry(row.given, row.cannot_say),
                revision: row.revision,
                at: from_micros(row.at),
                by: row.who,
                conflict: row.conflict,
            })
            .collect())
    }
}

/// Blank is absent; repeated and overlong answers are refused.
pub(crate) fn tidy(changes: &[ItemChange]) -> Result<Vec<ItemChange>, SaveError> {
    let mut seen = std::collections::HashSet::with_capacity(changes.len());
    changes
        .iter()
        .map(|change| {
            if !seen.insert(change.item.as_str()) {
                return Err(SaveError::Repeated(change.item.clone()));
            }
            let entry = match &change.entry {
                Some(Entry::Given(text)) if text.chars().count() > LONGEST_ANSWER => {
                    return Err(SaveError::TooLong(change.item.clone()));
                }
                Some(Entry::Given(text)) if text.trim().is_empty() => None,
                // PostgreSQL cannot store the character NUL.
                Some(Entry::Given(text)) if text.contains('\0') => Some(Entry::Given(text.replace('\0', ""))),
                other => other.clone(),
            };
            Ok(ItemChange {
                entry,
                ..change.clone()
            })
        })
        .collect()
}
