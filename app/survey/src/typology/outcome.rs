//! A classification without its Beleg: small enough to count a million of
//! them, and to keep in five letters beside the full result.

use super::{AgeGroup, Classification, Flag, K1, K2, K3, Level, Reason, Verzahnung};

/// What an office came out as for one age group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome {
    /// Criterion 1.
    pub k1: Result<K1, Reason>,
    /// Criterion 2.
    pub k2: Result<K2, Reason>,
    /// Criterion 3.
    pub k3: Result<K3, Reason>,
    /// Abbildung 2.
    pub verzahnung: Option<Verzahnung>,
    /// Roles towards customers with and without case management differ.
    pub fn12: bool,
    /// Placement is done by third parties.
    pub dritte: bool,
}

/// Letters of one outcome.
const LENGTH: usize = 5;

impl Outcome {
    /// The letter of one criterion, where known.
    #[must_use]
    pub fn letter(&self, level: Level) -> Option<&'static str> {
        match level {
            Level::K1 => self.k1.ok().map(K1::letter),
            Level::K2 => self.k2.ok().map(K2::letter),
            Level::K3 => self.k3.ok().map(K3::letter),
        }
    }

    /// Why one criterion cannot be told.
    #[must_use]
    pub fn reason(&self, level: Level) -> Option<Reason> {
        match level {
            Level::K1 => self.k1.err(),
            Level::K2 => self.k2.err(),
            Level::K3 => self.k3.err(),
        }
    }

    /// One of the eight codes, where all three criteria are known.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        let letters = [
            self.letter(Level::K1)?,
            self.letter(Level::K2)?,
            self.letter(Level::K3)?,
        ];
        CODES.into_iter().find(|code| *code == letters.concat())
    }

    /// The code with `?` for what is unknown: `IIb?`.
    #[must_use]
    pub fn partial(&self) -> String {
        Level::ALL.map(|level| self.letter(level).unwrap_or("?")).concat()
    }

    fn push(self, text: &mut String) {
        text.push(place(self.k1, &K1::ALL));
        text.push(place(self.k2, &K2::ALL));
        text.push(place(self.k3, &K3::ALL));
        let of = |one| Verzahnung::ALL.iter().position(|other| *other == one);
        text.push(self.verzahnung.and_then(of).map_or('-', |at| nth(b'1', at)));
        text.push(nth(b'0', usize::from(self.fn12) + 2 * usize::from(self.dritte)));
    }

    fn read(text: &[u8]) -> Option<Self> {
        let [k1, k2, k3, verzahnung, flags] = text else {
            return None;
        };
        let flags = flags.checked_sub(b'0').filter(|flags| *flags < 4)?;
        Some(Self {
            k1: at(*k1, &K1::ALL)?,
            k2: at(*k2, &K2::ALL)?,
            k3: at(*k3, &K3::ALL)?,
            verzahnung: match verzahnung {
                b'-' => None,
                digit => Some(*Verzahnung::ALL.get(usize::from(digit.checked_sub(b'1')?))?),
            },
            fn12: flags & 1 == 1,
            dritte: flags & 2 == 2,
        })
    }
}

/// The eight types in the order of Tabelle 2.
pub const CODES: [&str; 8] = ["Iaa", "Iab", "Iba", "Ibb", "IIaa", "IIab", "IIba", "IIbb"];

impl From<&Classification> for Outcome {
    fn from(full: &Classification) -> Self {
        Self {
            k1: full.k1.outcome,
            k2: full.k2.outcome,
            k3: full.k3.outcome,
            verzahnung: full.verzahnung,
            fn12: full.flags.contains(&Flag::Fn12),
            dritte: full.flags.contains(&Flag::Dritte),
        }
    }
}

/// Both age groups of one office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcomes {
    /// Customers from 25 years on.
    pub ue: Outcome,
    /// Customers under 25.
    pub u25: Outcome,
}

impl Outcomes {
    /// One age group's.
    #[must_use]
    pub const fn of(&self, age: AgeGroup) -> Outcome {
        match age {
            AgeGroup::Ue => self.ue,
            AgeGroup::U25 => self.u25,
        }
    }

    /// Ten letters that [`Self::decode`] reads back. Stored: a letter never
    /// changes its meaning, new variants get new letters.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut text = String::with_capacity(2 * LENGTH);
        self.ue.push(&mut text);
        self.u25.push(&mut text);
        text
    }

    /// Reads what [`Self::encode`] wrote; nothing for anything else.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        let (ue, u25) = text.as_bytes().split_at_checked(LENGTH)?;
        Some(Self {
            ue: Outcome::read(ue)?,
            u25: Outcome::read(u25)?,
        })
    }
}

/// Variants are letters in their order, reasons digits.
fn place<V: PartialEq>(outcome: Result<V, Reason>, all: &[V]) -> char {
    match outcome {
        Ok(variant) => nth(b'A', all.iter().position(|one| *one == variant).unwrap_or(0)),
        Err(reason) => nth(b'0', Reason::ALL.iter().position(|one| *one == reason).unwrap_or(0)),
    }
}

fn at<V: Copy>(letter: u8, all: &[V]) -> Option<Result<V, Reason>> {
    match letter {
        b'0'..=b'9' => Reason::ALL.get(usize::from(letter - b'0')).map(|reason| Err(*reason)),
        b'A'..=b'Z' => all.get(usize::from(letter - b'A')).map(|variant| Ok(*variant)),
        _ => None,
    }
}

fn nth(first: u8, at: usize) -> char {
    char::from(first.saturating_add(u8::try_from(at).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Outcome> {
        let either = |reasons: [Reason; 6]| reasons.into_iter();
        let k1 = K1::ALL.into_iter().map(Ok).chain(either(Reason::ALL).map(Err));
        k1.flat_map(move |k1| {
            let k2 = K2::ALL.into_iter().map(Ok).chain(either(Reason::ALL).map(Err));
            k2.flat_map(move |k2| {
                let k3 = K3::ALL.into_iter().map(Ok).chain(either(Reason::ALL).map(Err));
                k3.flat_map(move |k3| {
                    let verzahnung = Verzahnung::ALL.into_iter().map(Some).chain([None]);
                    verzahnung.flat_map(move |verzahnung| {
                        (0..4).map(move |flags| Outcome {
                            k1,
                            k2,
                            k3,
                            verzahnung,
                            fn12: flags & 1 == 1,
                            dritte: flags & 2 == 2,
                        })
                    })
                })
            })
        })
    }

    #[test]
    fn every_outcome_comes_back_from_its_letters() {
        let mut seen = std::collections::BTreeSet::new();
        for one in all() {
            let pair = Outcomes { ue: one, u25: one };
            let letters = pair.encode();
            assert_eq!(letters.len(), 2 * LENGTH);
            assert_eq!(Outcomes::decode(&letters), Some(pair), "{letters}");
            assert!(seen.insert(letters));
        }
    }

    #[test]
    fn what_was_never_written_is_not_read() {
        for text in [
            "",
            "AAA-0",
            "AAA-0AAA-9",
            "Z00-0000-0",
            "AAA60AAA-0",
            "ääääää",
            "AAA-0AAA-00",
        ] {
            assert_eq!(Outcomes::decode(text), None, "{text}");
        }
    }
}
