//! Rows that count failures. Keys are hashed: what people type into a
//! sign-in form is sometimes a password.

use super::{Conn, Stored, rows, run};

/// Failures counted under one key, and when the last one was.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Failures {
    pub failures: i64,
    pub last_at: i64,
}

/// The counter of a key, taken for this transaction so that nobody counts at
/// the same moment; one last touched before `forget_before` starts anew.
pub(crate) async fn take(
    conn: &mut Conn,
    scope: &str,
    key_hash: &str,
    at: i64,
    forget_before: i64,
) -> Stored<Failures> {
    rows!(
        conn,
        one,
        Failures,
        "INSERT INTO throttle (scope, key_hash, failures, last_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (scope, key_hash) DO UPDATE SET
             failures = CASE WHEN throttle.last_at < $4 THEN 0 ELSE throttle.failures END
         RETURNING failures, last_at",
        scope,
        key_hash,
        at,
        forget_before
    )
}

/// Counts one more failure on a counter taken before.
pub(crate) async fn count(conn: &mut Conn, scope: &str, key_hash: &str, at: i64) -> Stored<()> {
    run!(
        conn,
        "UPDATE throttle SET failures = failures + 1, last_at = $3 WHERE scope = $1 AND key_hash = $2",
        scope,
        key_hash,
        at
    )?;
    Ok(())
}

pub(crate) async fn clear(conn: &mut Conn, scope: &str, key_hash: &str) -> Stored<()> {
    run!(
        conn,
        "DELETE FROM throttle WHERE scope = $1 AND key_hash = $2",
        scope,
        key_hash
    )?;
    Ok(())
}

/// Removes what no longer counts.
pub(crate) async fn forget(conn: &mut Conn, before: i64) -> Stored<()> {
    run!(conn, "DELETE FROM throttle WHERE last_at < $1", before)?;
    Ok(())
}

/// Takes one failure back.
pub(crate) async fn uncount(conn: &mut Conn, scope: &str, key_hash: &str) -> Stored<()> {
    run!(
        conn,
        "UPDATE throttle SET failures = failures - 1 WHERE scope = $1 AND key_hash = $2 AND failures > 0",
        scope,
        key_hash
    )?;
    Ok(())
}
