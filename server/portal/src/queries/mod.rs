//! Rückfragen: staff asks an office about named items of what it handed in;
//! the office corrects those items or explains them, and nothing else.
//!
//! [`ask`] and [`follow`] are the institute's part, [`answer`] the office's
//! (with [`keep`]), [`list`] what stands over many cases. While one is open the answers of the case are a
//! draft again, as far as [`survey::query::Scope`] lets them; what was handed
//! in stays as it is until the office sends its answer, which is a submission
//! of its own. Withdrawn, everything is as it was transmitted.

pub(crate) mod answer;
pub(crate) mod ask;
mod check;
mod follow;
mod keep;
pub(crate) mod list;
mod mails;
mod schedule;

pub use answer::{Explanation, OpenQuery, QueryAnswers, QueryError, QueryLack, QuerySaved};
pub use ask::{NewPoint, NewQuery};
pub use list::{QueryCounts, QueryFilter, QueryLine, QueryPage};
pub use schedule::usual_deadline;

use crate::Portal;
use crate::berlin;
use crate::clock::from_micros;
use crate::mail::plan::named;
use crate::respondent::view::context;
use crate::store::answers::{self, Pen, Written};
use crate::store::cases::CaseRow;
use crate::store::queries::{self as rows, PointRow, QueryRow};
use crate::store::{Conn, StoreError, Stored, submissions};
use crate::waves::read_day;
use chrono::{DateTime, NaiveDate, Utc};
use survey::query::Scope;
use survey::{Entries, Entry, Sheet};

/// Where a Rückfrage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueryState {
    /// Waits for the office.
    Open,
    /// Waits for staff.
    Answered,
    /// Done.
    Closed,
    /// Taken back by staff.
    Withdrawn,
}

named!(QueryState {
    Open => "open", "offen";
    Answered => "answered", "beantwortet";
    Closed => "closed", "abgeschlossen";
    Withdrawn => "withdrawn", "zurückgezogen";
});

/// How a Rückfrage ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueryOutcome {
    /// Staff accepted the answer.
    Accepted,
    /// Another one followed.
    AskedAgain,
    /// Staff took it back.
    Withdrawn,
    /// Staff decided about the case without waiting.
    Decided,
}

named!(QueryOutcome {
    Accepted => "accepted", "Antwort angenommen";
    AskedAgain => "asked_again", "noch einmal nachgefragt";
    Withdrawn => "withdrawn", "zurückgezogen";
    Decided => "decided", "über den Fall entschieden";
});

/// A Rückfrage with its points.
#[derive(Clone, Debug, PartialEq)]
pub struct QueryView {
    /// Its id.
    pub id: String,
    /// 1 for the first of its case.
    pub number: i32,
    /// Where it stands.
    pub state: QueryState,
    /// Last day to answer.
    pub due: NaiveDate,
    /// That day is over and nothing has come.
    pub overdue: bool,
    /// When it was asked.
    pub opened_at: DateTime<Utc>,
    /// By whom.
    pub opened_by: String,
    /// When it was answered and by whom.
    pub answered: Option<(DateTime<Utc>, String)>,
    /// When it ended and by whom.
    pub ended: Option<(DateTime<Utc>, String)>,
    /// How it ended.
    pub outcome: Option<QueryOutcome>,
    /// What staff noted at its end.
    pub note: String,
    /// What it asks.
    pub points: Vec<PointView>,
}

/// One point of a Rückfrage.
#[derive(Clone, Debug, PartialEq)]
pub struct PointView {
    /// Place in the Rückfrage, from 1.
    pub place: i32,
    /// Items it is about.
    pub items: Vec<String>,
    /// What is asked.
    pub question: String,
    /// The edit it came from.
    pub edit: Option<String>,
    /// What was transmitted, by item.
    pub before: Entries,
    /// What the answer transmitted, by item.
    pub after: Option<Entries>,
    /// What the office says to it.
    pub explanation: String,
    /// Who says so.
    pub explained_by: Option<String>,
    /// Counts the changes of the explanation.
    pub revision: i64,
}

