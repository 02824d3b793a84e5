//! What the institute sees of an office's colleagues and may do about them.

use super::{Colleague, ColleagueError, colleague, in_words, note, own, withdraw};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::staff::{StaffError, require};
use crate::store::cases;
use crate::store::colleagues as rows;
use crate::words;

impl Portal {
    /// The colleagues of an office, for staff.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn office_colleagues(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
    ) -> Result<Vec<Colleague>, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let case = cases::by_kennung(&mut conn, wave, &words::key(kennung))
            .await?
            .ok_or(StaffError::NotFound)?;
        let all = rows::of_unit(&mut conn, &case.unit_id).await?;
        Ok(all.into_iter().map(colleague).collect())
    }

    /// Staff withdraws a colleague's access.
    ///
    /// # Errors
    /// For editors and above; where there is no such colleague.
    pub async fn office_colleague_withdraw(
        &self,
        session: &Session,
        wave: i32,
        kennung: &str,
        id: &str,
    ) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = cases::by_kennung(&mut tx, wave, &words::key(kennung))
            .await?
            .ok_or(StaffError::NotFound)?;
        let row = own(&mut tx, &case.unit_id, id).await.map_err(|error| match error {
            ColleagueError::Store(error) => StaffError::Store(error),
            _ => StaffError::NotFound,
        })?;
        withdraw(&mut tx, &row, who, now).await?;
        let detail = in_words(&row.modules, row.deputy);
        note(&mut tx, who, "colleague_withdrawn", (wave, &case.unit_id, &detail), now).await?;
        tx.commit().await?;
        Ok(())
    }
}
