//! Rows of the worklist, in the order of [`survey::worklist`]: the database
//! adds up the same points, so that the cases of a page are read and no others.

use super::{Conn, Stored, on, rows};
use sqlx::QueryBuilder;
use std::fmt::Display;
use survey::worklist::points;

/// A case to call, with what its points rest on.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct CallRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub asked: i32,
    pub answered: i32,
    pub active_at: i64,
    pub invited_at: Option<i64>,
    pub own_deadline: Option<String>,
    pub called_at: i64,
    pub call_result: Option<String>,
    pub call_back_on: Option<String>,
    pub calls_missed: i32,
    pub desk_revision: i64,
    pub contact_name: String,
    pub marked: bool,
    /// When the institute last wrote by its own choice, if that counts.
    pub written_at: Option<i64>,
}

/// The rule for one day: which moments and days its steps are.
pub(crate) struct Day {
    /// It begins.
    pub begins: i64,
    /// As deadlines are written.
    pub today: String,
    /// Calls since then that brought a promise are waited for.
    pub promised_since: i64,
    /// Result of such a call.
    pub promise: &'static str,
    /// Silent since before the moment; the longest first.
    pub silent: Vec<(i64, u32)>,
    /// Deadline on the day or before; the nearest first.
    pub near: Vec<(String, u32)>,
    /// For the deadline of the wave.
    pub near_of_wave: u32,
    /// Called or written to since the moment; the latest first.
    pub contacted: Vec<(i64, u32)>,
    /// Form, Land, and what is for lagging behind; those that lag.
    pub behind: Vec<(String, String, u32)>,
}

/// As migration 0018 has indexed it.
const WAITING: &str = " AND c.status IN ('invited', 'opened', 'started')";

macro_rules! push_resting {
    ($query:ident, $day:ident) => {
        $query.push("(c.called_at > 0 AND CASE WHEN c.call_back_on IS NOT NULL THEN c.call_back_on > ");
        $query
            .push_bind($day.today.clone())
            .push(" WHEN c.call_result = ")
            .push_bind($day.promise);
        $query.push(" THEN c.called_at >= ").push_bind($day.promised_since);
        $query
            .push(" ELSE c.called_at >= ")
            .push_bind($day.begins)
            .push(" END)");
    };
}

/// Points by steps, the first that fits.
macro_rules! push_steps {
    ($query:ident, $before:expr, $steps:expr, $otherwise:expr) => {
        $query.push(" + CASE");
        for (step, points) in $steps {
            $query.push(" WHEN ").push($before).push_bind(step.clone());
            $query.push(" THEN ").push(points);
        }
        $query.push(" ELSE ").push($otherwise).push(" END");
    };
}

macro_rules! push_points {
    ($query:ident, $day:ident) => {
        $query.push(status_points());
        $query
            .push(" + CASE WHEN c.called_at > 0 AND c.call_back_on IS NOT NULL THEN ")
            .push(points::AGREED);
        $query.push(" ELSE 0 END");
        let worked = "CASE WHEN c.active_at > 0 THEN c.active_at ELSE c.invited_at END < ";
        push_steps!($query, worked, &$day.silent, 0);
        push_steps!($query, "c.own_deadline <= ", &$day.near, own_or($day.near_of_wave));
        $query.push(" + COALESCE(b.points, 0)");
        $query
            .push(" + CASE WHEN ")
            .push(super::desk::MARKED)
            .push(" THEN ")
            .push(points::UNREACHABLE);
        $query.push(" ELSE 0 END");
        let contacted = "CASE WHEN w.at > c.called_at THEN w.at ELSE c.called_at END >= ";
        push_steps!(
            $query,
            contacted,
            $day.contacted.iter().map(|(at, taken)| (at, Taken(*taken))),
            0
        );
        $query.push(missed_points());
    };
}

/// What is taken instead of added.
struct Taken(u32);

impl Display for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "-{}", self.0)
    }
}

