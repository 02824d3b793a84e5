//! The paper's tables and figures from classifications: Tabelle 1, Tabelle 2,
//! Abbildung 1 and 2, for any wave beside an earlier one; and the variants
//! behind the criteria.
//!
//! Every case falls into exactly one row of each level; what cannot be told
//! has a row of its own, so that every level adds up to its parent. A table
//! that would not add up never leaves this module. (The paper's own Tabelle 2
//! does not add up for 31.12.2006; the computation is never bent to meet it.)

mod layout;
mod render;

pub use render::{csv, text};

use crate::office::Form;
use crate::rates::Rate;
use crate::typology::{AgeGroup, Outcome};
use layout::{Detail, lines};
use std::collections::BTreeMap;

/// Usable cases that came out the same.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Wave.
    pub wave: i32,
    /// Form they are counted under.
    pub form: Form,
    /// Age group.
    pub age_group: AgeGroup,
    /// What they came out as.
    pub outcome: Outcome,
    /// How many.
    pub count: u64,
}

/// Which table a cell stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Integration of placement.
    Tabelle1,
    /// The typology.
    Tabelle2,
    /// Specialised and generalised case management.
    Abbildung1,
    /// How benefits and integration work together.
    Abbildung2,
    /// Variants of criterion 1.
    Varianten1,
    /// Variants of criterion 2.
    Varianten2,
    /// Variants of criterion 3.
    Varianten3,
}

impl Table {
    /// The tables of the paper in its order.
    pub const ALL: [Self; 4] = [Self::Tabelle1, Self::Tabelle2, Self::Abbildung1, Self::Abbildung2];

    /// The same and the variants.
    pub const DETAILED: [Self; 7] = [
        Self::Tabelle1,
        Self::Tabelle2,
        Self::Abbildung1,
        Self::Abbildung2,
        Self::Varianten1,
        Self::Varianten2,
        Self::Varianten3,
    ];

    /// Name as in the paper.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tabelle1 => "Tabelle 1",
            Self::Tabelle2 => "Tabelle 2",
            Self::Abbildung1 => "Abbildung 1",
            Self::Abbildung2 => "Abbildung 2",
            Self::Varianten1 => "Varianten 1",
            Self::Varianten2 => "Varianten 2",
            Self::Varianten3 => "Varianten 3",
        }
    }

    /// Heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Tabelle1 => "Integration der Vermittlung in das Fallmanagement",
            Self::Tabelle2 => "Organisationstypologie der Kundenbetreuung",
            Self::Abbildung1 => "Generalisierter und spezialisierter Fallmanagement-Ansatz",
            Self::Abbildung2 => "Verzahnung von materiellen Leistungen und Integrationsleistungen",
            Self::Varianten1 => "Varianten des Fallmanagement-Ansatzes",
            Self::Varianten2 => "Varianten der Vermittlung",
            Self::Varianten3 => "Varianten der Leistungsgewährung",
        }
    }
}

/// One figure with its base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Table.
    pub table: Table,
    /// Age group.
    pub age_group: AgeGroup,
    /// Form; all of them together where none is given.
    pub form: Option<Form>,
    /// Name of the row.
    pub row: String,
    /// Indentation of the row.
    pub depth: usize,
    /// Wave.
    pub wave: i32,
    /// Cases in the row over all usable cases of the form and wave.
    pub rate: Rate,
}

/// A level does not add up to what it belongs to: never printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}, {} ({}, {}, Welle {wave}) geht nicht auf: {found} statt {expected}. Die Tabelle wird nicht ausgegeben.",
        .table.name(), .row, .form.map_or("Insgesamt", Form::label), .age_group.label())]
pub struct Unsound {
    /// Table.
    pub table: Table,
    /// Row, or "Zeilen" for the whole table.
    pub row: String,
    /// Form.
    pub form: Option<Form>,
    /// Age group.
    pub age_group: AgeGroup,
    /// Wave.
    pub wave: i32,
    /// What it should add up to.
    pub expected: u64,
    /// What it adds up to.
    pub found: u64,
}

/// All cells of the paper's tables for the given waves, in order.
///
/// # Errors
/// Where a level does not add up.
pub fn cells(rows: &[Row], waves: &[i32]) -> Result<Vec<Cell>, Unsound> {
    compute(rows, waves, &Table::ALL, Detail::Paper)
}

/// The same with the variants, and with the reasons below what cannot be told.
///
/// # Errors
/// Where a level does not add up.
pub fn detailed(rows: &[Row], waves: &[i32]) -> Result<Vec<Cell>, Unsound> {
    compute(rows, waves, &Table::DETAILED, Detail::Reasons)
}

