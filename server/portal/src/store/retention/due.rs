//! What is due: personal data waves that are over still hold, counted and some
//! of it at a time, and the statements that empty mails, notes and networks.

use super::super::{Conn, Stored, on, rows, run};
use sqlx::QueryBuilder;

/// What one wave holds of a kind: conditions and parameters of its statements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub wave: i32,
    /// Waves closed up to here are over for this kind.
    pub cutoff: i64,
    /// Mails that belong to no wave: those after the earlier wave's end …
    pub since: i64,
    /// … up to this one's.
    pub until: i64,
}

macro_rules! cases_due {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM cases c WHERE c.wave = $1
             AND (c.redacted_at IS NULL OR c.contact_name <> '' OR c.contact_email <> '')",
            $rest
        )
    };
}

/// Accounts of units all of whose waves are over, the last one being `$1`.
macro_rules! of_units_gone {
    ($select:literal, $from:literal, $holds:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM ",
            $from,
            " WHERE a.unit_id IS NOT NULL AND ",
            $holds,
            " AND (SELECT MAX(c.wave) FROM cases c WHERE c.unit_id = a.unit_id) = $1
              AND NOT EXISTS (
                  SELECT 1 FROM cases c JOIN waves w ON w.wave = c.wave
                  WHERE c.unit_id = a.unit_id AND (w.state <> 'closed' OR w.closed_at > $2))",
            $rest
        )
    };
}

macro_rules! mails_due {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM outbox o WHERE o.state <> 'sending'
             AND (o.recipient IS NOT NULL OR o.sent_to IS NOT NULL OR o.subject IS NOT NULL OR o.body IS NOT NULL
                  OR o.html IS NOT NULL OR o.own_subject IS NOT NULL OR o.own_text IS NOT NULL
                  OR o.last_answer IS NOT NULL OR o.bounce IS NOT NULL)
             AND (o.wave = $1
                  OR (o.wave IS NULL AND o.created_at > $2 AND o.created_at <= $3
                      AND o.account_id IN (SELECT id FROM accounts WHERE unit_id IS NOT NULL)))",
            $rest
        )
    };
}

macro_rules! count {
    ($conn:expr, $sql:expr $(, $value:expr)*) => {{
        let (count,) = rows!($conn, one, (i64,), $sql $(, $value)*)?;
        Ok(count)
    }};
}

macro_rules! ids {
    ($conn:expr, $sql:expr $(, $value:expr)*) => {{
        let found = rows!($conn, all, (String,), $sql $(, $value)*)?;
        Ok(found.into_iter().map(|(id,)| id).collect())
    }};
}

/// How many cases of a wave still hold contact data.
pub(crate) async fn count_cases(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(conn, cases_due!("COUNT(*)", ""), due.wave)
}

pub(crate) async fn some_cases(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(conn, cases_due!("c.id", " ORDER BY c.id LIMIT $2"), due.wave, limit)
}

pub(crate) async fn count_accounts(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        of_units_gone!(
            "COUNT(*)",
            "accounts a",
            "(a.email <> '' OR a.display_name <> '' OR a.password_hash IS NOT NULL)",
            ""
        ),
        due.wave,
        due.cutoff
    )
}

pub(crate) async fn some_accounts(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        of_units_gone!(
            "a.id",
            "accounts a",
            "(a.email <> '' OR a.display_name <> '' OR a.password_hash IS NOT NULL)",
            " ORDER BY a.id LIMIT $3"
        ),
        due.wave,
        due.cutoff,
        limit
    )
}

pub(crate) async fn count_networks(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        of_units_gone!(
            "COUNT(*)",
            "known_networks n JOIN accounts a ON a.id = n.account_id",
            "n.network_hash <> ''",
            ""
        ),
        due.wave,
        due.cutoff
    )
}

