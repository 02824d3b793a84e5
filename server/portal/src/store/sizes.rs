//! Figures by which the units of a wave are large or small, page by page, and
//! the classes they are put into. `+wave` keeps the range of ids in front, as
//! in [`super::recount`].

use super::{BATCH, Conn, Stored, on, rows};
use sqlx::QueryBuilder;

/// Cases read at a time.
const PAGE: i64 = 2_000;

/// Further columns of the register of a wave's cases after `last`, JSON.
pub(crate) async fn attributes(conn: &mut Conn, wave: i32, last: &str) -> Stored<Vec<(String, String)>> {
    rows!(
        conn,
        all,
        (String, String),
        "SELECT id, attributes FROM cases WHERE +wave = $1 AND id > $2 ORDER BY id LIMIT $3",
        wave,
        last,
        PAGE
    )
}

/// What the units of a wave's cases after `last` handed in last in another wave.
pub(crate) async fn submitted_before(
    conn: &mut Conn,
    wave: i32,
    previous: i32,
    last: &str,
) -> Stored<Vec<(String, Option<String>)>> {
    rows!(
        conn,
        all,
        (String, Option<String>),
        "SELECT c.id, (SELECT s.machine FROM cases p JOIN submissions s ON s.case_id = p.id
                       WHERE p.unit_id = c.unit_id AND p.wave = $2 ORDER BY s.number DESC LIMIT 1)
         FROM cases c WHERE +c.wave = $1 AND c.id > $3 ORDER BY c.id LIMIT $4",
        wave,
        previous,
        last,
        PAGE
    )
}

/// Puts cases into a class.
pub(crate) async fn put(conn: &mut Conn, class: i32, case_ids: &[String]) -> Stored<()> {
    for ids in case_ids.chunks(BATCH) {
        on!(conn, link => {
            let mut query = QueryBuilder::new("UPDATE cases SET size_class = ");
            query.push_bind(class).push(" WHERE id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(id);
            }
            query.push(")");
            query.build().persistent(false).execute(link).await?.rows_affected()
        });
    }
    Ok(())
}
