//! Opening a database: whose it is, how old, by how many at once.

use crate::support::{Database, World, postgres_or_skip, run, story};
use portal::{BaseUrl, Clock, MailTarget, OpenError, Portal, Settings};

fn settings(url: &str) -> Settings {
    let base_url = BaseUrl::parse("http://localhost:3000").unwrap();
    Settings::new(url, base_url, MailTarget::Dir("post".into()))
}

async fn open(url: &str) -> Result<Portal, OpenError> {
    Portal::open(settings(url), Clock::system()).await
}

async fn databases() -> Vec<(String, tempfile::TempDir)> {
    let mut list = Vec::new();
    for database in [Some(Database::Sqlite), postgres_or_skip()].into_iter().flatten() {
        let dir = tempfile::tempdir().unwrap();
        list.push((database.url(&dir).await, dir));
    }
    list
}

/// SQLite's drivers make a missing file only when asked.
fn making(url: &str) -> String {
    if url.starts_with("sqlite") {
        format!("{url}?mode=rwc")
    } else {
        url.to_owned()
    }
}

#[tokio::test]
async fn a_foreign_database_is_left_alone() {
    for (url, _dir) in databases().await {
        run(&making(&url), "CREATE TABLE rechnungen (id integer)").await;
        let refused = open(&url).await.map(drop).unwrap_err();
        assert!(
            matches!(&refused, OpenError::ForeignSchema { table } if table == "rechnungen"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn another_programs_migrations_are_not_ours() {
    for (url, _dir) in databases().await {
        run(&making(&url), "CREATE TABLE kunden (id integer)").await;
        let blob = if url.starts_with("sqlite") { "BLOB" } else { "BYTEA" };
        let table = format!(
            "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL,
             installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
             checksum {blob} NOT NULL, execution_time BIGINT NOT NULL)"
        );
        run(&url, &table).await;
        let row = "INSERT INTO _sqlx_migrations VALUES (1, 'kunden', CURRENT_TIMESTAMP, true, 'abc', 0)";
        run(&url, row).await;
        let refused = open(&url).await.map(drop).unwrap_err();
        assert!(matches!(refused, OpenError::ForeignSchema { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    for (url, _dir) in databases().await {
        open(&url).await.unwrap().close().await;
        let row = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                   VALUES (9999, 'later', true, 'abc', 0)";
        run(&url, row).await;
        let refused = open(&url).await.map(drop).unwrap_err();
        assert!(
            matches!(refused, OpenError::NewerSchema { found: 9999, .. }),
            "{refused}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_processes_may_start_at_once() {
    for (url, _dir) in databases().await {
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { open(&url).await.map(drop) })
            })
            .collect();
        for start in starts {
            start.await.unwrap().unwrap();
        }
        assert!(open(&url).await.unwrap().healthy().await);
    }
}

#[tokio::test]
async fn wrong_addresses_and_unreadable_files_have_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    for wrong in [
        "",
        "ruecklauf.db",
        "mysql://x/y",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:x.db?mode=memory",
    ] {
        let refused = open(wrong).await.map(drop).unwrap_err();
        assert!(matches!(refused, OpenError::WrongUrl { .. }), "{wrong}: {refused}");
    }
    let noise = dir.path().join("noise.db");
    std::fs::write(&noise, "this is no database, whatever its name says".repeat(50)).unwrap();
    let missing = dir.path().join("no/such/dir/portal.db");
    let urls = [noise, missing].map(|file| format!("sqlite:{}", file.display()));
    for url in urls
        .iter()
        .map(String::as_str)
        .chain(["postgres://nobody:geheim@127.0.0.1:1/nothing"])
    {
        let refused = open(url).await.map(drop).unwrap_err();
        assert!(matches!(refused, OpenError::Unreadable(_)), "{refused}");
        assert!(!refused.to_string().contains("geheim"));
    }
}

story!(what_was_acknowledged_is_there_after_a_restart, world => {
    world.in_the_field().await;
    let session = world.office("GS-1").await;
    world.save(&session, &[("B1", "5.000")]).await;
    world.portal.close().await;
    assert!(!world.portal.healthy().await);
    let World { settings, clock, .. } = &world;
    let again = Portal::open(settings.clone(), clock.clone()).await.unwrap();
    assert!(again.healthy().await);
    assert_eq!(again.case_of(&session).await.unwrap().unwrap().entries().len(), 1);
});
