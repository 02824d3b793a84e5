//! The tables of the instrument's section 3, one function each. "(Annahme)"
//! marks what the paper does not publish.

use super::{AgeItems, Flag, K3Rule, RuleVersion};
use crate::model::ItemIx;
use serde::{Deserialize, Serialize};

/// Criterion 1 with its variants (paper, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum K1 {
    /// II: everybody receives case management.
    FuerAlle,
    /// II: some receive it, from the same staff as everybody else.
    DasselbePersonal,
    /// I: staff that looks after customers with case management only.
    Vollspezialisierung,
    /// I: in-house experts step in where needed (footnote 10).
    Experten,
}

impl K1 {
    /// `I` or `II`.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::FuerAlle | Self::DasselbePersonal => "II",
            Self::Vollspezialisierung | Self::Experten => "I",
        }
    }
}

/// Criterion 2 with its variants (paper, section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum K2 {
    /// a: specialised placement staff or an employers' service.
    Spezialisiert,
    /// a: third parties place (Annahme: not part of case management).
    Dritte,
    /// a: both, the specialised staff mostly.
    UeberwiegendSpezialisiert,
    /// b: the person in charge places.
    Integriert,
    /// b: both, the person in charge mostly.
    UeberwiegendIntegriert,
}

impl K2 {
    /// `a` (not part of case management) or `b` (part of it).
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Spezialisiert | Self::Dritte | Self::UeberwiegendSpezialisiert => "a",
            Self::Integriert | Self::UeberwiegendIntegriert => "b",
        }
    }
}

/// Criterion 3 with its variants (paper, section 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum K3 {
    /// b: the person in charge computes benefits.
    RechnetSelbst,
    /// b: does not compute, but answers questions about them.
    Ansprechperson,
    /// a: neither.
    NichtIntegriert,
}

impl K3 {
    /// `a` (not integrated) or `b` (integrated).
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::RechnetSelbst | Self::Ansprechperson => "b",
            Self::NichtIntegriert => "a",
        }
    }

    fn of(code: i64) -> Option<Self> {
        match code {
            1 => Some(Self::RechnetSelbst),
            2 => Some(Self::Ansprechperson),
            3 => Some(Self::NichtIntegriert),
            _ => None,
        }
    }

    const fn integrated(self) -> bool {
        !matches!(self, Self::NichtIntegriert)
    }
}

/// Why a criterion cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// No answer.
    U0,
    /// No case management at all (Annahme).
    U1,
    /// Case management by third parties only (Annahme).
    U2,
    /// No predominant practice (paper, section 2: analyses rest on it).
    U3,
    /// Placement by both in equal parts (Annahme).
    U4,
    /// Placement by third parties only (from rule version 2026-2 on).
    U5,
}

/// How benefits and integration work together, exclusive and in this order
/// (paper, section 3.4 and Abbildung 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verzahnung {
    /// The person in charge computes benefits.
    V1,
    /// The person in charge answers questions about them.
    V2,
    /// Teams across both functions.
    V3,
    /// At most three benefit clerks per person in charge.
    V4,
    /// None of these.
    V5,
}

/// The answers of one age group.
pub(super) struct Read<'a, F> {
    items: &'a AgeItems,
    code: &'a F,
}

impl<'a, F: Fn(ItemIx) -> Option<i64>> Read<'a, F> {
    pub(super) fn new(items: &'a AgeItems, code: &'a F) -> Self {
        Self { items, code }
    }

    fn get(&self, item: ItemIx) -> Option<i64> {
        (self.code)(item)
    }

    /// Staff is specialised on customers with case management (footnote 12).
    pub(super) fn fms(&self) -> bool {
        self.get(self.items.d1) == Some(1) && matches!(self.get(self.items.d2), Some(1 | 2))
    }

    pub(super) fn k1(&self) -> Result<K1, Reason> {
        let d1 = match self.get(self.items.d1) {
            None | Some(9) => return Err(Reason::U0),
            Some(3) => return Err(Reason::U1),
            Some(d1) => d1,
        };
        match self.get(self.items.d5) {
            Some(3) => return Err(Reason::U3),
            Some(1 | 2) => {}
            _ => return Err(Reason::U0),
        }
        match (d1, self.get(self.items.d2)) {
            (2, _) => Ok(K1::FuerAlle),
            (1, Some(3)) => Ok(K1::DasselbePersonal),
            (1, Some(1)) => Ok(K1::Vollspezialisierung),
            (1, Some(2)) => Ok(K1::Experten),
            (1, Some(4)) => Err(Reason::U2),
            _ => Err(Reason::U0),
        }
    }

    pub(super) fn k2(&self, version: RuleVersion) -> Result<K2, Reason> {
        match self.get(self.items.e1) {
            Some(1) => Ok(K2::Integriert),
            Some(2..=4) => Ok(K2::Spezialisiert),
            Some(5) => match version {
                RuleVersion::V2026_1 => Ok(K2::Dritte),
                RuleVersion::V2026_2 => Err(Reason::U5),
            },
            Some(6) => match self.get(self.items.e2) {
                Some(1) => Ok(K2::UeberwiegendIntegriert),
                Some(2) => Ok(K2::UeberwiegendSpezialisiert),
                Some(3) => Err(Reason::U4),
                _ => Err(Reason::U0),
            },
            _ => Err(Reason::U0),
        }
    }

    pub(super) fn k3(&self, rule: K3Rule) -> Result<K3, Reason> {
        let role = |item| self.get(item).and_then(K3::of).ok_or(Reason::U0);
        if !self.fms() {
            return role(self.items.f1_alle);
        }
        let with = role(self.items.f1_fm)?;
        if rule == K3Rule::FmOnly {
            return Ok(with);
        }
        let without = role(self.items.f1_nfm)?;
        let integrated = match rule {
            K3Rule::Any => with.integrated() || without.integrated(),
            _ => with.integrated() && without.integrated(),
        };
        Ok(match (integrated, with.integrated()) {
            (false, _) => K3::NichtIntegriert,
            (true, true) => with,
            (true, false) => without,
        })
    }

    pub(super) fn verzahnung(&self, k3: Result<K3, Reason>) -> Option<Verzahnung> {
        match k3.ok()? {
            K3::RechnetSelbst => Some(Verzahnung::V1),
            K3::Ansprechperson => Some(Verzahnung::V2),
            K3::NichtIntegriert => match (self.get(self.items.f2)?, self.get(self.items.f3)) {
                (1, _) => Some(Verzahnung::V3),
                (2 | 3 | 7, Some(1..=3)) => Some(Verzahnung::V4),
                (2 | 3 | 7, Some(0 | 4..)) => Some(Verzahnung::V5),
                _ => None,
            },
        }
    }

    pub(super) fn flags(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        let role = |item| self.get(item).and_then(K3::of);
        if self.fms()
            && let (Some(with), Some(without)) = (role(self.items.f1_fm), role(self.items.f1_nfm))
            && with.integrated() != without.integrated()
        {
            flags.push(Flag::Fn12);
        }
        if self.get(self.items.e1) == Some(5) {
            flags.push(Flag::Dritte);
        }
        flags
    }
}
