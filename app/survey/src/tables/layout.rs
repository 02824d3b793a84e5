//! Which rows a table has and which outcomes belong to each.

use super::Table;
use crate::typology::{K1, K2, K3, Level, Outcome, Reason, Verzahnung};

/// Name of the row for what cannot be told.
const UNKNOWN: &str = "nicht klassifizierbar";

/// How far a table is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// As the paper prints it.
    Paper,
    /// With the reasons below every row of what cannot be told.
    Reasons,
}

/// One row of a table.
pub(super) struct Line {
    pub name: String,
    pub depth: usize,
    selector: Selector,
}

impl Line {
    pub fn takes(&self, one: &Outcome) -> bool {
        self.selector.takes(one)
    }
}

/// Which outcomes belong to a row.
#[derive(Clone, Copy)]
enum Selector {
    /// The first letters are these, as many as are given.
    Letters([Option<&'static str>; 3]),
    /// The given letters are known, the next one is not, for any reason or
    /// for this one.
    Unknown([Option<&'static str>; 2], Option<Reason>),
    /// The letter of one criterion.
    Letter(Level, &'static str),
    /// One criterion cannot be told.
    Untold(Level, Option<Reason>),
    Verzahnung(Option<Verzahnung>),
    K1(K1),
    K2(K2),
    K3(K3),
}

impl Selector {
    fn takes(self, one: &Outcome) -> bool {
        let begins = |letters: &[Option<&'static str>]| {
            let levels = Level::ALL.into_iter().zip(letters);
            levels
                .into_iter()
                .all(|(level, wanted)| wanted.is_none() || one.letter(level) == *wanted)
        };
        match self {
            Self::Letters(letters) => begins(&letters),
            Self::Unknown(letters, reason) => {
                let known = letters.iter().flatten().count();
                let next = Level::ALL[known];
                begins(&letters) && untold(one, next, reason)
            }
            Self::Letter(level, wanted) => one.letter(level) == Some(wanted),
            Self::Untold(level, reason) => untold(one, level, reason),
            Self::Verzahnung(wanted) => one.verzahnung == wanted,
            Self::K1(variant) => one.k1 == Ok(variant),
            Self::K2(variant) => one.k2 == Ok(variant),
            Self::K3(variant) => one.k3 == Ok(variant),
        }
    }
}

fn untold(one: &Outcome, level: Level, reason: Option<Reason>) -> bool {
    match one.reason(level) {
        None => false,
        Some(found) => reason.is_none_or(|wanted| wanted == found),
    }
}

/// The rows of a table in order.
pub(super) fn lines(table: Table, detail: Detail) -> Vec<Line> {
    let mut list = Lines {
        list: Vec::new(),
        detail,
    };
    match table {
        Table::Abbildung1 => {
            for one in ["I", "II"] {
                list.push(one, 0, Selector::Letter(Level::K1, one));
            }
            list.unknown(UNKNOWN.to_owned(), 0, |reason| Selector::Untold(Level::K1, reason));
        }
        Table::Tabelle1 => {
            list.push("Vermittlung integriert", 0, Selector::Letter(Level::K2, "b"));
            list.push("Vermittlung nicht integriert", 0, Selector::Letter(Level::K2, "a"));
            list.unknown(UNKNOWN.to_owned(), 0, |reason| Selector::Untold(Level::K2, reason));
        }
        Table::Abbildung2 => {
            for one in Verzahnung::ALL {
                list.push(one.name(), 0, Selector::Verzahnung(Some(one)));
            }
            list.push("V?", 0, Selector::Verzahnung(None));
        }
        Table::Tabelle2 => list.typology(),
        Table::Varianten1 => {
            list.variants(
                Level::K1,
                &K1::ALL.map(|one| (one.letter(), one.label(), Selector::K1(one))),
            );
        }
        Table::Varianten2 => {
            list.variants(
                Level::K2,
                &K2::ALL.map(|one| (one.letter(), one.label(), Selector::K2(one))),
            );
        }
        Table::Varianten3 => {
            list.variants(
                Level::K3,
                &K3::ALL.map(|one| (one.letter(), one.label(), Selector::K3(one))),
            );
        }
    }
    list.list
}

struct Lines {
    list: Vec<Line>,
    detail: Detail,
}

impl Lines {
    fn push(&mut self, name: impl Into<String>, depth: usize, selector: Selector) {
        self.list.push(Line {
            name: name.into(),
            depth,
            selector,
        });
    }

    /// A row for what cannot be told, and its reasons below.
    fn unknown(&mut self, name: String, depth: usize, selector: impl Fn(Option<Reason>) -> Selector) {
        self.push(name, depth, selector(None));
        if self.detail == Detail::Reasons {
            for reason in Reason::ALL {
                let name = format!("{} {}", reason.name(), reason.label());
                self.push(name, depth + 1, selector(Some(reason)));
            }
        }
    }

    /// Two levels of criteria down to the eight types.
    fn typology(&mut self) {
        for one in ["I", "II"] {
            self.push(one, 0, Selector::Letters([Some(one), None, None]));
            for two in ["a", "b"] {
                self.push(
                    format!("{one}{two}"),
                    1,
                    Selector::Letters([Some(one), Some(two), None]),
                );
                for three in ["a", "b"] {
                    let selector = Selector::Letters([Some(one), Some(two), Some(three)]);
                    self.push(format!("{one}{two}{three}"), 2, selector);
                }
                let name = format!("{one}{two} {UNKNOWN}");
                self.unknown(name, 2, |reason| Selector::Unknown([Some(one), Some(two)], reason));
            }
            self.unknown(format!("{one} {UNKNOWN}"), 1, |reason| {
                Selector::Unknown([Some(one), None], reason)
            });
        }
        self.unknown(UNKNOWN.to_owned(), 0, |reason| Selector::Unknown([None, None], reason));
    }

    /// Both letters of a criterion with their variants.
    fn variants(&mut self, level: Level, all: &[(&'static str, &'static str, Selector)]) {
        for letter in level.letters() {
            self.push(letter, 0, Selector::Letter(level, letter));
            for (_, label, selector) in all.iter().filter(|(of, ..)| *of == letter) {
                self.push(*label, 1, *selector);
            }
        }
        self.unknown(UNKNOWN.to_owned(), 0, |reason| Selector::Untold(level, reason));
    }
}
