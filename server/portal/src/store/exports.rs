//! Rows of exports, a page at a time in the order of the register and by key,
//! so that no wave is ever held whole; and what is counted about the way a
//! case took.

use super::{Conn, Stored, among, on};
use crate::store::results::RuleNames;
use sqlx::QueryBuilder;

/// Cases of one page.
pub(crate) const PAGE: usize = 500;

/// Which units, and which of their waves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    /// The wave whose register gives the order.
    pub anchor: i32,
    /// Only units usable in all of these waves; none: all of the register.
    pub panel: &'a [i32],
}

/// A case with its latest submission and that one's classification.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ExportRow {
    pub case_id: String,
    pub kennung: String,
    pub name: String,
    pub contact_name: String,
    pub contact_email: String,
    pub form: String,
    pub land: String,
    pub status: String,
    pub submitted_at: Option<i64>,
    pub machine: Option<String>,
    pub ue: Option<String>,
    pub u25: Option<String>,
    pub rule_version: Option<String>,
    /// Place in the order: of the unit's case in the wave that gives it.
    pub sort_key: String,
    pub anchor_id: String,
}

/// Which units belong, and where a page begins; `l` is the case that gives the order.
macro_rules! push_listed {
    ($query:ident, $listed:ident) => {
        $query.push(" WHERE l.wave = ").push_bind($listed.anchor);
        if !$listed.panel.is_empty() {
            $query.push(" AND l.status = 'usable'");
        }
        for wave in $listed.panel.iter().filter(|wave| **wave != $listed.anchor) {
            $query
                .push(" AND EXISTS (SELECT 1 FROM cases p WHERE p.status = 'usable' AND p.unit_id = l.unit_id AND p.wave = ")
                .push_bind(*wave)
                .push(")");
        }
    };
}

/// How many units there are.
pub(crate) async fn count(conn: &mut Conn, listed: Listed<'_>) -> Stored<i64> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new("SELECT COUNT(*) FROM cases l");
        push_listed!(query, listed);
        query.build_query_as::<(i64,)>().fetch_one(link).await?.0
    }))
}

/// The next units after a place in the order, as they are in one wave.
pub(crate) async fn page(
    conn: &mut Conn,
    listed: Listed<'_>,
    wave: i32,
    after: &(String, String),
    rules: RuleNames,
) -> Stored<Vec<ExportRow>> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "SELECT c.id AS case_id, u.kennung, c.name, c.contact_name, c.contact_email, c.form, c.land, c.status,
                    s.at AS submitted_at, s.machine, k.ue, k.u25, k.rule_version, l.sort_key, l.id AS anchor_id
             FROM cases l JOIN units u ON u.id = l.unit_id JOIN cases c ON c.unit_id = l.unit_id AND c.wave = ",
        );
        query.push_bind(wave);
        query.push(
            " LEFT JOIN submissions s ON s.case_id = c.id
                   AND s.number = (SELECT MAX(x.number) FROM submissions x WHERE x.case_id = c.id)
              LEFT JOIN classifications k ON k.submission_id = s.id AND k.rule_version = ",
        );
        query.push_bind(rules.version).push(" AND k.k3_rule = ").push_bind(rules.k3_rule);
        push_listed!(query, listed);
        query.push(" AND (l.sort_key, l.id) > (").push_bind(after.0.clone());
        query.push(", ").push_bind(after.1.clone()).push(") ORDER BY l.sort_key, l.id LIMIT ");
        query.push_bind(i64::try_from(PAGE).unwrap_or(i64::MAX));
        query.build_query_as::<ExportRow>().fetch_all(link).await?
    }))
}

/// Moments of a case.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct MomentsRow {
    pub case_id: String,
    pub invited_at: Option<i64>,
    pub opened_at: Option<i64>,
    pub started_at: Option<i64>,
    pub submitted_at: Option<i64>,
    pub status_at: i64,
    pub revision: i64,
}

/// Changes of answers, counted.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ChangesRow {
    pub case_id: String,
    pub changes: i64,
    pub items: i64,
    pub people: i64,
    pub days: i64,
    pub first_at: i64,
    pub last_at: i64,
    pub conflicts: i64,
    pub by_staff: i64,
}

/// Something counted, with the last moment of it.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct CountedRow {
    pub case_id: String,
    /// Which of several kinds.
    pub kind: String,
    pub n: i64,
    pub last_at: Option<i64>,
}

/// The way some cases took: each table read once for all of them.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    pub moments: Vec<MomentsRow>,
    pub changes: Vec<ChangesRow>,
    pub submissions: Vec<CountedRow>,
    pub confirmations: Vec<CountedRow>,
    pub queries: Vec<CountedRow>,
    pub events: Vec<CountedRow>,
    pub mails: Vec<CountedRow>,
    pub contacts: Vec<CountedRow>,
}

pub(crate) async fn ways(conn: &mut Conn, cases: &[String]) -> Stored<Ways> {
    if cases.is_empty() {
        return Ok(Ways::default());
    }
    Ok(Ways {
        moments: among!(
            conn,
            cases,
            MomentsRow,
            "SELECT id AS case_id, invited_at, opened_at, started_at, submitted_at, status_at, revision
             FROM cases WHERE id IN (",
            ")"
        )?,
        // A day of 86,400 seconds, in microseconds.
        changes: among!(
            conn,
            cases,
            ChangesRow,
            "SELECT case_id, COUNT(*) AS changes, COUNT(DISTINCT item) AS items,
                    COUNT(DISTINCT account_id) AS people, COUNT(DISTINCT at / 86400000000) AS days,
                    MIN(at) AS first_at, MAX(at) AS last_at,
                    COUNT(CASE WHEN conflict THEN 1 END) AS conflicts,
                    COUNT(CASE WHEN by_staff THEN 1 END) AS by_staff
             FROM answer_history WHERE case_id IN (",
            ") GROUP BY case_id"
        )?,
        submissions: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, '' AS kind, COUNT(*) AS n, MAX(at) AS last_at FROM submissions WHERE case_id IN (",
            ") GROUP BY case_id"
        )?,
        confirmations: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, '' AS kind, COUNT(*) AS n, MAX(at) AS last_at FROM confirmations WHERE case_id IN (",
            ") GROUP BY case_id"
        )?,
        queries: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, '' AS kind, COUNT(*) AS n, MAX(opened_at) AS last_at FROM queries WHERE case_id IN (",
            ") GROUP BY case_id"
        )?,
        events: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, event AS kind, COUNT(*) AS n, MAX(at) AS last_at FROM case_events WHERE case_id IN (",
            ") GROUP BY case_id, event"
        )?,
        mails: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, kind, COUNT(*) AS n, MAX(sent_at) AS last_at FROM outbox WHERE state = 'sent' AND case_id IN (",
            ") GROUP BY case_id, kind"
        )?,
        contacts: among!(
            conn,
            cases,
            CountedRow,
            "SELECT case_id, kind, COUNT(*) AS n, MAX(at) AS last_at FROM contact_attempts WHERE case_id IN (",
            ") GROUP BY case_id, kind"
        )?,
    })
}
