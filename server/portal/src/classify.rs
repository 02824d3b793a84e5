//! Classifying submissions: a step of its own after handing in, caught up
//! where it was missed. A result is never overwritten; other rules add one.

use crate::Portal;
use crate::respondent::view::context;
use crate::store::submissions::{self, NewClassification};
use crate::store::{StoreError, Stored, cases, waves};
use survey::typology::RULE_VERSION;
use survey::{AgeGroup, Entries, Sheet};

/// Why nothing was classified.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// There is no such wave.
    #[error("Die Welle {0} gibt es nicht.")]
    NoWave(i32),
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
        mut progress: impl FnMut(u64, u64) + Send,
    ) -> Result<u64, ClassifyError> {
        let mut conn = self.read().await?;
        if let Some(wave) = wave
            && waves::find(&mut conn, wave).await?.is_none()
        {
            return Err(ClassifyError::NoWave(wave));
        }
        let rule = self.settings().k3_rule.name();
        let pending = submissions::unclassified(&mut conn, wave, RULE_VERSION, rule).await?;
        drop(conn);
        let of = pending.len() as u64;
        for (done, id) in (1..).zip(&pending) {
            self.classify_submission(id).await?;
            progress(done, of);
        }
        Ok(of)
    }

    /// Classifies one submission from what was transmitted.
    pub(crate) async fn classify_submission(&self, id: &str) -> Stored<()> {
        let mut tx = self.write().await?;
        let Some(submission) = submissions::by_id(&mut tx, id).await? else {
            return Err(StoreError::content(format!("no submission {id}")));
        };
        let Some(case) = cases::by_id(&mut tx, &submission.case_id).await? else {
            return Err(StoreError::content("a submission without its case"));
        };
        let instrument = self.instruments().of(&mut tx, Some(&submission.instrument)).await?;
        let context = context(&mut tx, &case, self.rules()).await?;
        let entries: Entries = serde_json::from_str(&submission.entries)?;
        let sheet = Sheet::new(instrument, context, &entries);
        let (ue, u25) = (sheet.classification(AgeGroup::Ue), sheet.classification(AgeGroup::U25));
        let new = NewClassification {
            submission_id: id,
            rule_version: RULE_VERSION,
            k3_rule: self.settings().k3_rule.name(),
            ue: serde_json::to_string(&ue)?,
            u25: serde_json::to_string(&u25)?,
            type_ue: ue.partial(),
            type_u25: u25.partial(),
        };
        let at = self.now().timestamp_micros();
        submissions::classify(&mut tx, &[new], at).await?;
        if submissions::is_latest(&mut tx, id).await? {
            cases::set_typology(&mut tx, &submission.case_id, ue.code().is_some(), at).await?;
        }
        tx.commit().await
    }
}
