//! One case as staff sees it: answers, findings, reasons, history,
//! classification. Looking at it is audited; it marks nothing as opened.

use super::mails::{AddressMark, address_mark};
use super::notes::{self, Note};
use super::touch::CaseChange;
use super::{StaffError, presence, require};
use crate::Portal;
use crate::clock::from_micros;
use crate::identity::{Role, Session};
use crate::respondent::{CaseView, Receipt, receipt_of};
use crate::store::answers::ConfirmationRow;
use crate::store::events::{self, Deed, EventRow};
use crate::store::submissions::ClassificationRow;
use crate::store::{StoreError, Stored, answers, cases, submissions, work};
use crate::waves::read_status;
use crate::words;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use survey::status::Status;
use survey::{Classification, Findings, K3Rule, Sheet};

/// Everything about one case.
#[derive(Clone, Debug)]
pub struct CaseDetail {
    /// The case as its office sees it.
    pub view: CaseView,
    /// Findings of the current answers.
    pub findings: Findings,
    /// Every reason given, oldest first.
    pub confirmations: Vec<StoredConfirmation>,
    /// Every transition, oldest first.
    pub events: Vec<CaseEvent>,
    /// Every submission, latest first.
    pub submissions: Vec<Receipt>,
    /// Classification of the latest submission under the current rules.
    pub classification: Option<StoredClassification>,
    /// Further columns of the register.
    pub attributes: Vec<(String, String)>,
    /// Counts what staff changes and every transition: forms carry it along.
    pub revision: i64,
    /// The contact's address gets nothing until it is confirmed or changed.
    pub mark: Option<AddressMark>,
    /// The deadline is one of its own.
    pub extended: bool,
    /// Notes of staff, newest first.
    pub notes: Vec<Note>,
    /// What staff changed and every transition, newest first.
    pub changes: Vec<CaseChange>,
    /// Names of the others who have the case open.
    pub others: Vec<String>,
}

/// A reason given for a soft edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredConfirmation {
    /// Id of the edit.
    pub edit: String,
    /// The reason.
    pub reason: String,
    /// Values it rests on, by item id.
    pub values: BTreeMap<String, String>,
    /// Who gave it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is the latest for its edit and its values are still the same.
    pub holds: bool,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; "Rücklauf" for the program itself.
    pub who: String,
    /// Name of the event, see [`survey::status::Event::name`].
    pub event: String,
    /// Status before.
    pub from: Status,
    /// Status after.
    pub to: Status,
    /// Reason given by staff.
    pub reason: Option<String>,
}

/// A stored classification.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredClassification {
    /// Version of the rules.
    pub rule_version: String,
    /// Setting of criterion 3.
    pub k3_rule: K3Rule,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Customers from 25 years on.
    pub ue: Classification,
    /// Customers under 25.
    pub u25: Classification,
}

impl Portal {
    /// Everything about one case; the access is noted in the audit.
    ///
    /// # Errors
    /// For viewers and above; where there is no such case.
    pub async fn case_detail(&self, session: &Session, wave: i32, kennung: &str) -> Result<CaseDetail, StaffError> {
        let who = require(session, Role::Viewer)?;
        let now = self.now();
        let mut tx = self.write().await?;
        let case = cases::by_kennung(&mut tx, wave, &words::key(kennung))
            .await?
            .ok_or(StaffError::NotFound)?;
        let deed = Deed {
            action: "case_viewed",
            wave: Some(wave),
            unit_id: Some(&case.unit_id),
            detail: "",
        };
        events::audit(&mut tx, who, &deed, now).await?;
        let others = presence::arrive(&mut tx, &case.id, (&session.account_id, who.name), now).await?;
        tx.commit().await?;
        let mut conn = self.read().await?;
        let attributes: BTreeMap<String, String> = serde_json::from_str(&case.attributes).map_err(StoreError::from)?;
        let id = case.id.clone();
        let (revision, extended) = (case.desk_revision, case.own_deadline.is_some());
        let mark = address_mark(&mut conn, &case.contact_email).await?;
        let view = self.case_view(&mut conn, case).await?;
        let sheet = Sheet::new(view.instrument.clone(), view.context.clone(), &view.entries());
        let stored = answers::confirmations(&mut conn, &id).await?;
        let rules = self.rules(&mut conn).await?;
        let found = submissions::classification(&mut conn, &id, rules.version.name(), rules.k3_rule.name()).await?;
        Ok(CaseDetail {
            mark,
            findings: sheet.findings(&view.confirmations),
            confirmations: confirmations(&stored, &sheet)?,
            events: events::of_case(&mut conn, &id)
                .await?
                .into_iter()
                .map(event)
                .collect::<Stored<_>>()?,
            submissions: submissions::receipts(&mut conn, &id)
                .await?
                .iter()
                .map(receipt_of)
                .collect(),
            classification: found.map(|row| classification(&row)).transpose()?,
            attributes: attributes.into_iter().collect(),
            revision,
            extended,
            notes: notes::of_case(&mut conn, &id, session).await?,
            changes: work::changes(&mut conn, &id, 0)
                .await?
                .into_iter()
                .rev()
                .map(CaseChange::from)
                .collect(),
            others,
            view,
        })
    }
}

fn confirmations(rows: &[ConfirmationRow], sheet: &Sheet) -> Stored<Vec<StoredConfirmation>> {
    let latest: BTreeMap<&str, usize> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| (row.edit.as_str(), place))
        .collect();
    rows.iter()
        .enumerate()
        .map(|(place, row)| {
            let values: BTreeMap<String, String> = serde_json::from_str(&row.edit_values)?;
            let current = sheet.instrument().edit(&row.edit).map(|edit| sheet.edit_values(edit));
            Ok(StoredConfirmation {
                holds: latest.get(row.edit.as_str()) == Some(&place) && current.as_ref() == Some(&values),
                edit: row.edit.clone(),
                reason: row.reason.clone(),
                values,
                by: row.who.clone(),
                at: from_micros(row.at),
            })
        })
        .collect()
}

fn event(row: EventRow) -> Stored<CaseEvent> {
    Ok(CaseEvent {
        at: from_micros(row.at),
        from: read_status(&row.from_status)?,
        to: read_status(&row.to_status)?,
        who: row.who,
        event: row.event,
        reason: row.reason,
    })
}

fn classification(row: &ClassificationRow) -> Stored<StoredClassification> {
    Ok(StoredClassification {
        rule_version: row.rule_version.clone(),
        k3_rule: row
            .k3_rule
            .parse()
            .map_err(|_| StoreError::content(format!("a rule {:?} for criterion 3", row.k3_rule)))?,
        at: from_micros(row.at),
        ue: serde_json::from_str(&row.ue)?,
        u25: serde_json::from_str(&row.u25)?,
    })
}
