//! What a database must hold whatever happened to it, as queries that find
//! the exceptions.

use super::{Conn, Link, Stored, rows};

/// Findings of the database itself: pages, indexes, foreign keys.
pub(crate) async fn integrity(conn: &mut Conn) -> Stored<Vec<String>> {
    let mut found = Vec::new();
    match conn.link() {
        Link::Sqlite(link) => {
            let pages: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut *link).await?;
            found.extend(pages.into_iter().map(|(line,)| line).filter(|line| line != "ok"));
            let keys: Vec<(String, Option<i64>, String)> =
                sqlx::query_as("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")
                    .fetch_all(&mut *link)
                    .await?;
            found.extend(keys.into_iter().map(|(table, row, parent)| {
                let row = row.map_or("?".to_owned(), |row| row.to_string());
                format!("foreign key: {table} row {row} names no {parent}")
            }));
        }
        Link::Postgres(link) => {
            let loose: Vec<(String,)> = sqlx::query_as(
                "SELECT conname::text FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace
                 WHERE n.nspname = current_schema() AND NOT c.convalidated",
            )
            .fetch_all(&mut *link)
            .await?;
            found.extend(
                loose
                    .into_iter()
                    .map(|(name,)| format!("constraint {name} is not valid")),
            );
        }
    }
    Ok(found)
}

/// Contradictions between tables: what each query is about, and the rows it finds.
pub(crate) async fn contradictions(conn: &mut Conn) -> Stored<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    for (about, sql) in QUERIES {
        let rows = rows!(conn, all, (String,), sql)?;
        found.extend(rows.into_iter().map(|(row,)| (about, row)));
    }
    Ok(found)
}

/// Each selects one text that names the row; none may find any.
const QUERIES: [(&str, &str); 13] = [
    (
        "Angabe ohne ihren Eintrag im Verlauf",
        "SELECT a.case_id || ' ' || a.item FROM answers a WHERE NOT EXISTS (
             SELECT 1 FROM answer_history h
             WHERE h.case_id = a.case_id AND h.item = a.item AND h.revision = a.revision AND NOT h.conflict
               AND h.cannot_say = a.cannot_say AND COALESCE(h.given, '') = COALESCE(a.given, '')
               AND (h.given IS NULL) = (a.given IS NULL))",
    ),
    (
        "Angabe ist nicht die letzte ihres Verlaufs",
        "SELECT a.case_id || ' ' || a.item FROM answers a WHERE EXISTS (
             SELECT 1 FROM answer_history h
             WHERE h.case_id = a.case_id AND h.item = a.item AND h.revision > a.revision AND NOT h.conflict)",
    ),
    (
        "Angabe neuer als ihr Fall",
        "SELECT DISTINCT c.id FROM cases c JOIN answer_history h ON h.case_id = c.id WHERE h.revision > c.revision",
    ),
    (
        "Status ohne den Vorgang, der zu ihm führte",
        "SELECT c.id FROM cases c WHERE c.status <> 'not_invited' AND NOT EXISTS (
             SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.to_status = c.status)",
    ),
    (
        "Abgabe ohne ihren Vorgang",
        "SELECT s.id FROM submissions s WHERE NOT EXISTS (
             SELECT 1 FROM case_events e WHERE e.case_id = s.case_id AND e.event IN ('submit', 'settle_query') AND e.at = s.at)",
    ),
    (
        "Abgegeben ohne Abgabe",
        "SELECT c.id FROM cases c
         WHERE (c.submitted_at IS NOT NULL OR c.status IN ('submitted', 'query', 'usable', 'unusable'))
           AND NOT EXISTS (SELECT 1 FROM submissions s WHERE s.case_id = c.id)",
    ),
    (
        "Status nicht seit seinem Vorgang",
        "SELECT c.id FROM cases c WHERE NOT EXISTS (
             SELECT 1 FROM case_events e WHERE e.case_id = c.id AND e.to_status = c.status AND e.at = c.status_at)
           AND NOT (c.status = 'not_invited' AND c.status_at = c.created_at)",
    ),
    (
        "Zuletzt bearbeitet nicht, als es war",
        // Noted to the minute.
        "SELECT c.id FROM cases c
         LEFT JOIN (SELECT case_id, MAX(at) AS at FROM answer_history GROUP BY case_id) h ON h.case_id = c.id
         LEFT JOIN (SELECT case_id, MAX(at) AS at FROM (
                        SELECT case_id, at FROM case_events WHERE event IN ('open', 'answer', 'submit')
                        UNION ALL SELECT case_id, at FROM submissions) worked
                    GROUP BY case_id) e ON e.case_id = c.id
         WHERE c.active_at > CASE WHEN COALESCE(h.at, 0) > COALESCE(e.at, 0) THEN COALESCE(h.at, 0)
                                  ELSE COALESCE(e.at, 0) END
            OR c.active_at + 60000000 < CASE WHEN COALESCE(h.at, 0) > COALESCE(e.at, 0) THEN COALESCE(h.at, 0)
                                             ELSE COALESCE(e.at, 0) END",
    ),
    (
        "Typ des Falls nicht der seiner letzten Abgabe",
        "SELECT c.id FROM cases c
         LEFT JOIN submissions s ON s.case_id = c.id
              AND s.number = (SELECT MAX(l.number) FROM submissions l WHERE l.case_id = c.id)
         LEFT JOIN classifications k ON k.submission_id = s.id AND k.rule_version || ' ' || k.k3_rule = c.type_rules
         WHERE COALESCE(c.type_ue, '') <> COALESCE(k.type_ue, '') OR COALESCE(c.type_u25, '') <> COALESCE(k.type_u25, '')",
    ),
    (
        "Kennung des Falls nicht die seiner Einheit",
        "SELECT c.id FROM cases c JOIN units u ON u.id = c.unit_id WHERE c.kennung_key <> u.kennung_key",
    ),
    (
        "Fall ohne die Wörter, mit denen man ihn findet",
        "SELECT c.id FROM cases c
         WHERE c.words_version < 1 OR NOT EXISTS (SELECT 1 FROM case_words w WHERE w.case_id = c.id AND w.wave = c.wave)",
    ),
    (
        "Fall in Rückfrage ohne offene Rückfrage",
        "SELECT c.id FROM cases c WHERE c.status = 'query'
           AND NOT EXISTS (SELECT 1 FROM queries q WHERE q.case_id = c.id AND q.state = 'open')
           AND EXISTS (SELECT 1 FROM queries q WHERE q.case_id = c.id)",
    ),
    (
        "Offene Rückfrage, deren Fall nicht in Rückfrage ist",
        "SELECT q.id FROM queries q JOIN cases c ON c.id = q.case_id WHERE q.state = 'open' AND c.status <> 'query'",
    ),
];

