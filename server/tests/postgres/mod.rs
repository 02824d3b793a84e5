//! Fresh databases on the PostgreSQL of the tests.

#![allow(dead_code, reason = "each test takes its part")]

use sqlx::{Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

/// Address of a fresh database; `None`, loudly, where there is no PostgreSQL.
pub(crate) async fn fresh_postgres() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = std::env::var("RUECKLAUF_TEST_POSTGRES")
        .ok()
        .filter(|server| !server.is_empty())
    else {
        missing("RUECKLAUF_TEST_POSTGRES names no server (see .ci/with-postgres)");
        return None;
    };
    let name = format!("server_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    conn.execute(create).await.unwrap();
    Some(format!("{server}/{name}"))
}

/// Says what a test does without; on CI it must not.
pub(crate) fn missing(what: &str) {
    eprintln!("*** SKIPPED: {what} ***");
    assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must run this: {what}");
}
