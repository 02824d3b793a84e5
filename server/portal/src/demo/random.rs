//! A small deterministic generator, so that every demonstration data set is
//! the same one. Not for anything secret.

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, good enough for
/// synthetic answers.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// A generator for one office in one wave.
    pub(super) fn new(wave: i32, unit: usize) -> Self {
        let mut dice = Self(0x5EED ^ ((unit as u64) << 20) ^ u64::from(wave.unsigned_abs()));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low).saturating_add(1).max(1);
        low.saturating_add(i64::try_from(self.next() % span).unwrap_or(0))
    }

    /// True in `percent` of a hundred cases.
    pub(super) fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of the given values; the first where there is only one.
    pub(super) fn one_of<T: Copy>(&mut self, values: &[T], fallback: T) -> T {
        let place = self.between(0, i64::try_from(values.len()).unwrap_or(1) - 1);
        usize::try_from(place)
            .ok()
            .and_then(|place| values.get(place).copied())
            .unwrap_or(fallback)
    }
}
