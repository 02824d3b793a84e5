//! Killed while it sends: no mail is lost, none goes out twice unless it does
//! no harm, and then at most one for each time, under the same Message-ID.

use crate::crowd;
use crate::kills::{random, rounds};
use crate::postgres::fresh_postgres;
use crate::program::{Program, until};
use crate::smtp::{Reply, Smtp, Step};
use mailparse::MailHeaderMap;
use portal::{MailKind, MailState, OutboxAct, OutboxFilter, Portal, Role, Session};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// Invitations a round sends on average before it is killed.
const EACH_ROUND: usize = 9;
/// Most mails that are in `sending` when it is killed, and wait for a person
/// then: twice the connections.
const LEFT_UNCLEAR: usize = 8;
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    survive(&url, dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_on_postgres() {
    let Some(url) = fresh_postgres().await else { return };
    survive(&url, tempfile::tempdir().unwrap().path()).await;
}

async fn survive(url: &str, dir: &Path) {
    let rounds = rounds().min(50);
    let offices = rounds * (EACH_ROUND + LEFT_UNCLEAR);
    let portal = crowd::open(url, dir).await;
    let staff = staff(&portal).await;
    in_the_field(&portal, offices).await;
    let smtp = Smtp::start().await;
    smtp.behave(|step| match step {
        Step::Content(_) => Reply::FineAfter(4),
        _ => Reply::Fine,
    });
    let server = format!("smtp://127.0.0.1:{}?tls=none", smtp.port);
    let seed = AtomicU64::new(u64::from(std::process::id()));
    for round in 0..rounds {
        // Somebody waits for a link meanwhile.
        let from = Ipv4Addr::new(127, 0, 0, u8::try_from(round).unwrap());
        portal
            .request_access(&kennung(round * EACH_ROUND), from.into())
            .await
            .unwrap();
        let before = smtp.taken().len();
        let program = Program::with_smtp(url, dir, &server);
        let more = 1 + usize::try_from(random(&seed, EACH_ROUND as u64)).unwrap();
        let enough = (before + more).min(rounds * EACH_ROUND);
        until("some mails", || smtp.taken().len() >= enough).await;
        tokio::time::sleep(Duration::from_micros(random(&seed, 8_000))).await;
        program.end("-KILL");
    }
    // The last one is allowed to finish.
    let program = Program::with_smtp(url, dir, &server);
    let waiting = async || {
        let counts = portal.outbox(&staff, &OutboxFilter::default()).await.unwrap().counts;
        counts
            .iter()
            .filter(|(state, _)| matches!(state, MailState::Queued | MailState::Sending))
            .map(|(_, count)| count)
            .sum::<u64>()
    };
    for _ in 0..6_000 {
        if waiting().await == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(waiting().await, 0, "everything left");
    assert_eq!(program.end("-TERM").code(), Some(0));

    let unclear = decide(&portal, &staff, &smtp).await;
    assert!(
        unclear <= rounds * LEFT_UNCLEAR,
        "{unclear} unclear after {rounds} kills"
    );
    let program = Program::with_smtp(url, dir, &server);
    let taken = || times(&smtp, "Ihr Zugang").len();
    until("the invitations a person sent again", || taken() == offices).await;
    assert_eq!(program.end("-TERM").code(), Some(0));

    let mut copies = BTreeMap::<String, usize>::new();
    for mail in smtp.taken() {
        *copies.entry(mail.message_id).or_default() += 1;
    }
    let twice = copies.values().map(|count| count - 1).sum::<usize>();
    assert!(twice <= rounds, "{twice} second copies after {rounds} kills");
    let invitations = times(&smtp, "Befragung der Grundsicherungsstellen");
    assert_eq!(invitations.len(), offices, "nobody was forgotten");
    assert!(
        invitations.values().all(|count| *count == 1),
        "nobody was invited twice"
    );
    println!(
        "{rounds} kills while sending: {} mails, {unclear} unclear, {twice} links sent twice",
        copies.len()
    );
    portal.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_processes_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    five_processes(&url, dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_processes_on_postgres() {
    let Some(url) = fresh_postgres().await else { return };
    five_processes(&url, tempfile::tempdir().unwrap().path()).await;
}

/// Five real programs run at once on one database: each mail goes out once.
async fn five_processes(url: &str, dir: &Path) {
    let portal = crowd::open(url, dir).await;
    in_the_field(&portal, 100).await;
    portal.close().await;
    let smtp = Smtp::start().await;
    smtp.behave(|step| match step {
        Step::Content(_) => Reply::FineAfter(4),
        _ => Reply::Fine,
    });
    let run = || {
        Command::new(env!("CARGO_BIN_EXE_ruecklauf"))
            .args(["mail", "run"])
            .current_dir(dir)
            .env("DATABASE_URL", url)
            .env("SMTP_URL", format!("smtp://127.0.0.1:{}?tls=none", smtp.port))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let programs: Vec<_> = (0..5).map(|_| run()).collect();
    let ended = tokio::task::spawn_blocking(|| {
        let ended = programs.into_iter().map(|program| program.wait_with_output().unwrap());
        ended.collect::<Vec<_>>()
    });
    let mut told = 0;
    for output in ended.await.unwrap() {
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{errors}");
        told += String::from_utf8_lossy(&output.stdout).lines().count();
    }
    let received = times(&smtp, "Ihr Zugang");
    assert_eq!((told, received.len()), (100, 100), "nobody was forgotten");
    assert!(received.values().all(|count| *count == 1), "nobody was invited twice");
}

/// A person looks every unclear mail up at the mail server and says what is so.
async fn decide(portal: &Portal, staff: &Session, smtp: &Smtp) -> usize {
    let filter = OutboxFilter {
        state: Some(MailState::Unclear),
        ..OutboxFilter::default()
    };
    let mut decided = 0;
    loop {
        let lines = portal.outbox(staff, &filter).await.unwrap().lines;
        if lines.is_empty() {
            return decided;
        }
        for line in lines {
            assert_eq!(line.kind, MailKind::Invitation, "others are sent again");
            let arrived = smtp.taken().iter().any(|mail| mail.message_id.contains(&line.id));
            let act = if arrived {
                OutboxAct::Delivered
            } else {
                OutboxAct::SendAgain
            };
            portal.outbox_act(staff, &line.id, act).await.unwrap();
            decided += 1;
        }
    }
}

/// How often each receiver got a mail of a subject.
fn times(smtp: &Smtp, subject: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in smtp.taken() {
        let parsed = mailparse::parse_mail(mail.source.as_bytes()).unwrap();
        let found = parsed.headers.get_first_value("Subject").unwrap_or_default();
        if found.contains(subject) {
            *counts.entry(mail.to).or_default() += 1;
        }
    }
    counts
}

fn kennung(number: usize) -> String {
    format!("GS-{number:04}")
}

async fn staff(portal: &Portal) -> Session {
    let link = portal.staff_add("e@iaw.example", Role::Editor).await.unwrap();
    let token = link.rsplit('/').next().unwrap();
    portal
        .set_password(token, crowd::PASSWORD, crowd::PASSWORD)
        .await
        .unwrap();
    portal.mail_run(None, None).await.unwrap();
    portal
        .sign_in("e@iaw.example", crowd::PASSWORD, HERE)
        .await
        .unwrap()
        .session
}

async fn in_the_field(portal: &Portal, offices: usize) {
    let mut register = String::from("kennung;name;form;land;kontakt_name;kontakt_email\n");
    for number in 0..offices {
        let kennung = kennung(number);
        let _ = writeln!(
            register,
            "{kennung};Stelle {number};ARGE;Hessen;;{kennung}@stelle.example"
        );
    }
    portal.wave_add(crowd::wave()).await.unwrap();
    portal.import_units(2008, register.as_bytes(), &[]).await.unwrap();
    portal.wave_open(2008).await.unwrap();
}
