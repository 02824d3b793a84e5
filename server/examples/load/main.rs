//! Load: every office of the survey at once, each reading module after module
//! and saving answer after answer, against the real program on this machine.
//!
//! `make load`, or `cargo run --release -p server --example load -- --help`.
//! Prints figures and asserts none, except that nothing failed and that every
//! acknowledged answer is stored afterwards.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for whoever measures")]

#[path = "../../tests/crowd/mod.rs"]
mod crowd;
mod measure;

use clap::Parser;
use crowd::{Client, Member, Reply, answers::COMPLETE};
use measure::{Kind, Measured, Pace, Process, Sample};
use portal::Portal;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use survey::Entry;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Modules of different length.
const PAGES: [&str; 6] = ["A", "D", "F", "H", "I", "J"];

/// What to measure.
#[derive(Parser)]
struct Args {
    /// Offices at once.
    #[arg(long, default_value_t = 440)]
    offices: usize,
    /// An empty database; otherwise SQLite in a folder of its own.
    #[arg(long)]
    database: Option<String>,
    /// The program; otherwise the one beside this.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Requests a second of all offices together; 0: each asks again as soon as
    /// it is answered.
    #[arg(long, default_value_t = 3_000)]
    rate: u32,
    /// Folder for SQLite's file: its disk is what is measured.
    #[arg(long)]
    dir: Option<PathBuf>,
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let dir = match &args.dir {
        Some(dir) => tempfile::tempdir_in(dir).unwrap(),
        None => tempfile::tempdir().unwrap(),
    };
    let sqlite = format!("sqlite:{}", dir.path().join("load.db").display());
    let url = args.database.clone().unwrap_or(sqlite);
    let portal = crowd::open(&url, dir.path()).await;
    eprintln!("{} offices sign in …", args.offices);
    let members = crowd::gather(&portal, args.offices).await;

    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let beside = std::env::current_exe().unwrap().parent().unwrap().join("../ruecklauf");
    let began = Instant::now();
    let mut program = start(&args.program.clone().unwrap_or(beside), &url, dir.path(), port);
    let mut first = Client::new(port, &members[0]);
    while !first.get("/healthz").await.is_ok_and(|answer| answer.status == 200) {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    println!(
        "start to first answered request: {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );

    let process = Process::of(program.id());
    println!("resident memory after the start: {:.0} MB", process.resident_mb());
    // Everybody's page once, so that caches are warm.
    all(
        &members,
        port,
        |mut client, _| async move { read(&mut client, "A").await },
    )
    .await;
    println!("… after everybody has read a page: {:.0} MB", process.resident_mb());
    let pages = async || {
        let (used, began) = (process.used(), Instant::now());
        let samples = all(&members, port, |mut client, _| async move {
            let mut samples = Vec::new();
            for module in PAGES {
                samples.extend(read(&mut client, module).await);
            }
            samples
        })
        .await;
        Measured::new(samples, began.elapsed(), process.used() - used)
    };
    print!("blank pages: {}", pages().await);
    let before = process.used();
    let began = Instant::now();
    let pace = Pace::new(args.rate, members.len());
    let samples = all(&members, port, |client, number| walk(client, number, pace.of(number))).await;
    let elapsed = began.elapsed();
    let measured = Measured::new(samples, elapsed, process.used() - before);
    print!("{measured}");
    println!(
        "… after {} offices have answered everything: {:.0} MB",
        members.len(),
        process.resident_mb()
    );

    print!("filled pages: {}", pages().await);
    let lost = lost(&portal, &members).await;
    let damage = portal.verify(|_, _| {}).await.unwrap().damage;
    println!(
        "answers acknowledged and not stored: {lost}; damage found by check: {}",
        damage.len()
    );
    let _ = program.kill();
    let _ = program.wait();
    portal.close().await;
    assert!(measured.failures() == 0 && lost == 0 && damage.is_empty(), "see above");
}

fn start(program: &PathBuf, url: &str, dir: &std::path::Path, port: u16) -> Child {
    Command::new(program)
        .arg("serve")
        .current_dir(dir)
        .env("DATABASE_URL", url)
        .env("RUECKLAUF_ADDR", format!("127.0.0.1:{port}"))
        .env("RUECKLAUF_BASE_URL", format!("http://localhost:{port}"))
        .env("RUECKLAUF_MAIL_DIR", dir.join("post"))
        .env("RUST_LOG", "warn")
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Everybody does the same at the same time.
async fn all<F, Fut>(members: &[Member], port: u16, what: F) -> Vec<Sample>
where
    F: Fn(Client, usize) -> Fut,
    Fut: Future<Output = Vec<Sample>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for (number, member) in members.iter().enumerate() {
        running.spawn(what(Client::new(port, member), number));
    }
    running.join_all().await.into_iter().flatten().collect()
}

/// One office: module after module, answer after answer.
async fn walk(mut client: Client, number: usize, mut pace: Pace) -> Vec<Sample> {
    let mut samples = Vec::with_capacity(COMPLETE.len() + 16);
    let mut module = "";
    // People are not in step: each starts at another place.
    let (after, before) = COMPLETE.split_at(number * 11 % COMPLETE.len());
    for (item, text) in before.iter().chain(after) {
        if item[..1] != *module {
            module = &item[..1];
            pace.wait().await;
            samples.extend(read(&mut client, module).await);
        }
        pace.wait().await;
        let began = Instant::now();
        let saved = client.save(&[(item, 0, text)]).await;
        let ok = matches!(saved, Ok(Reply::Saved(_)));
        samples.push(Sample::new(Kind::Save, began, ok));
    }
    samples
}

async fn read(client: &mut Client, module: &str) -> Vec<Sample> {
    let began = Instant::now();
    let page = client.get(&format!("/befragung/{module}")).await;
    let ok = page.is_ok_and(|page| page.status == 200);
    vec![Sample::new(Kind::Page, began, ok)]
}

/// Answers that are not stored as they were acknowledged.
async fn lost(portal: &Portal, members: &[Member]) -> usize {
    let mut lost = 0;
    for member in members {
        let entries = portal.case_of(&member.session).await.unwrap().unwrap().entries();
        let stored = |item: &str, text: &str| entries.get(item) == Some(&Entry::Given(text.to_owned()));
        lost += COMPLETE.iter().filter(|(item, text)| !stored(item, text)).count();
    }
    lost
}