impl PointView {
    /// Whether the answer changed a value.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.after.as_ref().is_some_and(|after| *after != self.before)
    }
}

/// Makes a view of its rows. `today` decides what is overdue.
pub(crate) fn view(row: &QueryRow, points: Vec<PointRow>, today: NaiveDate) -> Stored<QueryView> {
    let unexpected = |what: &str| StoreError::content(format!("a query that is {what:?}"));
    let state: QueryState = row.state.parse().map_err(|()| unexpected(&row.state))?;
    let due = read_day(&row.due_day)?;
    let outcome = row.outcome.as_deref();
    Ok(QueryView {
        id: row.id.clone(),
        number: row.number,
        state,
        due,
        overdue: state == QueryState::Open && due < today,
        opened_at: from_micros(row.opened_at),
        opened_by: row.opened_by.clone(),
        answered: row.answered_at.map(from_micros).zip(row.answered_by.clone()),
        ended: row.closed_at.map(from_micros).zip(row.closed_by.clone()),
        outcome: outcome
            .map(|name| name.parse().map_err(|()| unexpected(name)))
            .transpose()?,
        note: row.note.clone().unwrap_or_default(),
        points: points.into_iter().map(point).collect::<Stored<_>>()?,
    })
}

fn point(row: PointRow) -> Stored<PointView> {
    Ok(PointView {
        place: row.place,
        items: serde_json::from_str(&row.items)?,
        question: row.question,
        edit: row.edit,
        before: serde_json::from_str(&row.values_before)?,
        after: row.values_after.map(|json| serde_json::from_str(&json)).transpose()?,
        explanation: row.explanation,
        explained_by: row.explained_by,
        revision: row.revision,
    })
}

/// A Rückfrage with its points.
pub(crate) async fn read(conn: &mut Conn, row: &QueryRow, now: DateTime<Utc>) -> Stored<QueryView> {
    let points = rows::points(conn, &row.id).await?;
    view(row, points, berlin::day_of(now))
}

impl Portal {
    /// What was transmitted with a submission, routed.
    pub(crate) async fn transmitted(&self, conn: &mut Conn, case: &CaseRow, submission_id: &str) -> Stored<Sheet> {
        let found = submissions::by_id(conn, submission_id).await?;
        let found = found.ok_or_else(|| StoreError::content(format!("no submission {submission_id}")))?;
        let instrument = self.instruments().of(conn, Some(&found.instrument)).await?;
        let entries: Entries = serde_json::from_str(&found.entries)?;
        let rules = self.rules(conn).await?;
        Ok(Sheet::new(instrument, context(conn, case, rules).await?, &entries))
    }

    /// Takes back whatever lies outside a scope, so that what was transmitted
    /// holds again; an empty scope takes back everything. Returns how many
    /// answers that were.
    pub(crate) async fn take_back(
        &self,
        conn: &mut Conn,
        case: &CaseRow,
        (scope, transmitted): (&Scope, &Sheet),
        pen: &Pen<'_>,
    ) -> Stored<usize> {
        let current = self.draft(conn, case).await?.sheet;
        let strays = scope.strays(transmitted, &current);
        let ids: Vec<(String, Option<Entry>)> = strays
            .into_iter()
            .map(|(item, entry)| (current.instrument()[item].id.clone(), entry))
            .collect();
        let written: Vec<Written<'_>> = ids
            .iter()
            .map(|(item, entry)| Written {
                item,
                entry: entry.as_ref(),
                conflict: false,
            })
            .collect();
        answers::write(conn, &[(*pen, &written)]).await?;
        Ok(written.len())
    }
}

/// The entries of some items, as far as they are there.
fn values_of(sheet: &Sheet, items: &[String]) -> Entries {
    items
        .iter()
        .filter_map(|id| {
            let item = sheet.instrument().item(id).filter(|item| sheet.is_item_asked(*item))?;
            Some((id.clone(), sheet.entry(item)?.clone()))
        })
        .collect()
}
