//! The typology against the paper: Tabelle 2 and Tabelle 1 at 31.10.2007, and
//! every combination of core answers.

mod common;

use common::{INSTRUMENT, context, entries, sheet};
use survey::rates::Rate;
use survey::tables::{self, Row, Table};
use survey::typology::{K3Rule, Level, Outcome, Reason};
use survey::{AgeGroup, Entries, Form};

/// Leaf counts of Tabelle 2, 31.10.2007: ARGE, zkT, gAw (paper, section 4).
const LEAVES: [(&str, [u32; 3]); 8] = [
    ("Iaa", [93, 6, 6]),
    ("Iab", [6, 1, 0]),
    ("Iba", [149, 4, 9]),
    ("Ibb", [6, 2, 0]),
    ("IIaa", [14, 18, 0]),
    ("IIab", [2, 2, 0]),
    ("IIba", [58, 29, 6]),
    ("IIbb", [3, 7, 0]),
];

/// Upper levels of Tabelle 2 as printed (paper, section 4).
const PARENTS: [(&str, [u32; 3]); 6] = [
    ("I", [254, 13, 15]),
    ("II", [77, 56, 6]),
    ("Ia", [99, 7, 6]),
    ("Ib", [155, 6, 9]),
    ("IIa", [16, 20, 0]),
    ("IIb", [61, 36, 6]),
];

/// Tabelle 1, 2007: integrated, not integrated, in per cent (paper, 3.3).
const TABELLE_1: [(Option<Form>, u32, u32); 4] = [
    (Some(Form::Arge), 65, 35),
    (Some(Form::Zkt), 61, 39),
    (Some(Form::Gaw), 71, 29),
    (None, 65, 35),
];

fn core_answers(code: &str) -> Entries {
    let generalised = code.starts_with("II");
    let mut letters = code.trim_start_matches('I').chars();
    let placement = if letters.next() == Some('b') { "1" } else { "2" };
    let benefits = if letters.next() == Some('b') { "2" } else { "3" };
    let mut pairs = vec![("D5_ue", "1"), ("E1_ue", placement)];
    if generalised {
        pairs.extend([("D1_ue", "2"), ("F1_alle_ue", benefits)]);
    } else {
        pairs.extend([
            ("D1_ue", "1"),
            ("D2_ue", "1"),
            ("F1_fm_ue", benefits),
            ("F1_nfm_ue", benefits),
        ]);
    }
    entries(&pairs)
}

#[test]
fn tabelle_2_and_tabelle_1_come_out_as_published() {
    let mut rows = Vec::new();
    for (code, counts) in LEAVES {
        for (form, count) in Form::ALL.into_iter().zip(counts) {
            let classification = sheet(context(form), &core_answers(code)).classification(AgeGroup::Ue);
            assert_eq!(classification.code().as_deref(), Some(code));
            rows.push(Row {
                wave: 2008,
                form,
                age_group: AgeGroup::Ue,
                outcome: Outcome::from(&classification),
                count: u64::from(count),
            });
        }
    }
    assert_eq!(rows.iter().map(|row| row.count).sum::<u64>(), 421);
    let cells = tables::cells(&rows, &[2008]).unwrap();
    let rate = |table, form, row: &str| -> Rate {
        cells
            .iter()
            .find(|cell| cell.table == table && cell.age_group == AgeGroup::Ue && cell.form == form && cell.row == row)
            .unwrap_or_else(|| panic!("no cell {row}"))
            .rate
    };
    let mut checked = 0;
    for (row, counts) in LEAVES.into_iter().chain(PARENTS) {
        for (form, count) in Form::ALL.into_iter().zip(counts) {
            assert_eq!(rate(Table::Tabelle2, Some(form), row).numerator, count, "{row} {form}");
            checked += 1;
        }
    }
    assert_eq!(checked, 42);
    for (form, integrated, not_integrated) in TABELLE_1 {
        assert_eq!(
            rate(Table::Tabelle1, form, "Vermittlung integriert").percent(),
            Some(integrated)
        );
        assert_eq!(
            rate(Table::Tabelle1, form, "Vermittlung nicht integriert").percent(),
            Some(not_integrated)
        );
    }
}

