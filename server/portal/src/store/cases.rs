//! Rows of units and cases, with what a page needs of their wave.

use super::{Conn, Stored, add, among, counts, rows, run};
use std::collections::HashMap;

/// A case with its unit and its wave.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(crate) struct CaseRow {
    pub id: String,
    pub unit_id: String,
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub contact_name: String,
    pub contact_email: String,
    pub attributes: String,
    pub status: String,
    pub wave: i32,
    pub stichtag: String,
    pub zeitraum: String,
    pub field_start: String,
    /// Its own, else the wave's.
    pub deadline: String,
    pub own_deadline: Option<String>,
    pub previous: Option<i32>,
    pub previous_stichtag: Option<String>,
    pub state: String,
    pub instrument: Option<String>,
    /// Why the office wants no mails of the plan.
    pub opt_out_reason: Option<String>,
    /// Counts every change of the answers.
    pub revision: i64,
    /// Counts what staff changes and every transition.
    pub desk_revision: i64,
    /// What the unit handed in last in the wave before.
    pub previous_submission: Option<String>,
}

macro_rules! case_columns {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.unit_id, u.kennung, c.name, c.form, c.land, c.contact_name, c.contact_email,
                    c.attributes, c.status, w.wave, w.stichtag, w.zeitraum, w.field_start,
                    COALESCE(c.own_deadline, w.deadline) AS deadline, c.own_deadline, w.previous,
                    p.stichtag AS previous_stichtag, w.state, w.instrument, c.revision, c.desk_revision,
                    c.opt_out_reason,
                    (SELECT s.id FROM submissions s JOIN cases b ON b.id = s.case_id
                     WHERE b.unit_id = c.unit_id AND b.wave = w.previous
                     ORDER BY s.number DESC LIMIT 1) AS previous_submission
             FROM cases c
             JOIN units u ON u.id = c.unit_id
             JOIN waves w ON w.wave = c.wave
             LEFT JOIN waves p ON p.wave = w.previous ",
            $rest
        )
    };
}

/// The case a unit works on: in the latest open wave, else in the latest
/// closed one. Waves not yet opened are nobody's business.
pub(crate) async fn current_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Option<CaseRow>> {
    rows!(
        conn,
        optional,
        CaseRow,
        case_columns!(
            "WHERE c.unit_id = $1 AND w.state <> 'planned'
             ORDER BY CASE w.state WHEN 'open' THEN 0 ELSE 1 END, w.wave DESC LIMIT 1"
        ),
        unit_id
    )
}

/// The case of a unit, found by its folded Kennung, in a wave.
pub(crate) async fn by_kennung(conn: &mut Conn, wave: i32, kennung_key: &str) -> Stored<Option<CaseRow>> {
    rows!(
        conn,
        optional,
        CaseRow,
        case_columns!("WHERE c.wave = $1 AND u.kennung_key = $2"),
        wave,
        kennung_key
    )
}

/// The case of a unit in a wave.
pub(crate) async fn of_unit(conn: &mut Conn, wave: i32, unit_id: &str) -> Stored<Option<CaseRow>> {
    rows!(
        conn,
        optional,
        CaseRow,
        case_columns!("WHERE c.wave = $1 AND c.unit_id = $2"),
        wave,
        unit_id
    )
}

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<CaseRow>> {
    rows!(conn, optional, CaseRow, case_columns!("WHERE c.id = $1"), id)
}

/// Cases by their ids.
pub(crate) async fn by_ids(conn: &mut Conn, ids: &[&str]) -> Stored<HashMap<String, CaseRow>> {
    let found = among!(conn, ids, CaseRow, case_columns!("WHERE c.id IN ("), ")")?;
    Ok(found.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// All cases of a wave in German order of their names.
pub(crate) async fn of_wave(conn: &mut Conn, wave: i32) -> Stored<Vec<CaseRow>> {
    rows!(
        conn,
        all,
        CaseRow,
        case_columns!("WHERE c.wave = $1 ORDER BY c.sort_key, c.id"),
        wave
    )
}

/// Takes the case for this transaction: nobody else changes it until the end.
/// Returns the new revision and the status as it is now.
pub(crate) async fn take(conn: &mut Conn, case_id: &str) -> Stored<(i64, String)> {
    rows!(
        conn,
        one,
        (i64, String),
        "UPDATE cases SET revision = revision + 1 WHERE id = $1 RETURNING revision, status",
        case_id
    )
}

/// Columns that note when a case reached a status for the first time.
#[derive(Clone, Copy)]
pub(crate) enum Moment {
    Invited,
    Opened,
    Started,
    /// Noted anew by every submission.
    Submitted,
    None,
}

/// Notes a status, since when, and (but for what staff does) that the
/// questionnaire was worked on. A new submission has no type yet.
pub(crate) async fn set_status(conn: &mut Conn, case_id: &str, status: &str, moment: Moment, at: i64) -> Stored<()> {
    let before = counts::before(conn, case_id).await?;
    macro_rules! sql {
        ($rest:literal) => {
            concat!(
                "UPDATE cases SET status = $2, status_at = $3",
                $rest,
                " WHERE id = $1"
            )
        };
        (active, $rest:literal) => {
            concat!(
                "UPDATE cases SET status = $2, status_at = $3,
                     active_at = CASE WHEN active_at < $3 THEN $3 ELSE active_at END",
                $rest,
                " WHERE id = $1"
            )
        };
    }
    let sql = match moment {
        Moment::Invited => sql!(", invited_at = COALESCE(invited_at, $3)"),
        Moment::Opened => sql!(active, ", opened_at = COALESCE(opened_at, $3)"),
        Moment::Started => sql!(active, ", started_at = COALESCE(started_at, $3)"),
        Moment::Submitted => sql!(
            active,
            ", submitted_at = $3, typology = FALSE, type_ue = NULL, type_u25 = NULL, type_rules = ''"
        ),
        Moment::None => sql!(""),
    };
    run!(conn, sql, case_id, status, at)?;
    counts::after(conn, case_id, &before, at).await
}

/// Notes whether the latest submission could be classified.
pub(crate) async fn set_typology(conn: &mut Conn, case_id: &str, known: bool, at: i64) -> Stored<()> {
    let before = counts::before(conn, case_id).await?;
    run!(conn, "UPDATE cases SET typology = $2 WHERE id = $1", case_id, known)?;
    counts::after(conn, case_id, &before, at).await
}

/// Names a unit has had in its waves.
pub(crate) async fn names_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Vec<String>> {
    let found = rows!(
        conn,
        all,
        (String,),
        "SELECT DISTINCT name FROM cases WHERE unit_id = $1",
        unit_id
    )?;
    Ok(found.into_iter().map(|(name,)| name).collect())
}

/// The unit a folded Kennung names.
pub(crate) async fn unit_by_kennung(conn: &mut Conn, kennung_key: &str) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT id FROM units WHERE kennung_key = $1",
        kennung_key
    )?;
    Ok(found.map(|(id,)| id))
}

