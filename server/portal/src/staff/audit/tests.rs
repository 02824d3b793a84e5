//! What must be true of the log and of the wordings of its actions.

use super::{ACTIONS, label};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use survey::status::Event;

#[test]
fn wordings_stand_in_order_and_once() {
    assert!(ACTIONS.is_sorted_by(|one, two| one.0 < two.0));
}

/// Every statement about the log in our sources adds to it or reads it.
#[test]
fn nothing_changes_or_removes_a_line() {
    let mut seen = 0;
    for (path, text) in sources(&["src", "../../migrations", "../src"]) {
        seen += statements(&path, &text);
    }
    assert!(seen >= 3, "the log's own statements were not found");
}

/// How many statements of a source add to the log or read it.
fn statements(path: &Path, text: &str) -> usize {
    let words: Vec<&str> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut seen = 0;
    for (place, _) in words.iter().enumerate().filter(|(_, word)| **word == "audit") {
        let before: Vec<String> = words[place.saturating_sub(3)..place]
            .iter()
            .map(|word| word.to_uppercase())
            .collect();
        let before = before.join(" ");
        seen += usize::from(before.ends_with("INSERT INTO") || before.ends_with("FROM"));
        for forbidden in [
            "UPDATE",
            "DELETE FROM",
            "TRUNCATE",
            "TRUNCATE TABLE",
            "DROP TABLE",
            "REPLACE INTO",
        ] {
            let found = words_end_with(&words[..place], forbidden);
            assert!(!found, "{}: {forbidden} audit", path.display());
        }
    }
    seen
}

/// Files that note something name an action by `like_this`; other texts of
/// that form in them stand here.
const NO_ACTIONS: [&str; 2] = ["submitted_at", "typ_ue"];

#[test]
fn every_action_our_sources_note_has_a_wording() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for (path, text) in sources(&["src"]) {
        let notes = ["Deed {", "audit(", "note("].iter().any(|sign| text.contains(sign));
        let fields = text
            .split("action: \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let texts = text.split('"').filter(|text| notes && is_name(text));
        for name in fields.chain(texts).filter(|name| !NO_ACTIONS.contains(name)) {
            let known = ACTIONS.iter().any(|(known, _)| *known == name);
            assert!(known, "{}: the action „{name}“ has no German wording", path.display());
            seen.insert(name.to_owned());
        }
    }
    assert!(seen.len() > 50, "the actions were not found: {seen:?}");
    let decisions = [
        Event::Accept,
        Event::Reject,
        Event::Reopen,
        Event::Refuse,
        Event::Exclude,
    ];
    for name in decisions.map(|event| format!("case_{}", event.name())) {
        assert_ne!(label(&name), name);
    }
}

/// Words of small letters joined by lines.
fn is_name(text: &str) -> bool {
    let mut words = text.split('_');
    text.contains('_') && words.all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Our sources in some folders, without the wordings and these tests.
fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let mut found = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|end| end == "rs" || end == "sql") && !path.ends_with("audit/tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = text.split("const ACTIONS").next().unwrap().to_owned();
            found.push((path, text));
        }
    }
    found
}

/// SQL is written in capitals here; prose is not.
fn words_end_with(words: &[&str], end: &str) -> bool {
    let wanted: Vec<&str> = end.split(' ').collect();
    words.ends_with(&wanted)
}
