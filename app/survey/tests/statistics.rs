//! Mean, quantiles and classes against their definitions, and change between
//! waves; a table that does not add up is never printed.

mod common;

use proptest::prelude::*;
use rust_decimal::Decimal;
use survey::change::{Axis, Transitions};
use survey::rates::Rate;
use survey::stats::{Missing, classes, quantile, summary};
use survey::tables::{self, Row, Table, Unsound};
use survey::typology::{K1, K2, K3, Level, Outcome, Reason, RuleVersion, Rules, Verzahnung, texts};
use survey::{AgeGroup, Form, K3Rule};

fn sorted(hundredths: &[i64]) -> Vec<Decimal> {
    let mut list: Vec<Decimal> = hundredths.iter().map(|one| Decimal::new(*one, 2)).collect();
    list.sort();
    list
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn quantiles_are_those_of_r() {
    // quantile(c(1, 2, 4, 8, 16, 32), c(0.1, 0.25, 0.5, 0.75, 0.9)), R 4: 1.5 2.5 6.0 14.0 24.0
    let values: Vec<Decimal> = [1, 2, 4, 8, 16, 32].map(Decimal::from).to_vec();
    let expected = [
        ((1, 10), "1.5"),
        ((1, 4), "2.5"),
        ((1, 2), "6"),
        ((3, 4), "14"),
        ((9, 10), "24"),
    ];
    for ((part, of), value) in expected {
        assert_eq!(quantile(&values, part, of), Some(decimal(value)), "{part}/{of}");
    }
    let all = summary(&values).unwrap();
    assert_eq!((all.n, all.mean), (6, decimal("10.50")));
    assert_eq!(quantile(&[], 1, 2), None);
    assert_eq!(summary(&[]), None);
    assert_eq!(quantile(&values, 1, 0), None);
}

#[test]
fn missing_codes_are_told_apart() {
    let mut missing = Missing::default();
    let kept: Vec<&str> = ["-7", "3", "-8", "-8", "-9", "0"]
        .into_iter()
        .filter_map(|one| missing.sift(one))
        .collect();
    assert_eq!(kept, ["3", "0"]);
    assert_eq!(
        (
            missing.not_asked,
            missing.cannot_say,
            missing.not_answered,
            missing.total()
        ),
        (1, 2, 1, 4)
    );
}

#[test]
fn numbers_that_are_all_the_same_are_one_class() {
    let all = classes(&sorted(&[5_000, 5_000, 5_000]), 12);
    let shown: Vec<_> = all
        .iter()
        .map(|one| (one.from.to_string(), one.to.to_string(), one.count))
        .collect();
    assert_eq!(shown, [("50".to_owned(), "50".to_owned(), 3)]);
}

proptest! {
    #[test]
    fn mean_and_quantiles_keep_their_definition(list in prop::collection::vec(0_i64..100_000_000, 1..60)) {
        let values = sorted(&list);
        let found = summary(&values).unwrap();
        let (sum, n) = (i128::from(list.iter().sum::<i64>()), i128::try_from(list.len()).unwrap());
        // Rounded half up to hundredths: never further than half of one away.
        let error = found.mean.mantissa() * n - sum;
        prop_assert!(2 * error <= n && 2 * error > -n, "{error}");
        let order = [found.min, found.q1, found.median, found.q3, found.max];
        prop_assert!(order.is_sorted(), "{order:?}");
        let below = values.iter().filter(|one| **one <= found.median).count();
        prop_assert!(2 * below >= values.len());
        let mut last = found.min;
        for part in 0..=20 {
            let next = quantile(&values, part, 20).unwrap();
            prop_assert!(next >= last);
            last = next;
        }
        prop_assert_eq!(last, found.max);
    }

    #[test]
    fn every_number_falls_into_one_class(list in prop::collection::vec(0_i64..1_000_000, 1..80), most in 2_u32..15) {
        let values = sorted(&list);
        let classes = classes(&values, most);
        prop_assert!(!classes.is_empty() && classes.len() <= usize::try_from(most).unwrap());
        prop_assert_eq!(classes.iter().map(|class| class.count).sum::<u64>(), u64::try_from(values.len()).unwrap());
        for pair in classes.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        let last = classes.len() - 1;
        for (at, class) in classes.iter().enumerate() {
            let inside = |one: &&Decimal| **one >= class.from && (**one < class.to || at == last && **one == class.to);
            prop_assert_eq!(u64::try_from(values.iter().filter(inside).count()).unwrap(), class.count);
        }
    }

    #[test]
    fn a_tampered_table_is_refused(counts in prop::collection::vec(0_u64..40, 12), place in 0_usize..10_000, more in 1_u32..5) {
        let rows: Vec<Row> = counts
            .iter()
            .enumerate()
            .map(|(at, count)| row(Form::ALL[at % 3], outcome(at), *count))
            .collect();
        let mut cells = tables::detailed(&rows, &[2008]).unwrap();
        let place = place % cells.len();
        cells[place].rate.numerator += more;
        prop_assert!(tables::check(&cells).is_err(), "{:?}", cells[place]);
    }
}

fn outcome(at: usize) -> Outcome {
    let k1 = [
        Ok(K1::FuerAlle),
        Ok(K1::Experten),
        Err(Reason::U1),
        Ok(K1::Vollspezialisierung),
    ];
    let k2 = [Ok(K2::Integriert), Ok(K2::Spezialisiert), Err(Reason::U4)];
    let k3 = [
        Ok(K3::RechnetSelbst),
        Ok(K3::NichtIntegriert),
        Err(Reason::U0),
        Ok(K3::Ansprechperson),
        Ok(K3::NichtIntegriert),
    ];
    Outcome {
        k1: k1[at % 4],
        k2: k2[at % 3],
        k3: k3[at % 5],
        verzahnung: (at % 5 != 2).then_some(Verzahnung::V3),
        fn12: false,
        dritte: false,
    }
}

fn row(form: Form, outcome: Outcome, count: u64) -> Row {
    Row {
        wave: 2008,
        form,
        age_group: AgeGroup::Ue,
        outcome,
        count,
    }
}

#[test]
fn what_does_not_add_up_is_named() {
    let rows = [row(Form::Arge, outcome(0), 7), row(Form::Zkt, outcome(1), 5)];
    let mut cells = tables::cells(&rows, &[2008]).unwrap();
    let of =
        |cell: &&mut tables::Cell| cell.table == Table::Tabelle2 && cell.row == "IIb" && cell.form == Some(Form::Arge);
    cells.iter_mut().find(of).unwrap().rate.numerator = 6;
    let wrong = tables::check(&cells).unwrap_err();
    assert!(
        matches!(&wrong, Unsound { row, expected: 7, found: 6, .. } if row == "II"),
        "{wrong:?}"
    );
    assert!(
        wrong
            .to_string()
            .contains("Tabelle 2, II (ARGE, Ü25, Welle 2008) geht nicht auf"),
        "{wrong}"
    );
}

#[test]
fn reasons_stand_below_what_cannot_be_classified() {
    let rows = [row(Form::Arge, outcome(2), 3), row(Form::Arge, outcome(0), 4)];
    let cells = tables::detailed(&rows, &[2008]).unwrap();
    let count = |table, name: &str| {
        let all = cells
            .iter()
            .filter(|cell| cell.table == table && cell.row == name && cell.form.is_none());
        all.filter(|cell| cell.age_group == AgeGroup::Ue)
            .map(|cell| cell.rate.numerator)
            .collect::<Vec<_>>()
    };
    assert_eq!(count(Table::Varianten1, "U1 kein Fallmanagement praktiziert"), [3]);
    assert_eq!(count(Table::Varianten1, "generalisiert: Fallmanagement für alle"), [4]);
    let plain = tables::cells(&rows, &[2008]).unwrap();
    assert!(plain.iter().all(|cell| !cell.row.starts_with("U1")));
    assert!(plain.iter().all(|cell| Table::ALL.contains(&cell.table)));
}

#[test]
fn change_is_counted_among_those_known_both_times() {
    let known = outcome(0); // IIbb
    let other = Outcome {
        k1: Ok(K1::Vollspezialisierung),
        ..known
    }; // Ibb
    let unknown = Outcome {
        k1: Err(Reason::U3),
        ..known
    };
    let pairs = [
        (known, known, 10),
        (known, other, 3),
        (other, known, 1),
        (unknown, other, 2),
        (known, unknown, 4),
    ];
    let criterion = Transitions::of(Axis::Criterion(Level::K1), pairs);
    assert_eq!(criterion.total(), 20);
    assert_eq!(
        criterion.changed(),
        Rate {
            numerator: 4,
            denominator: 14
        }
    );
    assert_eq!(
        criterion.unchanged(),
        Rate {
            numerator: 10,
            denominator: 14
        }
    );
    assert_eq!(criterion.moves(), [("II", "I", 3), ("I", "II", 1)]);
    let types = Transitions::of(Axis::Type, pairs);
    assert_eq!(types.moves(), [("IIbb", "Ibb", 3), ("Ibb", "IIbb", 1)]);
    assert_eq!((0..=8).map(|at| types.before(at)).sum::<u64>(), 20);
    assert_eq!((0..=8).map(|at| types.after(at)).sum::<u64>(), 20);
    assert_eq!((types.before(8), types.after(8)), (2, 4));
}

#[test]
fn rules_read_as_they_work() {
    let mut case = common::context(Form::Arge);
    let answers = common::entries(&[("D1_ue", "2"), ("D5_ue", "1"), ("E1_ue", "5"), ("F1_alle_ue", "3")]);
    for (version, letter) in [(RuleVersion::V2026_1, Some("a")), (RuleVersion::V2026_2, None)] {
        case.rules = Rules {
            version,
            ..Rules::default()
        };
        let one = common::sheet(case.clone(), &answers).classification(AgeGroup::Ue);
        assert_eq!(one.letter(Level::K2), letter);
        assert_eq!(one.rule_version, version.name());
        let told = texts(case.rules)
            .into_iter()
            .find(|rule| rule.when.starts_with("E1: beauftragte Dritte"))
            .unwrap();
        let expected = match letter {
            Some(letter) => told.then.starts_with(letter),
            None => told.then.contains("U5") && one.k2.outcome == Err(Reason::U5),
        };
        assert!(expected, "{told:?}");
    }
    assert_eq!(Rules::all().count(), 6);
    assert!(K3Rule::ALL.into_iter().all(|rule| rule.name().parse() == Ok(rule)));
    assert!(
        RuleVersion::ALL
            .into_iter()
            .all(|version| version.name().parse() == Ok(version))
    );
}
