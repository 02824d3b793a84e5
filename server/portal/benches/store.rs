//! What a request of an office costs in the store: looking up the session,
//! reading the case with all its answers, saving one answer to disk, alone and
//! while many others save.
//!
//! SQLite in a temporary folder, warm: `cargo bench -p portal`. Prints
//! figures, asserts none.

#[path = "../../../app/survey/tests/common/mod.rs"]
mod common;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use portal::{BaseUrl, Clock, ItemChange, MailTarget, NewSession, NewWave, Portal, Settings, berlin};
use std::net::{IpAddr, Ipv4Addr};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const PASSWORD: &str = "blauer Elefant am See";
/// Offices that save at the same moment.
const OFFICES: usize = 128;

/// Offices signed in, the first with every question answered.
async fn offices(dir: &tempfile::TempDir) -> (Portal, Vec<NewSession>) {
    let base_url = BaseUrl::parse("http://localhost:3000").expect("an address");
    let url = format!("sqlite:{}", dir.path().join("bench.db").display());
    let post = dir.path().join("post");
    let clock = Clock::fixed(berlin::parse_moment("2008-01-14T09:00").expect("a moment"));
    let portal = Portal::open(Settings::new(url, base_url, MailTarget::Dir(post)), clock)
        .await
        .expect("opens");
    let wave = NewWave {
        key: 2008,
        stichtag: common::day(2007, 10, 31),
        zeitraum: "2007".into(),
        start: common::day(2008, 1, 14),
        deadline: common::day(2008, 2, 15),
        previous: None,
        instrument: None,
    };
    portal.wave_add(wave).await.expect("added");
    let mut register = "kennung;name;form;land;kontakt_name;kontakt_email\n".to_owned();
    for number in 1..=OFFICES {
        register += &format!("GS-{number};ARGE Probe {number};ARGE;Hessen;Eva;eva{number}@probe.example\n");
    }
    portal
        .import_units(2008, register.as_bytes(), &[])
        .await
        .expect("imported");
    portal.wave_open(2008).await.expect("opened");
    let sent = portal.mail_run(None, None).await.expect("sent").sent;
    let mut sessions = Vec::with_capacity(OFFICES);
    for (mail, number) in sent.iter().zip(1..) {
        let mail = std::fs::read(&mail.place).expect("a mail");
        let mail = mailparse::parse_mail(&mail).expect("a mail").subparts[0]
            .get_body()
            .expect("a body");
        let link = mail
            .split_whitespace()
            .find(|word| word.contains("/zugang/"))
            .expect("a link");
        let token = link.rsplit('/').next().expect("a token");
        portal.set_password(token, PASSWORD, PASSWORD).await.expect("set");
        let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let signed = portal.sign_in(&format!("GS-{number}"), PASSWORD, from).await;
        sessions.push(signed.expect("signed in"));
    }
    let answers: Vec<ItemChange> = common::COMPLETE.iter().map(|(item, text)| change(item, text)).collect();
    portal.save(&sessions[0].session, &answers).await.expect("saved");
    (portal, sessions)
}

fn change(item: &str, text: &str) -> ItemChange {
    ItemChange {
        item: item.to_owned(),
        base_revision: 0,
        entry: common::entry(text),
    }
}

fn store(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let dir = tempfile::tempdir().expect("a folder");
    let (portal, sessions) = runtime.block_on(offices(&dir));
    let signed = &sessions[0];
    criterion.bench_function("session", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(portal.session(&signed.token))
                .expect("reads")
                .expect("alive")
        });
    });
    criterion.bench_function("case with all answers", |bencher| {
        bencher.iter(|| {
            runtime
                .block_on(portal.case_of(&signed.session))
                .expect("reads")
                .expect("a case")
        });
    });
    let mut number = 0_u64;
    criterion.bench_function("one answer saved, on disk", |bencher| {
        bencher.iter(|| {
            number += 1;
            let save = [change("Z1", &format!("Anmerkung {number}"))];
            runtime.block_on(portal.save(&signed.session, &save)).expect("saved")
        });
    });
    let mut group = criterion.benchmark_group("one answer each, on disk");
    group.throughput(Throughput::Elements(OFFICES as u64));
    group.bench_function("128 offices at once", |bencher| {
        bencher.iter(|| {
            number += 1;
            runtime.block_on(async {
                let mut saves = JoinSet::new();
                for signed in &sessions {
                    let (portal, session) = (portal.clone(), signed.session.clone());
                    let save = [change("Z1", &format!("Anmerkung {number}"))];
                    saves.spawn(async move { portal.save(&session, &save).await.expect("saved") });
                }
                saves.join_all().await
            })
        });
    });
    group.finish();
}

criterion_group!(benches, store);
criterion_main!(benches);