fn status_points() -> String {
    format!(
        "CASE c.status
         WHEN 'started' THEN CASE WHEN c.answered < c.asked THEN c.answered ELSE c.asked END * 100
              / CASE WHEN c.asked > 1 THEN c.asked ELSE 1 END * {} / 100
         WHEN 'opened' THEN {} ELSE 0 END",
        points::FILLED,
        points::OPENED
    )
}

fn own_or(of_wave: u32) -> String {
    format!("CASE WHEN c.own_deadline IS NULL THEN {of_wave} ELSE 0 END")
}

fn missed_points() -> String {
    let steps = (1..=points::MISSED).rev().map(|calls| {
        let taken = points::missed(calls);
        format!(" WHEN c.calls_missed >= {calls} THEN {taken}")
    });
    format!(" - CASE{} ELSE 0 END", steps.collect::<String>())
}

/// Cases of a wave to call on a day, the most urgent first; equal ones in the
/// order of their names.
pub(crate) async fn page(conn: &mut Conn, wave: i32, day: &Day, from: i64, size: i64) -> Stored<Vec<CallRow>> {
    let oldest = day.contacted.last().map_or(day.begins, |(at, _)| *at);
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("WITH behind (form, land, points) AS (VALUES ('', '', 0)");
        for (form, land, points) in &day.behind {
            query.push(", (").push_bind(form.clone()).push(", ").push_bind(land.clone());
            query.push(", ").push(points).push(")");
        }
        query.push(
            "), written (case_id, at) AS (SELECT o.case_id, MAX(COALESCE(o.sent_at, o.first_tried_at)) FROM outbox o
             WHERE o.kind IN ('einladung', 'erinnerung', 'anschreiben') AND o.state IN ('sending', 'sent', 'unclear')
               AND o.wave = ",
        );
        query.push_bind(wave).push(" AND COALESCE(o.sent_at, o.first_tried_at) >= ").push_bind(oldest);
        query.push(" GROUP BY o.case_id), best (id, points, written_at) AS (SELECT c.id, ");
        push_points!(query, day);
        query.push(
            " AS points, w.at FROM cases c
             LEFT JOIN behind b ON b.form = c.form AND b.land = c.land LEFT JOIN written w ON w.case_id = c.id
             WHERE c.wave = ",
        );
        query.push_bind(wave).push(WAITING).push(" AND NOT ");
        push_resting!(query, day);
        query.push(" ORDER BY points DESC, c.sort_key, c.id LIMIT ").push_bind(size).push(" OFFSET ").push_bind(from);
        query.push(
            ") SELECT u.kennung, c.name, c.form, c.land, c.status, c.asked, c.answered, c.active_at, c.invited_at,
                    c.own_deadline, c.called_at, c.call_result, c.call_back_on, c.calls_missed, c.desk_revision,
                    c.contact_name, best.written_at, ",
        );
        query.push(super::desk::MARKED).push(" AS marked FROM best JOIN cases c ON c.id = best.id");
        query.push(" JOIN units u ON u.id = c.unit_id ORDER BY best.points DESC, c.sort_key, c.id");
        query.build_query_as::<CallRow>().fetch_all(link).await?
    }))
}

/// How many cases of a wave the institute waits for, and how many of them rest
/// on a day.
pub(crate) async fn waiting(conn: &mut Conn, wave: i32, day: &Day) -> Stored<(i64, i64)> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT COUNT(*), COUNT(CASE WHEN ");
        push_resting!(query, day);
        query.push(" THEN 1 END) FROM cases c WHERE c.wave = ").push_bind(wave).push(WAITING);
        query.build_query_as::<(i64, i64)>().fetch_one(link).await?
    }))
}

/// Form, Land, cases that belong to the survey and those handed in.
pub(crate) async fn returned(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, String, i64, i64)>> {
    rows!(
        conn,
        all,
        (String, String, i64, i64),
        "SELECT form, land, CAST(SUM(n) AS bigint), CAST(SUM(CASE WHEN received THEN n ELSE 0 END) AS bigint)
         FROM case_counts WHERE wave = $1 AND status <> 'ineligible' GROUP BY form, land",
        wave
    )
}
