//! Which rules there are: versions, settings, and every rule as a person
//! reads it, beside its source. The tables themselves stand in [`super::criteria`].

use super::{K3Rule, Level, Rules};
use serde::{Deserialize, Serialize};

/// A version of the rules. Every result is stored with its version and is
/// never overwritten by another's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RuleVersion {
    /// The paper's rules with the instrument's assumptions.
    #[default]
    #[serde(rename = "2026-1")]
    V2026_1,
    /// The same, but placement by third parties is not classified: the other
    /// answer to the instrument's open point 2.
    #[serde(rename = "2026-2")]
    V2026_2,
}

impl RuleVersion {
    /// All versions, oldest first.
    pub const ALL: [Self; 2] = [Self::V2026_1, Self::V2026_2];

    /// As it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2026_1 => "2026-1",
            Self::V2026_2 => "2026-2",
        }
    }

    /// What it does, in a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::V2026_1 => "Regeln des Aufsatzes mit den Annahmen des Fragebogen-Entwurfs",
            Self::V2026_2 => {
                "wie 2026-1, aber Vermittlung durch beauftragte Dritte wird nicht eingeordnet (offener Punkt 2 des Entwurfs)"
            }
        }
    }
}

impl std::str::FromStr for RuleVersion {
    type Err = crate::office::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|version| version.name() == text)
            .ok_or_else(|| crate::office::UnknownName(text.to_owned()))
    }
}

impl K3Rule {
    /// All settings.
    pub const ALL: [Self; 3] = [Self::FmOnly, Self::Any, Self::Both];

    /// What the setting means, in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::FmOnly => "nur die Rolle gegenüber Kunden mit Fallmanagement zählt",
            Self::Any => "integriert, wenn es für eine der beiden Gruppen zutrifft",
            Self::Both => "integriert nur, wenn es für beide Gruppen zutrifft",
        }
    }
}

impl Rules {
    /// Every combination of version and setting.
    pub fn all() -> impl Iterator<Item = Self> {
        RuleVersion::ALL
            .into_iter()
            .flat_map(|version| K3Rule::ALL.into_iter().map(move |k3_rule| Self { k3_rule, version }))
    }
}

/// One line of a rule: which answers, which result, where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleText {
    /// Criterion; none for the Verzahnung.
    pub level: Option<Level>,
    /// Answers, by question.
    pub when: &'static str,
    /// Result.
    pub then: &'static str,
    /// Source.
    pub source: &'static str,
}

const PAPER_2: &str = "Aufsatz, Abschnitt 2";
const PAPER_3_2: &str = "Aufsatz, Abschnitt 3.2";
const PAPER_3_3: &str = "Aufsatz, Abschnitt 3.3";
const PAPER_3_4: &str = "Aufsatz, Abschnitt 3.4";
const FN_12: &str = "Aufsatz, Fußnote 12";
const ASSUMED: &str = "Annahme";

/// Every rule of a version under a setting, in the order in which they are
/// read: within a criterion the first that fits decides.
#[must_use]
pub fn texts(rules: Rules) -> Vec<RuleText> {
    let mut list = criterion_1();
    list.extend(criterion_2(rules.version));
    list.extend(criterion_3(rules.k3_rule));
    list.extend(verzahnung());
    list
}

fn line(level: Level, when: &'static str, then: &'static str, source: &'static str) -> RuleText {
    RuleText {
        level: Some(level),
        when,
        then,
        source,
    }
}

fn criterion_1() -> Vec<RuleText> {
    let of = |when, then, source| line(Level::K1, when, then, source);
    vec![
        of(
            "D1 fehlt oder „weiß nicht“ (9)",
            "nicht klassifizierbar, U0 keine Angabe",
            ASSUMED,
        ),
        of(
            "D1: kein Fallmanagement (3)",
            "nicht klassifizierbar, U1 kein Fallmanagement praktiziert",
            ASSUMED,
        ),
        of(
            "D5: kein überwiegendes Vorgehen (3)",
            "nicht klassifizierbar, U3 kein überwiegendes Vorgehen",
            PAPER_2,
        ),
        of("D5 fehlt", "nicht klassifizierbar, U0 keine Angabe", ASSUMED),
        of(
            "D1: für alle (2)",
            "II generalisiert, Fallmanagement für alle",
            PAPER_3_2,
        ),
        of(
            "D1: für einen Teil (1), D2: dasselbe Personal (3)",
            "II generalisiert, getrennt, aber dasselbe Personal",
            PAPER_3_2,
        ),
        of(
            "D1: für einen Teil (1), D2: eigenes Personal (1)",
            "I spezialisiert, vollständige Spezialisierung",
            PAPER_3_2,
        ),
        of(
            "D1: für einen Teil (1), D2: Experten bei Bedarf (2)",
            "I spezialisiert, Expertenmodell",
            "Aufsatz, Abschnitt 3.2 und Fußnote 10 („nicht eindeutig“)",
        ),
        of(
            "D1: für einen Teil (1), D2: nur Dritte (4)",
            "nicht klassifizierbar, U2 nur externes Fallmanagement",
            ASSUMED,
        ),
        of("sonst", "nicht klassifizierbar, U0 keine Angabe", ASSUMED),
    ]
}

