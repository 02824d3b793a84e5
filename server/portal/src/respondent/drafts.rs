//! What an office has answered so far, kept in memory.
//!
//! Reading a case is what offices do most, and its hundred answers cost more
//! to fetch than everything else on a page. They change only when the case's
//! revision does, so one look at the revision says whether what is kept still
//! holds, whichever process wrote last. Knows nothing of who asks.

use super::view::{StoredAnswer, latest};
use super::{Conflict, Receipt, conflicts, receipt_of};
use crate::clock::from_micros;
use crate::store::cases::CaseRow;
use crate::store::{Conn, Stored, answers, submissions};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use survey::{Confirmation, Entries};

/// Cases kept; some 25 kB each.
const MOST: usize = 1_000;

/// Drafts by case.
#[derive(Default)]
pub(crate) struct Drafts {
    kept: Mutex<HashMap<String, Arc<Kept>>>,
}

/// What holds while a case's revision is the same.
pub(crate) struct Kept {
    revision: i64,
    /// The submission `previous` was read from.
    previous_submission: Option<String>,
    pub answers: Vec<StoredAnswer>,
    pub confirmations: Vec<Confirmation>,
    pub conflicts: Vec<Conflict>,
    pub receipt: Option<Receipt>,
    /// What was transmitted in the wave before.
    pub previous: Option<Entries>,
}

impl Drafts {
    /// The draft of a case as its row says it is; from memory where it holds.
    pub(crate) async fn of(&self, conn: &mut Conn, case: &CaseRow) -> Stored<Arc<Kept>> {
        if let Some(kept) = self.holding(case) {
            return Ok(kept);
        }
        // Should somebody save between the row and here, what is kept is newer
        // than its revision says: the next look reads it once more.
        let rows = answers::of_case(conn, &case.id).await?;
        let kept = Arc::new(Kept {
            revision: case.revision,
            conflicts: conflicts::open(conn, &case.id, &rows).await?,
            previous_submission: case.previous_submission.clone(),
            answers: rows
                .into_iter()
                .map(|row| StoredAnswer {
                    entry: row.entry(),
                    item: row.item,
                    revision: row.revision,
                    at: from_micros(row.at),
                    by: row.who,
                    by_staff: row.by_staff,
                })
                .collect(),
            confirmations: latest(&answers::confirmations(conn, &case.id).await?)?,
            receipt: submissions::receipts(conn, &case.id).await?.first().map(receipt_of),
            previous: previous(conn, case).await?,
        });
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(case.id.clone(), kept.clone());
        Ok(kept)
    }

    /// Forgets everything: answers were taken out.
    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn holding(&self, case: &CaseRow) -> Option<Arc<Kept>> {
        let all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&case.id)
            .filter(|kept| kept.revision == case.revision && kept.previous_submission == case.previous_submission)
            .cloned()
    }
}

/// What the unit transmitted in the wave before, where it took part.
pub(crate) async fn previous(conn: &mut Conn, case: &CaseRow) -> Stored<Option<Entries>> {
    let Some(id) = &case.previous_submission else {
        return Ok(None);
    };
    let found = submissions::by_id(conn, id).await?;
    Ok(found.map(|row| serde_json::from_str(&row.entries)).transpose()?)
}
