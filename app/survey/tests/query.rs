//! Rückfragen: whatever an office types, nothing but what it was asked about
//! and what follows from it ends up changed.

mod common;

use common::{INSTRUMENT, complete, context, entry, sheet};
use proptest::prelude::*;
use std::collections::BTreeSet;
use survey::query::{Scope, Why, is_answered, is_changed};
use survey::{Entries, Entry, Form, ItemIx, QuestionIx, Sheet};

fn any_entry() -> impl Strategy<Value = Option<Entry>> {
    prop_oneof![
        1 => Just(None),
        1 => Just(Some(Entry::CannotSay)),
        6 => prop::sample::select(vec!["1", "2", "3", "4", "1,2", "8", "0", "5.000", "60", "12,5", "abc"]).prop_map(entry),
    ]
}

fn any_item() -> impl Strategy<Value = ItemIx> {
    (0..INSTRUMENT.items.len()).prop_map(|at| INSTRUMENT.item_indices().nth(at).expect("in range"))
}

fn any_changes() -> impl Strategy<Value = Vec<(ItemIx, Option<Entry>)>> {
    prop::collection::vec((any_item(), any_entry()), 0..25)
}

fn handed_in() -> Sheet {
    sheet(context(Form::Arge), &complete())
}

fn changed(changes: &[(ItemIx, Option<Entry>)]) -> Sheet {
    let mut current = handed_in();
    for (item, entry) in changes {
        current.set(*item, entry.clone());
    }
    current
}

fn asked_items(transmitted: &Sheet, all: Vec<ItemIx>) -> Vec<ItemIx> {
    all.into_iter()
        .filter(|item| transmitted.is_item_asked(*item))
        .collect()
}

fn questions(scope: &Scope) -> BTreeSet<QuestionIx> {
    scope.questions().map(|(question, _)| question).collect()
}

fn item(id: &str) -> ItemIx {
    INSTRUMENT.item(id).expect("an item")
}

