//! What is typed and what it means, in the form people see: numbers as they
//! are written in German, days, and the sentence that says what is wrong.

mod common;

use common::{INSTRUMENT, context, entries, sheet};
use survey::answer::{date, german, number};
use survey::{FindingKind, Form, MachineValue};

/// The item as it is exported, or the code of what is wrong with it.
fn read(item: &str, typed: &str) -> String {
    // Routes for the items below.
    let answers = entries(&[("D1_ue", "1"), ("G1", "1"), (item, typed)]);
    let sheet = sheet(context(Form::Arge), &answers);
    let index = INSTRUMENT.item(item).expect("a known item");
    let findings = sheet.findings(&[]);
    let wrong = findings
        .iter()
        .find(|finding| finding.kind == FindingKind::Form && finding.item == index);
    match wrong {
        Some(finding) => {
            assert_eq!(
                sheet.machine_value(index),
                MachineValue::NotAnswered,
                "{item} = {typed}"
            );
            let told = finding.message.to_lowercase();
            assert!(told.contains("bitte") || told.contains("höchstens"), "{told}");
            finding.code.clone()
        }
        None => sheet.machine_value(index).to_string(),
    }
}

#[test]
fn numbers() {
    for (item, typed, expected) in [
        ("B1", "1234", "1234"),
        ("B1", " 1.234 ", "1234"),
        ("B1", "1.234.567", "1234567"),
        ("B1", "12.5", "dot_not_thousands"),
        ("B1", "1.2345", "dot_not_thousands"),
        ("B1", "1234.567", "dot_not_thousands"),
        ("B1", "0.500", "dot_not_thousands"),
        ("B1", "1.23.456", "dot_not_thousands"),
        ("B1", "1,0", "1"),
        ("B1", "1,5", "too_many_decimals"),
        ("B1", "1,", "not_a_number"),
        ("B1", ",5", "not_a_number"),
        ("B1", "1,2,3", "not_a_number"),
        ("B1", "1.234,5.6", "not_a_number"),
        ("B1", "1 234", "not_a_number"),
        ("B1", "ca. 1200", "not_a_number"),
        ("B1", "1e3", "not_a_number"),
        ("B1", "+1", "not_a_number"),
        ("B1", "١٢", "not_a_number"),
        ("B1", "-5", "-5"),
        ("B1", "−5", "-5"),
        ("B1", "0007", "7"),
        ("B1", "-0", "0"),
        ("B1", "999999999999999", "999999999999999"),
        ("B1", "9999999999999999", "too_many_digits"),
        ("H1", "12,5", "12.5"),
        ("H1", "12,50", "12.5"),
        ("H1", "12,55", "too_many_decimals"),
        ("H1", "1.234,5", "1234.5"),
    ] {
        assert_eq!(read(item, typed), expected, "{item} = {typed}");
    }
}

#[test]
fn a_unit_is_taken_off_only_where_the_question_asks_in_it() {
    for (item, typed, expected) in [
        ("D4_ue", "12,5 %", "12.5"),
        ("H4_kom", "40%", "40"),
        ("L1", "1.000.000 €", "1000000"),
        ("L1", "1.000.000 Euro", "1000000"),
        ("L1", "1.000.000 EUR", "1000000"),
        ("L1", "3 %", "not_a_number"),
        ("D4_ue", "3 €", "not_a_number"),
        // A share typed where persons are asked is no number of persons.
        ("B2", "25 %", "not_a_number"),
        ("H1", "5 €", "not_a_number"),
    ] {
        assert_eq!(read(item, typed), expected, "{item} = {typed}");
    }
}

#[test]
fn codes_and_days_and_texts() {
    for (item, typed, expected) in [
        ("A2", "7", "7"),
        ("A2", " 1 ", "1"),
        ("A2", "4", "no_such_option"),
        ("A2", "1,2", "no_such_option"),
        ("A2", "-1", "no_such_option"),
        ("G1a", "1,97", "1,97"),
        ("G1a", "97, 1", "1,97"),
        ("G1a", "1,,2", "no_such_option"),
        ("G1a", "1,13", "no_such_option"),
        ("J1_aa", "5", "5"),
        ("J1_aa", "6", "no_such_option"),
        ("G4", "31.10.2007", "2007-10-31"),
        ("G4", "1.2.2007", "2007-02-01"),
        ("G4", "2007-02-28", "2007-02-28"),
        ("G4", "29.02.2007", "not_a_date"),
        ("G4", "1.2.07", "not_a_date"),
        ("G4", "10/2007", "not_a_date"),
        ("G4", "31-10-2007", "not_a_date"),
        ("A5", "  Erika  ", "Erika"),
    ] {
        assert_eq!(read(item, typed), expected, "{item} = {typed}");
    }
    assert_eq!(
        read("A5", &"ä".repeat(20_000)),
        "ä".repeat(20_000),
        "counted in characters"
    );
    assert_eq!(read("A5", &"ä".repeat(20_001)), "too_long");
}

#[test]
fn blanks_are_missing_not_wrong() {
    for typed in [" ", "\t\n", "\u{a0}"] {
        let sheet = sheet(context(Form::Arge), &entries(&[("B1", typed)]));
        let findings = sheet.findings(&[]);
        let question = INSTRUMENT.question("B1").expect("B1");
        let found: Vec<_> = findings.for_question(question).map(|finding| finding.kind).collect();
        assert_eq!(found, [FindingKind::MissingP2]);
    }
}

#[test]
fn a_wrong_row_does_not_hide_the_rows_that_are_missing() {
    let sheet = sheet(context(Form::Arge), &entries(&[("H4_kom", "vierzig"), ("H4_ba", "60")]));
    let findings = sheet.findings(&[]);
    let question = INSTRUMENT.question("H4").expect("H4");
    let found: Vec<_> = findings
        .for_question(question)
        .map(|finding| (finding.kind, finding.items.len()))
        .collect();
    assert_eq!(found, [(FindingKind::Form, 1), (FindingKind::MissingP2, 2)]);
    let missing = findings.for_question(question).nth(1).expect("two");
    assert!(missing.message.contains("„andere Dienstherren") && missing.message.contains("„eigenes Personal"));
}

#[test]
fn messages_name_the_value_and_the_rule() {
    let message = |item: &str, typed: &str| {
        let sheet = sheet(context(Form::Arge), &entries(&[(item, typed)]));
        let findings = sheet.findings(&[]);
        let found = findings
            .iter()
            .find(|finding| finding.kind == FindingKind::Form)
            .expect("a finding");
        found.message.clone()
    };
    assert!(message("B1", "12.5").contains("„12.5“ ist nicht eindeutig"));
    assert!(message("B1", "12,5").contains("ganze Zahl ohne Nachkommastellen"));
    assert!(message("H1", "1,23").contains("höchstens eine Nachkommastelle"));
    assert!(message("H3_fm", "acht").starts_with("Fallmanagement: „acht“ ist keine Zahl"));
    assert!(
        message("B1", &"x".repeat(5_000)).len() < 200,
        "what was typed is shortened"
    );
}

#[test]
fn german_numbers_read_back() {
    for text in ["0", "1", "12,5", "999", "1.000", "-1.234.567,89", "-0,5"] {
        assert_eq!(german(number(text, 2).expect("a number")), text);
    }
    assert_eq!(
        date("31.10.2007").map(|day| day.to_string()),
        Ok("2007-10-31".to_owned())
    );
}
