//! Columns of the classification, in the order of the contract.

use super::variable::VariableKind;
use std::borrow::Cow;
use survey::Classification;
use survey::typology::{CODES, Criterion, Flag, K1, K2, K3, Reason, Verzahnung};

/// Names of the parts; the suffix of the age group follows.
pub(super) const PARTS: [&str; 10] = [
    "typ",
    "k1",
    "k2",
    "k3",
    "variante1",
    "variante2",
    "variante3",
    "verzahnung",
    "grund",
    "flags",
];

/// What a part is, without the age group.
pub(super) const LABELS: [&str; 10] = [
    "Typ nach Tabelle 2",
    "Kriterium 1: Fallmanagement-Ansatz",
    "Kriterium 2: Vermittlung auf den ersten Arbeitsmarkt",
    "Kriterium 3: Leistungen zur Sicherung des Lebensunterhalts",
    "Variante von Kriterium 1",
    "Variante von Kriterium 2",
    "Variante von Kriterium 3",
    "Verzahnung von Leistung und Integration (Abbildung 2)",
    "Gründe, wenn nicht klassifizierbar, durch Komma getrennt",
    "Auffälligkeiten, durch Komma getrennt",
];

/// Lists of several stand in one text.
pub(super) const fn kind(part: usize) -> VariableKind {
    if part < 8 {
        VariableKind::Word
    } else {
        VariableKind::Text
    }
}

/// Values of a part with their wordings.
pub(super) fn values(part: usize) -> Vec<(Cow<'static, str>, String)> {
    let of = |list: &[(&'static str, &'static str)]| {
        let pairs = list.iter();
        pairs
            .map(|(value, label)| (Cow::Borrowed(*value), (*label).to_owned()))
            .collect()
    };
    match part {
        0 => CODES
            .iter()
            .map(|code| (Cow::Borrowed(*code), type_label(code)))
            .collect(),
        1 => of(&[("I", FIRST[0]), ("II", FIRST[1])]),
        2 => of(&[("a", SECOND[0]), ("b", SECOND[1])]),
        3 => of(&[("a", THIRD[0]), ("b", THIRD[1])]),
        4 => of(&K1::ALL.map(|one| (one.name(), one.label()))),
        5 => of(&K2::ALL.map(|one| (one.name(), one.label()))),
        6 => of(&K3::ALL.map(|one| (one.name(), one.label()))),
        7 => of(&Verzahnung::ALL.map(|one| (one.name(), one.label()))),
        8 => of(&Reason::ALL.map(|one| (one.name(), one.label()))),
        _ => of(&[
            (Flag::Fn12.name(), "Rollen fallen auf verschiedene Seiten (Fußnote 12)"),
            (Flag::Dritte.name(), "Vermittlung durch Dritte"),
        ]),
    }
}

const FIRST: [&str; 2] = ["spezialisiert", "generalisiert"];
const SECOND: [&str; 2] = ["Vermittlung nicht Teil", "Vermittlung Teil"];
const THIRD: [&str; 2] = ["Leistung nicht integriert", "Leistung integriert"];

/// `Iab`: what its three letters say.
fn type_label(code: &str) -> String {
    let first = usize::from(code.starts_with("II"));
    let mut letters = code.bytes().rev().map(|letter| usize::from(letter == b'b'));
    let (third, second) = (letters.next().unwrap_or(0), letters.next().unwrap_or(0));
    format!("{}, {}, {}", FIRST[first], SECOND[second], THIRD[third])
}

/// All parts of a result; all empty where there is none.
pub(super) fn cells(found: Option<&Classification>) -> [String; 10] {
    let Some(found) = found else { return Default::default() };
    let reasons: Vec<&str> = found.reasons().into_iter().map(Reason::name).collect();
    let flags: Vec<&str> = found.flags.iter().copied().map(Flag::name).collect();
    [
        found.code().unwrap_or_default(),
        told(&found.k1, K1::letter),
        told(&found.k2, K2::letter),
        told(&found.k3, K3::letter),
        told(&found.k1, K1::name),
        told(&found.k2, K2::name),
        told(&found.k3, K3::name),
        found.verzahnung.map(Verzahnung::name).unwrap_or_default().to_owned(),
        reasons.join(","),
        flags.join(","),
    ]
}

/// What a criterion is, where it can be told.
fn told<V: Copy>(criterion: &Criterion<V>, name: fn(V) -> &'static str) -> String {
    criterion.outcome.map_or("", name).to_owned()
}
