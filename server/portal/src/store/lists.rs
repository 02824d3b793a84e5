//! Rows of lists and exports: many cases at once, read only.

use super::{Conn, Stored, on, rows};
use sqlx::QueryBuilder;

/// Which cases to list.
pub(crate) struct Filter {
    pub wave: i32,
    pub status: Option<&'static str>,
    pub form: Option<&'static str>,
    pub land: Option<&'static str>,
    /// Folded part of a name; empty: any.
    pub name: String,
    /// Folded part of a Kennung; empty: any.
    pub kennung: String,
    pub rule_version: &'static str,
    pub k3_rule: &'static str,
}

/// A case in a list.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct LineRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub changed_at: Option<i64>,
    pub submitted_at: Option<i64>,
    pub type_ue: Option<String>,
    pub type_u25: Option<String>,
}

/// Cases that pass a filter, in German order of their names.
pub(crate) async fn cases(conn: &mut Conn, filter: &Filter) -> Stored<Vec<LineRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT u.kennung, c.name, c.form, c.land, c.status, c.submitted_at, k.type_ue, k.type_u25,
                    (SELECT MAX(e.at) FROM case_events e WHERE e.case_id = c.id) AS changed_at
             FROM cases c
             JOIN units u ON u.id = c.unit_id
             LEFT JOIN submissions s ON s.case_id = c.id
                  AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
             LEFT JOIN classifications k ON k.submission_id = s.id AND k.rule_version = ",
        );
        query.push_bind(filter.rule_version).push(" AND k.k3_rule = ").push_bind(filter.k3_rule);
        query.push(" WHERE c.wave = ").push_bind(filter.wave);
        let fields = [("c.status", filter.status), ("c.form", filter.form), ("c.land", filter.land)];
        for (column, wanted) in fields {
            if let Some(wanted) = wanted {
                query.push(" AND ").push(column).push(" = ").push_bind(wanted);
            }
        }
        if !filter.kennung.is_empty() {
            query.push(" AND (u.kennung_key LIKE ").push_bind(containing(&filter.kennung)).push(" ESCAPE '!'");
            if !filter.name.is_empty() {
                query.push(" OR c.sort_key LIKE ").push_bind(containing(&filter.name)).push(" ESCAPE '!'");
            }
            query.push(")");
        }
        query.push(" ORDER BY c.sort_key, c.id");
        query.build_query_as::<LineRow>().fetch_all(link).await?
    }))
}

/// A pattern for what contains a text, whatever characters it has.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '!' | '%' | '_') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// A case with its latest submission and that one's classification.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ResultRow {
    pub kennung: String,
    pub name: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub submitted_at: Option<i64>,
    pub machine: Option<String>,
    pub ue: Option<String>,
    pub u25: Option<String>,
    pub rule_version: Option<String>,
}

/// All cases of a wave with their results under these rules.
pub(crate) async fn results(conn: &mut Conn, wave: i32, rule_version: &str, k3_rule: &str) -> Stored<Vec<ResultRow>> {
    rows!(
        conn,
        all,
        ResultRow,
        "SELECT u.kennung, c.name, c.form, c.land, c.status, s.at AS submitted_at, s.machine,
                k.ue, k.u25, k.rule_version
         FROM cases c
         JOIN units u ON u.id = c.unit_id
         LEFT JOIN submissions s ON s.case_id = c.id
              AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
         LEFT JOIN classifications k ON k.submission_id = s.id AND k.rule_version = $2 AND k.k3_rule = $3
         WHERE c.wave = $1
         ORDER BY c.sort_key, c.id",
        wave,
        rule_version,
        k3_rule
    )
}

/// Form and classifications of a wave's cases of one status.
pub(crate) async fn classified(
    conn: &mut Conn,
    wave: i32,
    status: &str,
    rule_version: &str,
    k3_rule: &str,
) -> Stored<Vec<(String, String, String)>> {
    rows!(
        conn,
        all,
        (String, String, String),
        "SELECT c.form, k.ue, k.u25
         FROM cases c
         JOIN submissions s ON s.case_id = c.id
              AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
         JOIN classifications k ON k.submission_id = s.id AND k.rule_version = $3 AND k.k3_rule = $4
         WHERE c.wave = $1 AND c.status = $2",
        wave,
        status,
        rule_version,
        k3_rule
    )
}
