//! Reads the figures kept beside the cases; see [`super::counts`]. No function
//! here looks at more cases than it returns.

use super::{Conn, Stored, rows};

/// Figures of one group by the end of a day.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct GroupRow {
    pub dimension: String,
    pub value: String,
    pub listed: i64,
    pub invited: i64,
    pub opened: i64,
    pub started: i64,
    pub received: i64,
    pub usable: i64,
}

/// The figures of every group of a wave by the end of a day.
pub(crate) async fn groups(conn: &mut Conn, wave: i32, until: &str) -> Stored<Vec<GroupRow>> {
    rows!(
        conn,
        all,
        GroupRow,
        "SELECT dimension, value, CAST(SUM(listed) AS bigint) AS listed, CAST(SUM(invited) AS bigint) AS invited,
                CAST(SUM(opened) AS bigint) AS opened, CAST(SUM(started) AS bigint) AS started,
                CAST(SUM(received) AS bigint) AS received, CAST(SUM(usable) AS bigint) AS usable
         FROM case_days WHERE wave = $1 AND day <= $2 GROUP BY dimension, value",
        wave,
        until
    )
}

/// Day, received and usable: what each day up to `until` added in all.
pub(crate) async fn course(conn: &mut Conn, wave: i32, until: &str) -> Stored<Vec<(String, i64, i64)>> {
    rows!(
        conn,
        all,
        (String, i64, i64),
        "SELECT day, received, usable FROM case_days
         WHERE wave = $1 AND dimension = 'all' AND value = '' AND day <= $2 ORDER BY day",
        wave,
        until
    )
}

/// Step, day, sent, brought, up to a day.
pub(crate) async fn mails(conn: &mut Conn, wave: i32, until: &str) -> Stored<Vec<(String, String, i64, i64)>> {
    rows!(
        conn,
        all,
        (String, String, i64, i64),
        "SELECT step, day, sent, brought FROM mail_days WHERE wave = $1 AND day <= $2 ORDER BY day, step",
        wave,
        until
    )
}

/// The change number of a wave.
pub(crate) async fn change(conn: &mut Conn, wave: i32) -> Stored<i64> {
    let found = rows!(
        conn,
        optional,
        (i64,),
        "SELECT value FROM changes WHERE wave = $1",
        wave
    )?;
    Ok(found.map_or(0, |(value,)| value))
}

/// Form, Land, status, typology answered, cases.
pub(crate) async fn standing(conn: &mut Conn, wave: i32) -> Stored<Vec<(String, String, String, bool, i64)>> {
    rows!(
        conn,
        all,
        (String, String, String, bool, i64),
        "SELECT form, land, status, typology, CAST(SUM(n) AS bigint) FROM case_counts WHERE wave = $1
         GROUP BY form, land, status, typology HAVING SUM(n) <> 0",
        wave
    )
}

/// Cases that never reacted and whose address a mail server has refused.
pub(crate) async fn undeliverable(conn: &mut Conn, wave: i32) -> Stored<i64> {
    let (count,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(DISTINCT c.id) FROM address_marks m
         JOIN outbox o ON o.id = m.outbox_id JOIN cases c ON c.id = o.case_id
         WHERE c.wave = $1 AND c.status IN ('not_invited', 'invited')",
        wave
    )?;
    Ok(count)
}

/// A case that does not belong to the survey, and why.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OutsideRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub reason: Option<String>,
    pub who: Option<String>,
    pub at: Option<i64>,
    pub successor: Option<String>,
}

/// The first of a wave's cases that do not belong to the survey.
pub(crate) async fn outside(conn: &mut Conn, wave: i32, limit: i64) -> Stored<Vec<OutsideRow>> {
    rows!(
        conn,
        all,
        OutsideRow,
        "SELECT u.kennung, c.name, c.form, c.land, e.reason, e.who, e.at, n.kennung AS successor
         FROM cases c JOIN units u ON u.id = c.unit_id
         LEFT JOIN units n ON n.id = c.successor_id
         LEFT JOIN case_events e ON e.id = (
             SELECT l.id FROM case_events l WHERE l.case_id = c.id AND l.to_status = 'ineligible'
             ORDER BY l.at DESC, l.id DESC LIMIT 1)
         WHERE c.wave = $1 AND c.status = 'ineligible' ORDER BY c.sort_key, c.id LIMIT $2",
        wave,
        limit
    )
}
