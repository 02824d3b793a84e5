//! Fresh databases: a file, or one of a throw-away PostgreSQL.

use sqlx::{AnyConnection, Connection, Executor, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Which kind of database a story is told on.
pub(crate) enum Database {
    Sqlite,
    /// Address of the server, without a database.
    Postgres(String),
}

impl Database {
    /// Makes an empty database and returns its address.
    pub(crate) async fn url(&self, dir: &TempDir) -> String {
        match self {
            Self::Sqlite => format!("sqlite:{}", dir.path().join("portal.db").display()),
            Self::Postgres(server) => {
                static NEXT: AtomicU32 = AtomicU32::new(0);
                let name = format!("story_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
                let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
                let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
                conn.execute(create).await.unwrap();
                format!("{server}/{name}")
            }
        }
    }
}

/// The PostgreSQL to use. Where there is none the story says so and ends; on
/// CI it fails.
pub(crate) fn postgres_or_skip() -> Option<Database> {
    let server = std::env::var("RUECKLAUF_TEST_POSTGRES")
        .ok()
        .filter(|server| !server.is_empty());
    if server.is_none() {
        eprintln!("*** SKIPPED ON POSTGRESQL: RUECKLAUF_TEST_POSTGRES names no server (see .ci/with-postgres) ***");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "CI must test PostgreSQL");
    }
    server.map(Database::Postgres)
}

/// Runs a statement past the portal, on either kind of database.
pub(crate) async fn run(url: &str, sql: &str) {
    try_run(url, sql).await.unwrap();
}

/// The same where the database may refuse it: in its own words.
pub(crate) async fn try_run(url: &str, sql: &str) -> Result<(), String> {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let done = conn.execute(sqlx::AssertSqlSafe(sql)).await;
    conn.close().await.unwrap();
    done.map(drop).map_err(|error| error.to_string())
}

/// A count read past the portal.
pub(crate) async fn count(url: &str, sql: &str) -> i64 {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.unwrap();
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.close().await.unwrap();
    count
}
