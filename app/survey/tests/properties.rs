//! What holds for any answers: nothing panics, checks are idempotent, a
//! change re-evaluated in part equals a fresh check, unrouted answers
//! influence nothing.

mod common;

use common::{INSTRUMENT, complete, context, entry, sheet};
use proptest::prelude::*;
use survey::answer::{date, german, number};
use survey::{AgeGroup, Entries, Entry, Form, ItemIx, Sheet, load};

fn any_entry() -> impl Strategy<Value = Option<Entry>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Entry::CannotSay)),
        6 => prop::sample::select(vec!["1", "2", "3", "4", "5", "6", "7", "9", "1,2", "8", "0", "5.000", "12,5", "12.5", "31.10.2007", "abc"])
            .prop_map(entry),
        1 => "\\PC{0,12}".prop_map(|text| Some(Entry::Given(text))),
    ]
}

fn any_item() -> impl Strategy<Value = ItemIx> {
    (0..INSTRUMENT.items.len()).prop_map(|at| INSTRUMENT.item_indices().nth(at).expect("in range"))
}

fn any_changes() -> impl Strategy<Value = Vec<(ItemIx, Option<Entry>)>> {
    prop::collection::vec((any_item(), any_entry()), 0..60)
}

fn apply(base: &Entries, changes: &[(ItemIx, Option<Entry>)]) -> Entries {
    let mut entries = base.clone();
    for (item, entry) in changes {
        match entry {
            Some(entry) => entries.insert(INSTRUMENT[*item].id.clone(), entry.clone()),
            None => entries.remove(&INSTRUMENT[*item].id),
        };
    }
    entries
}

fn state(sheet: &Sheet) -> (survey::Findings, Vec<bool>, Entries, [survey::Classification; 2]) {
    (
        sheet.findings(&[]),
        INSTRUMENT
            .question_indices()
            .map(|question| sheet.is_asked(question))
            .collect(),
        sheet.transmitted(),
        AgeGroup::ALL.map(|age| sheet.classification(age)),
    )
}

proptest! {
    #[test]
    fn a_change_in_part_equals_a_fresh_check(changes in any_changes(), from_complete in any::<bool>()) {
        let base = if from_complete { complete() } else { Entries::new() };
        let mut case = context(Form::Arge);
        case.previous = Some(complete());
        let mut partly = sheet(case.clone(), &base);
        for (item, entry) in &changes {
            partly.set(*item, entry.clone());
        }
        let fresh = sheet(case, &apply(&base, &changes));
        prop_assert_eq!(state(&partly), state(&fresh));
        prop_assert_eq!(state(&fresh), state(&fresh.clone()));
    }

    #[test]
    fn answers_that_are_not_asked_influence_nothing(changes in any_changes(), noise in prop::collection::vec(any_entry(), 200)) {
        let base = apply(&complete(), &changes);
        let before = sheet(context(Form::Zkt), &base);
        let mut noisy = base.clone();
        for (item, entry) in INSTRUMENT.item_indices().zip(noise) {
            if !before.is_item_asked(item) {
                noisy = apply(&noisy, &[(item, entry)]);
            }
        }
        let after = sheet(context(Form::Zkt), &noisy);
        prop_assert_eq!(state(&before), state(&after));
    }

    #[test]
    fn no_text_upsets_the_parsers(text in "\\PC{0,60}", decimals in 0_u8..4) {
        let _ = (number(&text, decimals), date(&text), survey::expr::is_email(&text));
        let broken = format!("letter = \"A\"\ntitle = \"T\"\n[[question]]\nid = \"Q\"\ntype = \"integer\"\nrequired = \"P3\"\ntext = {text:?}\nroute = {text:?}\n");
        let _ = load::from_files(&[("A.toml", &broken), ("waves.toml", &text)]);
        let _ = load::from_files(&[("A.toml", &text)]);
    }

    #[test]
    fn numbers_survive_writing_and_reading(value in -9_999_999_999_i64..9_999_999_999, decimals in 0_u8..3) {
        let exact = rust_decimal::Decimal::new(value, decimals.into());
        prop_assert_eq!(number(&german(exact), decimals), Ok(exact.normalize()));
    }

    #[test]
    fn a_dot_never_means_a_comma(whole in 0_u32..1000, tail in "[0-9]{1,2}|[0-9]{4,6}") {
        let text = format!("{whole}.{tail}");
        prop_assert!(number(&text, 2).is_err());
    }

    #[test]
    fn the_form_decoder_takes_or_refuses_anything(pairs in prop::collection::vec(("\\PC{0,20}|rev__[A-Z][0-9]|[A-Z][0-9]|[A-Z][0-9]__missing|aktion", "\\PC{0,20}"), 0..30)) {
        let _ = survey::form::decode(&INSTRUMENT, "B", &pairs);
    }
}