/// Case, questions asked and answered, where that was noted for the answers
/// as they are.
pub(crate) async fn progress(conn: &mut Conn) -> Stored<Vec<(String, i32, i32)>> {
    rows!(
        conn,
        all,
        (String, i32, i32),
        "SELECT id, asked, answered FROM cases
         WHERE progress_revision = revision AND status IN ('opened', 'started') ORDER BY id"
    )
}

/// A submission with everything that can be computed anew.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct WholeRow {
    pub id: String,
    pub case_id: String,
    pub kennung: String,
    pub wave: i32,
    pub number: i32,
    pub receipt: String,
    pub fingerprint: String,
    pub instrument: String,
    pub entries: String,
    pub machine: String,
    /// Fingerprint of what was left when contact data was taken out.
    pub redacted_fingerprint: Option<String>,
}

/// All submissions in the order of cases and numbers.
pub(crate) async fn submissions(conn: &mut Conn) -> Stored<Vec<WholeRow>> {
    rows!(
        conn,
        all,
        WholeRow,
        "SELECT s.id, s.case_id, u.kennung, c.wave, s.number, s.receipt, s.fingerprint, s.instrument, s.entries,
                s.machine, s.redacted_fingerprint
         FROM submissions s JOIN cases c ON c.id = s.case_id JOIN units u ON u.id = c.unit_id
         ORDER BY s.case_id, s.number"
    )
}

/// The classifications of a submission.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct ClassifiedRow {
    pub rule_version: String,
    pub k3_rule: String,
    pub ue: String,
    pub u25: String,
    pub type_ue: String,
    pub type_u25: String,
    pub letters: Option<String>,
}

pub(crate) async fn classifications(conn: &mut Conn, submission_id: &str) -> Stored<Vec<ClassifiedRow>> {
    rows!(
        conn,
        all,
        ClassifiedRow,
        "SELECT rule_version, k3_rule, ue, u25, type_ue, type_u25, letters FROM classifications WHERE submission_id = $1",
        submission_id
    )
}
