//! Rows of units and cases, with what a page needs of their wave.

use super::{Conn, Stored, rows, run};

/// A case with its unit and its wave.
#[derive(Debug, Clone, sqlx::FromRow)]
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
    pub deadline: String,
    pub previous: Option<i32>,
    pub previous_stichtag: Option<String>,
    pub state: String,
    pub instrument: Option<String>,
}

macro_rules! case_columns {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.unit_id, u.kennung, c.name, c.form, c.land, c.contact_name, c.contact_email,
                    c.attributes, c.status, w.wave, w.stichtag, w.zeitraum, w.field_start, w.deadline, w.previous,
                    p.stichtag AS previous_stichtag, w.state, w.instrument
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

pub(crate) async fn by_id(conn: &mut Conn, id: &str) -> Stored<Option<CaseRow>> {
    rows!(conn, optional, CaseRow, case_columns!("WHERE c.id = $1"), id)
}

/// All cases of a wave in German order of their names.
pub(crate) async fn of_wave(conn: &mut Conn, wave: i32) -> Stored<Vec<CaseRow>> {
    rows!(conn, all, CaseRow, case_columns!("WHERE c.wave = $1 ORDER BY c.sort_key, c.id"), wave)
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

pub(crate) async fn set_status(conn: &mut Conn, case_id: &str, status: &str, moment: Moment, at: i64) -> Stored<()> {
    let sql = match moment {
        Moment::Invited => "UPDATE cases SET status = $2, invited_at = COALESCE(invited_at, $3) WHERE id = $1",
        Moment::Opened => "UPDATE cases SET status = $2, opened_at = COALESCE(opened_at, $3) WHERE id = $1",
        Moment::Started => "UPDATE cases SET status = $2, started_at = COALESCE(started_at, $3) WHERE id = $1",
        Moment::Submitted => "UPDATE cases SET status = $2, submitted_at = $3 WHERE id = $1",
        Moment::None => {
            run!(conn, "UPDATE cases SET status = $2 WHERE id = $1", case_id, status)?;
            return Ok(());
        }
    };
    run!(conn, sql, case_id, status, at)?;
    Ok(())
}

/// Names a unit has had in its waves.
pub(crate) async fn names_of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Vec<String>> {
    let found = rows!(conn, all, (String,), "SELECT DISTINCT name FROM cases WHERE unit_id = $1", unit_id)?;
    Ok(found.into_iter().map(|(name,)| name).collect())
}

/// The unit a folded Kennung names.
pub(crate) async fn unit_by_kennung(conn: &mut Conn, kennung_key: &str) -> Stored<Option<String>> {
    let found = rows!(conn, optional, (String,), "SELECT id FROM units WHERE kennung_key = $1", kennung_key)?;
    Ok(found.map(|(id,)| id))
}

/// Sets the unit a dissolved or merged one has become.
pub(crate) async fn set_successor(conn: &mut Conn, case_id: &str, unit_id: &str) -> Stored<()> {
    run!(conn, "UPDATE cases SET successor_id = $2 WHERE id = $1", case_id, unit_id)?;
    Ok(())
}

/// Changes the contact of a case.
pub(crate) async fn set_contact(conn: &mut Conn, case_id: &str, name: &str, email: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET contact_name = $2, contact_email = $3 WHERE id = $1",
        case_id,
        name,
        email
    )?;
    Ok(())
}
