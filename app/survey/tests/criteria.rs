//! The rule tables of the instrument (section 3), row by row as they are
//! printed: every combination of answers meets exactly one row, and the
//! classification says what that row says. Both age groups.

mod common;

use common::{INSTRUMENT, context, entries, sheet};
use survey::typology::{Classification, K1, K2, K3, K3Rule, Reason, Verzahnung};
use survey::{AgeGroup, Form};

/// What a row asks of an answer: any, one of these codes; 0 is missing.
type Cell = Option<&'static [i64]>;
const ANY: Cell = None;

/// D1, D2, D5 and the result; the order in which the table is read made
/// explicit, so that no two rows overlap.
const CRITERION_1: [(Cell, Cell, Cell, Result<K1, Reason>); 10] = [
    (Some(&[0, 9]), ANY, ANY, Err(Reason::U0)),
    (Some(&[3]), ANY, ANY, Err(Reason::U1)),
    (Some(&[1, 2]), ANY, Some(&[3]), Err(Reason::U3)),
    (Some(&[1, 2]), ANY, Some(&[0]), Err(Reason::U0)),
    (Some(&[2]), ANY, Some(&[1, 2]), Ok(K1::FuerAlle)),
    (Some(&[1]), Some(&[3]), Some(&[1, 2]), Ok(K1::DasselbePersonal)),
    (Some(&[1]), Some(&[1]), Some(&[1, 2]), Ok(K1::Vollspezialisierung)),
    (Some(&[1]), Some(&[2]), Some(&[1, 2]), Ok(K1::Experten)),
    (Some(&[1]), Some(&[4]), Some(&[1, 2]), Err(Reason::U2)),
    (Some(&[1]), Some(&[0, 9]), Some(&[1, 2]), Err(Reason::U0)),
];

/// E1, E2 and the result.
const CRITERION_2: [(Cell, Cell, Result<K2, Reason>); 8] = [
    (Some(&[1]), ANY, Ok(K2::Integriert)),
    (Some(&[2, 3, 4]), ANY, Ok(K2::Spezialisiert)),
    (Some(&[5]), ANY, Ok(K2::Dritte)),
    (Some(&[6]), Some(&[1]), Ok(K2::UeberwiegendIntegriert)),
    (Some(&[6]), Some(&[2]), Ok(K2::UeberwiegendSpezialisiert)),
    (Some(&[6]), Some(&[3]), Err(Reason::U4)),
    (Some(&[6]), Some(&[0]), Err(Reason::U0)),
    (Some(&[0, 9]), ANY, Err(Reason::U0)),
];

/// The role of the person in charge and what it means.
const ROLES: [(i64, Result<K3, Reason>); 5] = [
    (1, Ok(K3::RechnetSelbst)),
    (2, Ok(K3::Ansprechperson)),
    (3, Ok(K3::NichtIntegriert)),
    (9, Err(Reason::U0)),
    (0, Err(Reason::U0)),
];

fn meets(cell: Cell, code: i64) -> bool {
    cell.is_none_or(|codes| codes.contains(&code))
}

fn classified(age: AgeGroup, rule: K3Rule, answers: &[(&str, i64)]) -> Classification {
    let texts: Vec<(String, String)> = answers
        .iter()
        .filter(|(_, code)| *code != 0)
        .map(|(stem, code)| (format!("{stem}_{}", age.suffix()), code.to_string()))
        .collect();
    let pairs: Vec<(&str, &str)> = texts
        .iter()
        .map(|(item, code)| (item.as_str(), code.as_str()))
        .collect();
    let mut case = context(Form::Arge);
    case.rules.k3_rule = rule;
    sheet(case, &entries(&pairs)).classification(age)
}

#[test]
fn criterion_1_is_its_table() {
    for age in AgeGroup::ALL {
        for d1 in [0, 1, 2, 3, 9] {
            for d2 in [0, 1, 2, 3, 4, 9] {
                for d5 in [0, 1, 2, 3] {
                    let rows = CRITERION_1
                        .iter()
                        .filter(|row| meets(row.0, d1) && meets(row.1, d2) && meets(row.2, d5));
                    let rows: Vec<_> = rows.collect();
                    assert_eq!(rows.len(), 1, "D1 {d1}, D2 {d2}, D5 {d5} meets {} rows", rows.len());
                    let one = classified(age, K3Rule::FmOnly, &[("D1", d1), ("D2", d2), ("D5", d5)]);
                    assert_eq!(one.k1.outcome, rows[0].3, "D1 {d1}, D2 {d2}, D5 {d5}");
                    let items: Vec<&str> = one.k1.evidence.iter().map(|one| &*one.item).collect();
                    assert_eq!(items, ["D1", "D2", "D5"].map(|stem| format!("{stem}_{}", age.suffix())));
                    // What is not asked is no evidence.
                    let shown = if d1 == 1 && d2 != 0 { Some(d2) } else { None };
                    assert_eq!(one.k1.evidence[1].value, shown);
                }
            }
        }
    }
}

