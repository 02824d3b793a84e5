//! Size classes of the units of a wave: quartiles of a figure known before the
//! wave opens (customers in the wave before, or a column of the register).
//!
//! Equal figures are always in the same class, so that classes need not hold
//! the same number of units. Knows nothing of where a figure comes from.

use crate::answer::number;
pub use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Largest figures of the first three classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cuts(pub [Decimal; 3]);

impl Cuts {
    /// Quartiles by nearest rank: the smallest figure that at least a quarter
    /// (half, three quarters) of all do not exceed. None without figures.
    #[must_use]
    pub fn of(mut figures: Vec<Decimal>) -> Option<Self> {
        figures.sort_unstable();
        let rank = |quarter: usize| {
            figures
                .get((figures.len() * quarter).div_ceil(4).checked_sub(1)?)
                .copied()
        };
        Some(Self([rank(1)?, rank(2)?, rank(3)?]))
    }

    /// The class of a figure: 1, the smallest, to 4.
    #[must_use]
    pub fn class(&self, figure: Decimal) -> u8 {
        self.0.iter().fold(1, |class, cut| class + u8::from(figure > *cut))
    }
}

/// A figure of the register, written in German; none where it is no number of
/// zero or more.
#[must_use]
pub fn figure(text: &str) -> Option<Decimal> {
    number(text, 6).ok().filter(|figure| !figure.is_sign_negative())
}

/// A transmitted figure, written for machines; missing codes are none.
#[must_use]
pub fn transmitted(text: &str) -> Option<Decimal> {
    text.parse::<Decimal>().ok().filter(|figure| !figure.is_sign_negative())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn classes(figures: &[i64]) -> Vec<u8> {
        let figures: Vec<Decimal> = figures.iter().copied().map(Decimal::from).collect();
        let cuts = Cuts::of(figures.clone()).unwrap();
        figures.into_iter().map(|figure| cuts.class(figure)).collect()
    }

    #[test]
    fn quarters_of_different_figures_are_of_one_size() {
        assert_eq!(classes(&[80, 10, 30, 40, 20, 50, 60, 70]), [4, 1, 2, 2, 1, 3, 3, 4]);
        assert_eq!(classes(&[7]), [1], "everybody is small where there is one");
        assert_eq!(classes(&[5, 5, 5, 9]), [1, 1, 1, 4], "equal figures stay together");
        assert_eq!(Cuts::of(Vec::new()), None);
    }

    #[test]
    fn figures_are_read_as_they_are_written() {
        assert_eq!(figure("1.234"), Some(1_234.into()));
        assert_eq!(figure("12.5"), None);
        assert_eq!(figure("-3"), None);
        assert_eq!(figure(""), None);
        assert_eq!(transmitted("5000"), Some(5_000.into()));
        assert_eq!(transmitted("-8"), None);
    }

    proptest! {
        #[test]
        fn no_larger_figure_is_in_a_smaller_class(figures in proptest::collection::vec(0_i64..1_000, 1..60)) {
            let classes = classes(&figures);
            for (one, class) in figures.iter().zip(&classes) {
                for (other, larger) in figures.iter().zip(&classes) {
                    prop_assert!(one > other || class <= larger);
                }
            }
            // Never more than three quarters lie above the smallest class.
            let above = classes.iter().filter(|class| **class > 1).count();
            prop_assert!(above * 4 <= figures.len() * 3);
        }
    }
}
