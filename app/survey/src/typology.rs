//! The organisation typology (paper, sections 3 and 4; mapping of answer codes
//! in the instrument, section 3). Three criteria are read from the answers
//! into types that know all their cases, then joined to one of eight codes.
//!
//! This is the only module that knows items by name.

mod criteria;
mod outcome;
mod rules;
mod words;

pub use criteria::{K1, K2, K3, Reason, Verzahnung};
pub use outcome::{CODES, Outcome, Outcomes};
pub use rules::{RuleText, RuleVersion, texts};

use crate::model::{Instrument, ItemIx};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Version of the rules where nobody has chosen another; stored with every
/// result. No version ever overwrites another's results.
pub const RULE_VERSION: &str = RuleVersion::V2026_1.name();

/// Age group of the customers a classification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeGroup {
    /// From 25 years on (Ü25).
    Ue,
    /// Under 25 years (U25).
    U25,
}

impl AgeGroup {
    /// Both age groups.
    pub const ALL: [Self; 2] = [Self::Ue, Self::U25];

    /// Suffix of items and columns: `ue`, `u25`.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Ue => "ue",
            Self::U25 => "u25",
        }
    }

    /// As it is written for people: `Ü25`, `U25`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ue => "Ü25",
            Self::U25 => "U25",
        }
    }
}

/// One of the three criteria.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Specialised or generalised case management.
    K1,
    /// Placement part of case management or not.
    K2,
    /// Benefits integrated or not.
    K3,
}

impl Level {
    /// All three in order.
    pub const ALL: [Self; 3] = [Self::K1, Self::K2, Self::K3];

    /// The two letters it may give, in the order of Tabelle 2.
    #[must_use]
    pub const fn letters(self) -> [&'static str; 2] {
        match self {
            Self::K1 => ["I", "II"],
            Self::K2 | Self::K3 => ["a", "b"],
        }
    }
}

/// How the roles towards customers with and without case management combine
/// in criterion 3 (paper, footnote 12: asked separately, combination not
/// published).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum K3Rule {
    /// Only the role towards customers with case management counts.
    #[default]
    FmOnly,
    /// Integrated if it is for either group.
    Any,
    /// Integrated if it is for both groups.
    Both,
}

impl K3Rule {
    /// Name of the setting's value.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FmOnly => "fm_only",
            Self::Any => "any",
            Self::Both => "both",
        }
    }
}

impl std::str::FromStr for K3Rule {
    type Err = crate::office::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::FmOnly, Self::Any, Self::Both]
            .into_iter()
            .find(|rule| rule.name() == text)
            .ok_or_else(|| crate::office::UnknownName(text.to_owned()))
    }
}

/// Settings of the typology.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rules {
    /// How criterion 3 combines its two questions.
    pub k3_rule: K3Rule,
    /// Version of the rules.
    #[serde(default)]
    pub version: RuleVersion,
}

/// What stands out about a classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flag {
    /// Roles towards customers with and without case management fall on
    /// different sides (footnote 12).
    #[serde(rename = "FN12")]
    Fn12,
    /// Placement is done by third parties.
    Dritte,
}

impl Flag {
    /// As exported.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fn12 => "FN12",
            Self::Dritte => "Dritte",
        }
    }
}

/// An item and the code a result rests on; no code where it was not given or
/// not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Item id.
    pub item: Cow<'static, str>,
    /// Value.
    pub value: Option<i64>,
}

/// A criterion: its variant or the reason why there is none, and the Beleg.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion<V> {
    /// The variant, or why it cannot be told.
    pub outcome: Result<V, Reason>,
    /// The answers it rests on.
    pub evidence: Vec<Evidence>,
}

/// The result for one office, wave and age group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Age group.
    pub age_group: AgeGroup,
    /// Specialised (I) or generalised (II).
    pub k1: Criterion<K1>,
    /// Placement not part (a) or part (b) of case management.
    pub k2: Criterion<K2>,
    /// Benefits not integrated (a) or integrated (b).
    pub k3: Criterion<K3>,
    /// How closely benefits and integration work together (Abbildung 2).
    pub verzahnung: Option<Verzahnung>,
    /// What stands out.
    pub flags: Vec<Flag>,
    /// Version of the rules.
    pub rule_version: Cow<'static, str>,
    /// Setting of criterion 3.
    pub k3_rule: K3Rule,
}

impl Classification {
    /// The full code, `Iba` for example, where all three criteria are known.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        let (Ok(k1), Ok(k2), Ok(k3)) = (&self.k1.outcome, &self.k2.outcome, &self.k3.outcome) else {
            return None;
        };
        Some([k1.letter(), k2.letter(), k3.letter()].concat())
    }

    /// The code with `?` for what is unknown: `IIb?`.
    #[must_use]
    pub fn partial(&self) -> String {
        [Level::K1, Level::K2, Level::K3]
            .map(|level| self.letter(level).unwrap_or("?"))
            .concat()
    }

    /// The letter of one criterion, where known.
    #[must_use]
    pub fn letter(&self, level: Level) -> Option<&'static str> {
        match level {
            Level::K1 => self.k1.outcome.as_ref().ok().map(|one| one.letter()),
            Level::K2 => self.k2.outcome.as_ref().ok().map(|one| one.letter()),
            Level::K3 => self.k3.outcome.as_ref().ok().map(|one| one.letter()),
        }
    }

    /// Why it is not classifiable: the distinct reasons in order of criteria.
    #[must_use]
    pub fn reasons(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> = Vec::new();
        for reason in [self.k1.outcome.err(), self.k2.outcome.err(), self.k3.outcome.err()]
            .into_iter()
            .flatten()
        {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}

/// The items the typology reads, per age group; none where an instrument
/// does not have them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CoreItems {
    ue: Option<AgeItems>,
    u25: Option<AgeItems>,
}

