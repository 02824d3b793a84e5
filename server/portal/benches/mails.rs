//! A hundred thousand mails: planned and queued, then handed to a mail server
//! on loopback that takes everything, against lettre alone with the same
//! number of connections in the same run.
//!
//! SQLite in a temporary folder: `cargo bench -p portal --bench mails`;
//! `RUECKLAUF_BENCH_MAILS` sets another number. Prints figures, asserts none.

use chrono::NaiveDate;
use lettre::address::Envelope;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use portal::{BaseUrl, Clock, Handled, MailTarget, NewWave, Portal, Settings, SmtpServer, SmtpTls, berlin};
use std::fmt::Write;
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;
/// Mails of the comparison.
const ALONE: usize = 20_000;

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
    let port = sink().await;
    let dir = tempfile::tempdir().expect("a folder");
    let portal = open(&dir, port).await;
    fill(&portal, mails).await;
    let begin = clock();
    let opened = portal.wave_open(2008).await.expect("opened");
    report(
        "planned and queued, with an account each",
        opened.invitations,
        clock() - begin,
    );
    println!("resident before sending: {} MB", resident());
    let begin = clock();
    let mut sent = 0_u64;
    let handled = |handled: Handled| {
        sent += u64::from(matches!(handled, Handled::Sent(_)));
        if sent > 0 && sent.is_multiple_of(25_000) {
            println!("  {sent} sent, resident {} MB", resident());
        }
    };
    portal.mail_run_with(None, None, handled).await.expect("sent");
    let took = clock() - begin;
    report("sent, each looked up, checked, written, kept", sent, took);
    let begin = clock();
    alone(port).await;
    let alone_took = clock() - begin;
    report(
        "lettre alone, one finished mail again and again",
        ALONE as u64,
        alone_took,
    );
    let share = (ALONE as f64 / alone_took.as_secs_f64()).recip() * (sent as f64 / took.as_secs_f64());
    println!("that is {:.0} % of lettre alone", share * 100.0);
}

fn report(what: &str, count: u64, took: Duration) {
    println!(
        "{count} {what}: {:.1} s, {:.0} a second",
        took.as_secs_f64(),
        count as f64 / took.as_secs_f64()
    );
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

/// Hands over the same finished mail on as many connections.
async fn alone(port: u16) {
    let from = "befragung@iaw.example".parse().expect("an address");
    let to = "eva@probe.example".parse().expect("an address");
    let envelope = Envelope::new(Some(from), vec![to]).expect("an envelope");
    let mail = format!("Subject: x\r\n\r\n{}", "Zeile mit etwas Text darin\r\n".repeat(180));
    let mut lanes = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (envelope, mail) = (envelope.clone(), mail.clone());
        lanes.spawn(async move {
            let hello = ClientId::Domain("localhost".into());
            let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connects");
            stream.set_nodelay(true).expect("no delay");
            let conn = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await;
            let mut conn = conn.expect("connects");
            for _ in 0..ALONE / CONNECTIONS {
                conn.send(&envelope, mail.as_bytes()).await.expect("taken");
            }
        });
    }
    lanes.join_all().await;
}

/// A mail server that takes everything and keeps nothing.
async fn sink() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("a port").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_everything(stream));
        }
    });
    port
}

async fn take_everything(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    let mut in_content = false;
    writer.write_all(b"220 sink\r\n").await?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let answer: &[u8] = match (in_content, line.as_slice()) {
            (true, b".\r\n") => {
                in_content = false;
                b"250 ok\r\n"
            }
            (true, _) => continue,
            (false, b"DATA\r\n") => {
                in_content = true;
                b"354 go\r\n"
            }
            (false, _) => b"250 ok\r\n",
        };
        writer.write_all(answer).await?;
    }
}
