//! Every one of the 84 edits fires on a change that contradicts it and is
//! quiet on the complete questionnaire.

mod common;

use common::firing::FIRING;
use common::{INSTRUMENT, complete, context, entries, entry, sheet};
use survey::{CaseContext, Entries, FindingKind, Form, Severity};

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