/// Ids of the items of an age group: D1, D2, D5, E1, E2, the roles with, without
/// and not by case management, F2, F3.
const fn ids(age: AgeGroup) -> [&'static str; 10] {
    match age {
        AgeGroup::Ue => [
            "D1_ue",
            "D2_ue",
            "D5_ue",
            "E1_ue",
            "E2_ue",
            "F1_fm_ue",
            "F1_nfm_ue",
            "F1_alle_ue",
            "F2_ue",
            "F3_ue",
        ],
        AgeGroup::U25 => [
            "D1_u25",
            "D2_u25",
            "D5_u25",
            "E1_u25",
            "E2_u25",
            "F1_fm_u25",
            "F1_nfm_u25",
            "F1_alle_u25",
            "F2_u25",
            "F3_u25",
        ],
    }
}

/// Items of one age group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AgeItems {
    pub d1: ItemIx,
    pub d2: ItemIx,
    pub d5: ItemIx,
    pub e1: ItemIx,
    pub e2: ItemIx,
    pub f1_fm: ItemIx,
    pub f1_nfm: ItemIx,
    pub f1_alle: ItemIx,
    pub f2: ItemIx,
    pub f3: ItemIx,
}

impl CoreItems {
    #[cfg(feature = "load")]
    pub(crate) fn find(item: impl Fn(&str) -> Option<ItemIx>) -> Self {
        let of = |age: AgeGroup| {
            let [d1, d2, d5, e1, e2, f1_fm, f1_nfm, f1_alle, f2, f3] = ids(age).map(&item);
            Some(AgeItems {
                d1: d1?,
                d2: d2?,
                d5: d5?,
                e1: e1?,
                e2: e2?,
                f1_fm: f1_fm?,
                f1_nfm: f1_nfm?,
                f1_alle: f1_alle?,
                f2: f2?,
                f3: f3?,
            })
        };
        Self {
            ue: of(AgeGroup::Ue),
            u25: of(AgeGroup::U25),
        }
    }

    fn of(&self, age: AgeGroup) -> Option<&AgeItems> {
        match age {
            AgeGroup::Ue => self.ue.as_ref(),
            AgeGroup::U25 => self.u25.as_ref(),
        }
    }

    /// Items a criterion of this age group may depend on.
    #[cfg(feature = "load")]
    pub(crate) fn items(&self, age: AgeGroup) -> impl Iterator<Item = ItemIx> + use<> {
        self.of(age)
            .map(|i| [i.d1, i.d2, i.d5, i.e1, i.e2, i.f1_fm, i.f1_nfm, i.f1_alle])
            .into_iter()
            .flatten()
    }

    /// One letter, without the evidence; what `k1_ue` means in an expression.
    pub(crate) fn letter(
        &self,
        level: Level,
        age: AgeGroup,
        rules: Rules,
        code: impl Fn(ItemIx) -> Option<i64>,
    ) -> Option<&'static str> {
        let read = criteria::Read::new(self.of(age)?, &code);
        match level {
            Level::K1 => read.k1().ok().map(K1::letter),
            Level::K2 => read.k2(rules.version).ok().map(K2::letter),
            Level::K3 => read.k3(rules.k3_rule).ok().map(K3::letter),
        }
    }
}

/// Classifies one office from the codes of its routed answers; `code` gives
/// nothing for what was not asked, not answered or marked -8.
#[must_use]
pub fn classify(
    instrument: &Instrument,
    age_group: AgeGroup,
    rules: Rules,
    code: impl Fn(ItemIx) -> Option<i64>,
) -> Classification {
    let nothing = || Classification {
        age_group,
        k1: Criterion {
            outcome: Err(Reason::U0),
            evidence: Vec::new(),
        },
        k2: Criterion {
            outcome: Err(Reason::U0),
            evidence: Vec::new(),
        },
        k3: Criterion {
            outcome: Err(Reason::U0),
            evidence: Vec::new(),
        },
        verzahnung: None,
        flags: Vec::new(),
        rule_version: Cow::Borrowed(rules.version.name()),
        k3_rule: rules.k3_rule,
    };
    let Some(items) = instrument.core.of(age_group) else {
        return nothing();
    };
    let read = criteria::Read::new(items, &code);
    let evidence = |of: &[(ItemIx, &'static str)]| {
        of.iter()
            .map(|(item, id)| Evidence {
                item: Cow::Borrowed(id),
                value: code(*item),
            })
            .collect()
    };
    let [d1, d2, d5, e1, e2, f1_fm, f1_nfm, f1_alle, ..] = ids(age_group);
    let roles: &[_] = if read.fms() {
        &[(items.f1_fm, f1_fm), (items.f1_nfm, f1_nfm)]
    } else {
        &[(items.f1_alle, f1_alle)]
    };
    let k3 = read.k3(rules.k3_rule);
    Classification {
        k1: Criterion {
            outcome: read.k1(),
            evidence: evidence(&[(items.d1, d1), (items.d2, d2), (items.d5, d5)]),
        },
        k2: Criterion {
            outcome: read.k2(rules.version),
            evidence: evidence(&[(items.e1, e1), (items.e2, e2)]),
        },
        k3: Criterion {
            outcome: k3,
            evidence: evidence(roles),
        },
        verzahnung: read.verzahnung(k3),
        flags: read.flags(),
        ..nothing()
    }
}