/// Cases of one wave and age group by form and outcome: some hundred entries,
/// however many units there are.
type Counted = BTreeMap<(Form, Outcome), u64>;

fn compute(rows: &[Row], waves: &[i32], tables: &[Table], detail: Detail) -> Result<Vec<Cell>, Unsound> {
    let mut counted: BTreeMap<(i32, AgeGroup), Counted> = BTreeMap::new();
    for row in rows {
        let of_wave = counted.entry((row.wave, row.age_group)).or_default();
        *of_wave.entry((row.form, row.outcome)).or_default() += row.count;
    }
    let nothing = Counted::new();
    let of = |wave, age| counted.get(&(wave, age)).unwrap_or(&nothing);
    let mut cells = Vec::new();
    for table in tables {
        let lines = lines(*table, detail);
        for age_group in AgeGroup::ALL {
            for form in Form::ALL.into_iter().map(Some).chain([None]) {
                for line in &lines {
                    for wave in waves {
                        let (mut numerator, mut denominator) = (0_u64, 0_u64);
                        for ((other, outcome), count) in of(*wave, age_group) {
                            if form.is_none_or(|form| form == *other) {
                                denominator += count;
                                numerator += if line.takes(outcome) { *count } else { 0 };
                            }
                        }
                        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
                        cells.push(Cell {
                            table: *table,
                            age_group,
                            form,
                            row: line.name.clone(),
                            depth: line.depth,
                            wave: *wave,
                            rate: Rate {
                                numerator: number(numerator),
                                denominator: number(denominator),
                            },
                        });
                    }
                }
            }
        }
    }
    check(&cells)?;
    Ok(cells)
}

/// Whether every level of every table adds up: the rows without indentation
/// to the base, the rows below a row to that row, the forms to all together.
///
/// # Errors
/// The first place where it does not.
pub fn check(cells: &[Cell]) -> Result<(), Unsound> {
    let mut columns: BTreeMap<_, Vec<&Cell>> = BTreeMap::new();
    for cell in cells {
        let key = (cell.table, cell.age_group, cell.wave, cell.form);
        columns.entry(key).or_default().push(cell);
    }
    for ((table, age_group, wave, form), column) in &columns {
        let wrong = |row: &str, expected, found| Unsound {
            table: *table,
            row: row.to_owned(),
            form: *form,
            age_group: *age_group,
            wave: *wave,
            expected,
            found,
        };
        let base = column.first().map_or(0, |cell| u64::from(cell.rate.denominator));
        if let Some(other) = column.iter().find(|cell| u64::from(cell.rate.denominator) != base) {
            return Err(wrong(&other.row, base, u64::from(other.rate.denominator)));
        }
        let top = sum(column.iter().filter(|cell| cell.depth == 0));
        if top != base {
            return Err(wrong("Zeilen", base, top));
        }
        for (at, parent) in column.iter().enumerate() {
            let below = column[at + 1..].iter().take_while(|cell| cell.depth > parent.depth);
            let children: Vec<_> = below.filter(|cell| cell.depth == parent.depth + 1).collect();
            let (found, expected) = (sum(children.iter().copied()), u64::from(parent.rate.numerator));
            if !children.is_empty() && found != expected {
                return Err(wrong(&parent.row, expected, found));
            }
        }
    }
    for ((table, age_group, wave, form), column) in columns.iter().filter(|((.., form), _)| form.is_none()) {
        if let Some((row, expected, found)) = forms_add_up(&columns, (*table, *age_group, *wave), column) {
            return Err(Unsound {
                table: *table,
                row: row.to_owned(),
                form: *form,
                age_group: *age_group,
                wave: *wave,
                expected,
                found,
            });
        }
    }
    Ok(())
}

type Columns<'a> = BTreeMap<(Table, AgeGroup, i32, Option<Form>), Vec<&'a Cell>>;

/// The first row whose forms do not add up to all together.
fn forms_add_up<'a>(
    columns: &Columns<'_>,
    (table, age_group, wave): (Table, AgeGroup, i32),
    all: &[&'a Cell],
) -> Option<(&'a str, u64, u64)> {
    let forms: Vec<_> = Form::ALL
        .into_iter()
        .filter_map(|form| columns.get(&(table, age_group, wave, Some(form))))
        .collect();
    all.iter().enumerate().find_map(|(at, cell)| {
        let found = sum(forms.iter().filter_map(|column| column.get(at)));
        let expected = u64::from(cell.rate.numerator);
        (found != expected).then_some((cell.row.as_str(), expected, found))
    })
}

fn sum<'c>(cells: impl IntoIterator<Item = &'c &'c Cell>) -> u64 {
    cells.into_iter().map(|cell| u64::from(cell.rate.numerator)).sum()
}