/// Accounts whose networks are due.
pub(crate) async fn some_networks(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        of_units_gone!(
            "DISTINCT a.id",
            "known_networks n JOIN accounts a ON a.id = n.account_id",
            "n.network_hash <> ''",
            " ORDER BY a.id LIMIT $3"
        ),
        due.wave,
        due.cutoff,
        limit
    )
}

pub(crate) async fn count_mails(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(conn, mails_due!("COUNT(*)", ""), due.wave, due.since, due.until)
}

pub(crate) async fn some_mails(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        mails_due!("o.id", " ORDER BY o.id LIMIT $4"),
        due.wave,
        due.since,
        due.until,
        limit
    )
}

/// Takes everything out of mails but what they were about, when and how they
/// ended. One that still waits, for its turn or for somebody to decide, never
/// goes out any more: there is nothing left of it.
pub(crate) async fn empty_mails(conn: &mut Conn, ids: &[String]) -> Stored<u64> {
    Ok(on!(conn, link => {
        let mut query = QueryBuilder::new(
            "UPDATE outbox SET recipient = NULL, sent_to = NULL, subject = NULL, body = NULL, html = NULL,
                    own_subject = NULL, own_text = NULL, last_answer = NULL, bounce = NULL,
                    state = CASE WHEN state IN ('queued', 'deferred', 'unclear') THEN 'cancelled' ELSE state END
             WHERE state <> 'sending' AND id IN (",
        );
        let mut list = query.separated(", ");
        for id in ids {
            list.push_bind(id);
        }
        query.push(")");
        query.build().persistent(false).execute(link).await?.rows_affected()
    }))
}

/// Notes about cases and contacts, and reasons why an office wanted no mails.
pub(crate) async fn count_notes(conn: &mut Conn, due: Due) -> Stored<i64> {
    count!(
        conn,
        "SELECT (SELECT COUNT(*) FROM contact_attempts n JOIN cases c ON c.id = n.case_id
                 WHERE c.wave = $1 AND n.note <> '')
              + (SELECT COUNT(*) FROM case_notes n JOIN cases c ON c.id = n.case_id
                 WHERE c.wave = $1
                   AND EXISTS (SELECT 1 FROM case_note_versions v WHERE v.note_id = n.id AND v.text <> ''))
              + (SELECT COUNT(*) FROM cases c WHERE c.wave = $1 AND c.opt_out_reason IS NOT NULL AND c.opt_out_reason <> '')",
        due.wave
    )
}

/// Empties some of them and says how many. Of a note about a case it stays
/// that there was one, by whom and when, and nothing of any of its versions.
pub(crate) async fn empty_notes(conn: &mut Conn, due: Due, limit: i64) -> Stored<u64> {
    let attempts = run!(
        conn,
        "UPDATE contact_attempts SET note = '' WHERE id IN (
             SELECT n.id FROM contact_attempts n JOIN cases c ON c.id = n.case_id
             WHERE c.wave = $1 AND n.note <> '' ORDER BY n.id LIMIT $2)",
        due.wave,
        limit
    )?;
    let notes = some_notes(conn, due, limit).await?;
    for id in &notes {
        run!(
            conn,
            "DELETE FROM case_note_versions WHERE note_id = $1 AND revision > 1",
            id
        )?;
        run!(conn, "UPDATE case_note_versions SET text = '' WHERE note_id = $1", id)?;
    }
    let reasons = run!(
        conn,
        "UPDATE cases SET opt_out_reason = '' WHERE wave = $1 AND opt_out_reason IS NOT NULL AND opt_out_reason <> ''",
        due.wave
    )?;
    Ok(attempts + notes.len() as u64 + reasons)
}

async fn some_notes(conn: &mut Conn, due: Due, limit: i64) -> Stored<Vec<String>> {
    ids!(
        conn,
        "SELECT n.id FROM case_notes n JOIN cases c ON c.id = n.case_id
         WHERE c.wave = $1 AND EXISTS (SELECT 1 FROM case_note_versions v WHERE v.note_id = n.id AND v.text <> '')
         ORDER BY n.id LIMIT $2",
        due.wave,
        limit
    )
}
