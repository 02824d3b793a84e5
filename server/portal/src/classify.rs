//! Classifying submissions: a step of its own after handing in, caught up
//! where it was missed. A result is never overwritten; other rules add one.

use crate::Portal;
use crate::respondent::view::context;
use crate::store::submissions::{self, NewClassification};
use crate::store::{Conn, StoreError, Stored, cases, results, waves};
use survey::tables::Unsound;
use survey::typology::{Outcome, Outcomes};
use survey::{AgeGroup, CaseContext, Classification, Entries, Rules, Sheet};

/// Submissions classified in one transaction.
const AT_ONCE: usize = 100;

/// Why nothing was classified or counted.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
    /// A wave is shown that does not belong to the panel.
    #[error("Die Welle {0} gehört nicht zum Panel; nennen Sie sie in --panel.")]
    NotInPanel(i32),
    /// A table does not add up.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Classifies everything handed in and not yet classified under the
    /// current rules, in one wave or in all; returns how many. `progress` is
    /// called with how many are done and how many there are.
    ///
    /// # Errors
    /// What was classified before stays so.
    pub async fn classify(
        &self,
        wave: Option<i32>,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, ClassifyError> {
        self.classify_under(wave, None, progress).await
    }

    /// The same under given rules, whether they count or not.
    ///
    /// # Errors
    /// What was classified before stays so.
    pub async fn classify_under(
        &self,
        wave: Option<i32>,
        rules: Option<Rules>,
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, ClassifyError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(ClassifyError::NoWave(wave));
        }
        let rules = match rules {
            Some(rules) => rules,
            None => self.rules(&mut conn).await?,
        };
        let (version, k3_rule) = (rules.version.name(), rules.k3_rule.name());
        let pending = submissions::unclassified(&mut conn, wave, version, k3_rule).await?;
        let unlettered = results::unlettered(&mut conn, 1).await?;
        drop(conn);
        if !unlettered.is_empty() {
            self.catch_up_letters().await?;
        }
        let of = pending.len() as u64;
        let mut done = 0;
        for some in pending.chunks(AT_ONCE) {
            let mut tx = self.write().await?;
            let current = self.rules(&mut tx).await? == rules;
            for id in some {
                self.classify_one(&mut tx, id, rules, current).await?;
            }
            tx.commit().await?;
            done += some.len() as u64;
            progress(done, of);
        }
        Ok(of)
    }

    /// Classifies one submission from what was transmitted.
    pub(crate) async fn classify_submission(&self, id: &str) -> Stored<()> {
        let mut tx = self.write().await?;
        let rules = self.rules(&mut tx).await?;
        self.classify_one(&mut tx, id, rules, true).await?;
        tx.commit().await
    }

    async fn classify_one(&self, conn: &mut Conn, id: &str, rules: Rules, current: bool) -> Stored<()> {
        let Some(submission) = submissions::by_id(conn, id).await? else {
            return Err(StoreError::content(format!("no submission {id}")));
        };
        let Some(case) = cases::by_id(conn, &submission.case_id).await? else {
            return Err(StoreError::content("a submission without its case"));
        };
        let instrument = self.instruments().of(conn, Some(&submission.instrument)).await?;
        let context = CaseContext {
            rules,
            ..context(conn, &case, rules).await?
        };
        let entries: Entries = serde_json::from_str(&submission.entries)?;
        let sheet = Sheet::new(instrument, context, &entries);
        let (ue, u25) = (sheet.classification(AgeGroup::Ue), sheet.classification(AgeGroup::U25));
        let new = NewClassification {
            submission_id: id,
            rule_version: rules.version.name(),
            k3_rule: rules.k3_rule.name(),
            ue: serde_json::to_string(&ue)?,
            u25: serde_json::to_string(&u25)?,
            type_ue: ue.partial(),
            type_u25: u25.partial(),
            letters: letters(&ue, &u25),
            current,
        };
        let at = self.now().timestamp_micros();
        submissions::classify(conn, &[new], at).await?;
        if current && submissions::is_latest(conn, id).await? {
            cases::set_typology(conn, &submission.case_id, ue.code().is_some(), at).await?;
        }
        Ok(())
    }

    /// Derives the letters of results stored before there were any.
    async fn catch_up_letters(&self) -> Stored<()> {
        loop {
            let mut tx = self.write().await?;
            let rows = results::unlettered(&mut tx, 1_000).await?;
            for row in &rows {
                let (ue, u25) = (serde_json::from_str(&row.ue)?, serde_json::from_str(&row.u25)?);
                results::set_letters(&mut tx, row, &letters(&ue, &u25)).await?;
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Both results in ten letters.
pub(crate) fn letters(ue: &Classification, u25: &Classification) -> String {
    Outcomes {
        ue: Outcome::from(ue),
        u25: Outcome::from(u25),
    }
    .encode()
}
