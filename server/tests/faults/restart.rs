//! PostgreSQL goes and comes back; for a while it may only be read.

use crate::cluster::Cluster;
use crate::crowd::{self, Client, Reply, gather};
use crate::program::Program;
use sqlx::{Connection, Executor, PgConnection};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_outlives_its_database() {
    let Some(cluster) = Cluster::start() else { return };
    let dir = tempfile::tempdir().unwrap();
    let portal = crowd::open(&cluster.url(), dir.path()).await;
    let members = gather(&portal, 1).await;
    portal.close().await;
    let program = Program::start(&cluster.url(), dir.path());
    let mut client = Client::new(program.port, &members[0]);
    let mut revision = save(&mut client, 0, "vorher").await.unwrap();
    for mode in ["fast", "immediate"] {
        cluster.down(mode);
        let page = client
            .post("/befragung/A", &[("rev__A5", "0"), ("A5", "währenddessen")])
            .await
            .unwrap();
        assert_eq!(page.status, 503, "{mode}");
        assert!(page.body.contains("nicht erreichbar") && page.body.contains("Noch einmal senden"));
        assert!(page.body.contains("währenddessen"), "what was typed comes back");
        let health = client.get("/healthz").await.unwrap();
        assert_eq!(health.status, 503, "{mode}");
        cluster.up();
        revision = until_saved(&mut client, revision, mode).await;
    }

    let mut admin = PgConnection::connect(&cluster.url()).await.unwrap();
    read_only(&mut admin, "on").await;
    assert_eq!(save(&mut client, revision, "nur lesbar").await.unwrap_err(), 503);
    assert_eq!(client.get("/befragung/A").await.unwrap().status, 200, "reading goes on");
    read_only(&mut admin, "off").await;
    until_saved(&mut client, revision, "nachher").await;
    let portal = crowd::open(&cluster.url(), dir.path()).await;
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
    portal.close().await;
}

async fn read_only(admin: &mut PgConnection, value: &str) {
    let set = format!("ALTER DATABASE postgres SET default_transaction_read_only = {value}");
    // In a read-only session the setting itself could not be taken back.
    admin.execute("SET default_transaction_read_only = off").await.unwrap();
    admin.execute(sqlx::AssertSqlSafe(set)).await.unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                  WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
    admin.execute(others).await.unwrap();
}

async fn save(client: &mut Client, base: i64, text: &str) -> Result<i64, u16> {
    match client.save(&[("A5", base, text)]).await.unwrap() {
        Reply::Saved(revisions) => Ok(revisions[0].1),
        Reply::Not(status, _) => Err(status),
    }
}

/// Tries as the form does until the answer is stored.
async fn until_saved(client: &mut Client, base: i64, text: &str) -> i64 {
    for _ in 0..40 {
        if let Ok(revision) = save(client, base, text).await {
            return revision;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("{text}: nothing can be saved any more");
}