proptest! {
    #[test]
    fn nothing_outside_the_scope_is_changed_in_the_end(changes in any_changes(), asked in prop::collection::vec(any_item(), 1..5)) {
        let transmitted = handed_in();
        let asked = asked_items(&transmitted, asked);
        let mut current = changed(&changes);
        let scope = Scope::new(&transmitted, &current, &[], asked.iter().copied());
        for (item, entry) in scope.strays(&transmitted, &current) {
            prop_assert!(!scope.allows(&INSTRUMENT, item));
            current.set(item, entry);
        }
        for item in INSTRUMENT.item_indices() {
            if !scope.allows(&INSTRUMENT, item) && transmitted.is_item_asked(item) {
                prop_assert_eq!(transmitted.entry(item), current.entry(item), "{}", &INSTRUMENT[item].id);
            }
        }
        prop_assert!(scope.strays(&transmitted, &current).is_empty(), "taken back once is taken back");
    }

    #[test]
    fn the_scope_holds_what_was_asked_and_grows_with_it(changes in any_changes(), few in prop::collection::vec(any_item(), 0..3), more in prop::collection::vec(any_item(), 0..3)) {
        let transmitted = handed_in();
        let current = changed(&changes);
        let few = asked_items(&transmitted, few);
        let all: Vec<ItemIx> = few.iter().copied().chain(asked_items(&transmitted, more)).collect();
        let small = Scope::new(&transmitted, &current, &[], few.iter().copied());
        let large = Scope::new(&transmitted, &current, &[], all.iter().copied());
        prop_assert!(questions(&small).is_subset(&questions(&large)));
        for item in &all {
            prop_assert!(large.allows(&INSTRUMENT, *item));
        }
        for (question, why) in large.questions() {
            match why {
                Why::Asked => prop_assert!(all.iter().any(|item| INSTRUMENT[*item].question == question)),
                Why::Opened => prop_assert!(current.is_asked(question) && !transmitted.is_asked(question)),
                Why::Contradicts => prop_assert!(current.is_asked(question)),
            }
        }
    }

    #[test]
    fn unchanged_answers_open_nothing_else(asked in prop::collection::vec(any_item(), 0..5)) {
        let transmitted = handed_in();
        let asked = asked_items(&transmitted, asked);
        let scope = Scope::new(&transmitted, &transmitted, &[], asked.iter().copied());
        let expected: BTreeSet<QuestionIx> = asked.iter().map(|item| INSTRUMENT[*item].question).collect();
        prop_assert_eq!(questions(&scope), expected);
        prop_assert!(Scope::default().strays(&transmitted, &transmitted).is_empty());
    }

    #[test]
    fn a_point_is_answered_by_a_change_or_by_words(changes in any_changes(), asked in any_item(), words in "[a-z ]{0,8}") {
        let transmitted = handed_in();
        let current = changed(&changes);
        let explained = words.trim().chars().count() >= 3;
        let moved = is_changed(&transmitted, &current, asked);
        prop_assert_eq!(is_answered(&transmitted, &current, &[asked], &words), explained || moved);
    }

    #[test]
    fn what_stands_against_sending_touches_the_scope(changes in any_changes(), asked in any_item()) {
        let transmitted = handed_in();
        let asked = asked_items(&transmitted, vec![asked]);
        let mut current = changed(&changes);
        let scope = Scope::new(&transmitted, &current, &[], asked);
        for (item, entry) in scope.strays(&transmitted, &current) {
            current.set(item, entry);
        }
        let findings = current.findings(&[]);
        // Every contradiction can be cleared: all its questions may be changed.
        let again = Scope::new(&transmitted, &current, &[], INSTRUMENT.item_indices().filter(|item| scope.allows(&INSTRUMENT, *item)));
        for finding in again.against(&INSTRUMENT, &findings) {
            for item in &finding.items {
                if current.is_item_asked(*item) {
                    prop_assert!(again.allows(&INSTRUMENT, *item), "{} at {}", finding.code, &INSTRUMENT[*item].id);
                }
            }
        }
    }
}

#[test]
fn a_changed_answer_brings_the_questions_it_opens() {
    let transmitted = handed_in();
    let mut current = handed_in();
    // Placement out of one hand: further questions follow.
    let before: Entries = current.transmitted();
    for code in ["1", "2", "3"] {
        current.set(item("D1_ue"), entry(code));
        let scope = Scope::new(&transmitted, &current, &[], [item("D1_ue")]);
        for question in INSTRUMENT.question_indices() {
            if current.is_asked(question) && !transmitted.is_asked(question) {
                assert!(scope.holds(question), "{}", INSTRUMENT[question].id);
            }
        }
    }
    assert!(!before.is_empty());
}

#[test]
fn a_contradiction_lets_the_other_side_be_corrected_too() {
    let transmitted = handed_in();
    let mut current = handed_in();
    // More customers in need of care than customers at all.
    current.set(item("B1"), entry("500"));
    let scope = Scope::new(&transmitted, &current, &[], [item("B1")]);
    let why: Vec<_> = scope
        .questions()
        .map(|(question, why)| (INSTRUMENT[question].id.as_str(), why))
        .collect();
    assert!(why.contains(&("B1", Why::Asked)), "{why:?}");
    assert!(
        why.iter().any(|(id, why)| *id != "B1" && *why == Why::Contradicts),
        "{why:?}"
    );
    assert!(!scope.against(&INSTRUMENT, &current.findings(&[])).is_empty());
}

#[test]
fn the_same_number_written_otherwise_is_no_change() {
    let transmitted = handed_in();
    let mut current = handed_in();
    current.set(item("B1"), entry("5000"));
    assert!(!is_changed(&transmitted, &current, item("B1")));
    assert!(!is_answered(&transmitted, &current, &[item("B1")], " ja "));
    assert!(is_answered(&transmitted, &current, &[item("B1")], "Stimmt so."));
}