/// Sets the unit a dissolved or merged one has become.
pub(crate) async fn set_successor(conn: &mut Conn, case_id: &str, unit_id: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET successor_id = $2 WHERE id = $1",
        case_id,
        unit_id
    )?;
    Ok(())
}

/// Marks all cases of a wave that have status `from` as invited.
pub(crate) async fn invite_all(conn: &mut Conn, wave: i32, from: &str, to: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET status = $3, invited_at = $4, status_at = $4 WHERE wave = $1 AND status = $2",
        wave,
        from,
        to,
        at
    )?;
    Ok(())
}

/// A unit to be added.
pub(crate) struct NewUnit<'a> {
    pub id: &'a str,
    pub kennung: &'a str,
    pub kennung_key: &'a str,
}

pub(crate) async fn insert_units(conn: &mut Conn, new: &[NewUnit<'_>], at: i64) -> Stored<()> {
    add!(
        conn,
        "INSERT INTO units (id, kennung, kennung_key, created_at) ",
        new,
        "",
        |row, unit| {
            row.push_bind(unit.id)
                .push_bind(unit.kennung)
                .push_bind(unit.kennung_key)
                .push_bind(at);
        }
    )?;
    Ok(())
}

/// A case to be added, or what it is to become.
pub(crate) struct NewCase<'a> {
    pub id: String,
    pub wave: i32,
    pub unit_id: &'a str,
    pub kennung_key: &'a str,
    pub name: &'a str,
    pub sort_key: String,
    pub form: &'a str,
    pub land: &'a str,
    pub contact_name: &'a str,
    pub contact_email: &'a str,
    /// JSON object.
    pub attributes: &'a str,
    pub status: &'a str,
}

/// Adds cases; where wave and unit have one, it becomes what is given, apart
/// from its status.
pub(crate) async fn put(conn: &mut Conn, cases: &[NewCase<'_>], at: i64) -> Stored<()> {
    add!(
        conn,
        "INSERT INTO cases (id, wave, unit_id, kennung_key, name, sort_key, form, land, contact_name, contact_email,
                            attributes, status, revision, status_at, created_at) ",
        cases,
        " ON CONFLICT (wave, unit_id) DO UPDATE SET name = excluded.name, sort_key = excluded.sort_key,
          form = excluded.form, land = excluded.land, contact_name = excluded.contact_name,
          contact_email = excluded.contact_email, attributes = excluded.attributes, words_version = 0",
        |row, case| {
            row.push_bind(&case.id)
                .push_bind(case.wave)
                .push_bind(case.unit_id)
                .push_bind(case.kennung_key)
                .push_bind(case.name);
            row.push_bind(&case.sort_key).push_bind(case.form).push_bind(case.land);
            row.push_bind(case.contact_name)
                .push_bind(case.contact_email)
                .push_bind(case.attributes);
            row.push_bind(case.status).push_bind(0_i64).push_bind(at).push_bind(at);
        }
    )?;
    super::words::fill(conn).await
}

/// All units by their folded Kennung.
pub(crate) async fn units(conn: &mut Conn) -> Stored<Vec<(String, String)>> {
    rows!(conn, all, (String, String), "SELECT kennung_key, id FROM units")
}

/// Cases of a wave counted by form, status and whether they were ever handed in.
pub(crate) async fn count(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, String, bool, i64)>> {
    rows!(
        conn,
        all,
        (String, String, bool, i64),
        "SELECT form, status, received, CAST(SUM(n) AS bigint) FROM case_counts WHERE wave = $1
         GROUP BY form, status, received HAVING SUM(n) <> 0",
        wave
    )
}
