//! What an office does: look at its case, answer, explain, hand in.
//!
//! Every query carries the unit of the session; nothing here takes a unit
//! from a request.

mod access;
pub(crate) mod batch;
pub(crate) mod confirm;
mod conflicts;
pub(crate) mod drafts;
pub(crate) mod merge;
pub(crate) mod save;
pub(crate) mod scribe;
pub(crate) mod status;
mod submit;
pub(crate) mod view;

pub use confirm::ConfirmError;
pub use conflicts::Choice;
pub use merge::Conflict;
pub use save::{HistoryEntry, ItemChange, LONGEST_ANSWER, SaveError, Saved};
pub use submit::{Receipt, SubmitError};
pub use view::{CaseContact, CaseView, StoredAnswer};

pub(crate) use access::{access, access_now};
pub(crate) use status::opened;
pub(crate) use submit::{Document, fingerprint, receipt_of};

use crate::identity::{Session, Who};
use crate::store::answers::Pen;
use crate::store::cases::{self, CaseRow};
use crate::store::events::Actor;
use crate::store::{Conn, Stored};
use chrono::{DateTime, Utc};
use survey::status::Status;

/// Why a case cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// The session belongs to no case.
    #[error("Für Ihre Einheit läuft im Moment keine Befragung.")]
    NoCase,
    /// The wave is closed.
    #[error("Die Befragung ist geschlossen.")]
    Closed,
    /// It was handed in, or does not belong to the survey.
    #[error("Der Fragebogen ist abgegeben und kann nicht mehr geändert werden.")]
    Locked,
}

/// A case taken for a change, with the revision this change gets.
pub(crate) struct Taken {
    pub case: CaseRow,
    pub status: Status,
    pub revision: i64,
}

impl Taken {
    /// Who writes into the case in this change.
    pub(crate) fn pen<'a>(&'a self, session: &'a Session, now: DateTime<Utc>) -> Pen<'a> {
        pen(session, &self.case.id, self.revision, now)
    }
}

/// Who writes into a case, at which of its revisions.
pub(crate) fn pen<'a>(session: &'a Session, case_id: &'a str, revision: i64, now: DateTime<Utc>) -> Pen<'a> {
    Pen {
        case_id,
        revision,
        at: now.timestamp_micros(),
        account_id: &session.account_id,
        session_id: &session.id,
        who: actor(session).name,
        by_staff: session.on_behalf,
    }
}

/// The unit of a respondent's session.
pub(crate) fn unit_of(session: &Session) -> Option<&str> {
    match &session.who {
        Who::Unit { unit_id, .. } => Some(unit_id),
        Who::Staff { .. } => None,
    }
}

/// Who a session is, for histories.
pub(crate) fn actor(session: &Session) -> Actor<'_> {
    let name = if session.display_name.is_empty() {
        &session.login
    } else {
        &session.display_name
    };
    Actor {
        account_id: Some(&session.account_id),
        name,
    }
}

/// Takes the current case of a session's unit for this transaction, whatever
/// its status.
pub(crate) async fn take_current(conn: &mut Conn, session: &Session) -> Stored<Result<Taken, Barred>> {
    let Some(unit_id) = unit_of(session) else {
        return Ok(Err(Barred::NoCase));
    };
    let Some(case) = cases::current_of_unit(conn, unit_id).await? else {
        return Ok(Err(Barred::NoCase));
    };
    let (revision, status) = cases::take(conn, &case.id).await?;
    Ok(Ok(Taken {
        status: crate::waves::read_status(&status)?,
        case,
        revision,
    }))
}

/// Takes the current case if its answers may still change.
pub(crate) async fn take_for_answers(conn: &mut Conn, session: &Session) -> Stored<Result<Taken, Barred>> {
    let taken = match take_current(conn, session).await? {
        Ok(taken) => taken,
        Err(barred) => return Ok(Err(barred)),
    };
    Ok(match (taken.case.state.as_str(), taken.status.is_locked()) {
        (_, true) => Err(Barred::Locked),
        ("open", false) => Ok(taken),
        _ => Err(Barred::Closed),
    })
}
