//! The work of a run: kind by kind, wave by wave, a small transaction at a
//! time. Each finds only what still holds something, so that a run that was
//! interrupted goes on where it stopped, and two at once do no harm.

use super::{RetentionKind, Scope, due, note};
use crate::Portal;
use crate::store::events::Actor;
use crate::store::retention::{self as rows, Due, RunRow};
use crate::store::{StoreError, Stored, sessions};

/// Cases, and other rows, of one transaction.
const CASES: i64 = 25;
const OTHERS: i64 = 250;

impl Portal {
    /// Works off every run that has not ended and returns how many were taken
    /// out. `progress` gets how many are done, and of how many.
    ///
    /// # Errors
    /// Where the store fails; what was done stays, the rest goes on later.
    pub async fn retention_work(&self, mut progress: impl FnMut(u64, u64) + Send) -> Result<u64, StoreError> {
        let unended = rows::unended(&mut self.read().await?).await?;
        let mut all = 0;
        for run in unended {
            all += self.work_off(&run, &mut progress).await?;
        }
        Ok(all)
    }

    async fn work_off(&self, run: &RunRow, progress: &mut (impl FnMut(u64, u64) + Send)) -> Stored<u64> {
        let scope: Scope = serde_json::from_str(&run.scope)?;
        let (due, mut done) = {
            let mut conn = self.read().await?;
            let done: i64 = rows::done(&mut conn, &run.id).await?.iter().map(|(.., n)| n).sum();
            (due(&mut conn, &scope).await?, done)
        };
        let tell = |done: i64| {
            (
                u64::try_from(done).unwrap_or(0),
                u64::try_from(run.planned).unwrap_or(0),
            )
        };
        for (kind, due) in due {
            loop {
                let taken = self.take_out(run, kind, due).await?;
                if taken == 0 {
                    break;
                }
                done += taken;
                let (done, of) = tell(done);
                progress(done, of);
            }
        }
        let now = self.now();
        let mut tx = self.write().await?;
        rows::forget_marks(&mut tx).await?;
        if rows::end(&mut tx, &run.id, now.timestamp_micros()).await? {
            note(
                &mut tx,
                Actor::SYSTEM,
                "retention_ended",
                &format!("{done}, {}", run.who),
                now,
            )
            .await?;
        }
        tx.commit().await?;
        self.drafts().forget();
        self.store().tidy().await?;
        Ok(tell(done).0)
    }

    /// One transaction of a kind in a wave; how many it took out.
    async fn take_out(&self, run: &RunRow, kind: RetentionKind, due: Due) -> Stored<i64> {
        let at = self.now().timestamp_micros();
        let mut tx = self.write().await?;
        let taken = match kind {
            RetentionKind::Contacts => {
                let some = rows::some_cases(&mut tx, due, CASES).await?;
                for id in &some {
                    self.redact_case(&mut tx, id, at).await?;
                }
                some.len() as u64
            }
            RetentionKind::Accounts => {
                let some = rows::some_accounts(&mut tx, due, OTHERS).await?;
                for id in &some {
                    rows::anonymise_account(&mut tx, id, at).await?;
                }
                some.len() as u64
            }
            RetentionKind::Mails => match rows::some_mails(&mut tx, due, OTHERS).await? {
                none if none.is_empty() => 0,
                some => rows::empty_mails(&mut tx, &some).await?,
            },
            RetentionKind::Notes => rows::empty_notes(&mut tx, due, OTHERS).await?,
            RetentionKind::Networks => {
                let mut forgotten = 0;
                for id in rows::some_networks(&mut tx, due, OTHERS).await? {
                    forgotten += sessions::forget_networks(&mut tx, &id).await?;
                }
                forgotten
            }
        };
        let taken = i64::try_from(taken).unwrap_or(i64::MAX);
        if taken > 0 {
            rows::note_done(&mut tx, &run.id, due.wave, kind.name(), taken).await?;
        }
        tx.commit().await?;
        Ok(taken)
    }
}
