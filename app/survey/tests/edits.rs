//! Every one of the 84 edits fires on a change that contradicts it and is
//! quiet on the complete questionnaire.

mod common;

use common::{INSTRUMENT, complete, context, entries, entry, sheet};
use survey::{CaseContext, Entries, FindingKind, Form, Severity};

/// Edit and the smallest change to the complete questionnaire that makes it
/// fire. `vw_ITEM` sets the wave before.
const FIRING: &[(&str, &[(&str, &str)])] = &[
    ("A1a_h1", &[("A1", "2"), ("A1a", "neu")]),
    ("A1a_h2", &[("A1", "2"), ("A1a", "LONG")]),
    ("A3_h1", &[("A3", "0")]),
    ("A3_s1", &[("A3", "51")]),
    ("A5_h1", &[("A5", "LONG")]),
    ("A6_h1", &[("A6", "leitung at arge")]),
    ("B1_h1", &[("B1", "500.001")]),
    ("B1_s1", &[("B1", "499")]),
    ("B1_s2", &[("vw_B1", "10.000")]),
    ("B2_h1", &[("B2", "5.001")]),
    ("B2_s1", &[("B2", "300")]),
    ("B3_h1", &[("B3", "5.001")]),
    ("B3_s1", &[("B3", "2.000")]),
    ("B4_h1", &[("B4", "5.001")]),
    ("B4_s1", &[("B4", "1.000")]),
    ("B5_h1", &[("B5", "3.001")]),
    ("B5_h2", &[("B5", "1.001")]),
    ("C4_h1", &[("C4", "481")]),
    ("C4_s1", &[("C4", "10")]),
    ("D1_ue_s1", &[("D1_ue", "9")]),
    ("D4_ue_h1", &[("D4_ue", "101")]),
    ("D4_ue_s1", &[("D4_ue", "100")]),
    ("D5_ue_s1", &[("D5_ue", "3")]),
    ("D1_u25_s1", &[("D1_u25", "2")]),
    ("D4_u25_h1", &[("D4_u25", "100,1")]),
    ("D4_u25_s1", &[("D4_u25", "0")]),
    ("E1_ue_s1", &[("E1_ue", "3"), ("E4", "4")]),
    ("E1_ue_s2", &[("E1_ue", "2"), ("H3_verm", "0")]),
    ("E1_u25_s1", &[("E1_u25", "2")]),
    ("E5_h1", &[("E5", "1,5")]),
    ("F1_fm_ue_s1", &[("F1_fm_ue", "1"), ("H3_leist", "41")]),
    ("F1_nfm_ue_s1", &[("F1_nfm_ue", "1")]),
    ("F3_ue_h1", &[("F3_ue", "201")]),
    ("F3_ue_s1", &[("F3_ue", "16")]),
    ("F1_fm_u25_s1", &[("F1_fm_u25", "1"), ("H3_leist", "41")]),
    ("F1_nfm_u25_s1", &[("F1_nfm_u25", "2")]),
    ("F3_u25_h1", &[("F3_u25", "201")]),
    ("F3_u25_s1", &[("F3_u25", "16")]),
    ("G1_s1", &[("vw_D1_ue", "2"), ("vw_D5_ue", "1")]),
    (
        "G1_s2",
        &[("G1", "1"), ("vw_D1_ue", "1"), ("vw_D2_ue", "2"), ("vw_D5_ue", "1")],
    ),
    ("G1a_h1", &[("G1", "1"), ("G1a", "1,2,3,4")]),
    ("G2_s1", &[("vw_E1_ue", "2")]),
    ("G2_s2", &[("G2", "1"), ("vw_E1_ue", "1")]),
    ("G2a_h1", &[("G2", "1"), ("G2a", "1,2,3,97")]),
    ("G3_s1", &[("vw_D1_ue", "2"), ("vw_F1_alle_ue", "1")]),
    ("G3_s2", &[("G3", "1"), ("vw_D1_ue", "2"), ("vw_F1_alle_ue", "3")]),
    ("G3a_h1", &[("G3", "1"), ("G3a", "1,2,3,4")]),
    ("G4_h1", &[("G1", "1"), ("G4", "31.12.2006")]),
    ("H1_h1", &[("H1", "0,4")]),
    ("H2_h1", &[("H2", "5.001")]),
    ("H2_s1", &[("H2", "60")]),
    ("H3_h1", &[("H3_sonst", "-1")]),
    ("H3_s1", &[("H3_pap", "60")]),
    ("H3_s2", &[("H3_fm", "0")]),
    ("H4_h1", &[("H4_eig", "-4")]),
    ("H4_h2", &[("H4_ba", "60")]),
    ("H5_h1", &[("H5", "101")]),
    ("H5_s1", &[("H5", "61")]),
    ("H6_h1", &[("H6_fm_ue", "0")]),
    ("H6_s1", &[("H6_fm_ue", "700")]),
    ("H6_s2", &[("H6_leist", "500")]),
    ("H7_h1", &[("H7", "103")]),
    ("H7_s1", &[("H7", "20")]),
    ("I2_h1", &[("I2", "1,2,3,4")]),
    ("I2_h2", &[("I2", "1,8")]),
    ("I3_h1", &[("I3", "100,5")]),
    ("I6_h1", &[("I6", "60.001")]),
    ("I6_s1", &[("I6", "2.401")]),
    ("I8_h1", &[("I8_esg", "-1")]),
    ("I8_s1", &[("I8_tm", "9.000")]),
    ("J2_h1", &[("J2", "1,8")]),
    ("K3_h1", &[("K3", "1,8")]),
    ("K5_h1", &[("K5", "1.000.001")]),
    ("K5_s1", &[("K5", "50.001")]),
    ("L1_h1", &[("L1", "2.000.000.001")]),
    ("L1_s1", &[("L1", "4.500")]),
    ("L2_h1", &[("L2", "-1")]),
    ("L2_s1", &[("L2", "1.000.000")]),
    ("L3_h1", &[("L3", "2.000.000.001")]),
    ("L3_s1", &[("L3", "500.000")]),
    ("L4_h1", &[("L4", "4.500.001")]),
    ("L5_h1", &[("L5", "-1")]),
    ("Z1_h1", &[("Z1", "LONG")]),
    ("Z2_h1", &[("Z2", "10.001")]),
];