fn criterion_2(version: RuleVersion) -> Vec<RuleText> {
    let of = |when, then, source| line(Level::K2, when, then, source);
    let third = match version {
        RuleVersion::V2026_1 => "a nicht Teil des Fallmanagements, Merkmal „Dritte“",
        RuleVersion::V2026_2 => "nicht klassifizierbar, U5 Vermittlung nur durch Dritte, Merkmal „Dritte“",
    };
    vec![
        of("E1: die Betreuungsperson (1)", "b Teil des Fallmanagements", PAPER_3_3),
        of(
            "E1: Vermittlungspersonal oder Arbeitgeberservice (2, 3, 4)",
            "a nicht Teil des Fallmanagements",
            PAPER_3_3,
        ),
        of("E1: beauftragte Dritte (5)", third, "Annahme (offener Punkt 2)"),
        of(
            "E1: beide (6), E2: überwiegend die Betreuungsperson (1)",
            "b Teil des Fallmanagements",
            PAPER_2,
        ),
        of(
            "E1: beide (6), E2: überwiegend spezialisierte Kräfte (2)",
            "a nicht Teil des Fallmanagements",
            PAPER_2,
        ),
        of(
            "E1: beide (6), E2: zu gleichen Teilen (3)",
            "nicht klassifizierbar, U4 Vermittlung zu gleichen Teilen",
            ASSUMED,
        ),
        of("sonst", "nicht klassifizierbar, U0 keine Angabe", ASSUMED),
    ]
}

fn criterion_3(k3_rule: K3Rule) -> Vec<RuleText> {
    let of = |when, then, source| line(Level::K3, when, then, source);
    let mut list = vec![
        of(
            "Personal nicht auf Fallmanagement-Kunden spezialisiert, F1: rechnet selbst (1)",
            "b integriert, rechnet selbst",
            PAPER_3_4,
        ),
        of(
            "… F1: Ansprechperson (2)",
            "b integriert, nur Ansprechperson",
            PAPER_3_4,
        ),
        of("… F1: nein (3)", "a nicht integriert", PAPER_3_4),
    ];
    match k3_rule {
        K3Rule::FmOnly => list.push(of(
            "Personal spezialisiert (D1 = 1, D2 = 1 oder 2)",
            "dieselben drei Fälle nach der Rolle gegenüber Kunden mit Fallmanagement; fällt die Rolle gegenüber den übrigen auf die andere Seite: Merkmal FN12",
            FN_12,
        )),
        K3Rule::Any => list.push(of(
            "Personal spezialisiert (D1 = 1, D2 = 1 oder 2)",
            "b, wenn die Rolle gegenüber einer der beiden Gruppen integriert ist, sonst a; fehlt eine der beiden Angaben: U0",
            "Annahme zu Fußnote 12 (offener Punkt 1)",
        )),
        K3Rule::Both => list.push(of(
            "Personal spezialisiert (D1 = 1, D2 = 1 oder 2)",
            "b nur, wenn die Rolle gegenüber beiden Gruppen integriert ist, sonst a; fehlt eine der beiden Angaben: U0",
            "Annahme zu Fußnote 12 (offener Punkt 1)",
        )),
    }
    list.push(of(
        "fehlt oder „weiß nicht“ (9)",
        "nicht klassifizierbar, U0 keine Angabe",
        ASSUMED,
    ));
    list
}

fn verzahnung() -> Vec<RuleText> {
    let of = |when, then, source| RuleText {
        level: None,
        when,
        then,
        source,
    };
    vec![
        of("Kriterium 3 = b, rechnet selbst", "V1 rechnet selbst", PAPER_3_4),
        of(
            "Kriterium 3 = b, nur Ansprechperson",
            "V2 nur Ansprechperson",
            PAPER_3_4,
        ),
        of(
            "Kriterium 3 = a, F2: gemeinsame Teams (1)",
            "V3 funktionsübergreifende Teams",
            PAPER_3_4,
        ),
        of(
            "Kriterium 3 = a, F2 anders (2, 3, 7), F3: 1 bis 3 Fachkräfte",
            "V4 enge personelle Bezüge",
            PAPER_3_4,
        ),
        of(
            "Kriterium 3 = a, F2 anders, F3: 4 und mehr oder 0 (keine feste Zuordnung)",
            "V5 keine",
            "Aufsatz, Abschnitt 3.4; F3 = 0 Annahme",
        ),
        of("sonst", "V? nicht bekannt", ASSUMED),
    ]
}