#[test]
fn criterion_2_is_its_table() {
    for age in AgeGroup::ALL {
        for e1 in [0, 1, 2, 3, 4, 5, 6, 9] {
            for e2 in [0, 1, 2, 3] {
                let rows: Vec<_> = CRITERION_2
                    .iter()
                    .filter(|row| meets(row.0, e1) && meets(row.1, e2))
                    .collect();
                assert_eq!(rows.len(), 1, "E1 {e1}, E2 {e2}");
                let one = classified(age, K3Rule::FmOnly, &[("E1", e1), ("E2", e2)]);
                assert_eq!(one.k2.outcome, rows[0].2, "E1 {e1}, E2 {e2}");
                assert_eq!(one.flags.iter().any(|flag| flag.name() == "Dritte"), e1 == 5);
            }
        }
    }
}

#[test]
fn criterion_3_is_its_table_under_every_setting() {
    for age in AgeGroup::ALL {
        for (d1, d2, specialised) in [
            (1, 1, true),
            (1, 2, true),
            (1, 3, false),
            (1, 4, false),
            (2, 0, false),
            (3, 0, false),
            (9, 0, false),
        ] {
            for (with, role) in ROLES {
                for (without, other) in ROLES {
                    for rule in [K3Rule::FmOnly, K3Rule::Any, K3Rule::Both] {
                        let answers = [
                            ("D1", d1),
                            ("D2", d2),
                            ("F1_fm", with),
                            ("F1_nfm", without),
                            ("F1_alle", with),
                        ];
                        let one = classified(age, rule, &answers);
                        let inside = |role: Result<K3, Reason>| role.map(|role| role != K3::NichtIntegriert);
                        let expected = match (specialised, rule) {
                            (false, _) | (true, K3Rule::FmOnly) => role,
                            (true, _) => match (inside(role), inside(other)) {
                                (Ok(a), Ok(b)) => {
                                    let integrated = if rule == K3Rule::Any { a || b } else { a && b };
                                    match (integrated, a) {
                                        (false, _) => Ok(K3::NichtIntegriert),
                                        (true, true) => role,
                                        (true, false) => other,
                                    }
                                }
                                _ => Err(Reason::U0),
                            },
                        };
                        assert_eq!(one.k3.outcome, expected, "{answers:?} under {}", rule.name());
                        let differ = matches!((inside(role), inside(other)), (Ok(a), Ok(b)) if a != b);
                        let flagged = one.flags.iter().any(|flag| flag.name() == "FN12");
                        assert_eq!(flagged, specialised && differ, "{answers:?}");
                        let items = one.k3.evidence.len();
                        assert_eq!(items, if specialised { 2 } else { 1 });
                    }
                }
            }
        }
    }
}

#[test]
fn verzahnung_is_its_table() {
    for age in AgeGroup::ALL {
        for (role, _) in ROLES {
            for f2 in [0, 1, 2, 3, 7] {
                for f3 in [
                    None,
                    Some("-8"),
                    Some("-1"),
                    Some("0"),
                    Some("1"),
                    Some("3"),
                    Some("4"),
                    Some("200"),
                ] {
                    let suffix = age.suffix();
                    let mut texts = vec![(format!("D1_{suffix}"), "2".to_owned())];
                    for (stem, code) in [("F1_alle", role), ("F2", f2)] {
                        if code != 0 {
                            texts.push((format!("{stem}_{suffix}"), code.to_string()));
                        }
                    }
                    if let Some(typed) = f3 {
                        texts.push((format!("F3_{suffix}"), typed.to_owned()));
                    }
                    let pairs: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
                    let found = sheet(context(Form::Arge), &entries(&pairs))
                        .classification(age)
                        .verzahnung;
                    let expected = match (role, f2, f3) {
                        (1, ..) => Some(Verzahnung::V1),
                        (2, ..) => Some(Verzahnung::V2),
                        (3, 1, _) => Some(Verzahnung::V3),
                        (3, 2 | 3 | 7, Some("1" | "3")) => Some(Verzahnung::V4),
                        (3, 2 | 3 | 7, Some("0" | "4" | "200")) => Some(Verzahnung::V5),
                        _ => None,
                    };
                    assert_eq!(found, expected, "role {role}, F2 {f2}, F3 {f3:?}");
                }
            }
        }
    }
}

#[test]
fn a_result_survives_storage() {
    let one = classified(
        AgeGroup::Ue,
        K3Rule::Any,
        &[("D1", 1), ("D2", 2), ("D5", 1), ("E1", 5), ("F1_fm", 3), ("F1_nfm", 1)],
    );
    assert_eq!((one.code().as_deref(), one.flags.len()), (Some("Iab"), 2));
    let json = serde_json::to_string(&one).expect("serialises");
    assert_eq!(serde_json::from_str::<Classification>(&json).expect("reads back"), one);
    let partly = classified(AgeGroup::Ue, K3Rule::FmOnly, &[("D1", 2), ("D5", 1), ("E1", 1)]);
    assert_eq!((partly.code(), partly.partial().as_str()), (None, "IIb?"));
    assert_eq!(partly.reasons(), [Reason::U0]);
    assert!(INSTRUMENT.questions.iter().filter(|question| question.core).count() >= 12);
}
