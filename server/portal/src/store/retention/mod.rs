//! Rows of retention: rules, runs, what is due ([`due`]), and the statements
//! that take personal data out of a case ([`people`]). Each of them leaves
//! rows alone that hold none any more, so that everything can be repeated.

mod due;
mod people;

pub(crate) use due::{
    Due, count_accounts, count_cases, count_mails, count_networks, count_notes, empty_mails, empty_notes,
    some_accounts, some_cases, some_mails, some_networks,
};
pub(crate) use people::{
    Redacted, anonymise_account, anonymise_case, confirmations, empty_answer, forget_marks, points, redact,
    set_confirmation, set_point, submissions,
};

use super::{Conn, Stored, rows, run};

/// Waves closed up to a moment, with that moment of each, earliest first.
pub(crate) async fn closed_waves(conn: &mut Conn, until: i64) -> Stored<Vec<(i32, i64)>> {
    rows!(
        conn,
        all,
        (i32, i64),
        "SELECT wave, closed_at FROM waves
         WHERE state = 'closed' AND closed_at IS NOT NULL AND closed_at <= $1 ORDER BY closed_at, wave",
        until
    )
}

pub(crate) async fn rules(conn: &mut Conn) -> Stored<Vec<(String, i32)>> {
    rows!(conn, all, (String, i32), "SELECT kind, months FROM retention_rules")
}

/// Sets how many months a kind is kept; `None`: for good.
pub(crate) async fn set_rule(conn: &mut Conn, kind: &str, months: Option<i32>) -> Stored<()> {
    match months {
        Some(months) => run!(
            conn,
            "INSERT INTO retention_rules (kind, months) VALUES ($1, $2)
             ON CONFLICT (kind) DO UPDATE SET months = excluded.months",
            kind,
            months
        )?,
        None => run!(conn, "DELETE FROM retention_rules WHERE kind = $1", kind)?,
    };
    Ok(())
}

pub(crate) async fn automatic(conn: &mut Conn) -> Stored<bool> {
    let found = rows!(
        conn,
        optional,
        (bool,),
        "SELECT automatic FROM retention_switch WHERE id = 1"
    )?;
    Ok(found.is_some_and(|(on,)| on))
}

pub(crate) async fn set_automatic(conn: &mut Conn, on: bool) -> Stored<()> {
    run!(conn, "UPDATE retention_switch SET automatic = $1 WHERE id = 1", on)?;
    Ok(())
}

/// Takes the switch for this transaction: nobody else begins a run.
pub(crate) async fn take(conn: &mut Conn) -> Stored<()> {
    run!(conn, "UPDATE retention_switch SET automatic = automatic WHERE id = 1")?;
    Ok(())
}

/// A run as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct RunRow {
    pub id: String,
    pub begun_at: i64,
    pub ended_at: Option<i64>,
    pub who: String,
    pub scope: String,
    pub planned: i64,
}

pub(crate) async fn begin(conn: &mut Conn, row: &RunRow, account_id: Option<&str>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO retention_runs (id, begun_at, account_id, who, scope, planned) VALUES ($1, $2, $3, $4, $5, $6)",
        &row.id,
        row.begun_at,
        account_id,
        &row.who,
        &row.scope,
        row.planned
    )?;
    Ok(())
}

pub(crate) async fn end(conn: &mut Conn, id: &str, at: i64) -> Stored<bool> {
    let ended = run!(
        conn,
        "UPDATE retention_runs SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        id,
        at
    )?;
    Ok(ended == 1)
}

/// The latest runs, newest first.
pub(crate) async fn runs(conn: &mut Conn, limit: i64) -> Stored<Vec<RunRow>> {
    rows!(
        conn,
        all,
        RunRow,
        "SELECT id, begun_at, ended_at, who, scope, planned FROM retention_runs
         ORDER BY begun_at DESC, id DESC LIMIT $1",
        limit
    )
}

/// Runs that were begun and not ended, oldest first.
pub(crate) async fn unended(conn: &mut Conn) -> Stored<Vec<RunRow>> {
    rows!(
        conn,
        all,
        RunRow,
        "SELECT id, begun_at, ended_at, who, scope, planned FROM retention_runs
         WHERE ended_at IS NULL ORDER BY begun_at, id"
    )
}

/// What a run removed: wave, kind, how many.
pub(crate) async fn done(conn: &mut Conn, run_id: &str) -> Stored<Vec<(i32, String, i64)>> {
    rows!(
        conn,
        all,
        (i32, String, i64),
        "SELECT wave, kind, amount FROM retention_done WHERE run_id = $1 ORDER BY wave, kind",
        run_id
    )
}

pub(crate) async fn note_done(conn: &mut Conn, run_id: &str, wave: i32, kind: &str, amount: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO retention_done (run_id, wave, kind, amount) VALUES ($1, $2, $3, $4)
         ON CONFLICT (run_id, wave, kind) DO UPDATE SET amount = retention_done.amount + excluded.amount",
        run_id,
        wave,
        kind,
        amount
    )?;
    Ok(())
}
