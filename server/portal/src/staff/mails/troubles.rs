//! What about the mails of a wave waits for a person.

use crate::Portal;
use crate::identity::{Role, Session};
use crate::mail::MailState;
use crate::staff::{CaseFilter, StaffError, known_wave, require};
use crate::store::{desk, outbox, plan};
use crate::waves::read_day;

/// What somebody has to decide or mend; nothing where all goes well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailTroubles {
    /// Somebody has stopped everything.
    pub paused: bool,
    /// Why the mail server does not let us in.
    pub halted: Option<String>,
    /// Mails of which nobody knows whether they arrived.
    pub unclear: u64,
    /// Mails given up.
    pub failed: u64,
    /// Offices whose address gets nothing until it is confirmed or changed.
    pub marked: u64,
}

impl MailTroubles {
    /// Whether there is nothing to be done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Portal {
    /// What waits for a person: of a wave, and of mails that belong to none.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn mail_troubles(&self, session: &Session, wave: i32) -> Result<MailTroubles, StaffError> {
        require(session, Role::Viewer)?;
        let mut conn = self.read().await?;
        let row = known_wave(&mut conn, wave).await?;
        let switch = plan::switch(&mut conn).await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let marked = CaseFilter {
            marked: true,
            ..CaseFilter::default()
        };
        let marked = match marked.rows(wave, read_day(&row.deadline)?, self.now()) {
            Some(rows) => desk::ids(&mut conn, &rows).await?.len() as u64,
            None => 0,
        };
        Ok(MailTroubles {
            paused: switch.paused_at.is_some(),
            halted: switch.halted,
            unclear: count(outbox::count_in(&mut conn, wave, MailState::Unclear.name()).await?),
            failed: count(outbox::count_in(&mut conn, wave, MailState::Failed.name()).await?),
            marked,
        })
    }
}
