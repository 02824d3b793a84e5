//! What offices get back for answering: their own types, how they follow from
//! their answers, and where they stand in their group. Staff releases it per
//! closed wave and may take it back.

use super::names;
use super::protected::{self, FeedbackTables};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session, Who};
use crate::respondent::unit_of;
use crate::respondent::view::{read_form, read_land};
use crate::staff::{StaffError, require};
use crate::store::events::{self, Deed};
use crate::store::results::{self, FeedbackRow};
use crate::store::{StoreError, Stored, cases, submissions, waves};
use crate::waves::{WaveState, WaveView, view};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use survey::{Classification, Form, Instrument, Land};

/// What one office gets back.
#[derive(Clone, Debug)]
pub struct Feedback {
    /// The wave.
    pub wave: WaveView,
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form in that wave.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Questionnaire the answers are from.
    pub instrument: Arc<Instrument>,
    /// Own types with their Beleg, both age groups.
    pub own: [Classification; 2],
    /// Distributions, protected.
    pub tables: FeedbackTables,
    /// When it was released.
    pub released_at: DateTime<Utc>,
}

/// Feedback of a wave as staff sees it.
#[derive(Clone, Debug)]
pub struct FeedbackDesk {
    /// The wave.
    pub wave: WaveView,
    /// When and by whom it was released, if it is.
    pub released: Option<(DateTime<Utc>, String)>,
    /// What offices see, or would see.
    pub tables: FeedbackTables,
    /// Offices that get it.
    pub offices: u64,
}

impl Portal {
    /// What the session's office gets back: of the latest closed wave with
    /// released feedback in which it has a usable questionnaire. Nothing for
    /// colleagues who may not see the whole questionnaire.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn feedback(&self, session: &Session) -> Result<Option<Feedback>, StoreError> {
        let Some(unit_id) = whole_unit(session) else {
            return Ok(None);
        };
        let mut snapshot = self.snapshot().await?;
        let Some(row) = results::feedback_of_unit(&mut snapshot, unit_id).await? else {
            return Ok(None);
        };
        let Some(case) = cases::of_unit(&mut snapshot, row.wave, unit_id).await? else {
            return Ok(None);
        };
        let found = submissions::classification(&mut snapshot, &case.id, &row.rule_version, &row.k3_rule).await?;
        let (Some(found), Some(wave)) = (found, waves::find(&mut snapshot, row.wave).await?) else {
            return Ok(None);
        };
        Ok(Some(Feedback {
            wave: view(&wave)?,
            form: read_form(&case.form)?,
            land: read_land(&case.land)?,
            instrument: self.instruments().of(&mut snapshot, case.instrument.as_deref()).await?,
            own: [serde_json::from_str(&found.ue)?, serde_json::from_str(&found.u25)?],
            tables: tables(&row)?,
            released_at: from_micros(row.released_at),
            kennung: case.kennung,
            name: case.name,
        }))
    }

    /// Whether there is feedback for the session's office.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn has_feedback(&self, session: &Session) -> Result<bool, StoreError> {
        let Some(unit_id) = whole_unit(session) else {
            return Ok(false);
        };
        let mut conn = self.read().await?;
        Ok(results::feedback_of_unit(&mut conn, unit_id).await?.is_some())
    }

    /// Feedback of a wave as it is or would be released; for viewers and above.
    ///
    /// # Errors
    /// Where there is no such wave.
    pub async fn feedback_desk(&self, session: &Session, wave: i32) -> Result<FeedbackDesk, StaffError> {
        require(session, Role::Viewer)?;
        let (mut snapshot, base) = self.base(wave, false).await?;
        let row = results::feedback(&mut snapshot, wave).await?;
        let released = row.as_ref().map(|row| (from_micros(row.released_at), row.who.clone()));
        Ok(FeedbackDesk {
            tables: match &row {
                Some(row) => tables(row)?,
                None => protected::build(&mut snapshot, wave, base.rules).await?,
            },
            offices: super::number(results::count_usable(&mut snapshot, wave).await?),
            released,
            wave: base.wave,
        })
    }

    /// Releases the feedback of a closed wave as it is now.
    ///
    /// # Errors
    /// For editors and above; refused while the wave is not closed, or where
    /// it is released already.
    pub async fn feedback_release(&self, session: &Session, wave: i32) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        // Whatever is not yet classified must not be missing from the figures.
        self.classify(Some(wave), |_, _| {}).await?;
        let now = self.now();
        let mut tx = self.write().await?;
        let row = waves::find(&mut tx, wave).await?.ok_or(StaffError::NotFound)?;
        if view(&row)?.state != WaveState::Closed {
            return Err(StaffError::Refused(format!(
                "Die Welle {wave} ist noch nicht geschlossen; Rückmeldungen gibt es erst danach."
            )));
        }
        let rules = self.rules(&mut tx).await?;
        let tables = protected::build(&mut tx, wave, rules).await?;
        let json = serde_json::to_string(&tables).map_err(StoreError::from)?;
        if !results::release(&mut tx, wave, who, names(rules), &json, now).await? {
            return Err(StaffError::Refused("Die Rückmeldung ist bereits freigegeben.".into()));
        }
        audit(&mut tx, who, "feedback_released", wave, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes the feedback of a wave back.
    ///
    /// # Errors
    /// For editors and above; refused where none is released.
    pub async fn feedback_withdraw(&self, session: &Session, wave: i32) -> Result<(), StaffError> {
        let who = require(session, Role::Editor)?;
        let now = self.now();
        let mut tx = self.write().await?;
        if !results::withdraw(&mut tx, wave).await? {
            return Err(StaffError::Refused("Die Rückmeldung ist nicht freigegeben.".into()));
        }
        audit(&mut tx, who, "feedback_withdrawn", wave, now).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The unit of somebody who may see its whole questionnaire: feedback quotes
/// answers of several modules.
fn whole_unit(session: &Session) -> Option<&str> {
    match &session.who {
        Who::Unit { access, .. } if access.is_whole() => unit_of(session),
        _ => None,
    }
}

async fn audit(
    conn: &mut crate::store::Conn,
    who: events::Actor<'_>,
    action: &str,
    wave: i32,
    now: DateTime<Utc>,
) -> Stored<()> {
    let deed = Deed {
        action,
        wave: Some(wave),
        unit_id: None,
        detail: "",
    };
    events::audit(conn, who, &deed, now).await
}

fn tables(row: &FeedbackRow) -> Stored<FeedbackTables> {
    Ok(serde_json::from_str(&row.tables)?)
}
