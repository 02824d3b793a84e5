//! Reasons for soft edits: given, kept with the values they rest on, lapsed
//! by themselves when one of those changes.

use super::view::{context, latest};
use super::{Barred, actor, take_for_answers, unit_of};
use crate::Portal;
use crate::identity::Session;
use crate::secrets::new_id;
use crate::store::answers::{self, NewConfirmation, Pen};
use crate::store::{StoreError, cases};
use survey::{Confirmation, Entries, Severity, Sheet};
use validator::ValidateLength;

/// Shortest and longest reason, in characters.
const LENGTH: (u64, u64) = (3, 1_000);

/// Why a reason was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmError {
    /// The session belongs to no case.
    #[error("Für Ihre Einheit läuft im Moment keine Befragung.")]
    NoCase,
    /// The case can no longer change.
    #[error("Der Fragebogen ist abgegeben und kann nicht mehr geändert werden.")]
    Locked,
    /// The wave is closed.
    #[error("Die Befragung ist geschlossen.")]
    Closed,
    /// No soft edit of the questionnaire.
    #[error("Die Prüfung „{0}“ gibt es in diesem Fragebogen nicht.")]
    UnknownEdit(String),
    /// Shorter or longer than allowed.
    #[error("Bitte begründen Sie die Angabe mit 3 bis 1.000 Zeichen.")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Barred> for ConfirmError {
    fn from(barred: Barred) -> Self {
        match barred {
            Barred::NoCase => Self::NoCase,
            Barred::Closed => Self::Closed,
            Barred::Locked => Self::Locked,
        }
    }
}

impl Portal {
    /// Keeps a reason for a soft edit, with the values the edit rests on now.
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
        let reason: String = reason
            .trim()
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .collect();
        if !reason.validate_length(Some(LENGTH.0), Some(LENGTH.1), None) {
            return Err(ConfirmError::Reason);
        }
        let now = self.now();
        let mut tx = self.write().await?;
        let taken = take_for_answers(&mut tx, session).await??;
        let instrument = self.instruments().of(&mut tx, taken.case.instrument.as_deref()).await?;
        let place = instrument
            .edit(edit)
            .filter(|place| instrument[*place].severity == Severity::Soft)
            .ok_or_else(|| ConfirmError::UnknownEdit(edit.to_owned()))?;
        let context = context(&mut tx, &taken.case, self.rules()).await?;
        let entries: Entries = answers::of_case(&mut tx, &taken.case.id)
            .await?
            .into_iter()
            .filter_map(|row| Some((row.item.clone(), row.entry()?)))
            .collect();
        let values = Sheet::new(instrument.clone(), context, &entries).edit_values(place);
        let who = actor(session);
        let pen = Pen {
            case_id: &taken.case.id,
            revision: taken.revision,
            at: now.timestamp_micros(),
            account_id: &session.account_id,
            session_id: &session.id,
            who: who.name,
        };
        let new = NewConfirmation {
            id: new_id(now).map_err(StoreError::from)?,
            edit,
            instrument: &instrument.version,
            values: serde_json::to_string(&values).map_err(StoreError::from)?,
            reason: &reason,
        };
        answers::confirm(&mut tx, &pen, &new).await?;
        let standing = latest(&answers::confirmations(&mut tx, &taken.case.id).await?)?;
        tx.commit().await?;
        Ok(standing)
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
            Some(case) => latest(&answers::confirmations(&mut conn, &case.id).await?),
            None => Ok(Vec::new()),
        }
    }
}
