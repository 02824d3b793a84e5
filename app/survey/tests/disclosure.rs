//! No hidden count can be computed from what respondents see: tried by going
//! through populations that fit, with none of the module's own means. Each
//! count is tried with one more and one less: two populations that fit are
//! enough to keep it unknown.

use proptest::prelude::*;
use survey::disclosure::{SMALLEST_GROUP, Shown, THRESHOLD, protect};

const KINDS: usize = 3;

/// Units by first group, second group and type.
fn counts(units: &[(usize, usize, usize)], first: usize, second: usize) -> (Vec<Vec<u64>>, Vec<Vec<u64>>) {
    let mut both = (vec![vec![0; KINDS]; first], vec![vec![0; KINDS]; second]);
    for (form, land, kind) in units {
        both.0[form % first][*kind] += 1;
        both.1[land % second][*kind] += 1;
    }
    both
}

/// Rows of counts near the real one that fit what is shown of a group.
fn rows_that_fit(shown: &Shown, real: &[u64]) -> Vec<Vec<u64>> {
    let mut rows = vec![Vec::new()];
    for (cell, real) in shown.counts.iter().zip(real) {
        let values: Vec<u64> = match cell {
            Some(count) => vec![*count],
            None => (real.saturating_sub(1)..=real + 1).collect(),
        };
        rows = rows
            .into_iter()
            .flat_map(|row: Vec<u64>| {
                values
                    .iter()
                    .map(move |value| row.iter().copied().chain([*value]).collect())
            })
            .collect();
    }
    rows.retain(|row| shown.total.is_none_or(|total| row.iter().sum::<u64>() == total));
    rows
}

/// Every sum per type that a side's groups can reach, with the values each
/// hidden cell takes on the way.
type Reached = std::collections::HashMap<Vec<u64>, std::collections::BTreeSet<(usize, usize, u64)>>;

fn reach(side: &[Shown], real: &[Vec<u64>]) -> Reached {
    let mut reached = Reached::from([(vec![0; KINDS], Default::default())]);
    for (group, shown) in side.iter().enumerate() {
        let rows = rows_that_fit(shown, &real[group]);
        let mut next = Reached::new();
        for (sums, values) in &reached {
            for row in &rows {
                let longer: Vec<u64> = sums.iter().zip(row).map(|(a, b)| a + b).collect();
                let entry = next.entry(longer).or_default();
                entry.extend(values);
                entry.extend(row.iter().enumerate().map(|(kind, value)| (group, kind, *value)));
            }
        }
        reached = next;
    }
    reached
}

/// Values each hidden cell of a side may have, given the sums of the other.
fn possible(
    (side, real): (&[Shown], &[Vec<u64>]),
    (other, of_other): (&[Shown], &[Vec<u64>]),
) -> std::collections::BTreeSet<(usize, usize, u64)> {
    let sums = reach(other, of_other);
    let mut values = std::collections::BTreeSet::new();
    for (reached, seen) in reach(side, real) {
        if sums.contains_key(&reached) {
            values.extend(seen);
        }
    }
    values
}

fn assert_protected(first: &[Vec<u64>], second: &[Vec<u64>]) {
    let (of_first, of_second) = protect(first, second);
    let (first_side, second_side) = ((&of_first[..], first), (&of_second[..], second));
    for ((side, real), other) in [(first_side, second_side), (second_side, first_side)] {
        let possible = possible((side, real), other);
        for (group, shown) in side.iter().enumerate() {
            let total: u64 = real[group].iter().sum();
            if total < SMALLEST_GROUP {
                assert_eq!(shown.total, None, "{real:?}");
            }
            for (kind, cell) in shown.counts.iter().enumerate() {
                let count = real[group][kind];
                match cell {
                    Some(cell) => {
                        assert_eq!(*cell, count);
                        assert!(!(1..THRESHOLD).contains(cell), "{real:?} shows {cell}");
                    }
                    None if shown.total.is_some() || count > 0 => {
                        let values = possible.iter().filter(|(g, k, _)| (*g, *k) == (group, kind)).count();
                        assert!(
                            values > 1,
                            "{first:?} {second:?}: group {group}, type {kind} is known: {side:?}"
                        );
                    }
                    None => {}
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_hidden_count_can_be_computed(
        units in prop::collection::vec((0_usize..2, 0_usize..3, 0_usize..KINDS), 0..45),
        skew in 0_usize..4,
    ) {
        // Some populations lean towards few groups and types, as real ones do.
        let units: Vec<_> = units
            .iter()
            .enumerate()
            .map(|(at, (form, land, kind))| if at % 4 < skew { (0, *land, 0) } else { (*form, *land, *kind) })
            .collect();
        let (first, second) = counts(&units, 2, 3);
        assert_protected(&first, &second);
    }
}

#[test]
fn a_small_count_takes_others_with_it() {
    // One unit of the second type in the first group: hidden alone it would be
    // the total minus the rest.
    let first = [vec![20, 1, 9], vec![15, 12, 13]];
    let second = [vec![18, 6, 12], vec![17, 7, 10]];
    let (of_first, of_second) = protect(&first, &second);
    assert_eq!(of_first[0].total, Some(30));
    assert_eq!(of_first[0].counts[1], None);
    assert!(of_first[0].counts.iter().filter(|cell| cell.is_none()).count() >= 2);
    let elsewhere = of_first[1]
        .counts
        .iter()
        .chain(of_second.iter().flat_map(|group| &group.counts));
    assert!(
        elsewhere.filter(|cell| cell.is_none()).count() >= 2,
        "{of_first:?} {of_second:?}"
    );
    assert_protected(&first, &second);
}

#[test]
fn nothing_small_hides_nothing() {
    let first = [vec![20, 5, 9], vec![15, 12, 0]];
    let second = [vec![18, 10, 4], vec![17, 7, 5]];
    let (of_first, of_second) = protect(&first, &second);
    assert!(
        of_first
            .iter()
            .chain(&of_second)
            .all(|group| group.counts.iter().all(Option::is_some))
    );
}

#[test]
fn groups_too_small_or_of_one_type_are_not_shown() {
    let first = [vec![30, 12, 10], vec![4, 3, 2]];
    let second = [vec![20, 0, 0], vec![14, 15, 12]];
    let (of_first, of_second) = protect(&first, &second);
    assert_eq!(of_first[1].total, None);
    assert_eq!(of_second[0].total, None);
    assert_protected(&first, &second);
}
