//! No room on the disk, and a disk that may only be read. The disk is a small
//! one in memory that only the program sees.

use crate::cluster::is_root;
use crate::crowd::{self, Client, Reply, gather};
use crate::postgres::missing;
use crate::program::Program;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Becomes the program, with `mount` done before in a world of its own.
fn apart(mount: &str) -> Command {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let script = format!("{mount} && exec \"$1\" serve");
    command.args(["sh", "-c", &script, "sh", env!("CARGO_BIN_EXE_ruecklauf")]);
    command
}

fn may_mount() -> bool {
    let mut command = Command::new("unshare");
    command.arg("--mount");
    if !is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    let done = command.args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"]).output();
    let may = done.is_ok_and(|done| done.status.success());
    if !may {
        missing("mounting a small disk is not allowed here (unshare --mount)");
    }
    may
}

/// Fills the disk to its last byte.
fn fill(disk: &Path) -> PathBuf {
    let filler = disk.join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    for size in [64 * 1024, 512] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    filler
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_survived() {
    if !may_mount() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (first, disk) = (dir.path().join("first"), dir.path().join("disk"));
    fs::create_dir_all(&first).unwrap();
    fs::create_dir_all(&disk).unwrap();
    let portal = crowd::open(&format!("sqlite:{}/portal.db", first.display()), dir.path()).await;
    let members = gather(&portal, 2).await;
    portal.close().await;
    let mount = "mount -t tmpfs -o size=8m tmpfs disk && cp first/* disk/";
    let program = Program::start_by(
        &mut apart(mount),
        &format!("sqlite:{}/portal.db", disk.display()),
        dir.path(),
    );
    // The disk as the program sees it.
    let seen = PathBuf::from(format!("/proc/{}/root{}", program.pid(), disk.display()));
    let mut client = Client::new(program.port, &members[0]);
    let mut other = Client::new(program.port, &members[1]);

    let Reply::Saved(before) = client.save(&[("A5", 0, "vorher")]).await.unwrap() else {
        panic!("not saved")
    };
    let filler = fill(&seen);
    // What is in the log already may take some more; then it is full.
    let mut acknowledged = ("vorher".to_owned(), before[0].1);
    let refused = loop {
        let text = format!("{}{}", "x".repeat(4_000), acknowledged.1);
        match client.save(&[("A5", acknowledged.1, &text)]).await.unwrap() {
            Reply::Saved(revisions) => acknowledged = (text, revisions[0].1),
            Reply::Not(status, words) => break (status, words),
        }
        assert!(acknowledged.1 < 5_000, "the disk never fills");
    };
    assert_eq!(refused.0, 507, "{}", refused.1);
    assert!(refused.1.contains("voll"), "{}", refused.1);
    let page = other
        .post(
            "/befragung/A",
            &[("rev__Z1", "0"), ("rev__A5", "0"), ("A5", "Büroleitung")],
        )
        .await
        .unwrap();
    assert_eq!(page.status, 400, "Z1 is on another page");
    let page = other
        .post("/befragung/A", &[("rev__A5", "0"), ("A5", &"Büroleitung ".repeat(300))])
        .await
        .unwrap();
    assert_eq!(page.status, 507, "{}", page.body);
    assert!(page.body.contains("Der Speicher des Portals ist voll") && page.body.contains("Noch einmal senden"));
    assert!(page.body.contains("Büroleitung"), "what was typed comes back");
    let read = client.get("/befragung/A").await.unwrap();
    assert!(
        read.status == 200 && read.body.contains(&acknowledged.0),
        "reading goes on, with what was acknowledged"
    );

    fs::remove_file(filler).unwrap();
    let again = client.save(&[("A5", acknowledged.1, "nachher")]).await.unwrap();
    assert!(matches!(again, Reply::Saved(_)), "{again:?}");
    let page = other
        .post("/befragung/A", &[("rev__A5", "0"), ("A5", "Büroleitung")])
        .await
        .unwrap();
    assert_eq!(
        (page.status, page.location.as_str()),
        (303, "/befragung/A?meldung=gespeichert")
    );

    let copy = dir.path().join("copy");
    fs::create_dir(&copy).unwrap();
    for name in ["portal.db", "portal.db-wal"] {
        fs::copy(seen.join(name), copy.join(name)).unwrap();
    }
    let portal = crowd::open(&format!("sqlite:{}/portal.db", copy.display()), dir.path()).await;
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
    portal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_may_only_be_read_stops_the_start_with_its_reason() {
    if !may_mount() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disk = dir.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let url = format!("sqlite:{}/portal.db", disk.display());
    let portal = crowd::open(&url, dir.path()).await;
    gather(&portal, 1).await;
    portal.close().await;
    let ended = apart("mount --bind disk disk && mount -o remount,ro,bind disk")
        .current_dir(dir.path())
        .env("DATABASE_URL", &url)
        .env("RUECKLAUF_BASE_URL", "http://localhost:3000")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(
        said.contains("Die Datenbank (DATABASE_URL)") && said.contains("schreibgeschützt"),
        "{said}"
    );
    let portal = crowd::open(&url, dir.path()).await;
    assert_eq!(
        portal.verify(|_, _| {}).await.unwrap().damage,
        [],
        "nothing was touched"
    );
    portal.close().await;
}

/// Makes files unchangeable for everybody, or changeable again.
fn chattr(flag: &str, dir: &Path) -> bool {
    let files = ["portal.db", "portal.db-wal"].map(|name| dir.join(name));
    Command::new("chattr")
        .arg(flag)
        .args(files)
        .status()
        .is_ok_and(|done| done.success())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_turns_read_only_is_said_and_survived() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/portal.db", dir.path().display());
    let portal = crowd::open(&url, dir.path()).await;
    let members = gather(&portal, 2).await;
    portal.close().await;
    let program = Program::start(&url, dir.path());
    let mut client = Client::new(program.port, &members[0]);
    let mut other = Client::new(program.port, &members[1]);
    let Reply::Saved(before) = client.save(&[("A5", 0, "vorher")]).await.unwrap() else {
        panic!("not saved")
    };
    let base = before[0].1;
    if !chattr("+i", dir.path()) {
        missing("files cannot be made unchangeable here (chattr +i)");
        return;
    }
    let refused = client.save(&[("A5", base, "währenddessen")]).await;
    let form = [("rev__A5", "0"), ("A5", "Büroleitung")];
    let page = other.post("/befragung/A", &form).await;
    let read = client.get("/befragung/A").await;
    // Whatever comes of it, the folder must be removable again.
    assert!(chattr("-i", dir.path()));
    let Reply::Not(status, words) = refused.unwrap() else {
        panic!("acknowledged")
    };
    assert_eq!(status, 503, "{words}");
    let page = page.unwrap();
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(
        page.body.contains("nicht erreichbar") && page.body.contains("Büroleitung"),
        "{}",
        page.body
    );
    let read = read.unwrap();
    assert!(read.status == 200 && read.body.contains("vorher"), "reading goes on");

    let again = client.save(&[("A5", base, "nachher")]).await.unwrap();
    assert!(matches!(again, Reply::Saved(_)), "{again:?}");
    let page = other.post("/befragung/A", &form).await.unwrap();
    assert_eq!(
        (page.status, page.location.as_str()),
        (303, "/befragung/A?meldung=gespeichert")
    );
    let portal = crowd::open(&url, dir.path()).await;
    assert_eq!(portal.verify(|_, _| {}).await.unwrap().damage, []);
    portal.close().await;
}
