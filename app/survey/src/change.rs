//! Change between two waves, and agreement of the two age groups: the same
//! table of from and to, for whole types and for each criterion.
//!
//! Knows pairs of outcomes, not which units they belong to.

use crate::rates::Rate;
use crate::typology::{CODES, Level, Outcome};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// The whole type.
    Type,
    /// One criterion.
    Criterion(Level),
}

impl Axis {
    /// Types first, then the criteria.
    pub const ALL: [Self; 4] = [
        Self::Type,
        Self::Criterion(Level::K1),
        Self::Criterion(Level::K2),
        Self::Criterion(Level::K3),
    ];

    /// What an outcome may be here.
    #[must_use]
    pub fn values(self) -> Vec<&'static str> {
        match self {
            Self::Type => CODES.to_vec(),
            Self::Criterion(level) => level.letters().to_vec(),
        }
    }

    /// What an outcome is here, where known.
    #[must_use]
    pub fn value(self, outcome: &Outcome) -> Option<&'static str> {
        match self {
            Self::Type => outcome.code(),
            Self::Criterion(level) => outcome.letter(level),
        }
    }
}

/// How many went from where to where. The last row and the last column are
/// what cannot be classified, so that rows and columns add up to all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transitions {
    /// What is compared.
    pub axis: Axis,
    /// Values in order, without "not classifiable".
    pub values: Vec<&'static str>,
    counts: Vec<Vec<u64>>,
}

impl Transitions {
    /// Counts pairs: before, after, how many.
    #[must_use]
    pub fn of(axis: Axis, pairs: impl IntoIterator<Item = (Outcome, Outcome, u64)>) -> Self {
        let values = axis.values();
        let mut counts = vec![vec![0; values.len() + 1]; values.len() + 1];
        let place = |outcome: &Outcome| {
            let known = axis.value(outcome);
            known
                .and_then(|value| values.iter().position(|other| *other == value))
                .unwrap_or(values.len())
        };
        for (before, after, count) in pairs {
            counts[place(&before)][place(&after)] += count;
        }
        Self { axis, values, counts }
    }

    /// How many went from the row `from` to the column `to`; the place after
    /// the last value is "not classifiable".
    #[must_use]
    pub fn count(&self, from: usize, to: usize) -> u64 {
        self.counts.get(from).and_then(|row| row.get(to)).copied().unwrap_or(0)
    }

    /// All that were in a row before.
    #[must_use]
    pub fn before(&self, from: usize) -> u64 {
        self.counts.get(from).map_or(0, |row| row.iter().sum())
    }

    /// All that are in a column after.
    #[must_use]
    pub fn after(&self, to: usize) -> u64 {
        self.counts.iter().filter_map(|row| row.get(to)).sum()
    }

    /// All pairs.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Pairs that are another value after, among those known both times.
    #[must_use]
    pub fn changed(&self) -> Rate {
        let known = self.known();
        rate(known - self.stayed(), known)
    }

    /// Pairs that are the same, among those known both times.
    #[must_use]
    pub fn unchanged(&self) -> Rate {
        rate(self.stayed(), self.known())
    }

    /// Every direction of change that happened, most frequent first.
    #[must_use]
    pub fn moves(&self) -> Vec<(&'static str, &'static str, u64)> {
        let mut moves: Vec<_> = self
            .places()
            .filter(|(from, to)| from != to && self.count(*from, *to) > 0)
            .map(|(from, to)| (self.values[from], self.values[to], self.count(from, to)))
            .collect();
        moves.sort_by_key(|(.., count)| std::cmp::Reverse(*count));
        moves
    }

    /// Pairs known both times.
    fn known(&self) -> u64 {
        self.places().map(|(from, to)| self.count(from, to)).sum()
    }

    fn stayed(&self) -> u64 {
        (0..self.values.len()).map(|at| self.count(at, at)).sum()
    }

    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let many = self.values.len();
        (0..many).flat_map(move |from| (0..many).map(move |to| (from, to)))
    }
}

fn rate(numerator: u64, denominator: u64) -> Rate {
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Rate {
        numerator: number(numerator),
        denominator: number(denominator),
    }
}
