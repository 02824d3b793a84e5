//! Stopped in the middle of work: what was begun is finished, what was queued
//! is delivered.

use crate::crowd::{self, Client, Reply, answer_all, gather};
use crate::program::{Program, until};
use sqlx::{Connection, Executor, SqliteConnection};
use std::process::Command;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_save_under_way_is_answered_and_the_outbox_emptied() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let portal = crowd::open(&url, dir.path()).await;
    let members = gather(&portal, 2).await;
    answer_all(&portal, &members[1].session).await;
    let program = Program::start(&url, dir.path());
    let (mut client, mut other) = (
        Client::new(program.port, &members[0]),
        Client::new(program.port, &members[1]),
    );
    client.get("/befragung").await.unwrap();
    other.get("/befragung").await.unwrap();

    // The save and the submission wait for the lock when the signal comes.
    let mut holder = SqliteConnection::connect(&url).await.unwrap();
    holder.execute("BEGIN IMMEDIATE").await.unwrap();
    let saving = tokio::spawn(async move { client.save(&[("A5", 0, "Leitung")]).await });
    let submitting = tokio::spawn(async move { other.post("/befragung/abgabe", &[]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let pid = program.pid().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    let port = program.port;
    let refuses = || std::net::TcpStream::connect(("127.0.0.1", port)).is_err();
    until("no new connection is taken", refuses).await;
    holder.execute("ROLLBACK").await.unwrap();

    let saved = saving.await.unwrap().unwrap();
    assert!(matches!(saved, Reply::Saved(_)), "{saved:?}");
    assert_eq!(submitting.await.unwrap().unwrap().location, "/befragung/quittung");
    assert_eq!(program.wait().code(), Some(0));
    let waiting = portal.figures().await.unwrap().outbox;
    assert!(waiting.iter().all(|(state, _)| state == "sent"), "{waiting:?}");
    let receipts = std::fs::read_dir(dir.path().join("post")).unwrap();
    let receipts = receipts.filter(|file| {
        file.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("-eingang-")
    });
    assert!(receipts.count() > 0);
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
    portal.close().await;
}
