//! What benchmarks that grow a database share: its sizes, SQLite and
//! PostgreSQL one after the other, and the machine's clock.

use portal::{BaseUrl, Clock, MailTarget, Portal, Settings};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::time::Instant;
use tempfile::TempDir;

/// Sizes of `RUECKLAUF_BENCH_UNITS`, or these.
pub fn sizes(usual: &[u64]) -> Vec<u64> {
    let asked = std::env::var("RUECKLAUF_BENCH_UNITS").ok();
    asked.map_or_else(
        || usual.to_vec(),
        |asked| asked.split(',').filter_map(|size| size.trim().parse().ok()).collect(),
    )
}

/// An empty database of one kind, and a folder beside it.
pub struct Database {
    /// `SQLite` or `PostgreSQL`.
    pub kind: &'static str,
    /// Its address.
    pub url: String,
    dir: TempDir,
}

impl Database {
    /// Opens the portal on it.
    pub async fn open(&self, clock: Clock) -> Portal {
        let base_url = BaseUrl::parse("http://localhost:3000").expect("an address");
        let post = MailTarget::Dir(self.dir.path().join("post"));
        let settings = Settings::new(&self.url, base_url, post);
        Portal::open(settings, clock).await.expect("opens")
    }

    /// Runs statements on it, one after the other.
    pub async fn run(&self, statements: impl IntoIterator<Item = String>) {
        let mut conn = AnyConnection::connect(&self.url).await.expect("connects");
        for sql in statements {
            conn.execute(AssertSqlSafe(sql)).await.expect("runs");
        }
        conn.close().await.expect("closes");
    }
}

/// Measures on SQLite in a temporary folder, then, where
/// `RUECKLAUF_TEST_POSTGRES` names a server (`.ci/with-postgres`), on a
/// database of its own there.
pub fn on_both(measure: impl AsyncFn(&Database)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        sqlx::any::install_default_drivers();
        let folder = || tempfile::tempdir().expect("a folder");
        let dir = folder();
        measure(&Database {
            kind: "SQLite",
            url: format!("sqlite:{}", dir.path().join("bench.db").display()),
            dir,
        })
        .await;
        let Ok(server) = std::env::var("RUECKLAUF_TEST_POSTGRES") else {
            println!("PostgreSQL: skipped, RUECKLAUF_TEST_POSTGRES names no server");
            return;
        };
        let name = format!("bench_{}", std::process::id());
        admin(&server, &format!("CREATE DATABASE {name}")).await;
        measure(&Database {
            kind: "PostgreSQL",
            url: format!("{server}/{name}"),
            dir: folder(),
        })
        .await;
        admin(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await;
    });
}

async fn admin(server: &str, sql: &str) {
    let mut conn = AnyConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("connects");
    conn.execute(AssertSqlSafe(sql)).await.expect("done");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
pub fn clock() -> Instant {
    Instant::now()
}
