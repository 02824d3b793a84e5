//! All tables of a wave beside the one before, on the whole wave and on the
//! panel, at 443, 100,000 and 1,000,000 units.
//!
//! SQLite in a temporary folder, or the database that `RUECKLAUF_BENCH_DATABASE`
//! names (PostgreSQL, empty); `RUECKLAUF_BENCH_UNITS=443,100000` sets other
//! sizes. `cargo bench -p portal --bench tables`. Cases are made by the
//! database itself, with outcomes drawn at random and answers left out: tables
//! do not read them. Prints figures, asserts none.

use chrono::NaiveDate;
use portal::{BaseUrl, Clock, MailTarget, NewWave, Portal, Settings, berlin};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::time::{Duration, Instant};

/// Units added by one statement.
const STEP: u64 = 100_000;

fn main() {
    let sizes = std::env::var("RUECKLAUF_BENCH_UNITS").unwrap_or_else(|_| "443,100000,1000000".into());
    let sizes: Vec<u64> = sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let dir = tempfile::tempdir().expect("a folder");
        let url = std::env::var("RUECKLAUF_BENCH_DATABASE")
            .unwrap_or_else(|_| format!("sqlite:{}", dir.path().join("bench.db").display()));
        let portal = open(&url, &dir).await;
        let mut units = 0;
        for size in sizes {
            grow(&url, units, size).await;
            units = size;
            // Once to bring what is read into memory.
            measure(&portal, &[]).await;
            let whole = measure(&portal, &[]).await;
            let panel = measure(&portal, &[2007, 2008]).await;
            println!(
                "{size:>9} units, two waves: all tables {:>8.1} ms, on the panel {:>8.1} ms",
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
async fn open(url: &str, dir: &tempfile::TempDir) -> Portal {
    let base_url = BaseUrl::parse("http://localhost:3000").expect("an address");
    let now = Clock::fixed(berlin::parse_moment("2008-03-01T09:00").expect("a moment"));
    let settings = Settings::new(url, base_url, MailTarget::Dir(dir.path().join("post")));
    let portal = Portal::open(settings, now).await.expect("opens");
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
async fn grow(url: &str, from: u64, to: u64) {
    sqlx::any::install_default_drivers();
    let mut conn = AnyConnection::connect(url).await.expect("connects");
    let mut run = async |sql: String| {
        conn.execute(AssertSqlSafe(sql)).await.expect("runs");
    };
    run(
        "INSERT INTO instruments (version, sources, created_at) VALUES ('bench', '[]', 0) ON CONFLICT DO NOTHING"
            .into(),
    )
    .await;
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
        let numbers =
            format!("WITH RECURSIVE list(n) AS (SELECT {begin} UNION ALL SELECT n + 1 FROM list WHERE n + 1 < {end})");
        run(format!(
            "{numbers} INSERT INTO units (id, kennung, kennung_key, created_at)
             SELECT 'u' || n, 'GS-' || n, 'gs' || n, 0 FROM list"
        ))
        .await;
        for wave in [2007, 2008] {
            run(format!(
                "{numbers} INSERT INTO cases (id, wave, unit_id, name, sort_key, form, land, contact_name, contact_email,
                     attributes, status, revision, created_at, submitted_at)
                 SELECT 'c{wave}-' || n, {wave}, 'u' || n, 'Einheit ' || n, 'einheit ' || n,
                     CASE WHEN n % 10 < 7 THEN 'ARGE' WHEN n % 10 < 9 THEN 'zkT' ELSE 'gAw' END, 'Hessen', '', '', '{{}}',
                     'usable', 1, 0, 1 FROM list"
            ))
            .await;
            run(format!(
                "{numbers} INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine,
                     confirmed, at, account_id, who)
                 SELECT 's{wave}-' || n, 'c{wave}-' || n, 1, 'r{wave}-' || n, '', 'bench', '{{}}', '{{}}', '[]', 0, '', '' FROM list"
            ))
            .await;
            run(format!(
                "{numbers} INSERT INTO classifications (submission_id, rule_version, k3_rule, ue, u25, type_ue, type_u25, letters, at)
                 SELECT 's{wave}-' || n, '2026-1', 'fm_only', '{{}}', '{{}}', '', '', {half} || {half}, 0 FROM list"
            ))
            .await;
        }
        begin = end;
    }
    run("ANALYZE".into()).await;
    conn.close().await.expect("closes");
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
fn clock() -> Instant {
    Instant::now()
}
