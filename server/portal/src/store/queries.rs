//! Rows of Rückfragen and of the points they ask about.

use super::{Conn, Stored, add, on, rows, run};
use sqlx::QueryBuilder;

/// A Rückfrage as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct QueryRow {
    pub id: String,
    pub case_id: String,
    pub number: i32,
    pub state: String,
    pub from_status: String,
    pub submission_id: String,
    pub due_day: String,
    pub opened_at: i64,
    pub opened_by: String,
    pub answered_at: Option<i64>,
    pub answered_by: Option<String>,
    pub answer_id: Option<String>,
    pub closed_at: Option<i64>,
    pub closed_by: Option<String>,
    pub outcome: Option<String>,
    pub note: Option<String>,
}

/// One point of a Rückfrage.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct PointRow {
    pub query_id: String,
    pub place: i32,
    /// JSON list of item ids.
    pub items: String,
    pub question: String,
    pub edit: Option<String>,
    /// JSON object.
    pub values_before: String,
    /// JSON object.
    pub values_after: Option<String>,
    pub explanation: String,
    pub explained_by: Option<String>,
    pub revision: i64,
}

macro_rules! query_where {
    ($rest:literal) => {
        concat!(
            "SELECT q.id, q.case_id, q.number, q.state, q.from_status, q.submission_id, q.due_day, q.opened_at,
                    q.opened_by, q.answered_at, q.answered_by, q.answer_id, q.closed_at, q.closed_by, q.outcome, q.note
             FROM queries q WHERE ",
            $rest
        )
    };
}

/// The Rückfragen of a case, latest first.
pub(crate) async fn of_case(conn: &mut Conn, case_id: &str) -> Stored<Vec<QueryRow>> {
    rows!(
        conn,
        all,
        QueryRow,
        query_where!("q.case_id = $1 ORDER BY q.number DESC"),
        case_id
    )
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<QueryRow>> {
    rows!(conn, optional, QueryRow, query_where!("q.id = $1"), id)
}

/// The one that waits for the office.
pub(crate) async fn open_of_case(conn: &mut Conn, case_id: &str) -> Stored<Option<QueryRow>> {
    rows!(
        conn,
        optional,
        QueryRow,
        query_where!("q.case_id = $1 AND q.state = 'open'"),
        case_id
    )
}

pub(crate) async fn points(conn: &mut Conn, query_id: &str) -> Stored<Vec<PointRow>> {
    rows!(
        conn,
        all,
        PointRow,
        "SELECT query_id, place, items, question, edit, values_before, values_after, explanation, explained_by,
                revision
         FROM query_points WHERE query_id = $1 ORDER BY place",
        query_id
    )
}

/// The points of all Rückfragen of a wave.
pub(crate) async fn points_of_wave(conn: &mut Conn, wave: i32) -> Stored<Vec<PointRow>> {
    rows!(
        conn,
        all,
        PointRow,
        "SELECT p.query_id, p.place, p.items, p.question, p.edit, p.values_before, p.values_after, p.explanation,
                p.explained_by, p.revision
         FROM query_points p JOIN queries q ON q.id = p.query_id JOIN cases c ON c.id = q.case_id
         WHERE c.wave = $1 ORDER BY p.query_id, p.place",
        wave
    )
}

pub(crate) async fn insert(conn: &mut Conn, new: &QueryRow, points: &[PointRow]) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO queries (id, case_id, number, state, from_status, submission_id, due_day, opened_at, opened_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &new.id,
        &new.case_id,
        new.number,
        &new.state,
        &new.from_status,
        &new.submission_id,
        &new.due_day,
        new.opened_at,
        &new.opened_by
    )?;
    add!(
        conn,
        "INSERT INTO query_points (query_id, place, items, question, edit, values_before, explanation, revision) ",
        points,
        "",
        |row, point| {
            row.push_bind(&point.query_id)
                .push_bind(point.place)
                .push_bind(&point.items);
            row.push_bind(&point.question)
                .push_bind(&point.edit)
                .push_bind(&point.values_before);
            row.push_bind(&point.explanation).push_bind(point.revision);
        }
    )?;
    Ok(())
}

/// Keeps what the office says to a point, if nobody has said something else
/// since `revision`; false where somebody has.
pub(crate) async fn explain(
    conn: &mut Conn,
    query_id: &str,
    place: i32,
    (text, who): (&str, &str),
    revision: i64,
) -> Stored<bool> {
    let kept = run!(
        conn,
        "UPDATE query_points SET explanation = $3, explained_by = $4, revision = revision + 1
         WHERE query_id = $1 AND place = $2 AND revision = $5",
        query_id,
        place,
        text,
        who,
        revision
    )?;
    Ok(kept == 1)
}

/// Keeps the values a point was answered with.
pub(crate) async fn keep_values(conn: &mut Conn, query_id: &str, place: i32, after: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE query_points SET values_after = $3 WHERE query_id = $1 AND place = $2",
        query_id,
        place,
        after
    )?;
    Ok(())
}

/// Marks an open one as answered by a submission; false where it is not open.
pub(crate) async fn answer(conn: &mut Conn, id: &str, submission_id: &str, who: &str, at: i64) -> Stored<bool> {
    let answered = run!(
        conn,
        "UPDATE queries SET state = 'answered', answer_id = $2, answered_by = $3, answered_at = $4
         WHERE id = $1 AND state = 'open'",
        id,
        submission_id,
        who,
        at
    )?;
    Ok(answered == 1)
}

