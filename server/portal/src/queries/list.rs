//! Rückfragen over many cases: the institute's page, and everything there has
//! been in a wave, for files.

use super::{QueryState, QueryView, read, view};
use crate::Portal;
use crate::berlin;
use crate::identity::{Role, Session};
use crate::respondent::view::{read_form, read_land};
use crate::sheets::spreadsheet;
use crate::staff::{StaffError, require};
use crate::store::queries::{self as rows, Filter, LineRow};
use crate::store::{StoreError, Stored, waves};
use crate::waves::read_status;
use crate::words;
use std::collections::{BTreeMap, HashMap};
use survey::status::Status;
use survey::{Entries, Entry, Form, Land};

/// Lines of the page; what lies beyond is found by its filter.
const MOST: i64 = 500;

/// Which Rückfragen to list.
#[derive(Clone, Debug, Default)]
pub struct QueryFilter {
    /// State.
    pub state: Option<QueryState>,
    /// Only those still open after their last day.
    pub overdue: bool,
    /// Part of the name or of the Kennung.
    pub search: String,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueryCounts {
    /// Waiting for the office.
    pub open: u64,
    /// Of these, after their last day.
    pub overdue: u64,
    /// Waiting for staff.
    pub answered: u64,
    /// Closed.
    pub closed: u64,
    /// Taken back.
    pub withdrawn: u64,
}

/// A Rückfrage with its office.
#[derive(Clone, Debug)]
pub struct QueryLine {
    /// Kennung.
    pub kennung: String,
    /// Name.
    pub name: String,
    /// Form.
    pub form: Form,
    /// Land.
    pub land: Land,
    /// Where the case stands.
    pub status: Status,
    /// The Rückfrage.
    pub query: QueryView,
}

/// The page of all Rückfragen of a wave.
#[derive(Clone, Debug)]
pub struct QueryPage {
    /// Those that pass the filter: answered ones first, then open ones by
    /// their last day.
    pub lines: Vec<QueryLine>,
    /// There are more than can be shown.
    pub more: bool,
    /// Of the whole wave.
    pub counts: QueryCounts,
}

impl Portal {
    /// The Rückfragen of a wave that pass a filter, and how many there are.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn queries(&self, session: &Session, wave: i32, filter: &QueryFilter) -> Result<QueryPage, StaffError> {
        require(session, Role::Viewer)?;
        let now = self.now();
        let today = berlin::day_of(now).to_string();
        let mut conn = self.read().await?;
        waves::find(&mut conn, wave).await?.ok_or(StaffError::NotFound)?;
        let states = match (filter.overdue, filter.state) {
            (true, _) => vec![QueryState::Open.name()],
            (false, state) => state.map(QueryState::name).into_iter().collect(),
        };
        let wanted = Filter {
            wave,
            states,
            due_before: filter.overdue.then(|| today.clone()),
            name: words::fold(&filter.search),
            kennung: words::key(&filter.search),
            limit: MOST + 1,
        };
        let mut found = rows::list(&mut conn, &wanted).await?;
        let more = found.len() as u64 > MOST.unsigned_abs();
        found.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
        let mut lines = Vec::with_capacity(found.len());
        for row in found {
            let query = read(&mut conn, &row.query, now).await?;
            lines.push(line(row, query)?);
        }
        let mut counts = QueryCounts::default();
        for (state, all, late) in rows::counts(&mut conn, wave, &today).await? {
            let all = all.unsigned_abs();
            match state.parse() {
                Ok(QueryState::Open) => (counts.open, counts.overdue) = (all, late.unsigned_abs()),
                Ok(QueryState::Answered) => counts.answered = all,
                Ok(QueryState::Closed) => counts.closed = all,
                Ok(QueryState::Withdrawn) => counts.withdrawn = all,
                Err(()) => return Err(StoreError::content(format!("a query that is {state:?}")).into()),
            }
        }
        Ok(QueryPage { lines, more, counts })
    }

    /// How many answered Rückfragen wait for staff, by wave; waves without
    /// any are not there.
    ///
    /// # Errors
    /// For viewers and above.
    pub async fn queries_waiting(&self, session: &Session) -> Result<BTreeMap<i32, u64>, StaffError> {
        require(session, Role::Viewer)?;
        let found = rows::waiting(&mut self.read().await?).await?;
        Ok(found
            .into_iter()
            .map(|(wave, count)| (wave, count.unsigned_abs()))
            .collect())
    }

