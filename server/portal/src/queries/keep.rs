//! What an office puts into its answer and may put there: changes within the
//! scope, explanations, reasons; kept, not sent.

use super::{Explanation, QueryError};
use crate::Portal;
use crate::identity::Session;
use crate::respondent::view::Draft;
use crate::respondent::{Barred, ConfirmError, ItemChange, SaveError, Taken, access, actor, take_current};
use crate::store::queries::{self as rows, PointRow, QueryRow};
use crate::store::{Conn, StoreError};
use crate::waves::{WaveState, read_state};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use survey::query::Scope;
use survey::status::Status;
use survey::{Confirmation, Instrument, ItemIx, Severity, Sheet};

/// Longest explanation, in characters.
const LONGEST_EXPLANATION: usize = 2_000;

/// An open Rückfrage taken for a change, with everything that decides.
pub(super) struct Held {
    pub taken: Taken,
    pub row: QueryRow,
    pub points: Vec<PointRow>,
    asked: Vec<ItemIx>,
    pub transmitted: Sheet,
    pub draft: Draft,
}

impl Held {
    pub fn instrument(&self) -> &Instrument {
        self.draft.sheet.instrument()
    }

    pub fn scope(&self, sheet: &Sheet, confirmations: &[Confirmation]) -> Scope {
        Scope::new(&self.transmitted, sheet, confirmations, self.asked.iter().copied())
    }
}

impl Portal {
    /// Takes an open Rückfrage of the session's office for this transaction.
    pub(super) async fn hold_query(&self, conn: &mut Conn, session: &Session, id: &str) -> Result<Held, QueryError> {
        let taken = take_current(conn, session).await??;
        let row = rows::by_id(conn, id).await?;
        let row = row.filter(|row| row.case_id == taken.case.id && row.state == "open");
        let (Some(row), Status::Query) = (row, taken.status) else {
            return Err(QueryError::Gone);
        };
        if read_state(&taken.case.state)? != WaveState::Open {
            return Err(Barred::Closed.into());
        }
        let points = rows::points(conn, id).await?;
        let transmitted = self.transmitted(conn, &taken.case, &row.submission_id).await?;
        let draft = self.draft(conn, &taken.case).await?;
        let mut asked = Vec::new();
        for point in &points {
            let ids: Vec<String> = serde_json::from_str(&point.items).map_err(StoreError::from)?;
            asked.extend(ids.iter().filter_map(|id| draft.sheet.instrument().item(id)));
        }
        Ok(Held {
            taken,
            row,
            points,
            asked,
            transmitted,
            draft,
        })
    }

    /// Keeps each reason that is new and belongs to the scope; true where one
    /// was too short or too long. One that stood before and comes back as it
    /// was says nothing about values changed with it.
    pub(super) async fn keep_reasons(
        &self,
        conn: &mut Conn,
        held: &Held,
        session: &Session,
        (scope, reasons): (&Scope, &[(String, String)]),
        now: DateTime<Utc>,
    ) -> Result<bool, QueryError> {
        let Draft { sheet, confirmations } = &held.draft;
        let findings = sheet.findings(confirmations);
        let instrument = sheet.instrument();
        let mut lacking = false;
        for (edit, reason) in reasons.iter().filter(|(_, reason)| !reason.trim().is_empty()) {
            let Some(place) = instrument
                .edit(edit)
                .filter(|place| instrument[*place].severity == Severity::Soft)
            else {
                return Err(QueryError::NotAsked(edit.clone()));
            };
            let standing = findings
                .iter()
                .find(|finding| finding.edit == Some(place))
                .and_then(|finding| finding.confirmed.as_deref());
            if standing == Some(reason.trim()) {
                continue;
            }
            let touches = |item: &ItemIx| scope.allows(instrument, *item);
            if !scope.holds(instrument[place].question) && !instrument[place].items.iter().any(touches) {
                return Err(QueryError::NotAsked(edit.clone()));
            }
            match self.confirm_in(conn, &held.taken, session, (edit, reason), now).await {
                Ok(_) => {}
                Err(ConfirmError::Reason) => lacking = true,
                Err(ConfirmError::Barred(barred)) => return Err(barred.into()),
                Err(ConfirmError::Store(error)) => return Err(error.into()),
                Err(ConfirmError::NotYours(_) | ConfirmError::UnknownEdit(_)) => {
                    return Err(QueryError::NotAsked(edit.clone()));
                }
            }
        }
        Ok(lacking)
    }
}

/// The changes that may be written, and what may be changed after them. A
/// change counts towards the scope only once the scope holds it: nothing opens
/// the way to itself. A control that shows what stands anyway is no change,
/// wherever it belongs; what the person does not see they do not send.
pub(super) fn allowed(
    held: &Held,
    session: &Session,
    changes: Vec<ItemChange>,
) -> Result<(Vec<ItemChange>, Scope), QueryError> {
    let instrument = held.instrument();
    let access = access(session);
    let mut sheet = held.draft.sheet.clone();
    let mut scope = held.scope(&sheet, &held.draft.confirmations);
    let mut waiting = Vec::with_capacity(changes.len());
    for change in changes {
        let item = instrument.item(&change.item);
        let item = item.ok_or_else(|| SaveError::UnknownItem(change.item.clone()))?;
        // Not even to say whether it is what stands: that would tell the answer.
        if !access.sees_item(instrument, &change.item) {
            return Err(QueryError::NotAsked(change.item));
        }
        waiting.push((item, change));
    }
    let mut kept = Vec::with_capacity(waiting.len());
    loop {
        let (within, without): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(item, _)| scope.allows(instrument, *item));
        waiting = without;
        if within.is_empty() {
            break;
        }
        for (item, change) in within {
            sheet.set(item, change.entry.clone());
            kept.push(change);
        }
        scope = held.scope(&sheet, &held.draft.confirmations);
    }
    let stray = waiting
        .into_iter()
        .find(|(item, change)| held.draft.sheet.entry(*item) != change.entry.as_ref());
    match stray {
        Some((_, change)) => Err(QueryError::NotAsked(change.item)),
        None => Ok((kept, scope)),
    }
}

/// Keeps what the office says to the points. Where somebody else has said
/// something meanwhile, both stay, one below the other.
pub(super) async fn explain(
    conn: &mut Conn,
    held: &Held,
    session: &Session,
    explanations: &[Explanation],
) -> Result<(), QueryError> {
    let who = actor(session).name;
    let points: BTreeMap<i32, &PointRow> = held.points.iter().map(|point| (point.place, point)).collect();
    for one in explanations {
        let Some(point) = points.get(&one.place) else {
            return Err(QueryError::NotAsked(format!("Erläuterung {}", one.place)));
        };
        let ids: Vec<String> = serde_json::from_str(&point.items).map_err(StoreError::from)?;
        let access = access(session);
        if !ids.iter().any(|id| access.sees_item(held.instrument(), id)) {
            return Err(QueryError::NotAsked(format!("Erläuterung {}", one.place)));
        }
        let text = plain(&one.text);
        if text.chars().count() > LONGEST_EXPLANATION {
            return Err(QueryError::TooLong);
        }
        if text == point.explanation {
            continue;
        }
        let own = point.explained_by.as_deref().is_none_or(|by| by == who);
        let text = match one.revision == point.revision || own {
            true => text,
            false if text.is_empty() => continue,
            false => format!("{}\n{text}", point.explanation),
        };
        rows::explain(conn, &held.row.id, one.place, (&text, who), point.revision).await?;
    }
    Ok(())
}

fn plain(text: &str) -> String {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    text.trim().to_owned()
}
