//! Reasons for soft edits: given, kept with the values they rest on, lapsed
//! by themselves when one of those changes.

use super::view::{Draft, latest};
use super::{Barred, Taken, access, take_for_answers, unit_of};
use crate::Portal;
use crate::identity::Session;
use crate::secrets::new_id;
use crate::store::answers::{self, NewConfirmation, Pen};
use crate::store::{Conn, StoreError, Stored, cases};
use chrono::{DateTime, Utc};
use survey::{Confirmation, Severity};
use validator::ValidateLength;

/// Shortest and longest reason, in characters.
const LENGTH: (u64, u64) = (3, 1_000);

/// Why a reason was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// The case cannot be changed.
    #[error(transparent)]
    Barred(#[from] Barred),
    /// No soft edit of the questionnaire.
    #[error("Die Prüfung „{0}“ gibt es in diesem Fragebogen nicht.")]
    UnknownEdit(String),
    /// An edit of a module that is not the person's.
    #[error("Die Prüfung „{0}“ gehört zu einem Abschnitt, den Sie nicht bearbeiten.")]
    NotYours(String),
    /// Shorter or longer than allowed.
    #[error("Bitte begründen Sie die Angabe mit 3 bis 1.000 Zeichen.")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// Keeps a reason for a soft edit, with the values the edit rests on now;
    /// the same reason for the same values is kept once.
    /// Returns the confirmations as they stand afterwards.
    ///
    /// # Errors
    /// Nothing is kept then.
    pub async fn confirm(
        &self,
        session: &Session,
        edit: &str,
        reason: &str,
    ) -> Result<Vec<Confirmation>, ConfirmError> {
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take_for_answers(&mut tx, session).await??;
        let standing = self.confirm_in(&mut tx, &taken, session, (edit, reason), now).await?;
        tx.commit().await?;
        Ok(standing)
    }

    /// The same in a case taken already, whatever its status.
    pub(crate) async fn confirm_in(
        &self,
        conn: &mut Conn,
        taken: &Taken,
        session: &Session,
        (edit, reason): (&str, &str),
        now: DateTime<Utc>,
    ) -> Result<Vec<Confirmation>, ConfirmError> {
        let reason: String = reason
            .trim()
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .collect();
        if !reason.validate_length(Some(LENGTH.0), Some(LENGTH.1), None) {
            return Err(ConfirmError::Reason);
        }
        let Draft { sheet, confirmations } = self.draft(conn, &taken.case).await?;
        let instrument = sheet.instrument();
        let place = instrument
            .edit(edit)
            .filter(|place| instrument[*place].severity == Severity::Soft)
            .ok_or_else(|| ConfirmError::UnknownEdit(edit.to_owned()))?;
        if !access(session).sees_question(instrument, instrument[place].question) {
            return Err(ConfirmError::NotYours(edit.to_owned()));
        }
        let values = sheet.edit_values(place);
        let new = Confirmation {
            edit: edit.to_owned(),
            reason,
            values,
        };
        if confirmations.contains(&new) {
            return Ok(confirmations);
        }
        keep(conn, &taken.pen(session, now), &instrument.version, &new, now).await?;
        let others = confirmations.into_iter().filter(|other| other.edit != new.edit);
        Ok(others.chain([new.clone()]).collect())
    }

    /// The latest reason per soft edit of the session's case.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn confirmations(&self, session: &Session) -> Result<Vec<Confirmation>, StoreError> {
        let mut conn = self.read().await?;
        let Some(unit_id) = unit_of(session) else {
            return Ok(Vec::new());
        };
        match cases::current_of_unit(&mut conn, unit_id).await? {
            Some(case) => {
                let instrument = self.instruments().of(&mut conn, case.instrument.as_deref()).await?;
                let access = access(session);
                let mut all = latest(&answers::confirmations(&mut conn, &case.id).await?)?;
                all.retain(|one| {
                    let place = instrument.edit(&one.edit);
                    place.is_some_and(|place| access.sees_question(&instrument, instrument[place].question))
                });
                Ok(all)
            }
            None => Ok(Vec::new()),
        }
    }
}

/// Keeps one confirmation.
pub(crate) async fn keep(
    conn: &mut Conn,
    pen: &Pen<'_>,
    instrument: &str,
    new: &Confirmation,
    now: DateTime<Utc>,
) -> Stored<()> {
    let row = NewConfirmation {
        id: new_id(now)?,
        edit: &new.edit,
        instrument,
        values: serde_json::to_string(&new.values)?,
        reason: &new.reason,
    };
    answers::confirm(conn, pen, &row).await
}
