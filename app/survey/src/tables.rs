//! The paper's tables and figures from classifications: Tabelle 1, Tabelle 2,
//! Abbildung 1 and 2, for any wave beside an earlier one.
//!
//! Every case falls into exactly one row of each level; what cannot be told
//! has a row of its own, so that every level adds up to its parent. (The
//! paper's own Tabelle 2 does not for 31.12.2006; the computation is never
//! bent to meet it.)

mod render;

pub use render::{csv, text};

use crate::office::Form;
use crate::rates::Rate;
use crate::typology::{AgeGroup, Classification, Level, Verzahnung};

/// One usable case.
#[derive(Clone, Debug)]
pub struct Row {
    /// Wave.
    pub wave: i32,
    /// Form in that wave.
    pub form: Form,
    /// Its classification.
    pub classification: Classification,
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
}

impl Table {
    /// All tables in the order of the paper.
    pub const ALL: [Self; 4] = [Self::Tabelle1, Self::Tabelle2, Self::Abbildung1, Self::Abbildung2];

    /// Name as in the paper.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tabelle1 => "Tabelle 1",
            Self::Tabelle2 => "Tabelle 2",
            Self::Abbildung1 => "Abbildung 1",
            Self::Abbildung2 => "Abbildung 2",
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
        }
    }

    /// Its rows: name, what belongs to it, and how deep it is indented.
    fn rows(self) -> Vec<(String, usize, Selector)> {
        let unknown = "nicht klassifizierbar";
        match self {
            Self::Abbildung1 => {
                let mut rows: Vec<_> = ["I", "II"]
                    .into_iter()
                    .map(|one| (one.to_owned(), 0, Selector::Letters(one.to_owned(), None, None)))
                    .collect();
                rows.push((unknown.to_owned(), 0, Selector::Unknown(None, None)));
                rows
            }
            Self::Tabelle1 => vec![
                ("Vermittlung integriert".to_owned(), 0, Selector::Placement(Some("b"))),
                (
                    "Vermittlung nicht integriert".to_owned(),
                    0,
                    Selector::Placement(Some("a")),
                ),
                (unknown.to_owned(), 0, Selector::Placement(None)),
            ],
            Self::Abbildung2 => {
                let mut rows: Vec<_> = Verzahnung::ALL
                    .into_iter()
                    .map(|one| (one.name().to_owned(), 0, Selector::Verzahnung(Some(one))))
                    .collect();
                rows.push(("V?".to_owned(), 0, Selector::Verzahnung(None)));
                rows
            }
            Self::Tabelle2 => {
                let mut rows = Vec::new();
                for one in ["I", "II"] {
                    rows.push((one.to_owned(), 0, Selector::Letters(one.to_owned(), None, None)));
                    for two in ["a", "b"] {
                        let name = format!("{one}{two}");
                        rows.push((name.clone(), 1, Selector::Letters(one.to_owned(), Some(two), None)));
                        for three in ["a", "b"] {
                            let selector = Selector::Letters(one.to_owned(), Some(two), Some(three));
                            rows.push((format!("{name}{three}"), 2, selector));
                        }
                        let selector = Selector::Unknown(Some(one.to_owned()), Some(two));
                        rows.push((format!("{name} {unknown}"), 2, selector));
                    }
                    let selector = Selector::Unknown(Some(one.to_owned()), None);
                    rows.push((format!("{one} {unknown}"), 1, selector));
                }
                rows.push((unknown.to_owned(), 0, Selector::Unknown(None, None)));
                rows
            }
        }
    }
}

/// Which cases belong to a row.
enum Selector {
    /// The known letters are these.
    Letters(String, Option<&'static str>, Option<&'static str>),
    /// The given letters are known, the next one is not.
    Unknown(Option<String>, Option<&'static str>),
    Placement(Option<&'static str>),
    Verzahnung(Option<Verzahnung>),
}

impl Selector {
    fn takes(&self, case: &Classification) -> bool {
        let letter = |level| case.letter(level);
        match self {
            Self::Letters(one, two, three) => {
                letter(Level::K1) == Some(one)
                    && (two.is_none() || letter(Level::K2) == *two)
                    && (three.is_none() || letter(Level::K3) == *three)
            }
            Self::Unknown(None, _) => letter(Level::K1).is_none(),
            Self::Unknown(Some(one), None) => letter(Level::K1) == Some(one) && letter(Level::K2).is_none(),
            Self::Unknown(Some(one), two) => {
                letter(Level::K1) == Some(one) && letter(Level::K2) == *two && letter(Level::K3).is_none()
            }
            Self::Placement(wanted) => letter(Level::K2) == *wanted,
            Self::Verzahnung(wanted) => case.verzahnung == *wanted,
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

/// All cells of all tables for the given waves, in order.
#[must_use]
pub fn cells(rows: &[Row], waves: &[i32]) -> Vec<Cell> {
    let forms = Form::ALL.into_iter().map(Some).chain([None]);
    let mut cells = Vec::new();
    for table in Table::ALL {
        for age_group in AgeGroup::ALL {
            for form in forms.clone() {
                for (name, depth, selector) in table.rows() {
                    for wave in waves {
                        let base = || {
                            rows.iter().filter(|row| {
                                row.wave == *wave
                                    && row.classification.age_group == age_group
                                    && form.is_none_or(|form| row.form == form)
                            })
                        };
                        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
                        cells.push(Cell {
                            table,
                            age_group,
                            form,
                            row: name.clone(),
                            depth,
                            wave: *wave,
                            rate: Rate {
                                numerator: count(base().filter(|row| selector.takes(&row.classification)).count()),
                                denominator: count(base().count()),
                            },
                        });
                    }
                }
            }
        }
    }
    cells
}
