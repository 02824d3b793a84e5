//! Tables as CSV for machines and as text for people.

use super::{Cell, Table};
use crate::typology::AgeGroup;
use std::fmt::Write as _;

/// Header of the CSV.
const HEADER: &str = "table;age_group;form;row;wave;n;base;percent";
/// Name of all forms together, as in the paper.
const ALL_FORMS: &str = "Insgesamt";

/// `table;age_group;form;row;wave;n;base;percent`, decimal point, two
/// decimals; no percentage of an empty base.
#[must_use]
pub fn csv(cells: &[Cell]) -> String {
    let mut out = format!("{HEADER}\n");
    for cell in cells {
        let percent = cell
            .rate
            .basis_points()
            .map(|points| format!("{}.{:02}", points / 100, points % 100))
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "{};{};{};{};{};{};{};{percent}",
            cell.table.name(),
            cell.age_group.suffix(),
            cell.form.map_or(ALL_FORMS, |form| form.label()),
            cell.row,
            cell.wave,
            cell.rate.numerator,
            cell.rate.denominator,
        );
    }
    out
}

/// All tables with counts and whole per cent, the earlier wave in brackets as
/// in the paper, the base above and N under every column.
#[must_use]
pub fn text(cells: &[Cell], wave: i32, previous: Option<i32>, base: &str) -> String {
    let mut out = String::new();
    for table in Table::ALL {
        for age in AgeGroup::ALL {
            let of = |wave| -> Vec<&Cell> {
                cells
                    .iter()
                    .filter(|cell| cell.table == table && cell.age_group == age && cell.wave == wave)
                    .collect()
            };
            one_table(
                &mut out,
                table,
                age,
                &of(wave),
                &previous.map(of).unwrap_or_default(),
                (wave, previous, base),
            );
        }
    }
    out
}

fn one_table(
    out: &mut String,
    table: Table,
    age: AgeGroup,
    cells: &[&Cell],
    earlier: &[&Cell],
    (wave, previous, base): (i32, Option<i32>, &str),
) {
    let _ = write!(
        out,
        "{}: {}, {}, Welle {wave}",
        table.name(),
        table.title(),
        age.label()
    );
    if let Some(previous) = previous {
        let _ = write!(out, " (Welle {previous} in Klammern)");
    }
    let _ = write!(out, "\nBasis: {base}\n\n");
    let mut forms: Vec<_> = cells.iter().map(|cell| cell.form).collect();
    forms.dedup();
    let _ = write!(out, "{:<30}", "");
    for form in &forms {
        let _ = write!(out, "{:>24}", form.map_or(ALL_FORMS, |form| form.label()));
    }
    out.push('\n');
    let rows: Vec<&&Cell> = cells
        .iter()
        .filter(|cell| cell.form == forms.first().copied().flatten())
        .collect();
    for row in rows {
        let _ = write!(out, "{:<30}", format!("{}{}", "  ".repeat(row.depth), row.row));
        for form in &forms {
            let find = |cells: &[&Cell]| {
                cells
                    .iter()
                    .find(|cell| cell.form == *form && cell.row == row.row)
                    .map(|cell| cell.rate)
            };
            let shown = |rate: crate::rates::Rate| match rate.percent() {
                Some(percent) => format!("{} {percent:>3} %", rate.numerator),
                None => format!("{}   –  ", rate.numerator),
            };
            let now = find(cells).map(shown).unwrap_or_default();
            let before = find(earlier)
                .map(|rate| format!(" ({})", shown(rate)))
                .unwrap_or_default();
            let _ = write!(out, "{:>24}", format!("{now}{before}"));
        }
        out.push('\n');
    }
    let _ = write!(out, "{:<30}", "N");
    for form in &forms {
        let base = |cells: &[&Cell]| {
            cells
                .iter()
                .find(|cell| cell.form == *form)
                .map(|cell| cell.rate.denominator)
        };
        let now = base(cells).unwrap_or(0);
        let before = base(earlier).map(|n| format!(" ({n})")).unwrap_or_default();
        let _ = write!(out, "{:>24}", format!("{now}{before}"));
    }
    out.push_str("\n\n");
}
