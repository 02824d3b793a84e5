//! Exports of a wave, rows a second per format at 443 and 100,000 units, and
//! the most memory the process held meanwhile.
//!
//! `.ci/with-postgres cargo bench -p portal --bench exports`: SQLite, then
//! PostgreSQL; `RUECKLAUF_BENCH_UNITS=443` sets other sizes. The units are those
//! of the complete demonstration, copied by the database until there are
//! enough. Prints figures, asserts only that every row was written.

mod common;

use common::{Database, clock};
use portal::{Clock, ExportFormat, ExportLayout, ExportWish, Pieces, Portal};
use std::io;

/// Units of the demonstration.
const DEMONSTRATION: u64 = 443;

fn main() {
    common::on_both(async |database| {
        let portal = database.open(Clock::system()).await;
        portal.demo(true, |_, _| {}).await.expect("is made");
        portal.classify(None, |_, _| {}).await.expect("classified");
        println!("{}", database.kind);
        let mut units = DEMONSTRATION;
        for size in common::sizes(&[DEMONSTRATION, 100_000]) {
            grow(database, units, size).await;
            units = units.max(size);
            for format in ExportFormat::ALL {
                measure(&portal, format, units).await;
            }
        }
        portal.close().await;
    });
}

async fn measure(portal: &Portal, format: ExportFormat, units: u64) {
    forget_peak();
    let before = memory("VmRSS");
    let begin = clock();
    let wish = ExportWish {
        layout: ExportLayout::Wave(2008),
        format,
        names: false,
    };
    let export = portal.export_here(&wish).await.expect("is ready");
    let mut bytes = Counted(0);
    let rows = export.write(&mut bytes, |_, _| {}).await.expect("is written");
    let took = begin.elapsed().as_secs_f64();
    assert!(rows == units || format == ExportFormat::Ddi, "{rows} rows");
    let speed = u32::try_from(rows).map_or(0.0, |rows| f64::from(rows) / took);
    println!(
        "{units:>7} units, {:<8} {took:>8.2} s {speed:>9.0} rows/s {:>8} kB, memory {} MB before, {} MB at most",
        format.name(),
        bytes.0 / 1024,
        before / 1024,
        memory("VmHWM") / 1024,
    );
}

/// Counts what it is given.
struct Counted(usize);

impl Pieces for Counted {
    async fn put(&mut self, piece: Vec<u8>) -> io::Result<()> {
        self.0 += piece.len();
        Ok(())
    }
}

/// Copies the wave of the demonstration until there are `to` units.
async fn grow(database: &Database, from: u64, to: u64) {
    if to <= from {
        return;
    }
    let mut statements = Vec::new();
    let copies = to.div_ceil(DEMONSTRATION);
    let made = from.div_ceil(DEMONSTRATION);
    for copy in made..copies {
        // The last copy only as far as needed.
        let wanted = (to - copy * DEMONSTRATION).min(DEMONSTRATION);
        let some = format!(
            "(SELECT c.id, c.unit_id FROM cases c WHERE c.wave = 2008 AND c.id NOT LIKE '%+%' ORDER BY c.id LIMIT {wanted})"
        );
        statements.extend([
            format!(
                "INSERT INTO units (id, kennung, kennung_key, created_at)
                 SELECT u.id || '+{copy}', u.kennung || '+{copy}', u.kennung_key || '+{copy}', u.created_at
                 FROM units u JOIN {some} s ON s.unit_id = u.id"
            ),
            format!(
                "INSERT INTO cases (id, wave, unit_id, name, sort_key, form, land, contact_name, contact_email, attributes,
                     status, revision, created_at, submitted_at, kennung_key)
                 SELECT c.id || '+{copy}', c.wave, c.unit_id || '+{copy}', c.name, c.sort_key, c.form, c.land,
                     c.contact_name, c.contact_email, c.attributes, c.status, c.revision, c.created_at, c.submitted_at,
                     c.kennung_key || '+{copy}'
                 FROM cases c JOIN {some} s ON s.id = c.id"
            ),
            format!(
                "INSERT INTO submissions (id, case_id, number, receipt, fingerprint, instrument, entries, machine, confirmed,
                     at, account_id, who)
                 SELECT x.id || '+{copy}', x.case_id || '+{copy}', x.number, x.receipt || '+{copy}', '', x.instrument, '{{}}',
                     x.machine, '[]', x.at, '', '' FROM submissions x JOIN {some} s ON s.id = x.case_id"
            ),
            format!(
                "INSERT INTO classifications (submission_id, rule_version, k3_rule, ue, u25, type_ue, type_u25, letters, at)
                 SELECT k.submission_id || '+{copy}', k.rule_version, k.k3_rule, k.ue, k.u25, k.type_ue, k.type_u25,
                     k.letters, k.at
                 FROM classifications k JOIN submissions x ON x.id = k.submission_id JOIN {some} s ON s.id = x.case_id"
            ),
        ]);
    }
    statements.push("ANALYZE".to_owned());
    database.run(statements).await;
}

/// A figure of the process in kB; 0 where the system does not tell.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// Lets the system begin anew with the most memory it saw.
fn forget_peak() {
    // Where that is not allowed, the figure is the most since the beginning.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
