//! Response rates: published worked examples, another implementation's
//! formulas written down anew, and what must hold for any census.

use proptest::prelude::*;
use survey::rates::{Classes, Disposition, Outcomes, Share, disposition};
use survey::status::{Event, Facts, Status, apply};

/// What the R package outcomerate 1.1.0 prints for the example of its
/// description (twelve persons; nine of ten known cases are eligible).
#[test]
fn the_example_of_outcomerate_comes_out() {
    let twelve = Classes {
        complete: 4,
        partial: 2,
        refusal: 1,
        non_contact: 1,
        other: 1,
        unknown_household: 1,
        unknown_other: 1,
    };
    let rates = twelve.response_rates(Share { part: 9, whole: 10 });
    let printed = rates.map(|rate| format!("{:.3}", rate.part as f64 / rate.whole as f64));
    assert_eq!(printed, ["0.364", "0.545", "0.370", "0.556", "0.444", "0.667"]);
    assert_eq!(rates[2], Share { part: 40, whole: 108 }, "exact: 4 of 10.8");
}

/// Coefficients of I, P, R, NC, O, e·(UH, UO) in numerator and denominator, as
/// outcomerate's table of formulas has them.
fn by_table(counts: [f64; 7], e: f64) -> [f64; 6] {
    let row = |numerator: [f64; 2], unknown: f64| {
        let above: f64 = numerator
            .iter()
            .zip(counts)
            .map(|(coefficient, count)| coefficient * count)
            .sum();
        let coefficients = [1.0, 1.0, 1.0, 1.0, 1.0, unknown, unknown];
        let below: f64 = coefficients
            .iter()
            .zip(counts)
            .map(|(coefficient, count)| coefficient * count)
            .sum();
        above / below
    };
    [
        row([1.0, 0.0], 1.0),
        row([1.0, 1.0], 1.0),
        row([1.0, 0.0], e),
        row([1.0, 1.0], e),
        row([1.0, 0.0], 0.0),
        row([1.0, 1.0], 0.0),
    ]
}

fn classes(counts: [u64; 7]) -> Classes {
    let [
        complete,
        partial,
        refusal,
        non_contact,
        other,
        unknown_household,
        unknown_other,
    ] = counts;
    Classes {
        complete,
        partial,
        refusal,
        non_contact,
        other,
        unknown_household,
        unknown_other,
    }
}

fn statuses() -> impl Strategy<Value = (Status, bool)> {
    (0..Status::ALL.len(), any::<bool>()).prop_map(|(place, typology)| (Status::ALL[place], typology))
}

proptest! {
    #[test]
    fn both_ways_to_compute_agree(counts in proptest::array::uniform7(0_u64..2_000), part in 0_u64..=20) {
        prop_assume!(counts.iter().take(5).sum::<u64>() > 0);
        let ours = classes(counts).response_rates(Share { part, whole: 20 });
        let theirs = by_table(counts.map(|count| count as f64), part as f64 / 20.0);
        for (ours, theirs) in ours.iter().zip(theirs) {
            prop_assert!((ours.part as f64 / ours.whole as f64 - theirs).abs() < 1e-12, "{ours:?} {theirs}");
        }
    }

    #[test]
    fn in_a_census_the_odd_rates_are_one_and_the_even_ones_too(cases in proptest::collection::vec(statuses(), 0..80)) {
        let mut outcomes = Outcomes::default();
        for (status, typology) in &cases {
            outcomes.add(disposition(*status, *typology));
        }
        let [rr1, rr2, rr3, rr4, rr5, rr6] = outcomes.response_rates();
        prop_assert_eq!([rr1, rr1], [rr3, rr5]);
        prop_assert_eq!([rr2, rr2], [rr4, rr6]);
        prop_assert_eq!((rr1, rr2), (outcomes.rr1(), outcomes.rr2()));
        let all: u32 = Disposition::ALL.iter().map(|one| outcomes.of(*one)).sum();
        prop_assert_eq!(all as usize, cases.len(), "every case has one code");
        prop_assert_eq!(all, outcomes.denominator() + outcomes.not_eligible);
    }

    /// Handing in never lowers a rate, wherever the others stand.
    #[test]
    fn one_more_return_never_lowers_a_rate(
        others in proptest::collection::vec(statuses(), 0..60),
        meets_rule in any::<bool>(), typology in any::<bool>(),
    ) {
        let rates = |one: (Status, bool)| {
            let mut outcomes = Outcomes::default();
            others.iter().chain([&one]).for_each(|(status, typology)| outcomes.add(disposition(*status, *typology)));
            outcomes.response_rates()
        };
        let before = rates((Status::Started, false));
        let facts = Facts { ever_submitted: false, meets_rule };
        let handed_in = apply(Status::Started, Event::Submit, &facts).unwrap();
        for (before, after) in before.iter().zip(rates((handed_in, typology))) {
            prop_assert_eq!(before.denominator, after.denominator);
            prop_assert!(after.numerator >= before.numerator);
        }
    }
}
