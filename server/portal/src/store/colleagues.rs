//! Rows of the colleagues an office has invited.

use super::{Conn, Stored, rows, run};

/// A colleague as stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ColleagueRow {
    pub account_id: String,
    pub unit_id: String,
    pub name: String,
    pub email: String,
    /// Letters joined by commas, or `*`.
    pub modules: String,
    pub deputy: bool,
    pub invited_by: String,
    pub invited_at: i64,
    pub withdrawn_at: Option<i64>,
    /// Whether a password was set.
    pub active: bool,
}

macro_rules! colleague_where {
    ($rest:literal) => {
        concat!(
            "SELECT k.account_id, k.unit_id, a.display_name AS name, a.email, k.modules, k.deputy, k.invited_by,
                    k.invited_at, k.withdrawn_at, a.password_hash IS NOT NULL AS active
             FROM colleagues k JOIN accounts a ON a.id = k.account_id WHERE ",
            $rest
        )
    };
}

/// The colleagues of a unit, those whose access was withdrawn included.
pub(crate) async fn of_unit(conn: &mut Conn, unit_id: &str) -> Stored<Vec<ColleagueRow>> {
    rows!(
        conn,
        all,
        ColleagueRow,
        colleague_where!("k.unit_id = $1 ORDER BY k.invited_at, k.account_id"),
        unit_id
    )
}

pub(crate) async fn by_account(conn: &mut Conn, account_id: &str) -> Stored<Option<ColleagueRow>> {
    rows!(
        conn,
        optional,
        ColleagueRow,
        colleague_where!("k.account_id = $1"),
        account_id
    )
}

/// What the head grants.
pub(crate) struct Grant<'a> {
    pub modules: &'a str,
    pub deputy: bool,
    pub who: &'a str,
    pub at: i64,
}

/// Adds a colleague to an account, or invites them again.
pub(crate) async fn put(conn: &mut Conn, account_id: &str, unit_id: &str, grant: &Grant<'_>) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO colleagues (account_id, unit_id, modules, deputy, invited_by, invited_at, link_at)
         VALUES ($1, $2, $3, $4, $5, $6, $6)
         ON CONFLICT (account_id) DO UPDATE SET modules = excluded.modules, deputy = excluded.deputy,
             invited_by = excluded.invited_by, invited_at = excluded.invited_at, link_at = excluded.link_at,
             withdrawn_at = NULL, withdrawn_by = NULL",
        account_id,
        unit_id,
        grant.modules,
        grant.deputy,
        grant.who,
        grant.at
    )?;
    Ok(())
}

/// Grants other modules.
pub(crate) async fn set_grant(conn: &mut Conn, account_id: &str, modules: &str, deputy: bool) -> Stored<()> {
    run!(
        conn,
        "UPDATE colleagues SET modules = $2, deputy = $3 WHERE account_id = $1",
        account_id,
        modules,
        deputy
    )?;
    Ok(())
}

/// Notes that the link was sent again.
pub(crate) async fn set_link(conn: &mut Conn, account_id: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE colleagues SET link_at = $2 WHERE account_id = $1",
        account_id,
        at
    )?;
    Ok(())
}

/// Withdraws the access; false where that was done before.
pub(crate) async fn withdraw(conn: &mut Conn, account_id: &str, who: &str, at: i64) -> Stored<bool> {
    let done = run!(
        conn,
        "UPDATE colleagues SET withdrawn_at = $2, withdrawn_by = $3 WHERE account_id = $1 AND withdrawn_at IS NULL",
        account_id,
        at,
        who
    )?;
    Ok(done == 1)
}
