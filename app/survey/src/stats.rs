//! Describing one variable: missing codes, mean, quantiles, classes. Exact:
//! everything is computed in decimals or whole numbers, and rounded once, at
//! the end.

use rust_decimal::Decimal;

/// Why there is no value, as machine values say it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// -7: not asked.
    pub not_asked: u64,
    /// -8: "Angabe nicht möglich".
    pub cannot_say: u64,
    /// -9: not answered.
    pub not_answered: u64,
}

impl Missing {
    /// Counts a machine value where it is a missing code; otherwise gives it
    /// back. No number an item takes is negative.
    pub fn sift<'v>(&mut self, value: &'v str) -> Option<&'v str> {
        match value {
            "-7" => self.not_asked += 1,
            "-8" => self.cannot_say += 1,
            "-9" => self.not_answered += 1,
            value => return Some(value),
        }
        None
    }

    /// All of them.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.not_asked + self.cannot_say + self.not_answered
    }
}

/// What describes numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many.
    pub n: u64,
    /// Arithmetic mean, two decimals, rounded half up.
    pub mean: Decimal,
    /// Smallest.
    pub min: Decimal,
    /// First quartile.
    pub q1: Decimal,
    /// Median.
    pub median: Decimal,
    /// Third quartile.
    pub q3: Decimal,
    /// Largest.
    pub max: Decimal,
}

/// Describes sorted numbers; nothing where there are none, or where their sum
/// has more digits than can be kept exactly.
#[must_use]
pub fn summary(sorted: &[Decimal]) -> Option<Summary> {
    let (min, max) = (*sorted.first()?, *sorted.last()?);
    let sum = sorted
        .iter()
        .try_fold(Decimal::ZERO, |sum, one| sum.checked_add(*one))?;
    let n = u64::try_from(sorted.len()).ok()?;
    Some(Summary {
        n,
        mean: quotient(sum, n)?,
        min,
        q1: quantile(sorted, 1, 4)?,
        median: quantile(sorted, 1, 2)?,
        q3: quantile(sorted, 3, 4)?,
        max,
    })
}

/// The quantile `part / of` of sorted numbers, type 7 of Hyndman and Fan
/// (1996), as R and Excel compute it: between the neighbours of the place
/// `(n - 1) · part / of`, in a straight line.
#[must_use]
pub fn quantile(sorted: &[Decimal], part: u32, of: u32) -> Option<Decimal> {
    let (part, of) = (usize::try_from(part).ok()?, usize::try_from(of).ok()?);
    let place = sorted.len().checked_sub(1)?.checked_mul(part)?;
    let (below, rest) = (place.checked_div(of)?, place.checked_rem(of)?);
    let low = *sorted.get(below)?;
    if rest == 0 {
        return Some(low);
    }
    let step = sorted.get(below + 1)?.checked_sub(low)?;
    let share = step.checked_mul(Decimal::from(rest))?.checked_div(Decimal::from(of))?;
    Some(low.checked_add(share)?.normalize())
}

/// `sum / n` with two decimals, rounded half up.
fn quotient(sum: Decimal, n: u64) -> Option<Decimal> {
    let unit = 10_i128.checked_pow(sum.scale())?;
    let doubled = sum.mantissa().checked_mul(200)?;
    let n = i128::from(n).checked_mul(unit)?;
    let hundredths = doubled.checked_add(n)?.checked_div_euclid(n.checked_mul(2)?)?;
    Decimal::try_from_i128_with_scale(hundredths, 2).ok()
}

/// Numbers from `from` on, up to but without `to`; with it in the last class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Lower bound.
    pub from: Decimal,
    /// Upper bound.
    pub to: Decimal,
    /// How many.
    pub count: u64,
}

/// Sorted numbers in at most `most` classes of equal width; bounds are
/// multiples of 1, 2 or 5 times a power of ten. Where all are the same, that
/// number is its own class.
#[must_use]
pub fn classes(sorted: &[Decimal], most: u32) -> Vec<Class> {
    let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else {
        return Vec::new();
    };
    if min == max {
        let (from, count) = (min.normalize(), u64::try_from(sorted.len()).unwrap_or(u64::MAX));
        return vec![Class { from, to: from, count }];
    }
    let Some(width) = width(*min, *max, most) else {
        return Vec::new();
    };
    let mut classes = Vec::new();
    let mut from = (*min / width).floor() * width;
    let mut rest = sorted;
    while !rest.is_empty() && classes.len() < usize::try_from(most).unwrap_or(usize::MAX) {
        let to = from + width;
        let last = *max <= to;
        let inside = if last {
            rest.len()
        } else {
            rest.partition_point(|one| *one < to)
        };
        classes.push(Class {
            from: from.normalize(),
            to: to.normalize(),
            count: u64::try_from(inside).unwrap_or(u64::MAX),
        });
        rest = &rest[inside..];
        from = to;
    }
    classes
}

/// The smallest fine width that needs no more than `most` classes.
fn width(min: Decimal, max: Decimal, most: u32) -> Option<Decimal> {
    let mut unit = Decimal::new(1, 4);
    loop {
        for factor in [1, 2, 5] {
            let width = unit.checked_mul(Decimal::from(factor))?;
            let first = (min / width).floor();
            let classes = ((max - first.checked_mul(width)?) / width).ceil();
            if classes <= Decimal::from(most) {
                return Some(width);
            }
        }
        unit = unit.checked_mul(Decimal::TEN)?;
    }
}
