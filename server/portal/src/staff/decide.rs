//! What staff decides about a case, each with a reason. The office is told by
//! mail where it has to do something.

use super::touch::{self, CaseRef};
use super::{StaffError, require};
use crate::Portal;
use crate::identity::{Role, Session};
use crate::mail::{MailKind, New, enqueue};
use crate::respondent::status::{Step, transition};
use crate::store::cases::{self, CaseRow};
use crate::store::events::{self, Deed};
use crate::store::{accounts, submissions};
use crate::waves::read_status;
use crate::words;
use survey::status::{Event, Facts, Status};
use validator::ValidateLength;

/// A decision about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Open the questionnaire again; the earlier submission stays.
    Reopen,
    /// Accept as fully usable.
    Usable,
    /// Reject as not usable.
    Unusable,
    /// The office declined.
    Refused,
    /// It does not belong to the survey.
    Ineligible {
        /// Kennung of the unit it has become, if any.
        successor: Option<String>,
    },
}

impl Decision {
    fn event(&self) -> Event {
        match self {
            Self::Reopen => Event::Reopen,
            Self::Usable => Event::Accept,
            Self::Unusable => Event::Reject,
            Self::Refused => Event::Refuse,
            Self::Ineligible { .. } => Event::Exclude,
        }
    }
}

impl Portal {
    /// Decides about a case and returns its status afterwards. The reason has
    /// 3 to 1,000 characters and stands in the case's history.
    ///
    /// # Errors
    /// For editors and above; where the status does not allow it.
    pub async fn decide(
        &self,
        session: &Session,
        wave: i32,
        case: impl Into<CaseRef<'_>>,
        decision: Decision,
        reason: &str,
    ) -> Result<Status, StaffError> {
        let case = case.into();
        let who = require(session, Role::Editor)?;
        let reason = reason.trim().replace('\0', "");
        if !reason.validate_length(Some(3), Some(1_000), None) {
            return Err(StaffError::Reason);
        }
        let now = self.now();
        let mut tx = self.write().await?;
        let case = touch::take(&mut tx, wave, case).await?;
        if decision == Decision::Reopen && case.state != "open" {
            return Err(StaffError::Refused(
                "Die Welle ist geschlossen; der Fragebogen kann nicht wieder geöffnet werden.".into(),
            ));
        }
        let (revision, status) = cases::take(&mut tx, &case.id).await?;
        if status == Status::Query.name() {
            let reopened = decision == Decision::Reopen;
            self.decided_without_answer(&mut tx, session, (&case, revision), reopened, now)
                .await?;
        }
        let ever_submitted = !submissions::receipts(&mut tx, &case.id).await?.is_empty();
        let facts = Facts {
            ever_submitted,
            meets_rule: false,
        };
        let step = Step {
            event: decision.event(),
            facts,
            who,
            reason: Some(&reason),
        };
        let after = transition(&mut tx, &case.id, read_status(&status)?, &step, now)
            .await?
            .map_err(|refused| StaffError::Refused(refused.to_string()))?;
        if let Decision::Ineligible {
            successor: Some(successor),
        } = &decision
        {
            let unit = cases::unit_by_kennung(&mut tx, &words::key(successor)).await?;
            let unit = unit.ok_or_else(|| StaffError::Refused(format!("Die Kennung „{successor}“ gibt es nicht.")))?;
            cases::set_successor(&mut tx, &case.id, &unit).await?;
        }
        if decision == Decision::Reopen {
            let case = CaseRow {
                revision,
                ..case.clone()
            };
            self.note_progress(&mut tx, &case).await?;
        }
        let told = match decision {
            Decision::Reopen => Some(MailKind::Reopened),
            _ => None,
        };
        if let Some(kind) = told {
            let head = accounts::head_of_unit(&mut tx, &case.unit_id).await?;
            let step = format!("{kind}-{revision}");
            let of_case = (wave, case.unit_id.as_str(), case.id.as_str());
            let mail = New {
                own: Some(("", &reason)),
                ..New::to_case(kind, step, of_case, head.as_ref().map(|head| head.id.as_str()))
            };
            enqueue(&mut tx, [mail], now).await?;
        }
        let action = format!("case_{}", decision.event().name());
        let deed = Deed {
            action: &action,
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: "",
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        Ok(after)
    }
}
