//! The office's part: looking at a Rückfrage, correcting or explaining,
//! sending the answer once.

use super::keep::{Held, allowed, explain};
use super::{PointView, QueryView, read, values_of};
use crate::Portal;
use crate::identity::Session;
use crate::respondent::batch::{Job, store};
use crate::respondent::save::tidy;
use crate::respondent::view::Draft;
use crate::respondent::{
    Barred, Choice, Conflict, ItemChange, Receipt, SaveError, access, access_now, actor, pen, receipt_of, take_current,
    unit_of,
};
use crate::store::cases;
use crate::store::events::{self, Deed};
use crate::store::queries::{self as rows, QueryRow};
use crate::store::{Conn, StoreError, Stored, submissions};
use crate::waves::{WaveState, read_state, read_status};
use survey::query::{self, Scope};
use survey::status::{Event, Status};
use survey::{Confirmation, Finding, ItemIx, Sheet};

/// The Rückfrage that waits for an office.
#[derive(Clone, Debug)]
pub struct OpenQuery {
    /// What is asked; for colleagues, what concerns their modules.
    pub query: QueryView,
    /// What was handed in, routed.
    pub transmitted: Sheet,
    /// What may be changed now.
    pub scope: Scope,
    /// What of it stands against sending the answer.
    pub lack: QueryLack,
    /// Whether the person may send the answer.
    pub may_send: bool,
}

/// What an office puts into its answer; nothing is sent by it.
#[derive(Clone, Debug, Default)]
pub struct QueryAnswers {
    /// Changed items.
    pub changes: Vec<ItemChange>,
    /// Explanations by point.
    pub explanations: Vec<Explanation>,
    /// Reasons for soft edits, by edit id.
    pub reasons: Vec<(String, String)>,
}

/// What an office says to a point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Place of the point.
    pub place: i32,
    /// What it says.
    pub text: String,
    /// Revision it was typed against.
    pub revision: i64,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuerySaved {
    /// Items somebody else changed meanwhile, to another value.
    pub conflicts: Vec<Conflict>,
    /// A reason was too short or too long.
    pub lacking: bool,
}

/// What stands against sending an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueryLack {
    /// Places of the points that are neither changed nor explained.
    pub unanswered: Vec<i32>,
    /// Findings that touch what may be changed.
    pub findings: Vec<Finding>,
}

impl QueryLack {
    /// Whether nothing stands against it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unanswered.is_empty() && self.findings.is_empty()
    }
}

