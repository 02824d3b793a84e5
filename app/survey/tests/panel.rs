//! The panel: patterns, fates, chains of successors.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::BTreeMap;
use survey::panel::{Fate, Level, Part, Pattern, chain, fate, followed, last};

fn parts() -> impl Strategy<Value = Part> {
    prop::sample::select(Part::ALL.to_vec())
}

fn levels() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn histories() -> impl Strategy<Value = BTreeMap<usize, Vec<Part>>> {
    (1_usize..6).prop_flat_map(|waves| btree_map(0_usize..30, vec(parts(), waves), 0..25))
}

#[test]
fn patterns_read_as_they_are_written() {
    let parts = [Part::Usable, Part::Submitted, Part::Silent];
    for (level, written) in [
        (Level::Usable, "100"),
        (Level::Submitted, "110"),
        (Level::Listed, "111"),
    ] {
        let pattern = Pattern::of(&parts, level);
        assert_eq!(pattern.to_string(), written);
        assert_eq!(written.parse(), Ok(pattern));
    }
    assert!("111".parse::<Pattern>().unwrap().is_full());
    for wrong in ["2", "1 1", "ü", &"1".repeat(65)] {
        assert!(wrong.parse::<Pattern>().is_err(), "{wrong}");
    }
    assert_eq!("".parse::<Pattern>().unwrap().times(), 0);
}

#[test]
fn what_became_of_a_unit() {
    use Part::{Absent, Ineligible, Refused, Silent, Submitted, Usable};
    for (before, after, successor, expected) in [
        (Usable, Usable, false, Some(Fate::Both)),
        (Absent, Usable, false, Some(Fate::New)),
        (Silent, Usable, false, Some(Fate::Joined)),
        (Submitted, Usable, true, Some(Fate::Joined)),
        (Usable, Ineligible, true, Some(Fate::Merged)),
        (Usable, Absent, true, Some(Fate::Merged)),
        (Usable, Absent, false, Some(Fate::Gone)),
        (Usable, Ineligible, false, Some(Fate::Gone)),
        (Usable, Refused, true, Some(Fate::Refused)),
        (Usable, Submitted, false, Some(Fate::Silent)),
        (Silent, Submitted, false, None),
    ] {
        assert_eq!(
            fate(before, after, successor, Level::Usable),
            expected,
            "{before:?} {after:?}"
        );
    }
}

#[test]
fn chains_are_followed_to_their_end_and_circles_end() {
    let merged = BTreeMap::from([(1, 2), (2, 3), (4, 5), (5, 4), (6, 4), (7, 7)]);
    assert_eq!(chain(1, &merged), [2, 3]);
    assert_eq!((last(1, &merged), last(3, &merged)), (3, 3));
    assert_eq!(chain(4, &merged), [5]);
    assert_eq!(
        [4, 5, 6].map(|unit| last(unit, &merged)),
        [4, 4, 4],
        "a circle is one unit"
    );
    assert_eq!((last(7, &merged), chain(7, &merged)), (7, Vec::new()));
}

#[test]
fn a_merged_unit_lives_on_in_its_successor() {
    use Part::{Absent, Ineligible, Usable};
    let histories = BTreeMap::from([
        (1, vec![Usable, Usable, Ineligible]),
        (2, vec![Absent, Absent, Usable]),
        (3, vec![Usable, Absent, Absent]),
    ]);
    let joined = followed(&histories, &BTreeMap::from([(1, 2), (3, 99)]));
    assert_eq!(joined[&2], [Usable, Usable, Usable]);
    assert_eq!(joined[&3], [Usable, Absent, Absent], "nobody knows unit 99");
    assert_eq!(joined.len(), 2);
}

proptest! {
    /// Every unit has one pattern, and the patterns add up to the waves.
    #[test]
    fn patterns_add_up(histories in histories(), level in levels()) {
        let waves = histories.values().next().map_or(0, Vec::len);
        let mut counts: BTreeMap<Pattern, usize> = BTreeMap::new();
        for parts in histories.values() {
            *counts.entry(Pattern::of(parts, level)).or_default() += 1;
        }
        prop_assert_eq!(counts.values().sum::<usize>(), histories.len());
        for place in 0..waves {
            let direct = histories.values().filter(|parts| parts[place].counts(level)).count();
            let summed: usize = counts.iter().filter(|(pattern, _)| pattern.has(place)).map(|(_, n)| n).sum();
            prop_assert_eq!(direct, summed);
        }
        for pattern in counts.keys() {
            prop_assert_eq!(pattern.to_string().parse(), Ok(*pattern));
            prop_assert_eq!(pattern.times() as usize, (0..waves).filter(|place| pattern.has(*place)).count());
        }
    }

    /// Who took part in either wave has one fate; in and out add up.
    #[test]
    fn fates_add_up(pairs in vec((parts(), parts(), any::<bool>()), 0..60), level in levels()) {
        let mut counts: BTreeMap<Fate, usize> = BTreeMap::new();
        for (before, after, successor) in &pairs {
            if let Some(fate) = fate(*before, *after, *successor, level) {
                *counts.entry(fate).or_default() += 1;
            }
        }
        let of = |wanted: &dyn Fn(Fate) -> bool| {
            counts.iter().filter(|(fate, _)| wanted(**fate)).map(|(_, n)| n).sum::<usize>()
        };
        let earlier = pairs.iter().filter(|(before, ..)| before.counts(level)).count();
        let later = pairs.iter().filter(|(_, after, _)| after.counts(level)).count();
        prop_assert_eq!(of(&Fate::is_in), later);
        prop_assert_eq!(of(&|fate| fate == Fate::Both || !fate.is_in()), earlier);
    }

    /// Following never ends in a loop, says the same of whom one has become,
    /// and loses no wave in which somebody took part.
    #[test]
    fn following_is_safe(
        histories in histories(),
        successors in btree_map(0_usize..30, 0_usize..30, 0..30),
        level in levels(),
    ) {
        for unit in 0..30 {
            let end = last(unit, &successors);
            prop_assert_eq!(last(end, &successors), end);
            prop_assert!(chain(unit, &successors).len() <= 30);
        }
        let joined = followed(&histories, &successors);
        prop_assert!(joined.len() <= histories.len());
        let waves = histories.values().next().map_or(0, Vec::len);
        let took_part = |all: &BTreeMap<usize, Vec<Part>>, place: usize| {
            all.values().filter(|parts| parts[place].counts(level)).count()
        };
        for place in 0..waves {
            let (before, after) = (took_part(&histories, place), took_part(&joined, place));
            prop_assert!(after <= before);
            prop_assert_eq!(before == 0, after == 0);
        }
    }
}