/// Every combination of core answers, also impossible and missing ones, gives
/// exactly one result, and every level of the tables adds up.
#[test]
fn every_combination_gets_exactly_one_result() {
    let codes = |ids: &'static [&'static str]| move || ids.iter().copied();
    let mut rows = Vec::new();
    let mut seen = 0_u32;
    for d1 in codes(&["", "1", "2", "3", "9"])() {
        for d2 in codes(&["", "1", "2", "3", "4", "9"])() {
            for d5 in codes(&["", "1", "2", "3"])() {
                for e1 in codes(&["", "1", "2", "3", "4", "5", "6", "9"])() {
                    for e2 in codes(&["", "1", "2", "3"])() {
                        for role in codes(&["", "1", "2", "3", "9"])() {
                            let answers = entries(&[
                                ("D1_ue", d1),
                                ("D2_ue", d2),
                                ("D5_ue", d5),
                                ("E1_ue", e1),
                                ("E2_ue", e2),
                                ("F1_fm_ue", role),
                                ("F1_nfm_ue", role),
                                ("F1_alle_ue", role),
                                ("F2_ue", "2"),
                                ("F3_ue", "2"),
                            ]);
                            let one = sheet(context(Form::Zkt), &answers).classification(AgeGroup::Ue);
                            assert_eq!(one.code().is_some(), one.reasons().is_empty(), "{answers:?}");
                            assert_eq!(one.partial().contains('?'), one.code().is_none());
                            assert_eq!(one.verzahnung.is_some(), one.letter(Level::K3).is_some());
                            seen += 1;
                            if seen.is_multiple_of(7) {
                                rows.push(Row {
                                    wave: 2008,
                                    form: Form::Zkt,
                                    age_group: AgeGroup::Ue,
                                    outcome: Outcome::from(&one),
                                    count: 1,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    let cells = tables::cells(&rows, &[2008]).unwrap();
    for table in Table::ALL {
        let of = |depth: usize| -> Vec<_> {
            cells
                .iter()
                .filter(|cell| {
                    cell.table == table && cell.age_group == AgeGroup::Ue && cell.form.is_none() && cell.depth == depth
                })
                .collect()
        };
        let base = of(0)[0].rate.denominator;
        assert_eq!(
            of(0).iter().map(|cell| cell.rate.numerator).sum::<u32>(),
            base,
            "{table:?}"
        );
        let parts = |name: &str, depth| -> u32 {
            of(depth)
                .iter()
                .filter(|cell| {
                    cell.row.trim_start_matches(name).len() < cell.row.len()
                        && matches!(cell.row[name.len()..].chars().next(), Some('a' | 'b' | ' '))
                })
                .map(|cell| cell.rate.numerator)
                .sum()
        };
        if table == Table::Tabelle2 {
            for (depth, names) in [(0, ["I", "II"].as_slice()), (1, &["Ia", "Ib", "IIa", "IIb"])] {
                for name in names {
                    let parent = of(depth)
                        .into_iter()
                        .find(|cell| cell.row == *name)
                        .expect("a parent")
                        .rate
                        .numerator;
                    assert_eq!(parts(name, depth + 1), parent, "{name}");
                }
            }
        }
    }
}

#[test]
fn reasons_are_read_in_the_order_of_the_instrument() {
    let reason = |pairs: &[(&str, &str)]| {
        sheet(context(Form::Arge), &entries(pairs))
            .classification(AgeGroup::Ue)
            .k1
            .outcome
            .err()
    };
    assert_eq!(reason(&[]), Some(Reason::U0));
    assert_eq!(reason(&[("D1_ue", "9"), ("D5_ue", "3")]), Some(Reason::U0));
    assert_eq!(reason(&[("D1_ue", "3")]), Some(Reason::U1));
    assert_eq!(reason(&[("D1_ue", "1"), ("D5_ue", "3")]), Some(Reason::U3));
    assert_eq!(
        reason(&[("D1_ue", "1"), ("D2_ue", "4"), ("D5_ue", "1")]),
        Some(Reason::U2)
    );
    assert_eq!(reason(&[("D1_ue", "1"), ("D2_ue", "4")]), Some(Reason::U0));
    assert_eq!(reason(&[("D1_ue", "2"), ("D5_ue", "2")]), None);
}

/// Footnote 12: three settings, three results, one flag.
#[test]
fn criterion_3_follows_its_setting() {
    let answers = |nfm| {
        entries(&[
            ("D1_ue", "1"),
            ("D2_ue", "2"),
            ("D5_ue", "1"),
            ("E1_ue", "1"),
            ("F1_fm_ue", "3"),
            ("F1_nfm_ue", nfm),
        ])
    };
    let letter = |nfm, k3_rule| {
        let mut case = context(Form::Arge);
        case.rules.k3_rule = k3_rule;
        let one = sheet(case, &answers(nfm)).classification(AgeGroup::Ue);
        (one.letter(Level::K3), one.flags.len())
    };
    assert_eq!(letter("1", K3Rule::FmOnly), (Some("a"), 1));
    assert_eq!(letter("1", K3Rule::Any), (Some("b"), 1));
    assert_eq!(letter("1", K3Rule::Both), (Some("a"), 1));
    assert_eq!(letter("3", K3Rule::Any), (Some("a"), 0));
    assert_eq!(letter("9", K3Rule::FmOnly), (Some("a"), 0));
    assert_eq!(letter("9", K3Rule::Both), (None, 0));
    assert!(INSTRUMENT.question("D1_ue").is_some());
}
