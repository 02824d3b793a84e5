//! Copies: taken while everybody saves, and left behind by an accident in the
//! middle of the log.

use crate::crowd::{self, Client, Member, Reply, gather};
use crate::postgres::fresh_postgres;
use crate::program::{Program, until};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::task::JoinSet;

const SAVERS: usize = 8;

/// Everybody saves until told to stop; `count` are the saves acknowledged.
fn saving(program: &Program, members: &[Member], stop: &Arc<AtomicBool>, count: &Arc<AtomicU64>) -> JoinSet<()> {
    let mut running = JoinSet::new();
    for member in members {
        let mut client = Client::new(program.port, member);
        let (stop, count) = (stop.clone(), count.clone());
        running.spawn(async move {
            let mut base = 0;
            while !stop.load(Ordering::Relaxed) {
                let text = format!("Angabe {base} {}", "x".repeat(200));
                match client.save(&[("Z1", base, &text)]).await {
                    Ok(Reply::Saved(revisions)) => base = revisions[0].1,
                    Ok(Reply::Not(status, words)) => panic!("{status} {words}"),
                    Err(_) => return,
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    running
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_is_whole_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let copy = dir.path().join("copy.db");
    under_load(&url, dir.path(), &copy).await;
    is_whole(&format!("sqlite:{}", copy.display()), dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_under_load_is_whole_on_postgres() {
    let (Some(url), Some(empty)) = (fresh_postgres().await, fresh_postgres().await) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.dump");
    under_load(&url, dir.path(), &copy).await;
    let restored = Command::new("pg_restore")
        .args(["--dbname", &empty])
        .arg(&copy)
        .status();
    assert!(restored.unwrap().success());
    is_whole(&empty, dir.path()).await;
}

/// A restored copy is sound and has everybody in it.
async fn is_whole(url: &str, dir: &Path) {
    let restored = crowd::open(url, dir).await;
    assert_eq!(restored.verify(|_, _| {}).await.unwrap().damage, []);
    let cases = restored.figures().await.unwrap().cases;
    assert_eq!(cases.iter().map(|(_, _, count)| count).sum::<i64>(), SAVERS as i64);
    restored.close().await;
}

async fn under_load(url: &str, dir: &Path, copy: &Path) {
    let portal = crowd::open(url, dir).await;
    let members = gather(&portal, SAVERS).await;
    let program = Program::start(url, dir);
    let (stop, count) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
    let running = saving(&program, &members, &stop, &count);
    until("saves before the backup", || count.load(Ordering::Relaxed) > 20).await;
    portal.backup(copy).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    running.join_all().await;
    portal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_cut_anywhere_opens_clean() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let portal = crowd::open(&url, dir.path()).await;
    let members = gather(&portal, SAVERS).await;
    portal.close().await;
    let program = Program::start(&url, dir.path());
    let running = saving(&program, &members, &Arc::default(), &Arc::default());
    let file = dir.path().join("portal.db-wal");
    let long_enough = || fs::metadata(&file).is_ok_and(|log| log.len() > 200_000);
    until("a log of some length", long_enough).await;
    program.end("-KILL");
    running.join_all().await;
    let log = fs::read(&file).unwrap();
    for part in 0..=16 {
        // Never at the border of a page.
        let length = log.len() * part / 16;
        let length = length - length.min(7 * part);
        let copy = dir.path().join(format!("copy{part}"));
        fs::create_dir(&copy).unwrap();
        fs::copy(dir.path().join("portal.db"), copy.join("portal.db")).unwrap();
        fs::write(copy.join("portal.db-wal"), &log[..length]).unwrap();
        let portal = crowd::open(&format!("sqlite:{}/portal.db", copy.display()), dir.path()).await;
        assert_eq!(
            portal.verify(|_, _| {}).await.unwrap().damage,
            [],
            "{length} of {} bytes",
            log.len()
        );
        portal.close().await;
    }
}
