//! Killed at random moments while many save and submit: whatever was
//! acknowledged is there, nothing is half there.

use crate::crowd::{self, Client, Member, Reply, answer_all, gather};
use crate::postgres::fresh_postgres;
use crate::program::{Program, until};
use portal::Portal;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use survey::Entry;
use tokio::task::JoinSet;

const SAVERS: usize = 18;
/// Offices that hand in during one round.
const SUBMITTERS: usize = 2;
/// Saved together, three at a time: all of a save is there, or none.
const ITEMS: [&str; 3] = ["A5", "Z1", "A1a"];
const ROUNDS_IN_CI: usize = 6;

/// What one office knows of its answers.
#[derive(Clone, Debug, Default)]
struct Memory {
    /// Text of the last save that was acknowledged; every item has the same.
    acknowledged: Option<String>,
    /// What may or may not have arrived.
    in_flight: Option<String>,
    revisions: BTreeMap<String, i64>,
}

pub(crate) fn rounds() -> usize {
    let set = std::env::var("RUECKLAUF_TEST_ROUNDS").ok();
    set.and_then(|text| text.parse().ok()).unwrap_or(ROUNDS_IN_CI)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("portal.db").display());
    survive(&url, dir.path()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    let Some(url) = fresh_postgres().await else { return };
    survive(&url, tempfile::tempdir().unwrap().path()).await;
}

async fn survive(url: &str, dir: &Path) {
    let portal = crowd::open(url, dir).await;
    let members = gather(&portal, SAVERS + rounds() * SUBMITTERS).await;
    let (savers, submitters) = members.split_at(SAVERS);
    for member in submitters {
        answer_all(&portal, &member.session).await;
    }
    let mut memories = vec![Memory::default(); SAVERS];
    let seed = AtomicU64::new(u64::from(std::process::id()));
    let (mut saves, mut receipts) = (0, 0);
    for (round, submitters) in submitters.chunks(SUBMITTERS).enumerate() {
        let program = Program::start(url, dir);
        let (counted, handed) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let mut saving = JoinSet::new();
        for (place, member) in savers.iter().enumerate() {
            let client = Client::new(program.port, member);
            let (memory, counted) = (memories[place].clone(), counted.clone());
            saving.spawn(async move { (place, save_on(client, memory, round, counted).await) });
        }
        let mut handing_in = JoinSet::new();
        for (place, member) in submitters.iter().enumerate() {
            let delay = Duration::from_millis(random(&seed, 300));
            // Pressed three times, as impatient people do.
            for _ in 0..3 {
                let mut client = Client::new(program.port, member);
                let handed = handed.clone();
                handing_in.spawn(async move {
                    tokio::time::sleep(delay).await;
                    let answer = client.post("/befragung/abgabe", &[]).await;
                    let told = answer.is_ok_and(|answer| answer.location == "/befragung/quittung");
                    handed.fetch_add(u64::from(told), Ordering::Relaxed);
                    (place, told)
                });
            }
        }
        // Some rounds are ended once work is under way, the others whenever.
        let busy = || counted.load(Ordering::Relaxed) > 2 && handed.load(Ordering::Relaxed) > 0;
        if round % 2 == 0 {
            until("saves and a submission", busy).await;
        }
        tokio::time::sleep(Duration::from_millis(random(&seed, 400))).await;
        let in_order = round % 4 == 3;
        let ended = program.end(if in_order { "-TERM" } else { "-KILL" });
        assert_eq!(ended.code(), in_order.then_some(0), "round {round}");
        while let Some(done) = saving.join_next().await {
            let (place, memory) = done.unwrap();
            memories[place] = memory;
        }
        let acknowledged = handing_in.join_all().await;
        for (member, memory) in savers.iter().zip(&mut memories) {
            recall(&portal, member, memory).await;
        }
        for (place, member) in submitters.iter().enumerate() {
            let told = acknowledged.iter().any(|(other, told)| *other == place && *told);
            let case = portal.case_of(&member.session).await.unwrap().unwrap();
            assert!(
                !told || case.receipt.is_some(),
                "round {round}: {} lost its submission",
                member.kennung
            );
            receipts += u32::from(told);
        }
        let seen = portal.verify(|_, _| {}).await.unwrap();
        assert_eq!(seen.damage, [], "round {round}");
        saves += counted.load(Ordering::Relaxed);
    }
    portal.close().await;
    assert!(
        saves > 0 && receipts > 0,
        "{saves} saves, {receipts} receipts: killed before anything happened"
    );
    println!(
        "{} rounds: {saves} saves and {receipts} submissions acknowledged, none lost",
        rounds()
    );
}

/// Saves one text after the other until nobody answers.
async fn save_on(mut client: Client, mut memory: Memory, round: usize, counted: Arc<AtomicU64>) -> Memory {
    for number in 0.. {
        let text = format!("Runde {round}, Angabe {number}");
        let changes: Vec<(&str, i64, &str)> = ITEMS
            .iter()
            .map(|item| (*item, memory.revisions.get(*item).copied().unwrap_or(0), text.as_str()))
            .collect();
        memory.in_flight = Some(text.clone());
        match client.save(&changes).await {
            Ok(Reply::Saved(revisions)) => {
                memory.revisions.extend(revisions);
                memory.acknowledged = memory.in_flight.take();
                counted.fetch_add(1, Ordering::Relaxed);
            }
            Ok(Reply::Not(status, words)) => panic!("{status} {words}"),
            Err(_) => return memory,
        }
    }
    memory
}

/// Compares what is stored with what was acknowledged, and goes on from there.
async fn recall(portal: &Portal, member: &Member, memory: &mut Memory) {
    let case = portal.case_of(&member.session).await.unwrap().unwrap();
    let stored: Vec<Option<&Entry>> = ITEMS
        .iter()
        .map(|item| case.answers.iter().find(|answer| answer.item == *item)?.entry.as_ref())
        .collect();
    let is = |text: &Option<String>| {
        let wanted = text.clone().map(Entry::Given);
        stored.iter().all(|entry| *entry == wanted.as_ref())
    };
    let arrived = memory.in_flight.is_some() && is(&memory.in_flight);
    assert!(
        arrived || is(&memory.acknowledged),
        "{}: {stored:?} is not {memory:?}",
        member.kennung
    );
    if arrived {
        memory.acknowledged = memory.in_flight.take();
    }
    memory.in_flight = None;
    memory.revisions = case
        .answers
        .iter()
        .map(|answer| (answer.item.clone(), answer.revision))
        .collect();
}

/// Something below `limit`; where it comes from does not matter much.
pub(crate) fn random(seed: &AtomicU64, limit: u64) -> u64 {
    let next = |old: u64| {
        Some(
            old.wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407),
        )
    };
    let old = seed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).unwrap();
    (old >> 33) % limit
}
