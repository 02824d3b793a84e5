//! All tables of a wave beside the one before, on the whole wave and on the
//! panel, at 443, 100,000 and 1,000,000 units.
//!
//! `.ci/with-postgres cargo bench -p portal --bench tables`: SQLite, then
//! PostgreSQL; `RUECKLAUF_BENCH_UNITS=443,100000` sets other sizes. Cases are
//! made by the database itself, with outcomes drawn at random and answers left
//! out: tables do not read them. Prints figures, asserts none.

mod common;

use chrono::NaiveDate;
use common::{Database, clock};
use portal::{Clock, NewWave, Portal, berlin};
use std::time::Duration;

/// Units added by one statement.
const STEP: u64 = 100_000;

fn main() {
    common::on_both(async |database| {
        let portal = open(database).await;
        let mut units = 0;
        for size in common::sizes(&[443, 100_000, 1_000_000]) {
            grow(database, units, size).await;
            units = size;
            // Once to bring what is read into memory.
            measure(&portal, &[]).await;
            let whole = measure(&portal, &[]).await;
            let panel = measure(&portal, &[2007, 2008]).await;
            println!(
                "{}, {size:>9} units, two waves: all tables {:>8.1} ms, on the panel {:>8.1} ms",
                database.kind,
                whole.as_secs_f64() * 1e3,
                panel.as_secs_f64() * 1e3
            );
        }
        portal.close().await;
    });
}

async fn measure(portal: &Portal, panel: &[i32]) -> Duration {
    let begin = clock();
    let cells = portal.tables(2008, Some(2007), panel).await.expect("tables");
    assert!(!cells.is_empty());
    clock() - begin
}

/// A portal with both waves.
async fn open(database: &Database) -> Portal {
    let now = Clock::fixed(berlin::parse_moment("2008-03-01T09:00").expect("a moment"));
    let portal = database.open(now).await;
    for (key, previous) in [(2007, None), (2008, Some(2007))] {
        let day = |month, day| NaiveDate::from_ymd_opt(key, month, day).expect("a day");
        let wave = NewWave {
            key,
            stichtag: day(1, 1),
            zeitraum: (key - 1).to_string(),
            start: day(1, 14),
            deadline: day(2, 15),
            previous,
            instrument: None,
        };
        portal.wave_add(wave).await.expect("added");
    }
    portal
}

/// Adds units `from` to `to` with a usable case in either wave.
async fn grow(database: &Database, from: u64, to: u64) {
    let mut statements = vec![
        "INSERT INTO instruments (version, sources, created_at) VALUES ('bench', '[]', 0) ON CONFLICT DO NOTHING"
            .to_owned(),
    ];
    let pick = |letters: &str| {
        format!(
            "substr('{letters}', CAST(n * 7919 / {} % {} AS integer) + 1, 1)",
            letters.len(),
            letters.len()
        )
    };
    let half = [
        pick("ABCCD0"),
        pick("ABDDE"),
        pick("ABCCC"),
        pick("1234-"),
        "'0'".to_owned(),
    ]
    .join(" || ");
    let mut begin = from;
    while begin < to {
        let end = (begin + STEP).min(to);
        let numbers = format!(
            "WITH RECURSIVE list(n) AS (SELECT CAST({begin} AS bigint) UNION ALL SELECT n + 1 FROM list WHERE n + 1 < {end})"
        );
        statements.push(format!(
            "{numbers} INSERT INTO units (id, kennung, kennung_key, created_at)
             SELECT 'u' || n, 'GS-' || n, 'gs' || n, 0 FROM list"
        ));
        for wave in [2007, 2008] {
            statements.push(format!(
                "{numbers} INSERT INTO cases (id, wave, unit_id, name, sort_key, form, land, contact_name, contact_email,
                     attributes, status, revision, created_at, submitted_at)
                 SELECT 'c{wave}-' || n, {wave}, 'u' || n, 'Einheit ' || n, 'einheit ' || n,
                     CASE WHEN n % 10 < 7 THEN 'ARGE' WHEN n % 10 < 9 THEN 'zkT' ELSE 'gAw' END, 'Hessen', '', '', '{{}}',
                     'usable', 1, 0, 1 FROM list"
            ));
            statements.push(format!(
                "{numbers} INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine,
                     confirmed, at, account_id, who)
                 SELECT 's{wave}-' || n, 'c{wave}-' || n, 1, 'r{wave}-' || n, '', 'bench', '{{}}', '{{}}', '[]', 0, '', '' FROM list"
            ));
            statements.push(format!(
                "{numbers} INSERT INTO classifications (submission_id, rule_version, k3_rule, ue, u25, type_ue, type_u25, letters, at)
                 SELECT 's{wave}-' || n, '2026-1', 'fm_only', '{{}}', '{{}}', '', '', {half} || {half}, 0 FROM list"
            ));
        }
        begin = end;
    }
    statements.push("ANALYZE".to_owned());
    database.run(statements).await;
}
