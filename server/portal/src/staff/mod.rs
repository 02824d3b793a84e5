//! The institute's view: returns, cases, one case, decisions, staff accounts.
//!
//! Every function checks the role first; looking at a case and deciding about
//! it leave a trace in the audit.

mod accounts;
mod audit;
mod behalf;
mod calls;
mod cases;
mod compare;
mod deadline;
mod decide;
mod detail;
mod filter;
mod goals;
mod list;
mod mails;
mod notes;
mod overview;
mod panel;
mod presence;
mod progress;
mod quotas;
mod returns;
mod selection;
mod touch;
mod worklist;

pub use accounts::{StaffAccount, StaffAccountError, StaffAddError, StaffChange};
pub(crate) use audit::has_wording;
pub use audit::{AuditEntry, AuditFilter, AuditPage, PROGRAM};
pub use calls::{CallForm, CallResult};
pub use cases::{CasePage, CasePaging, CaseRow, CaseSort, MOST_COUNTED, PageFrom};
pub use compare::{Change, ChangeKind, ChangedUnit, Comparison};
pub use deadline::DeadlineForm;
pub use decide::Decision;
pub use detail::{CaseDetail, CaseEvent, StoredClassification, StoredConfirmation};
pub use filter::{BadValue, CaseFilter, MOST_NAMED, Stage, TypeWanted};
pub use list::{CaseColumn, CaseList, PAGE_SIZES, SavedView};
pub use mails::{
    AddressMark, Candidate, Confirmed, ContactEntry, ContactKind, FormError, Letter, MailDetail, MailTroubles,
    OfficeContacts, OptOut, OutboxFilter, OutboxLine, OutboxPage, PlanView, Preview, RemindError, StepForm, StepView,
    Switch, TemplateLine, TemplateView,
};
pub use notes::Note;
pub use overview::{Counted, Curve, CurveDay, Earlier, Group, GroupFigures, MailMark, Overview, StepReturns};
pub use panel::{ByForm, Moves, PanelFigures, PanelFilter, PanelUnit, PanelView};
pub use presence::Presence;
pub use quotas::{Code, Outside, Quotas};
pub use returns::{Returns, ReturnsRow};
pub use selection::{BulkAct, BulkForm, Selected};
pub use touch::{CaseChange, CaseRef};
pub use worklist::{WorkItem, Worklist};

pub(crate) use mails::{checked, wrong};

use crate::identity::{Role, Session, Who};
use crate::respondent::actor;
use crate::store::events::Actor;
use crate::store::waves::WaveRow;
use crate::store::{Conn, StoreError, waves};

/// Why somebody of the institute did not get or do something.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// The role does not allow it, or it is nobody of the institute.
    #[error("Dazu reicht Ihre Rolle nicht.")]
    Forbidden,
    /// No such wave or case.
    #[error("Das gibt es nicht.")]
    NotFound,
    /// The rules of the survey do not allow it now; the German sentence says why.
    #[error("{0}")]
    Refused(String),
    /// The case has changed since it was seen; nothing was done.
    #[error("Inzwischen hat sich dieser Fall geändert: {}. Bitte prüfen Sie und senden Sie dann noch einmal.", touch::sentence(.0))]
    Changed(Vec<CaseChange>),
    /// A reason of 3 to 1,000 characters is needed.
    #[error("Bitte geben Sie einen Grund mit 3 bis 1.000 Zeichen an.")]
    Reason,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets those pass who have at least a role.
pub(crate) fn require(session: &Session, least: Role) -> Result<Actor<'_>, StaffError> {
    match session.who {
        Who::Staff { role } if role >= least => Ok(actor(session)),
        _ => Err(StaffError::Forbidden),
    }
}

impl crate::Portal {
    /// Lets editors and above pass.
    ///
    /// # Errors
    /// For everybody else.
    pub fn may_act(&self, session: &Session) -> Result<(), StaffError> {
        require(session, Role::Editor).map(drop)
    }
}

async fn known_wave(conn: &mut Conn, wave: i32) -> Result<WaveRow, StaffError> {
    waves::find(conn, wave).await?.ok_or(StaffError::NotFound)
}
