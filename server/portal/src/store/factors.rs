//! Rows of second factors, recovery codes and sign-ins that wait for a code.

use super::{Conn, Stored, add, rows, run};

/// The factor of an account: in use, being set up, or both.
/// Has no `Debug`: it holds secrets.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct FactorRow {
    pub secret: Option<String>,
    pub confirmed_at: Option<i64>,
    pub new_secret: Option<String>,
    pub new_at: Option<i64>,
    pub new_session: Option<String>,
}

pub(crate) async fn find(conn: &mut Conn, account_id: &str) -> Stored<Option<FactorRow>> {
    rows!(
        conn,
        optional,
        FactorRow,
        "SELECT secret, confirmed_at, new_secret, new_at, new_session FROM second_factors WHERE account_id = $1",
        account_id
    )
}

/// Keeps a new secret beside the one in use, if any.
pub(crate) async fn begin(conn: &mut Conn, account_id: &str, secret: &str, session: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO second_factors (account_id, last_step, new_secret, new_at, new_session)
         VALUES ($1, 0, $2, $3, $4)
         ON CONFLICT (account_id) DO UPDATE SET
             new_secret = excluded.new_secret, new_at = excluded.new_at, new_session = excluded.new_session",
        account_id,
        secret,
        at,
        session
    )?;
    Ok(())
}

/// Puts the new secret into use; false where it is no longer the new one.
pub(crate) async fn confirm(conn: &mut Conn, account_id: &str, secret: &str, step: i64, at: i64) -> Stored<bool> {
    let done = run!(
        conn,
        "UPDATE second_factors SET secret = new_secret, confirmed_at = $4, last_step = $3,
                new_secret = NULL, new_at = NULL, new_session = NULL
         WHERE account_id = $1 AND new_secret = $2",
        account_id,
        secret,
        step,
        at
    )?;
    Ok(done == 1)
}

/// Takes a time step; false where it, or a later one, was taken before.
pub(crate) async fn use_step(conn: &mut Conn, account_id: &str, step: i64) -> Stored<bool> {
    let done = run!(
        conn,
        "UPDATE second_factors SET last_step = $2 WHERE account_id = $1 AND last_step < $2",
        account_id,
        step
    )?;
    Ok(done == 1)
}

/// Removes the factor in use with its codes and whatever waits for it; false
/// where there was none. One that was only begun is none.
pub(crate) async fn remove(conn: &mut Conn, account_id: &str) -> Stored<bool> {
    let removed = run!(
        conn,
        "DELETE FROM second_factors WHERE account_id = $1 AND confirmed_at IS NOT NULL",
        account_id
    )?;
    if removed == 0 {
        return Ok(false);
    }
    run!(conn, "DELETE FROM recovery_codes WHERE account_id = $1", account_id)?;
    nothing_awaited(conn, account_id).await?;
    Ok(true)
}

/// Puts new recovery codes in place of all earlier ones.
pub(crate) async fn replace_codes(conn: &mut Conn, account_id: &str, hashes: &[String]) -> Stored<()> {
    run!(conn, "DELETE FROM recovery_codes WHERE account_id = $1", account_id)?;
    add!(
        conn,
        "INSERT INTO recovery_codes (account_id, code_hash) ",
        hashes,
        "",
        |row, hash| {
            row.push_bind(account_id).push_bind(hash);
        }
    )?;
    Ok(())
}

/// Uses a recovery code up; false where there is none such, or no longer.
pub(crate) async fn use_code(conn: &mut Conn, account_id: &str, hash: &str, at: i64) -> Stored<bool> {
    let used = run!(
        conn,
        "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL",
        account_id,
        hash,
        at
    )?;
    Ok(used == 1)
}

/// How many recovery codes still open.
pub(crate) async fn codes_left(conn: &mut Conn, account_id: &str) -> Stored<i64> {
    let (left,) = rows!(
        conn,
        one,
        (i64,),
        "SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL",
        account_id
    )?;
    Ok(left)
}

/// Keeps that a code is awaited, and forgets whom nobody came back for.
pub(crate) async fn await_code(
    conn: &mut Conn,
    token_hash: &str,
    account_id: &str,
    at: i64,
    forget_before: i64,
) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM pending_sign_ins WHERE created_at < $1",
        forget_before
    )?;
    run!(
        conn,
        "INSERT INTO pending_sign_ins (token_hash, account_id, created_at) VALUES ($1, $2, $3)",
        token_hash,
        account_id,
        at
    )?;
    Ok(())
}

/// Whose code is awaited under this token, if it is young enough.
pub(crate) async fn awaited(conn: &mut Conn, token_hash: &str, not_before: i64) -> Stored<Option<String>> {
    let found = rows!(
        conn,
        optional,
        (String,),
        "SELECT account_id FROM pending_sign_ins WHERE token_hash = $1 AND created_at > $2",
        token_hash,
        not_before
    )?;
    Ok(found.map(|(id,)| id))
}

/// Ends the waiting; false where it had ended.
pub(crate) async fn awaited_no_more(conn: &mut Conn, token_hash: &str) -> Stored<bool> {
    let ended = run!(conn, "DELETE FROM pending_sign_ins WHERE token_hash = $1", token_hash)?;
    Ok(ended == 1)
}

/// Ends whatever waits for a code of an account: its password has changed, or
/// it was shut.
pub(crate) async fn nothing_awaited(conn: &mut Conn, account_id: &str) -> Stored<()> {
    run!(conn, "DELETE FROM pending_sign_ins WHERE account_id = $1", account_id)?;
    Ok(())
}