fn case(changes: &[(&str, &str)]) -> (CaseContext, Entries) {
    let mut case = context(Form::Arge);
    let mut answers = complete();
    let mut previous = Entries::new();
    for (item, text) in changes {
        let text = if *text == "LONG" {
            "x".repeat(5_001)
        } else {
            (*text).to_owned()
        };
        if let Some(before) = item.strip_prefix("vw_") {
            previous.extend(entries(&[(before, &text)]));
        } else if let Some(entry) = entry(&text) {
            answers.insert((*item).to_owned(), entry);
        }
    }
    case.previous = (!previous.is_empty()).then_some(previous);
    (case, answers)
}

#[test]
fn the_complete_questionnaire_has_no_findings() {
    let sheet = sheet(context(Form::Arge), &complete());
    let found: Vec<_> = sheet
        .findings(&[])
        .iter()
        .map(|finding| (finding.code.clone(), finding.message.clone()))
        .collect();
    assert_eq!(found, []);
    assert!(sheet.meets_usable_rule(&[]));
}

#[test]
fn every_edit_has_a_change_that_makes_it_fire() {
    let listed: Vec<&str> = FIRING.iter().map(|(edit, _)| *edit).collect();
    let all: Vec<&str> = INSTRUMENT.edits.iter().map(|edit| edit.id.as_str()).collect();
    let missing: Vec<_> = all.iter().filter(|edit| !listed.contains(edit)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
    for (edit, changes) in FIRING {
        let (case, answers) = case(changes);
        let findings = sheet(case, &answers).findings(&[]);
        let found: Vec<_> = findings.iter().map(|finding| finding.code.as_str()).collect();
        assert!(
            found.contains(edit),
            "{edit} does not fire on {changes:?}, found {found:?}"
        );
        let index = INSTRUMENT.edit(edit).expect("a known edit");
        let finding = findings
            .iter()
            .find(|finding| finding.code == *edit)
            .expect("found above");
        let hard = INSTRUMENT[index].severity == Severity::Hard;
        assert_eq!(finding.kind, if hard { FindingKind::Hard } else { FindingKind::Soft });
        assert!(!finding.message.contains('{'), "{edit}: {}", finding.message);
        assert!(finding.is_open() && findings.blocks_submission());
    }
}

#[test]
fn a_confirmation_holds_for_soft_edits_only_and_lapses_with_its_values() {
    for (edit, changes) in FIRING {
        let (case, mut answers) = case(changes);
        let index = INSTRUMENT.edit(edit).expect("a known edit");
        let before = sheet(case.clone(), &answers);
        let confirmation = survey::Confirmation {
            edit: (*edit).to_owned(),
            reason: "geprüft".to_owned(),
            values: before.edit_values(index),
        };
        let confirmed = |answers: &Entries| {
            let findings = sheet(case.clone(), answers).findings(std::slice::from_ref(&confirmation));
            findings
                .iter()
                .find(|finding| finding.code == *edit)
                .map(|finding| finding.confirmed.is_some())
        };
        let soft = INSTRUMENT[index].severity == Severity::Soft;
        assert_eq!(confirmed(&answers), Some(soft), "{edit}");
        // The same answer typed in another way is another value.
        let Some(item) = INSTRUMENT[index]
            .items
            .iter()
            .map(|item| INSTRUMENT[*item].id.clone())
            .find(|id| answers.contains_key(id))
        else {
            continue;
        };
        if let Some(survey::Entry::Given(text)) = answers.get(&item).cloned() {
            answers.insert(item, survey::Entry::Given(format!(" {text}")));
            assert_ne!(confirmed(&answers), Some(true), "{edit} stays confirmed after a change");
        }
    }
}
