//! Figures kept beside the cases, for whole waves: counted when a database
//! from before is first opened, and compared with the history on request.

use crate::Portal;
use crate::store::{Conn, StoreError, Stored, recount, rows, run, waves};
use crate::waves::sizes;

impl Portal {
    /// Counts every wave of a database that never was, once; where two
    /// processes open it at a time, the second waits and finds it done.
    pub(crate) async fn count_once(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let mine = run!(tx, "UPDATE counters SET value = 1 WHERE name = 'returns' AND value = 0")?;
        if mine == 0 {
            return Ok(());
        }
        let mut waves = waves::all(&mut tx).await?;
        waves.reverse();
        for wave in waves {
            if wave.state != "planned" && wave.size_cuts.is_none() {
                sizes::freeze(&mut tx, &wave).await?;
            }
            recount::replace(&mut tx, wave.wave).await?;
        }
        tx.commit().await
    }

    /// Per wave a number that grows with everything that alters what the
    /// institute's pages show: statuses, contacts, mails sent.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn change_numbers(&self) -> Result<Vec<(i32, i64)>, StoreError> {
        let mut conn = self.read().await?;
        rows!(conn, all, (i32, i64), "SELECT wave, value FROM changes ORDER BY wave")
    }
}

/// Everything kept about waves that is not what their history says.
pub(crate) async fn differences(conn: &mut Conn) -> Stored<Vec<String>> {
    let mut lines = Vec::new();
    for wave in waves::all(conn).await? {
        lines.extend(recount::differences(conn, wave.wave).await?);
    }
    Ok(lines)
}
