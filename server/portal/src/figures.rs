//! Figures for whoever operates the portal: how much waits, how far the waves
//! are. Counts only, nobody's data.

use crate::Portal;
use crate::store::{StoreError, rows};

/// Counts at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Mails in the outbox by state.
    pub outbox: Vec<(String, i64)>,
    /// Cases of open waves by wave and status.
    pub cases: Vec<(i32, String, i64)>,
    /// Submissions not classified under any rules yet.
    pub unclassified: i64,
    /// Sessions stored, ended ones included until they are cleared away.
    pub sessions: i64,
}

impl Portal {
    /// Counts what an operator watches.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let mut conn = self.read().await?;
        let outbox = "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state";
        let cases =
            "SELECT c.wave, c.status, CAST(SUM(c.n) AS bigint) FROM case_counts c JOIN waves w ON w.wave = c.wave
                     WHERE w.state = 'open' GROUP BY c.wave, c.status HAVING SUM(c.n) <> 0 ORDER BY c.wave, c.status";
        let unclassified = "SELECT COUNT(*) FROM submissions s WHERE NOT EXISTS
                            (SELECT 1 FROM classifications k WHERE k.submission_id = s.id)";
        Ok(Figures {
            outbox: rows!(conn, all, (String, i64), outbox)?,
            cases: rows!(conn, all, (i32, String, i64), cases)?,
            unclassified: rows!(conn, one, (i64,), unclassified)?.0,
            sessions: rows!(conn, one, (i64,), "SELECT COUNT(*) FROM sessions")?.0,
        })
    }
}
