//! Who has a case open at the moment, so that two people working on it know
//! of each other before they get in each other's way.

use super::touch::CaseChange;
use super::{StaffError, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::store::{Conn, Stored, cases, work};
use crate::words;
use chrono::{DateTime, TimeDelta, Utc};

/// Somebody counts as present for so long after the last sign of it.
const PRESENT: TimeDelta = TimeDelta::seconds(45);
/// After which a sign is deleted.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// What somebody who has a case open is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// Names of the others who have it open.
    pub others: Vec<String>,
    /// What has changed since the revision they see.
    pub changes: Vec<CaseChange>,
}

impl Portal {
    /// Notes that somebody still has a case open, and says who else has and
    /// what has changed since revision `seen`.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn present(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        seen: i64,
    ) -> Result<Presence, StaffError> {
        let who = require(session, Role::Viewer)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = cases::by_kennung(&mut tx, wave, &words::key(kennung)).await?;
        let case = case.ok_or(StaffError::NotFound)?;
        let others = arrive(&mut tx, &case.id, (&session.account_id, who.name), now).await?;
        let changes = work::changes(&mut tx, &case.id, seen).await?;
        tx.commit().await?;
        Ok(Presence {
            others,
            changes: changes.into_iter().map(CaseChange::from).collect(),
        })
    }

    /// Notes that somebody has closed a case.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn absent(&self, session: &Session, wave: i32, kennung: &str) -> Result<(), StaffError> {
        require(session, Role::Viewer)?;
        let mut tx = self.write().await?;
        let case = cases::by_kennung(&mut tx, wave, &words::key(kennung)).await?;
        work::left(&mut tx, &case.ok_or(StaffError::NotFound)?.id, &session.account_id).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Notes that somebody has a case open and says who else has.
pub(super) async fn arrive(
    conn: &mut Conn,
    case_id: &str,
    who: (&str, &str),
    now: DateTime<Utc>,
) -> Stored<Vec<String>> {
    let micros = |before: TimeDelta| (now - before).timestamp_micros();
    work::seen(conn, case_id, who, now.timestamp_micros(), micros(KEPT)).await?;
    work::others(conn, case_id, who.0, micros(PRESENT)).await
}
