//! The log is on disk before the answer leaves, as the system's own trace of
//! the program shows it.

use crate::crowd::{self, Client, Reply, gather};
use crate::postgres::missing;
use crate::program::Program;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_is_on_disk_before_the_answer_leaves() {
    if Command::new("strace").arg("-V").output().is_err() {
        missing("strace is not installed");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    let portal = crowd::open(&url, dir.path()).await;
    let members = gather(&portal, 1).await;
    portal.close().await;
    let program = Program::start(&url, dir.path());
    let mut client = Client::new(program.port, &members[0]);
    // The first request of a session also notes its use.
    client.get("/befragung").await.unwrap();

    let output = dir.path().join("trace");
    let mut trace = Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=pwrite64,fsync,fdatasync,write,writev,sendto",
            "-o",
        ])
        .arg(&output)
        .args(["-p", &program.pid().to_string()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It says so once it watches every thread.
    let mut said = String::new();
    BufReader::new(trace.stderr.as_mut().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.contains("attached"), "{said}");
    let saved = client.save(&[("A5", 0, "Leitung")]).await.unwrap();
    assert!(matches!(saved, Reply::Saved(_)), "{saved:?}");
    let stop = Command::new("kill").args(["-INT", &trace.id().to_string()]).status();
    assert!(stop.unwrap().success());
    trace.wait().unwrap();

    let lines = std::fs::read_to_string(&output).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    let answer = lines
        .iter()
        .position(|line| line.contains("HTTP/1.1 200"))
        .expect("an answer in the trace");
    let written = lines[..answer]
        .iter()
        .rposition(|line| line.contains("pwrite64(") && line.contains("portal.db-wal>"));
    let written = written.unwrap_or_else(|| panic!("no write to the log: {lines:#?}"));
    let synced = lines[written..answer].iter().any(|line| {
        let call = line.contains("fdatasync") || line.contains("fsync");
        // In one line, or begun earlier and resumed here.
        call && line.ends_with("= 0") && (line.contains("portal.db-wal>") || line.contains("resumed"))
    });
    assert!(
        synced,
        "the answer left before the log was on disk: {:#?}",
        &lines[written..=answer]
    );
}