/// How a Rückfrage ended.
pub(crate) struct Ended<'a> {
    /// `closed` or `withdrawn`.
    pub state: &'static str,
    pub outcome: &'static str,
    pub note: &'a str,
    pub who: &'a str,
    pub at: i64,
}

/// Ends one that has state `from`; false where it has another.
pub(crate) async fn end(conn: &mut Conn, id: &str, from: &str, ended: &Ended<'_>) -> Stored<bool> {
    let done = run!(
        conn,
        "UPDATE queries SET state = $3, outcome = $4, note = $5, closed_by = $6, closed_at = $7
         WHERE id = $1 AND state = $2",
        id,
        from,
        ended.state,
        ended.outcome,
        ended.note,
        ended.who,
        ended.at
    )?;
    Ok(done == 1)
}

/// Gives an open one another last day; false where it is not open.
pub(crate) async fn set_due(conn: &mut Conn, id: &str, due_day: &str) -> Stored<bool> {
    let moved = run!(
        conn,
        "UPDATE queries SET due_day = $2 WHERE id = $1 AND state = 'open'",
        id,
        due_day
    )?;
    Ok(moved == 1)
}

/// Takes back the mails about a Rückfrage that have not gone out.
pub(crate) async fn cancel_mails(conn: &mut Conn, id: &str, reason: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET state = 'cancelled', last_answer = $2, changed_at = $3
         WHERE query_id = $1 AND state IN ('queued', 'deferred')",
        id,
        reason,
        at
    )?;
    Ok(())
}

/// The same for the reminders alone.
pub(crate) async fn cancel_reminders(conn: &mut Conn, id: &str, reason: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE outbox SET state = 'cancelled', last_answer = $2, changed_at = $3
         WHERE query_id = $1 AND kind = 'rueckfrage-erinnerung' AND state IN ('queued', 'deferred')",
        id,
        reason,
        at
    )?;
    Ok(())
}

/// Notes when a case was handed in and worked on last; the new submission has
/// no type yet.
pub(crate) async fn set_submitted(conn: &mut Conn, case_id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET submitted_at = $2, active_at = CASE WHEN active_at < $2 THEN $2 ELSE active_at END,
             type_ue = NULL, type_u25 = NULL, type_rules = '' WHERE id = $1",
        case_id,
        at
    )?;
    Ok(())
}

/// A Rückfrage with its office, in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct LineRow {
    #[sqlx(flatten)]
    pub query: QueryRow,
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub case_status: String,
}

/// Which Rückfragen to list.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub wave: i32,
    /// Empty: any.
    pub states: Vec<&'static str>,
    /// Only those whose last day lies before this one.
    pub due_before: Option<String>,
    /// Folded part of a name or of a Kennung.
    pub name: String,
    pub kennung: String,
    /// No more than so many.
    pub limit: i64,
}

/// The Rückfragen of a wave that pass a filter: those that wait first, by
/// their last day.
pub(crate) async fn list(conn: &mut Conn, filter: &Filter) -> Stored<Vec<LineRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT q.id, q.case_id, q.number, q.state, q.from_status, q.submission_id, q.due_day, q.opened_at,
                    q.opened_by, q.answered_at, q.answered_by, q.answer_id, q.closed_at, q.closed_by, q.outcome,
                    q.note, u.kennung, c.name, c.form, c.land, c.status AS case_status
             FROM queries q JOIN cases c ON c.id = q.case_id JOIN units u ON u.id = c.unit_id WHERE c.wave = ",
        );
        query.push_bind(filter.wave);
        if !filter.states.is_empty() {
            query.push(" AND q.state IN (");
            let mut list = query.separated(", ");
            for state in &filter.states {
                list.push_bind(*state);
            }
            query.push(")");
        }
        if let Some(day) = &filter.due_before {
            query.push(" AND q.due_day < ").push_bind(day.clone());
        }
        if !filter.kennung.is_empty() {
            query.push(" AND (u.kennung_key LIKE ").push_bind(containing(&filter.kennung)).push(" ESCAPE '!'");
            if !filter.name.is_empty() {
                query.push(" OR c.sort_key LIKE ").push_bind(containing(&filter.name)).push(" ESCAPE '!'");
            }
            query.push(")");
        }
        query.push(
            " ORDER BY CASE q.state WHEN 'answered' THEN 0 WHEN 'open' THEN 1 ELSE 2 END, q.due_day, q.id LIMIT ",
        );
        query.push_bind(filter.limit);
        query.build_query_as::<LineRow>().fetch_all(link).await?
    }))
}

fn containing(part: &str) -> String {
    let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// Rückfragen of a wave counted by state, and those still open after their
/// last day.
pub(crate) async fn counts(conn: &mut Conn, wave: i32, today: &str) -> Stored<Vec<(String, i64, i64)>> {
    rows!(
        conn,
        all,
        (String, i64, i64),
        "SELECT q.state, COUNT(*), COUNT(CASE WHEN q.due_day < $2 THEN 1 END)
         FROM queries q JOIN cases c ON c.id = q.case_id WHERE c.wave = $1 GROUP BY q.state",
        wave,
        today
    )
}

/// Answered Rückfragen that wait for staff, by wave; found by their state, so
/// that what is done costs nothing.
pub(crate) async fn waiting(conn: &mut Conn) -> Stored<Vec<(i32, i64)>> {
    rows!(
        conn,
        all,
        (i32, i64),
        "SELECT c.wave, COUNT(*) FROM queries q JOIN cases c ON c.id = q.case_id
         WHERE q.state = 'answered' GROUP BY c.wave"
    )
}
