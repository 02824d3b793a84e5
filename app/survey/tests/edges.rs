//! Every edit at its edge (fixtures/edits.toml): it fires on the first value
//! beyond and is silent on the last one within, without its answer, and where
//! its question is not asked.

mod common;

use common::{INSTRUMENT, context, entry, sheet};
use std::sync::LazyLock;
use survey::{Entries, Entry, Form, Sheet};

static CASES: LazyLock<toml::Table> = LazyLock::new(|| {
    let fixture = include_str!("fixtures/edits.toml");
    fixture.parse().expect("the fixture is TOML")
});

fn part(case: &toml::Value, key: &str) -> Entries {
    let table = case.get(key).and_then(toml::Value::as_table);
    let given = |value: &toml::Value| match value.get("repeat").and_then(toml::Value::as_integer) {
        Some(times) => Some(Entry::Given("ä".repeat(usize::try_from(times).expect("a count")))),
        None => entry(value.as_str().expect("a text or { repeat = n }")),
    };
    let pairs = table.into_iter().flatten();
    pairs
        .filter_map(|(item, value)| Some((item.clone(), given(value)?)))
        .collect()
}

fn answered(case: &toml::Value, key: &str) -> Sheet {
    let mut office = context(Form::Arge);
    office.previous = Some(part(case, "before"));
    let mut answers = part(case, "with");
    answers.extend(part(case, key));
    sheet(office, &answers)
}

fn times(sheet: &Sheet, edit: &str) -> usize {
    sheet
        .findings(&[])
        .iter()
        .filter(|finding| finding.code == edit)
        .count()
}

#[test]
fn the_fixture_holds_all_84_edits_and_no_other() {
    let mut all: Vec<&str> = INSTRUMENT.edits.iter().map(|edit| edit.id.as_str()).collect();
    all.sort_unstable();
    assert_eq!(CASES.keys().map(String::as_str).collect::<Vec<_>>(), all);
    assert_eq!(all.len(), 84);
}

#[test]
fn every_edit_fires_on_the_first_value_beyond_its_edge() {
    for (edit, case) in CASES.iter() {
        let sheet = answered(case, "fires");
        assert_eq!(times(&sheet, edit), 1, "{edit}: {:#?}", sheet.findings(&[]));
        let findings = sheet.findings(&[]);
        let finding = findings.iter().find(|finding| finding.code == *edit).expect("counted");
        assert!(
            finding.items.contains(&finding.item),
            "{edit}: its link leads to an item it concerns"
        );
    }
}

#[test]
fn no_edit_fires_on_the_last_value_within_its_edge() {
    for (edit, case) in CASES.iter() {
        assert_eq!(times(&answered(case, "holds"), edit), 0, "{edit}");
    }
}

#[test]
fn no_edit_fires_without_its_answer_or_with_one_in_the_wrong_form() {
    for (edit, case) in CASES.iter() {
        for instead in [None, Some(Entry::Given("12.5.3,x".to_owned())), Some(Entry::CannotSay)] {
            let mut sheet = answered(case, "fires");
            for item in part(case, "fires").keys() {
                let item = INSTRUMENT.item(item).expect("a known item");
                // -8 is an answer of its own in a sum: a part that counts nothing.
                let is_part = INSTRUMENT[item].label.is_some() && instead == Some(Entry::CannotSay);
                // To free text nothing is in the wrong form.
                let is_text = matches!(INSTRUMENT[item].kind, survey::ItemKind::Text { .. });
                if !(is_part || is_text && instead.is_some()) {
                    let _ = sheet.set(item, instead.clone());
                    assert_eq!(times(&sheet, edit), 0, "{edit} with {instead:?}");
                }
            }
        }
    }
}

#[test]
fn no_edit_fires_at_a_question_nobody_is_asked() {
    for (edit, case) in CASES.iter() {
        // A zkT in the first wave that has answered none of the filters.
        let mut office = context(Form::Zkt);
        office.wave = 2006;
        office.vorwelle_stichtag = None;
        let sheet = sheet(office, &part(case, "fires"));
        let question = INSTRUMENT[INSTRUMENT.edit(edit).expect("a known edit")].question;
        assert!(sheet.is_asked(question) || times(&sheet, edit) == 0, "{edit}");
    }
}

#[test]
fn a_sum_nobody_can_give_a_part_of_contradicts_nothing() {
    let rows = ["H4_kom", "H4_ba", "H4_and", "H4_eig"];
    let all: Entries = rows.iter().map(|row| ((*row).to_owned(), Entry::CannotSay)).collect();
    assert_eq!(times(&sheet(context(Form::Arge), &all), "H4_h2"), 0, "no part is known");
    let mut one = all.clone();
    one.insert("H4_ba".to_owned(), Entry::Given("60".to_owned()));
    assert_eq!(
        times(&sheet(context(Form::Arge), &one), "H4_h2"),
        1,
        "the others count nothing"
    );
    one.remove("H4_eig");
    assert_eq!(
        times(&sheet(context(Form::Arge), &one), "H4_h2"),
        0,
        "a row is still missing"
    );
}