/// Why nothing was done with a Rückfrage.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// It was answered or withdrawn meanwhile, or never was this office's.
    #[error("Diese Rückfrage ist nicht mehr offen.")]
    Gone,
    /// A colleague who is no deputy.
    #[error("Absenden kann die Antwort nur die Leitung der Einheit oder ihre Vertretung.")]
    HeadOnly,
    /// An item nobody asked about.
    #[error("Die Angabe „{0}“ gehört nicht zu dieser Rückfrage und lässt sich nicht ändern.")]
    NotAsked(String),
    /// An explanation beyond the limit.
    #[error("Die Erläuterung ist zu lang. Bitte kürzen Sie sie auf höchstens 2.000 Zeichen.")]
    TooLong,
    /// Something is still open.
    #[error("Es sind noch Punkte offen.")]
    Open(QueryLack),
    /// There is no case, or its wave is closed.
    #[error(transparent)]
    Barred(#[from] Barred),
    /// The answers themselves are refused.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Portal {
    /// The Rückfrage that waits for the session's office.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn open_query(&self, session: &Session) -> Result<Option<OpenQuery>, StoreError> {
        let Some(unit_id) = unit_of(session) else {
            return Ok(None);
        };
        let mut conn = self.read().await?;
        let Some(case) = cases::current_of_unit(&mut conn, unit_id).await? else {
            return Ok(None);
        };
        if read_status(&case.status)? != Status::Query || read_state(&case.state)? != WaveState::Open {
            return Ok(None);
        }
        let Some(row) = rows::open_of_case(&mut conn, &case.id).await? else {
            return Ok(None);
        };
        let mut query = read(&mut conn, &row, self.now()).await?;
        let transmitted = self.transmitted(&mut conn, &case, &row.submission_id).await?;
        let Draft { sheet, confirmations } = self.draft(&mut conn, &case).await?;
        let instrument = sheet.instrument();
        let asked: Vec<ItemIx> = query
            .points
            .iter()
            .flat_map(|point| &point.items)
            .filter_map(|id| instrument.item(id))
            .collect();
        let scope = Scope::new(&transmitted, &sheet, &confirmations, asked);
        let mut lack = lack_of(&query.points, (&transmitted, &sheet), &scope, &confirmations);
        let access = access(session);
        query
            .points
            .retain(|point| point.items.iter().any(|id| access.sees_item(instrument, id)));
        lack.unanswered
            .retain(|place| query.points.iter().any(|point| point.place == *place));
        lack.findings
            .retain(|finding| access.sees_question(instrument, finding.question));
        Ok(Some(OpenQuery {
            query,
            transmitted,
            scope,
            lack,
            may_send: access.submits,
        }))
    }

    /// Keeps what an office puts into its answer; nothing is sent.
    ///
    /// # Errors
    /// Nothing is kept then; an item nobody asked about is named.
    pub async fn query_save(
        &self,
        session: &Session,
        id: &str,
        answers: &QueryAnswers,
    ) -> Result<QuerySaved, QueryError> {
        let now = self.now();
        let changes = tidy(&answers.changes)?;
        let mut tx = self.write().await?;
        let held = self.hold_query(&mut tx, session, id).await?;
        let (changes, scope) = allowed(&held, session, changes)?;
        let job = Job {
            session,
            changes: &changes,
            case_id: &held.taken.case.id,
            status: held.taken.status,
            revision: held.taken.revision,
            late: false,
        };
        let saved = store(&mut tx, &[job], now).await?.pop().unwrap_or_default();
        explain(&mut tx, &held, session, &answers.explanations).await?;
        let lacking = self
            .keep_reasons(&mut tx, &held, session, (&scope, &answers.reasons), now)
            .await?;
        tx.commit().await?;
        Ok(QuerySaved {
            conflicts: saved.conflicts,
            lacking,
        })
    }

    /// Decides between two answers to an item, as [`Portal::settle`] does.
    ///
    /// # Errors
    /// Where the Rückfrage is not open or the item does not belong to it.
    pub async fn query_settle(
        &self,
        session: &Session,
        id: &str,
        item: &str,
        choice: Choice,
        seen: (i64, i64),
    ) -> Result<bool, QueryError> {
        let now = self.now();
        let mut tx = self.write().await?;
        let held = self.hold_query(&mut tx, session, id).await?;
        let scope = held.scope(&held.draft.sheet, &held.draft.confirmations);
        let instrument = held.instrument();
        let known = instrument.item(item).filter(|item| scope.allows(instrument, *item));
        if known.is_none() || !access(session).sees_item(instrument, item) {
            return Err(QueryError::NotAsked(item.to_owned()));
        }
        let settled = self
            .settle_in(&mut tx, &held.taken, session, (item, choice, seen), now)
            .await?;
        if settled {
            tx.commit().await?;
        }
        Ok(settled)
    }

    /// Sends the answer: a new submission with its own receipt, classified
    /// anew; the earlier one stays. Repeated, from two tabs or twenty, it is
    /// one answer and the same receipt.
    ///
    /// # Errors
    /// [`QueryError::Open`] with everything that stands against it.
    pub async fn query_answer(&self, session: &Session, id: &str) -> Result<Receipt, QueryError> {
        let now = self.now();
        let mut tx = self.write().await?;
        if let Some(receipt) = answered(&mut tx, session, id).await? {
            return Ok(receipt);
        }
        let mut held = self.hold_query(&mut tx, session, id).await?;
        if !access_now(&mut tx, session).await?.submits {
            return Err(QueryError::HeadOnly);
        }
        let scope = held.scope(&held.draft.sheet, &held.draft.confirmations);
        let case = &held.taken.case;
        let pen = pen(session, &case.id, held.taken.revision, now);
        if self.take_back(&mut tx, case, (&scope, &held.transmitted), &pen).await? > 0 {
            held.draft = self.draft(&mut tx, &held.taken.case).await?;
        }
        let points = self.points_of(&mut tx, &held.row).await?;
        let Draft { sheet, confirmations } = &held.draft;
        let lack = lack_of(&points, (&held.transmitted, sheet), &scope, confirmations);
        if !lack.is_empty() {
            return Err(QueryError::Open(lack));
        }
        let earlier = submissions::receipts(&mut tx, &held.taken.case.id).await?;
        let number = earlier.first().map_or(1, |receipt| receipt.number + 1);
        let (submission, receipt) = self.hand_in_answer(&mut tx, session, &held, number).await?;
        let at = now.timestamp_micros();
        for point in &held.points {
            let items: Vec<String> = serde_json::from_str(&point.items).map_err(StoreError::from)?;
            let after = serde_json::to_string(&values_of(&held.draft.sheet, &items)).map_err(StoreError::from)?;
            rows::keep_values(&mut tx, id, point.place, &after).await?;
        }
        let who = actor(session);
        if !rows::answer(&mut tx, id, &submission, who.name, at).await? {
            return Err(QueryError::Gone);
        }
        rows::cancel_mails(&mut tx, id, "Die Rückfrage ist beantwortet", at).await?;
        rows::set_submitted(&mut tx, &held.taken.case.id, at).await?;
        let deed = Deed {
            action: "query_answered",
            wave: Some(held.taken.case.wave),
            unit_id: Some(&held.taken.case.unit_id),
            detail: &format!("Rückfrage {}", held.row.number),
        };
        events::audit(&mut tx, who, &deed, now).await?;
        tx.commit().await?;
        if let Err(error) = self.classify_submission(&submission).await {
            tracing::error!(%error, submission, "classifying a submission; it is caught up later");
        }
        Ok(receipt)
    }

    async fn hand_in_answer(
        &self,
        conn: &mut Conn,
        session: &Session,
        held: &Held,
        number: i32,
    ) -> Result<(String, Receipt), QueryError> {
        let Draft { sheet, confirmations } = &held.draft;
        // What staff had rejected stays with staff.
        let rejected = read_status(&held.row.from_status)? == Status::Unusable;
        let meets_rule = !rejected && sheet.meets_usable_rule(confirmations);
        let reason = format!("Rückfrage {} beantwortet", held.row.number);
        let handed = (Event::SettleQuery, meets_rule, Some(reason.as_str()));
        let done = self
            .keep_submission(conn, session, (&held.taken, number), &held.draft, handed)
            .await?;
        done.map_err(|_| QueryError::Gone)
    }

    async fn points_of(&self, conn: &mut Conn, row: &QueryRow) -> Stored<Vec<PointView>> {
        Ok(read(conn, row, self.now()).await?.points)
    }
}

/// The receipt of an answer that was sent before.
async fn answered(conn: &mut Conn, session: &Session, id: &str) -> Result<Option<Receipt>, QueryError> {
    let taken = take_current(conn, session).await??;
    let Some(row) = rows::by_id(conn, id).await?.filter(|row| row.case_id == taken.case.id) else {
        return Err(QueryError::Gone);
    };
    let Some(submission) = &row.answer_id else {
        return Ok(None);
    };
    let receipt = submissions::receipt_by_id(conn, submission).await?;
    Ok(receipt.as_ref().map(receipt_of))
}

fn lack_of(
    points: &[PointView],
    (transmitted, current): (&Sheet, &Sheet),
    scope: &Scope,
    confirmations: &[Confirmation],
) -> QueryLack {
    let instrument = current.instrument();
    let is_open = |point: &&PointView| {
        let items: Vec<ItemIx> = point.items.iter().filter_map(|id| instrument.item(id)).collect();
        !query::is_answered(transmitted, current, &items, &point.explanation)
    };
    let findings = current.findings(confirmations);
    let against = scope.against(instrument, &findings);
    QueryLack {
        unanswered: points.iter().filter(is_open).map(|point| point.place).collect(),
        findings: against.into_iter().cloned().collect(),
    }
}
