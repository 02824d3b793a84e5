//! What lists show of a case besides its own columns, made from what it rests
//! on: the words it is found by, its types under the current rules, how far
//! its answers are.
//!
//! Progress needs all answers of a case and a look at every route; computed in
//! the transaction of each answer it would cost a hundred times what saving
//! the answer does. So it is caught up with once a minute, for the revision it
//! was computed from, which stands beside it.

use crate::Portal;
use crate::store::cases::{self, CaseRow};
use crate::store::{Conn, Stored, desk, submissions, waves, words};
use chrono::TimeDelta;

/// Cases looked at in one transaction.
const AT_ONCE: i64 = 200;
/// How far back to look for answers since the round before.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(10);

impl Portal {
    /// Completes what a database made by an earlier program, or classified
    /// under other rules, lacks.
    pub(crate) async fn complete_lists(&self) -> Stored<()> {
        let mut tx = self.write().await?;
        words::fill(&mut tx).await?;
        let rules = self.rules(&mut tx).await?;
        submissions::set_types(&mut tx, rules.version.name(), rules.k3_rule.name()).await?;
        tx.commit().await
    }

    /// Computes how far the answers of cases in the field are, where that has
    /// changed; returns for how many. `all`: however long ago.
    ///
    /// # Errors
    /// What was computed before stays.
    pub async fn progress_catch_up(&self, all: bool) -> Result<u64, crate::StoreError> {
        let since = if all {
            0
        } else {
            (self.now() - LOOK_BACK).timestamp_micros()
        };
        let open: Vec<i32> = waves::all(&mut self.read().await?)
            .await?
            .into_iter()
            .filter(|wave| wave.state == "open")
            .map(|wave| wave.wave)
            .collect();
        let mut done = 0;
        for wave in open {
            loop {
                let stale = desk::stale_progress(&mut self.read().await?, wave, since, AT_ONCE).await?;
                if stale.is_empty() {
                    break;
                }
                let mut tx = self.write().await?;
                for id in &stale {
                    if let Some(case) = cases::by_id(&mut tx, id).await? {
                        self.note_progress(&mut tx, &case).await?;
                        done += 1;
                    }
                }
                tx.commit().await?;
            }
        }
        Ok(done)
    }

    /// Notes how far a case's answers are as they stand in this transaction.
    pub(crate) async fn note_progress(&self, conn: &mut Conn, case: &CaseRow) -> Stored<()> {
        let progress = self.draft(conn, case).await?.sheet.progress(None);
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let (asked, answered) = (count(progress.asked), count(progress.answered));
        desk::set_progress(conn, &case.id, case.revision, asked, answered).await
    }
}
