//! Another process holds the database: a German message after a while, and
//! everything works again once it lets go.

use crate::crowd::{self, Client, Reply, gather};
use crate::program::Program;
use sqlx::{Connection, Executor, SqliteConnection};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_holds_the_lock_delays_saving_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let portal = crowd::open(&url, dir.path()).await;
    let members = gather(&portal, 2).await;
    portal.close().await;
    let program = Program::start(&url, dir.path());
    let mut client = Client::new(program.port, &members[0]);
    let mut other = Client::new(program.port, &members[1]);

    let mut holder = SqliteConnection::connect(&url).await.unwrap();
    holder.execute("BEGIN IMMEDIATE").await.unwrap();
    let change = [("A5", 0, "Leitung")];
    let (saved, posted, read) = tokio::join!(
        client.save(&change),
        other.post("/befragung/A", &[("rev__A5", "0"), ("A5", "Bereichsleitung")]),
        async {
            let mut reader = Client::new(program.port, &members[1]);
            reader.get("/befragung/A").await
        }
    );
    let Reply::Not(status, words) = saved.unwrap() else {
        panic!("acknowledged")
    };
    assert_eq!(status, 503, "{words}");
    let page = posted.unwrap();
    assert_eq!(page.status, 503);
    assert!(
        page.body.contains("Das Portal ist gerade nicht erreichbar"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Noch einmal senden") && page.body.contains("Bereichsleitung"));
    assert_eq!(read.unwrap().status, 200, "reading goes on meanwhile");

    holder.execute("ROLLBACK").await.unwrap();
    assert!(matches!(client.save(&change).await.unwrap(), Reply::Saved(_)));
    let page = other
        .post("/befragung/A", &[("rev__A5", "0"), ("A5", "Bereichsleitung")])
        .await
        .unwrap();
    assert_eq!(
        (page.status, page.location.as_str()),
        (303, "/befragung/A?meldung=gespeichert")
    );
}
