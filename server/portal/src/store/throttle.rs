//! Rows that count failures. Keys are hashed: what people type into a
//! sign-in form is sometimes a password.

use super::{Conn, Stored, rows, run};

/// Failures counted under one key, and when the last one was.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Failures {
    pub failures: i64,
    pub last_at: i64,
}

pub(crate) async fn find(conn: &mut Conn, scope: &str, key_hash: &str) -> Stored<Option<Failures>> {
    rows!(
        conn,
        optional,
        Failures,
        "SELECT failures, last_at FROM throttle WHERE scope = $1 AND key_hash = $2",
        scope,
        key_hash
    )
}

/// Counts one more failure; starts anew where the last was before
/// `forget_before`.
pub(crate) async fn count(conn: &mut Conn, scope: &str, key_hash: &str, at: i64, forget_before: i64) -> Stored<()> {
    run!(
        conn,
        "INSERT INTO throttle (scope, key_hash, failures, last_at) VALUES ($1, $2, 1, $3)
         ON CONFLICT (scope, key_hash) DO UPDATE SET
             failures = CASE WHEN throttle.last_at < $4 THEN 1 ELSE throttle.failures + 1 END,
             last_at = excluded.last_at",
        scope,
        key_hash,
        at,
        forget_before
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
