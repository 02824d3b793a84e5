//! A hundred thousand mails: planned and queued, then handed to a mail server
//! on loopback that takes everything, and to one that takes its time over each
//! mail; each time against lettre without the portal ([`alone`]), with the same
//! number of connections in the same run.
//!
//! SQLite in a temporary folder: `cargo bench -p portal --bench mails`;
//! `RUECKLAUF_BENCH_MAILS` sets another number. Prints figures, asserts none.

mod alone;
mod sink;

use alone::Sample;
use chrono::NaiveDate;
use portal::{BaseUrl, Clock, Handled, MailTarget, NewWave, Portal, Settings, SmtpServer, SmtpTls, berlin};
use sink::Sink;
use std::fmt::Write;
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 16;
/// Mails between two looks at speed and memory.
const STEP: u64 = 25_000;
/// Most mails of one comparison.
const COMPARED: usize = 20_000;
/// Mails of the comparison that waits for Nagle's algorithm.
const WAITING: usize = 4_000;
/// How long a server that writes to disk takes over a mail. Assumed: a commit
/// took 4 ms on the machine this was written on.
const SLOW: Duration = Duration::from_millis(5);

fn main() {
    let mails = std::env::var("RUECKLAUF_BENCH_MAILS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(measure(mails));
}

async fn measure(mails: usize) {
    println!("a mail server that answers at once, {CONNECTIONS} connections");
    against(Sink::start(Duration::ZERO).await, mails).await;
    println!("a mail server that takes {} ms over each mail", SLOW.as_millis());
    against(Sink::start(SLOW).await, mails.min(COMPARED)).await;
}

/// The portal, then lettre without it.
async fn against(sink: Sink, mails: usize) {
    let ours = portal(&sink, mails).await;
    let sample = Sample::of(&sink);
    println!("  a mail has {} bytes", sample.source.len());
    let compared = mails.min(COMPARED);
    let begin = clock();
    alone::finished(&sink, &sample, compared).await;
    share(
        ours,
        "lettre, one finished mail again and again",
        compared,
        clock() - begin,
    );
    let begin = clock();
    alone::built(&sink, &sample, compared).await;
    share(
        ours,
        "lettre, each mail built, no delay on its connections",
        compared,
        clock() - begin,
    );
    let few = compared.min(WAITING);
    let begin = clock();
    alone::pooled(&sink, &sample, few).await;
    share(
        ours,
        "lettre, each mail built, its pooled transport",
        few,
        clock() - begin,
    );
}

/// Mails a second of a portal that has some to send.
async fn portal(sink: &Sink, mails: usize) -> f64 {
    let dir = tempfile::tempdir().expect("a folder");
    let portal = open(&dir, sink.port).await;
    fill(&portal, mails).await;
    let begin = clock();
    let opened = portal.wave_open(2008).await.expect("opened");
    report(
        "planned and queued, with an account each",
        opened.invitations,
        clock() - begin,
    );
    println!("  resident before sending: {} MB", resident());
    let (begin, mut last) = (clock(), clock());
    let mut sent = 0_u64;
    let handled = |handled: Handled| {
        sent += u64::from(matches!(handled, Handled::Sent(_)));
        if sent > 0 && sent.is_multiple_of(STEP) {
            let took = clock() - std::mem::replace(&mut last, clock());
            let rate = STEP as f64 / took.as_secs_f64();
            println!(
                "  {sent} sent, the last {STEP} at {rate:.0} a second, resident {} MB",
                resident()
            );
        }
    };
    portal.mail_run_with(None, None, handled).await.expect("sent");
    let took = clock() - begin;
    report("sent by the portal, each looked up, checked, written, kept", sent, took);
    portal.close().await;
    sent as f64 / took.as_secs_f64()
}

fn report(what: &str, count: u64, took: Duration) -> f64 {
    let rate = count as f64 / took.as_secs_f64();
    println!("  {count} {what}: {:.1} s, {rate:.0} a second", took.as_secs_f64());
    rate
}

/// Reports a comparison and how much of it the portal reaches.
fn share(ours: f64, what: &str, count: usize, took: Duration) {
    let theirs = report(what, count as u64, took);
    println!("    the portal: {:.0} % of that", ours / theirs * 100.0);
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn clock() -> Instant {
    Instant::now()
}

/// Memory of this process in megabytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1_000
}

async fn open(dir: &tempfile::TempDir, port: u16) -> Portal {
    let base_url = BaseUrl::parse("http://localhost:3000").expect("an address");
    let url = format!("sqlite:{}", dir.path().join("bench.db").display());
    let mut server = SmtpServer::new("127.0.0.1", port, SmtpTls::None);
    server.connections = CONNECTIONS;
    let clock = Clock::fixed(berlin::parse_moment("2008-01-14T09:00").expect("a moment"));
    let settings = Settings::new(url, base_url, MailTarget::Smtp(Box::new(server)));
    Portal::open(settings, clock).await.expect("opens")
}

async fn fill(portal: &Portal, offices: usize) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let wave = NewWave {
        key: 2008,
        stichtag: day(2007, 10, 31),
        zeitraum: "2007".into(),
        start: day(2008, 1, 14),
        deadline: day(2008, 2, 15),
        previous: None,
        instrument: None,
    };
    portal.wave_add(wave).await.expect("added");
    // A register has a largest size; a few of them make the whole.
    for some in (1..=offices).collect::<Vec<_>>().chunks(20_000) {
        let mut register = "kennung;name;form;land;kontakt_name;kontakt_email\n".to_owned();
        for number in some {
            let _ = writeln!(
                register,
                "GS-{number};ARGE Probe {number};ARGE;Hessen;Eva Öhm;eva{number}@probe.example"
            );
        }
        portal
            .import_units(2008, register.as_bytes(), &[])
            .await
            .expect("imported");
    }
}
