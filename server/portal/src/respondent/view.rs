//! Reading a case: everything its pages need, in a handful of queries.

use super::{Conflict, Receipt, access, drafts, unit_of};
use crate::Portal;
use crate::berlin;
use crate::identity::{Access, Session};
use crate::store::answers::{self, ConfirmationRow};
use crate::store::cases::{self, CaseRow};
use crate::store::{Conn, StoreError, Stored};
use crate::waves::{self, WaveState, WaveView, read_day};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;
use survey::status::Status;
use survey::{CaseContext, Confirmation, Entries, Entry, Form, Instrument, Land, Rules, Sheet};

/// A case as its pages show it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// Id of the case.
    pub case_id: String,
    /// Its wave.
    pub wave: WaveView,
    /// Kennung of the unit.
    pub kennung: String,
    /// Name in the register of this wave.
    pub name: String,
    /// Form in this wave.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Status.
    pub status: Status,
    /// The deadline has passed and nothing was handed in yet.
    pub late: bool,
    /// It can only be read: handed in, wave closed, or not part of the survey.
    pub locked: bool,
    /// Questionnaire of the wave.
    pub instrument: Arc<Instrument>,
    /// What routing, edits and piping need besides the answers.
    pub context: CaseContext,
    /// Current answers, cleared ones included.
    pub answers: Vec<StoredAnswer>,
    /// Latest reason per soft edit; each counts while its values hold.
    pub confirmations: Vec<Confirmation>,
    /// Items with two answers nobody has decided between.
    pub conflicts: Vec<Conflict>,
    /// Receipt of the latest submission.
    pub receipt: Option<Receipt>,
    /// Contact in the register.
    pub contact: CaseContact,
    /// What of it the person who looks may see.
    pub access: Access,
}

impl CaseView {
    /// The current answers as the checks read them.
    #[must_use]
    pub fn entries(&self) -> Entries {
        self.answers
            .iter()
            .filter_map(|answer| Some((answer.item.clone(), answer.entry.clone()?)))
            .collect()
    }
}

/// Whom the institute writes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseContact {
    /// Name, possibly empty.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// The current answer to an item.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnswer {
    /// Item id.
    pub item: String,
    /// What was typed; `None`: cleared.
    pub entry: Option<Entry>,
    /// Revision to send along with a change.
    pub revision: i64,
    /// When it was stored.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// Entered by staff on behalf of the office.
    pub by_staff: bool,
}

impl Portal {
    /// The case of the session's unit: in the latest open wave, else in the
    /// latest closed one; `None` for staff and for units in no wave.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn case_of(&self, session: &Session) -> Result<Option<CaseView>, StoreError> {
        let Some(unit_id) = unit_of(session) else {
            return Ok(None);
        };
        let mut conn = self.read().await?;
        match cases::current_of_unit(&mut conn, unit_id).await? {
            Some(case) => Ok(Some(CaseView {
                access: access(session),
                ..self.case_view(&mut conn, case).await?
            })),
            None => Ok(None),
        }
    }

    /// Puts together the view of a case.
    pub(crate) async fn case_view(&self, conn: &mut Conn, case: CaseRow) -> Stored<CaseView> {
        // A wave that is only planned has no questionnaire of its own yet.
        let instrument = match case.instrument.as_deref() {
            Some(version) => self.instruments().of(conn, Some(version)).await?,
            None => {
                let shipped = self.instruments().shipped();
                shipped.map_err(|bad| StoreError::content(bad.to_string()))?.instrument
            }
        };
        let kept = self.drafts().of(conn, &case).await?;
        let context = context_of(&case, kept.previous.clone(), self.rules(conn).await?)?;
        let status = waves::read_status(&case.status)?;
        let deadline = read_day(&case.deadline)?;
        let deadline_at = berlin::end_of_day(deadline);
        let state = waves::read_state(&case.state)?;
        Ok(CaseView {
            wave: WaveView {
                key: case.wave,
                stichtag: context.stichtag,
                zeitraum: case.zeitraum,
                start: read_day(&case.field_start)?,
                deadline,
                deadline_at,
                previous: case.previous,
                state,
            },
            form: context.form,
            land: context.land,
            status,
            late: self.now() >= deadline_at && !status.is_locked(),
            locked: state != WaveState::Open || status.is_locked(),
            instrument,
            context,
            answers: kept.answers.clone(),
            confirmations: kept.confirmations.clone(),
            conflicts: kept.conflicts.clone(),
            receipt: kept.receipt.clone(),
            contact: CaseContact {
                name: case.contact_name,
                email: case.contact_email,
            },
            access: Access::WHOLE,
            case_id: case.id,
            kennung: case.kennung,
            name: case.name,
        })
    }
}

/// The current answers of a case, routed and checked, with the latest reasons.
pub(crate) struct Draft {
    pub sheet: Sheet,
    pub confirmations: Vec<Confirmation>,
}

impl Portal {
    /// Reads what an office has answered so far, as it is in this transaction.
    pub(crate) async fn draft(&self, conn: &mut Conn, case: &CaseRow) -> Stored<Draft> {
        let instrument = self.instruments().of(conn, case.instrument.as_deref()).await?;
        let rules = self.rules(conn).await?;
        let context = context(conn, case, rules).await?;
        let entries: Entries = answers::of_case(conn, &case.id)
            .await?
            .into_iter()
            .filter_map(|row| Some((row.item.clone(), row.entry()?)))
            .collect();
        let confirmations = latest(&answers::confirmations(conn, &case.id).await?)?;
        Ok(Draft {
            sheet: Sheet::new(instrument, context, &entries),
            confirmations,
        })
    }
}

/// What the checks know of unit and wave.
pub(crate) async fn context(conn: &mut Conn, case: &CaseRow, rules: Rules) -> Stored<CaseContext> {
    let previous = drafts::previous(conn, case).await?;
    context_of(case, previous, rules)
}

fn context_of(case: &CaseRow, previous: Option<Entries>, rules: Rules) -> Stored<CaseContext> {
    Ok(CaseContext {
        wave: case.wave,
        form: read_form(&case.form)?,
        land: read_land(&case.land)?,
        gebiet: case.name.clone(),
        stichtag: read_day(&case.stichtag)?,
        zeitraum: case.zeitraum.clone(),
        vorwelle_stichtag: case.previous_stichtag.as_deref().map(read_day).transpose()?,
        previous,
        rules,
    })
}

/// The latest confirmation of each edit.
pub(crate) fn latest(rows: &[ConfirmationRow]) -> Stored<Vec<Confirmation>> {
    let by_edit: BTreeMap<&str, &ConfirmationRow> = rows.iter().map(|row| (row.edit.as_str(), row)).collect();
    by_edit
        .into_values()
        .map(|row| {
            Ok(Confirmation {
                edit: row.edit.clone(),
                reason: row.reason.clone(),
                values: serde_json::from_str(&row.edit_values)?,
            })
        })
        .collect()
}

/// Reads a stored form.
pub(crate) fn read_form(text: &str) -> Stored<Form> {
    text.parse()
        .map_err(|_| StoreError::content(format!("a form {text:?}")))
}

/// Reads a stored Land.
pub(crate) fn read_land(text: &str) -> Stored<Land> {
    text.parse()
        .map_err(|_| StoreError::content(format!("a Land {text:?}")))
}
