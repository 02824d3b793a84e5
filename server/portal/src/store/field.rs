//! Cases in the field, many at once: what saving answers in groups reads and
//! takes.

use super::{BATCH, Conn, KEPT, Stored, on};
use sqlx::QueryBuilder;
use std::collections::HashMap;

/// What a save needs to know of a case.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct FieldRow {
    pub id: String,
    pub unit_id: String,
    pub status: String,
    pub wave: i32,
    pub state: String,
    pub instrument: Option<String>,
}

/// The current case of each unit, by unit, chosen as in [`super::cases::current_of_unit`].
pub(crate) async fn in_the_field(conn: &mut Conn, units: &[&str]) -> Stored<HashMap<String, FieldRow>> {
    let mut rows: Vec<FieldRow> = Vec::with_capacity(units.len());
    for units in units.chunks(BATCH) {
        rows.extend(on!(conn, link => {
            let mut query = QueryBuilder::new(
                "SELECT c.id, c.unit_id, c.status, c.wave, w.state, w.instrument
                 FROM cases c JOIN waves w ON w.wave = c.wave WHERE w.state <> 'planned' AND c.unit_id IN (",
            );
            let mut list = query.separated(", ");
            for unit in units {
                list.push_bind(*unit);
            }
            query.push(")");
            query.build_query_as::<FieldRow>().persistent(units.len() <= KEPT).fetch_all(link).await?
        }));
    }
    rows.sort_by_key(|row| (row.state == "open", row.wave));
    Ok(rows.into_iter().map(|row| (row.unit_id.clone(), row)).collect())
}

/// Takes cases as [`super::cases::take`] does, and returns revision and status by case.
pub(crate) async fn take_all(conn: &mut Conn, case_ids: &[&str]) -> Stored<HashMap<String, (i64, String)>> {
    let mut taken = HashMap::with_capacity(case_ids.len());
    for ids in case_ids.chunks(BATCH) {
        let rows = on!(conn, link => {
            let mut query = QueryBuilder::new("UPDATE cases SET revision = revision + 1 WHERE id IN (");
            let mut list = query.separated(", ");
            for id in ids {
                list.push_bind(*id);
            }
            query.push(") RETURNING id, revision, status");
            query.build_query_as::<(String, i64, String)>().persistent(ids.len() <= KEPT).fetch_all(link).await?
        });
        taken.extend(rows.into_iter().map(|(id, revision, status)| (id, (revision, status))));
    }
    Ok(taken)
}