    /// Every Rückfrage of a wave with its points.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn queries_of_wave(&self, wave: i32) -> Result<Vec<QueryLine>, StoreError> {
        let mut conn = self.snapshot().await?;
        let mut points: HashMap<String, Vec<_>> = HashMap::new();
        for point in rows::points_of_wave(&mut conn, wave).await? {
            points.entry(point.query_id.clone()).or_default().push(point);
        }
        let all = Filter {
            wave,
            limit: i64::MAX,
            ..Filter::default()
        };
        let today = berlin::day_of(self.now());
        rows::list(&mut conn, &all)
            .await?
            .into_iter()
            .map(|row| {
                let own = points.remove(&row.query.id).unwrap_or_default();
                let query = view(&row.query, own, today)?;
                line(row, query)
            })
            .collect()
    }

    /// The same as a file for people: UTF-8 with its mark, semicolons, one row
    /// per point, nothing a spreadsheet would take for a formula.
    ///
    /// # Errors
    /// For viewers and above; where there is no such wave.
    pub async fn queries_csv(&self, session: &Session, wave: i32) -> Result<Vec<u8>, StaffError> {
        let who = require(session, Role::Viewer)?;
        let lines = self.queries_of_wave(wave).await?;
        let mut tx = self.write().await?;
        waves::find(&mut tx, wave).await?.ok_or(StaffError::NotFound)?;
        let deed = crate::store::events::Deed {
            action: "queries_exported",
            wave: Some(wave),
            unit_id: None,
            detail: "",
        };
        crate::store::events::audit(&mut tx, who, &deed, self.now()).await?;
        tx.commit().await?;
        Ok(csv(&lines))
    }
}

fn line(row: LineRow, query: QueryView) -> Stored<QueryLine> {
    Ok(QueryLine {
        form: read_form(&row.form)?,
        land: read_land(&row.land)?,
        status: read_status(&row.case_status)?,
        kennung: row.kennung,
        name: row.name,
        query,
    })
}

const HEAD: [&str; 20] = [
    "Kennung",
    "Name",
    "Form",
    "Land",
    "Rückfrage",
    "Punkt",
    "Stand",
    "Angaben",
    "Befund",
    "Frage",
    "Wert vorher",
    "Wert nachher",
    "Erläuterung",
    "Gestellt am",
    "Gestellt von",
    "Frist",
    "Beantwortet am",
    "Beantwortet von",
    "Ergebnis",
    "Notiz",
];

fn csv(lines: &[QueryLine]) -> Vec<u8> {
    let rows = lines.iter().flat_map(|line| {
        let query = &line.query;
        let (answered_at, answered_by) = match &query.answered {
            Some((at, by)) => (berlin::long(*at), by.clone()),
            None => Default::default(),
        };
        query.points.iter().map(move |point| {
            let cells: [String; HEAD.len()] = [
                line.kennung.clone(),
                line.name.clone(),
                line.form.label().to_owned(),
                line.land.label().to_owned(),
                query.number.to_string(),
                point.place.to_string(),
                query.state.label().to_owned(),
                point.items.join(", "),
                point.edit.clone().unwrap_or_default(),
                point.question.clone(),
                typed(&point.before),
                point.after.as_ref().map(typed).unwrap_or_default(),
                point.explanation.clone(),
                berlin::long(query.opened_at),
                query.opened_by.clone(),
                berlin::short(query.due),
                answered_at.clone(),
                answered_by.clone(),
                query.outcome.map(|one| one.label().to_owned()).unwrap_or_default(),
                query.note.clone(),
            ];
            cells.to_vec()
        })
    });
    spreadsheet(std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(rows))
}

/// Values as typed, by item.
fn typed(values: &Entries) -> String {
    let one = |(item, entry): (&String, &Entry)| match entry {
        Entry::Given(text) => format!("{item}: {text}"),
        Entry::CannotSay => format!("{item}: Angabe nicht möglich"),
    };
    values.iter().map(one).collect::<Vec<_>>().join("; ")
}
