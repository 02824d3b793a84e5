//! The panel: which units took part in which waves, what became of them from
//! one wave to another, and who has become whom. Pure; units are the caller's
//! numbers, waves the places of a list.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// Waves a pattern can hold.
pub const MOST_WAVES: usize = 64;

/// How far a unit got in a wave. Later ones are further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Not on the list of units.
    #[default]
    Absent,
    /// Listed, but did not belong to the survey: merged, dissolved, duplicate.
    Ineligible,
    /// Declined.
    Refused,
    /// Did not hand in.
    Silent,
    /// Handed in, not (fully) usable.
    Submitted,
    /// Fully usable.
    Usable,
}

impl Part {
    /// All there are, from the least to the furthest.
    pub const ALL: [Self; 6] = [
        Self::Absent,
        Self::Ineligible,
        Self::Refused,
        Self::Silent,
        Self::Submitted,
        Self::Usable,
    ];

    /// Whether this is taking part.
    #[must_use]
    pub const fn counts(self, level: Level) -> bool {
        match level {
            Level::Listed => !matches!(self, Self::Absent | Self::Ineligible),
            Level::Submitted => matches!(self, Self::Submitted | Self::Usable),
            Level::Usable => matches!(self, Self::Usable),
        }
    }
}

/// What counts as taking part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Being on the list and belonging to the survey.
    Listed,
    /// Handing in.
    Submitted,
    /// Handing in something fully usable.
    #[default]
    Usable,
}

impl Level {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Listed, Self::Submitted, Self::Usable];

    /// How it stands in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "verzeichnis",
            Self::Submitted => "eingegangen",
            Self::Usable => "verwertbar",
        }
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|level| level.name() == text).ok_or(())
    }
}

/// In which of some waves a unit took part, the earliest first: `110` is the
/// first two of three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    bits: u64,
    waves: u32,
}

impl Pattern {
    /// The pattern of what a unit did in each wave. Waves beyond
    /// [`MOST_WAVES`] are left out.
    #[must_use]
    pub fn of(parts: &[Part], level: Level) -> Self {
        let parts = &parts[..parts.len().min(MOST_WAVES)];
        let bits = parts
            .iter()
            .fold(0, |bits, part| (bits << 1) | u64::from(part.counts(level)));
        Self {
            bits,
            waves: u32::try_from(parts.len()).unwrap_or(0),
        }
    }

    /// In how many waves.
    #[must_use]
    pub const fn times(self) -> u32 {
        self.bits.count_ones()
    }

    /// Whether in the wave at this place.
    #[must_use]
    pub fn has(self, place: usize) -> bool {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        place < self.waves && (self.bits >> (self.waves - 1 - place)) & 1 == 1
    }

    /// Whether in all of them.
    #[must_use]
    pub const fn is_full(self) -> bool {
        self.times() == self.waves && self.waves > 0
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.waves as usize).try_for_each(|place| out.write_str(if self.has(place) { "1" } else { "0" }))
    }
}

impl FromStr for Pattern {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.len() > MOST_WAVES || !text.bytes().all(|byte| matches!(byte, b'0' | b'1')) {
            return Err(());
        }
        Ok(Self {
            bits: text.bytes().fold(0, |bits, byte| (bits << 1) | u64::from(byte == b'1')),
            waves: u32::try_from(text.len()).map_err(|_| ())?,
        })
    }
}

/// What became of a unit between two waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Took part in both: the matched panel.
    Both,
    /// Took part in the later one only, and was not listed before.
    New,
    /// Took part in the later one only, though listed before.
    Joined,
    /// Took part in the earlier one only; another unit has taken its place.
    Merged,
    /// … is no longer on the list, or does not belong to the survey any more.
    Gone,
    /// … declined.
    Refused,
    /// … did not answer, or not so that it counts.
    Silent,
}

impl Fate {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Both,
        Self::New,
        Self::Joined,
        Self::Merged,
        Self::Gone,
        Self::Refused,
        Self::Silent,
    ];

    /// How it stands in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "beide",
            Self::New => "neu",
            Self::Joined => "hinzu",
            Self::Merged => "aufgegangen",
            Self::Gone => "weggefallen",
            Self::Refused => "verweigert",
            Self::Silent => "ohne-antwort",
        }
    }

    /// Whether the unit took part in the later wave.
    #[must_use]
    pub const fn is_in(self) -> bool {
        matches!(self, Self::Both | Self::New | Self::Joined)
    }
}

impl FromStr for Fate {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|fate| fate.name() == text).ok_or(())
    }
}

/// What became of a unit from an earlier to a later wave; `None` where it took
/// part in neither. `has_successor`: another unit has taken its place.
#[must_use]
pub const fn fate(before: Part, after: Part, has_successor: bool, level: Level) -> Option<Fate> {
    Some(match (before.counts(level), after.counts(level)) {
        (false, false) => return None,
        (true, true) => Fate::Both,
        (false, true) if matches!(before, Part::Absent) => Fate::New,
        (false, true) => Fate::Joined,
        (true, false) => match after {
            Part::Absent | Part::Ineligible if has_successor => Fate::Merged,
            Part::Absent | Part::Ineligible => Fate::Gone,
            Part::Refused => Fate::Refused,
            Part::Silent | Part::Submitted | Part::Usable => Fate::Silent,
        },
    })
}

/// Whom a unit has become: the successors one after the other, the last one
/// at the end. A chain that comes back to where it was ends before that.
#[must_use]
pub fn chain(unit: usize, successors: &BTreeMap<usize, usize>) -> Vec<usize> {
    let mut seen = BTreeSet::from([unit]);
    let mut chain = Vec::new();
    let mut at = unit;
    while let Some(next) = successors.get(&at) {
        if !seen.insert(*next) {
            break;
        }
        chain.push(*next);
        at = *next;
    }
    chain
}

/// Whom a unit has become in the end; itself where nobody took its place. All
/// units of a circle become the smallest of them, so that none gets lost.
#[must_use]
pub fn last(unit: usize, successors: &BTreeMap<usize, usize>) -> usize {
    let chain = chain(unit, successors);
    let end = chain.last().copied().unwrap_or(unit);
    match successors.get(&end) {
        // The chain stopped at a circle: everything from there on belongs to it.
        Some(again) => std::iter::once(unit)
            .chain(chain)
            .skip_while(|one| one != again)
            .min()
            .unwrap_or(end),
        None => end,
    }
}

/// Histories with those of predecessors added to whom they have become, the
/// furthest of each wave counting. Units that became another one disappear.
#[must_use]
pub fn followed(
    histories: &BTreeMap<usize, Vec<Part>>,
    successors: &BTreeMap<usize, usize>,
) -> BTreeMap<usize, Vec<Part>> {
    let mut joined: BTreeMap<usize, Vec<Part>> = BTreeMap::new();
    for (unit, parts) in histories {
        let end = last(*unit, successors);
        // A successor nobody knows anything of cannot take over.
        let end = if histories.contains_key(&end) { end } else { *unit };
        let into = joined.entry(end).or_default();
        if into.len() < parts.len() {
            into.resize(parts.len(), Part::Absent);
        }
        for (mine, theirs) in into.iter_mut().zip(parts) {
            *mine = (*mine).max(*theirs);
        }
    }
    joined
}
