//! One submission, however often and from wherever it is sent.

use crate::crowd::{self, Client, answer_all, gather};
use crate::postgres::fresh_postgres;
use crate::program::Program;
use std::collections::BTreeSet;
use std::path::Path;
use tokio::task::JoinSet;

const PARALLEL: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    once(&url, dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(url) = fresh_postgres().await else { return };
    once(&url, tempfile::tempdir().unwrap().path()).await;
}

async fn once(url: &str, dir: &Path) {
    let portal = crowd::open(url, dir).await;
    let members = gather(&portal, 1).await;
    answer_all(&portal, &members[0].session).await;
    let program = Program::start(url, dir);
    let mut posts = JoinSet::new();
    for _ in 0..PARALLEL {
        let mut client = Client::new(program.port, &members[0]);
        posts.spawn(async move {
            let answer = client.post("/befragung/abgabe", &[]).await.unwrap();
            assert_eq!((answer.status, answer.location.as_str()), (303, "/befragung/quittung"));
            client.get("/befragung/quittung").await.unwrap().body
        });
    }
    let pages = posts.join_all().await;
    let receipts: BTreeSet<&str> = pages.iter().map(|page| receipt_in(page)).collect();
    assert_eq!(receipts.len(), 1, "{receipts:?}");
    let seen = portal.verify(|_, _| {}).await.unwrap();
    assert_eq!((seen.submissions, seen.damage), (1, Vec::new()));
    portal.close().await;
}

/// The receipt's number: `2008-` and two groups of four.
fn receipt_in(page: &str) -> &str {
    let starts = page.match_indices("2008-").map(|(at, _)| &page[at..]);
    let looks_right = |text: &&str| {
        let number = text.as_bytes().get(5..14);
        number.is_some_and(|number| number[4] == b'-' && number.iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-'))
    };
    let found = starts.map(|text| text.get(..14).unwrap_or(text)).find(looks_right);
    found.unwrap_or_else(|| panic!("no receipt: {page}"))
}
