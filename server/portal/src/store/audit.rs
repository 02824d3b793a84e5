//! Rows of the log: read newest first, never changed. Adding stands in
//! [`super::events`]; there is no other statement about this table.

use super::{Conn, Stored, on, rows};
use sqlx::QueryBuilder;

/// One line of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AuditRow {
    pub id: String,
    pub at: i64,
    pub who: String,
    pub action: String,
    pub wave: Option<i32>,
    pub kennung: Option<String>,
    pub detail: String,
}

/// What to look for; what is not given does not matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct AuditQuery {
    /// Account; the inner `None` is the program and its command line.
    pub account: Option<Option<String>>,
    pub action: Option<String>,
    pub wave: Option<i32>,
    pub unit_id: Option<String>,
    /// From this moment on.
    pub from: Option<i64>,
    /// Before this moment.
    pub until: Option<i64>,
    /// Moment and id of the last line seen.
    pub after: Option<(i64, String)>,
}

/// Lines that fit, newest first.
pub(crate) async fn search(conn: &mut Conn, wanted: &AuditQuery, limit: i64) -> Stored<Vec<AuditRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT a.id, a.at, a.who, a.action, a.wave, u.kennung, a.detail
             FROM audit a LEFT JOIN units u ON u.id = a.unit_id WHERE a.at >= ",
        );
        query.push_bind(wanted.from.unwrap_or(i64::MIN));
        if let Some(until) = wanted.until {
            query.push(" AND a.at < ").push_bind(until);
        }
        match &wanted.account {
            Some(Some(id)) => { query.push(" AND a.account_id = ").push_bind(id); }
            Some(None) => { query.push(" AND a.account_id IS NULL"); }
            None => {}
        }
        if let Some(action) = &wanted.action {
            query.push(" AND a.action = ").push_bind(action);
        }
        if let Some(wave) = wanted.wave {
            query.push(" AND a.wave = ").push_bind(wave);
        }
        if let Some(unit_id) = &wanted.unit_id {
            query.push(" AND a.unit_id = ").push_bind(unit_id);
        }
        if let Some((at, id)) = &wanted.after {
            query.push(" AND (a.at, a.id) < (").push_bind(*at).push(", ").push_bind(id).push(")");
        }
        query.push(" ORDER BY a.at DESC, a.id DESC LIMIT ").push_bind(limit);
        query.build_query_as::<AuditRow>().fetch_all(link).await?
    }))
}

/// Actions the log has, by name.
pub(crate) async fn actions(conn: &mut Conn) -> Stored<Vec<String>> {
    // One step along the index per action, however long the log is.
    let found = rows!(
        conn,
        all,
        (Option<String>,),
        "WITH RECURSIVE seen (action) AS (
             SELECT MIN(action) FROM audit
             UNION ALL
             SELECT (SELECT MIN(a.action) FROM audit a WHERE a.action > s.action) FROM seen s WHERE s.action IS NOT NULL
         )
         SELECT action FROM seen WHERE action IS NOT NULL"
    )?;
    Ok(found.into_iter().filter_map(|(action,)| action).collect())
}
