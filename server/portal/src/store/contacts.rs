//! Rows of contact besides mails: addresses that get nothing, offices that
//! want nothing, calls and letters.

use super::{Conn, Stored, among, counts, rows, run};
use crate::words;
use std::collections::HashMap;

/// An address that gets nothing.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct MarkRow {
    pub address: String,
    pub reason: String,
    pub at: i64,
}

/// Why an address gets nothing, if so.
pub(crate) async fn mark(conn: &mut Conn, address: &str) -> Stored<Option<MarkRow>> {
    rows!(
        conn,
        optional,
        MarkRow,
        "SELECT address, reason, at FROM address_marks WHERE address_key = $1",
        words::key(address)
    )
}

/// Those of some folded addresses that get nothing, with their reasons.
pub(crate) async fn marks_of(conn: &mut Conn, keys: &[String]) -> Stored<HashMap<String, String>> {
    let found = among!(
        conn,
        keys,
        (String, String),
        "SELECT address_key, reason FROM address_marks WHERE address_key IN (",
        ")"
    )?;
    Ok(found.into_iter().collect())
}

/// All marked addresses, folded, with their reasons.
pub(crate) async fn marks(conn: &mut Conn) -> Stored<Vec<(String, String)>> {
    rows!(
        conn,
        all,
        (String, String),
        "SELECT address_key, reason FROM address_marks"
    )
}

/// Marks an address; the first reason stays.
pub(crate) async fn set_mark(conn: &mut Conn, address: &str, reason: &str, outbox_id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO address_marks (address_key, address, reason, outbox_id, at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (address_key) DO NOTHING",
        words::key(address),
        address,
        reason,
        outbox_id,
        at
    )?;
    Ok(())
}

/// Takes a mark away; false where there is none.
pub(crate) async fn clear_mark(conn: &mut Conn, address: &str) -> Stored<bool> {
    let cleared = run!(
        conn,
        "DELETE FROM address_marks WHERE address_key = $1",
        words::key(address)
    )?;
    Ok(cleared > 0)
}

/// An office that wants no further mails of the plan.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct OptOutRow {
    pub opt_out_reason: Option<String>,
    pub opt_out_by: Option<String>,
    pub opt_out_at: Option<i64>,
}

pub(crate) async fn opt_out_of(conn: &mut Conn, case_id: &str) -> Stored<OptOutRow> {
    rows!(
        conn,
        one,
        OptOutRow,
        "SELECT opt_out_reason, opt_out_by, opt_out_at FROM cases WHERE id = $1",
        case_id
    )
}

/// Notes that an office wants no mails of the plan, or (`None`) that it does.
pub(crate) async fn set_opt_out(conn: &mut Conn, case_id: &str, reason: Option<(&str, &str, i64)>) -> Stored<()> {
    run!(
        conn,
        "UPDATE cases SET opt_out_reason = $2, opt_out_by = $3, opt_out_at = $4 WHERE id = $1",
        case_id,
        reason.map(|(reason, ..)| reason),
        reason.map(|(_, by, _)| by),
        reason.map(|(.., at)| at)
    )?;
    Ok(())
}

/// A call, letter, visit or note.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct AttemptRow {
    pub at: i64,
    pub kind: String,
    pub who: String,
    pub note: String,
    /// How a call went.
    pub result: Option<String>,
    /// The day on which to call again.
    pub call_back_on: Option<String>,
}

pub(crate) async fn attempts(conn: &mut Conn, case_id: &str) -> Stored<Vec<AttemptRow>> {
    rows!(
        conn,
        all,
        AttemptRow,
        "SELECT at, kind, who, note, result, call_back_on FROM contact_attempts WHERE case_id = $1 ORDER BY at DESC, id DESC",
        case_id
    )
}

/// Adds one; `id` and `account_id` of whoever noted it.
pub(crate) async fn add_attempt(
    conn: &mut Conn,
    id: &str,
    case_id: &str,
    account_id: Option<&str>,
    row: &AttemptRow,
) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO contact_attempts (id, case_id, at, kind, account_id, who, note, result, call_back_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        case_id,
        row.at,
        &row.kind,
        account_id,
        &row.who,
        &row.note,
        row.result.as_deref(),
        row.call_back_on.as_deref()
    )?;
    counts::touched(conn, case_id).await
}

/// Changes whom a case names.
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
