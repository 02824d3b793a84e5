//! A posted module form: what a browser without scripts sends, and what it
//! never sends.

mod common;

use common::INSTRUMENT;
use survey::Entry;
use survey::form::{DecodeError, MAX_VALUE, Posted, decode};

fn post(module: &str, pairs: &[(&str, &str)]) -> Result<Posted, DecodeError> {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    decode(&INSTRUMENT, module, &pairs)
}

fn items(posted: &Posted) -> Vec<(&str, i64, Option<&str>)> {
    let text = |entry: &Option<Entry>| match entry {
        Some(Entry::Given(text)) => Some(text.clone().leak() as &str),
        Some(Entry::CannotSay) => Some("-8"),
        None => None,
    };
    let one = |item: &survey::form::PostedItem| {
        (
            INSTRUMENT[item.item].id.as_str(),
            item.rendered_revision,
            text(&item.entry),
        )
    };
    posted.items.iter().map(one).collect()
}

#[test]
fn only_what_was_rendered_changes_and_unchecked_means_cleared() {
    let posted = post(
        "D",
        &[
            ("rev__D1_ue", "3"),
            ("D1_ue", "1"),
            ("rev__D3_ue", "0"),
            ("rev__D4_ue", "7"),
            ("D4_ue", " 12,5 "),
            ("D5_ue", "2"),
            ("aktion", "weiter"),
        ],
    )
    .expect("a form of the module");
    assert_eq!(
        items(&posted),
        [
            ("D1_ue", 3, Some("1")),
            ("D3_ue", 0, None),
            ("D4_ue", 7, Some(" 12,5 "))
        ],
        "D5_ue was not rendered, D3_ue was and has no box checked"
    );
    assert_eq!(posted.action.as_deref(), Some("weiter"));
}

#[test]
fn several_codes_come_back_in_ascending_order_each_once() {
    let posted = post(
        "G",
        &[
            ("rev__G1a", "1"),
            ("G1a", "97"),
            ("G1a", "2"),
            ("G1a", "10"),
            ("G1a", "2"),
            ("rev__G1a_txt", "0"),
            ("G1a_txt", "a\r\nb"),
        ],
    );
    let posted = posted.expect("a repeated multiple choice");
    assert_eq!(
        items(&posted),
        [("G1a", 1, Some("2,10,97")), ("G1a_txt", 0, Some("a\nb"))]
    );
}

#[test]
fn angabe_nicht_moeglich_is_a_radio_in_choices_and_a_box_elsewhere() {
    let radio = post(
        "C",
        &[
            ("rev__C1", "0"),
            ("C1", "-8"),
            ("rev__C4", "0"),
            ("C4", "45"),
            ("C4__missing", "1"),
        ],
    );
    assert_eq!(
        items(&radio.expect("both ways")),
        [("C1", 0, Some("-8")), ("C4", 0, Some("-8"))]
    );
    let row = post(
        "I",
        &[
            ("rev__I1_int", "0"),
            ("I1_int", "-8"),
            ("rev__I8_tm", "0"),
            ("I8_tm__missing", "1"),
        ],
    );
    assert_eq!(
        items(&row.expect("rows")),
        [("I1_int", 0, Some("-8")), ("I8_tm", 0, Some("-8"))]
    );
    let typed = post("B", &[("rev__B1", "0"), ("B1", "-8")]).expect("typed into a number");
    assert_eq!(
        typed.items[0].entry,
        Some(Entry::Given("-8".to_owned())),
        "only the box says it"
    );
}

#[test]
fn blanks_are_no_answer_and_anything_else_stays_as_typed() {
    let posted = post(
        "B",
        &[
            ("rev__B1", "0"),
            ("B1", " \u{a0}"),
            ("rev__B2", "0"),
            ("B2", "ca. 12.5"),
        ],
    );
    assert_eq!(
        items(&posted.expect("a form")),
        [("B1", 0, None), ("B2", 0, Some("ca. 12.5"))]
    );
}

#[test]
fn reasons_name_soft_edits_only() {
    let posted = post("B", &[("reason__B1_s1", "Kleine\r\nEinheit")]).expect("a soft edit");
    assert_eq!(posted.reasons, [("B1_s1".to_owned(), "Kleine\nEinheit".to_owned())]);
    for name in ["reason__B1_h1", "reason__B1_s9", "reason__"] {
        assert_eq!(
            post("B", &[(name, "x")]),
            Err(DecodeError::UnknownName(name.to_owned()))
        );
    }
}

#[test]
fn what_no_control_of_the_module_is_called_is_refused_by_name() {
    for name in [
        "",
        "B7",
        "b1",
        "C1",
        "rev__C1",
        "rev__",
        "rev__B7",
        "C1__missing",
        "__missing",
        "B1__missing__missing",
        "status",
        "vw_B1",
    ] {
        assert_eq!(
            post("B", &[(name, "1")]),
            Err(DecodeError::UnknownName(name.to_owned())),
            "{name}"
        );
    }
    assert_eq!(
        post("X", &[("B1", "1")]),
        Err(DecodeError::UnknownName("B1".to_owned()))
    );
}

#[test]
fn repeated_names_bad_revisions_and_endless_values_are_refused() {
    for name in ["B1", "rev__B1", "B1__missing", "reason__B1_s1"] {
        assert_eq!(
            post("B", &[(name, "1"), (name, "1")]),
            Err(DecodeError::Repeated(name.to_owned()))
        );
    }
    for revision in ["", "x", "1.5", "99999999999999999999"] {
        assert_eq!(
            post("B", &[("rev__B1", revision)]),
            Err(DecodeError::BadRevision("rev__B1".to_owned()))
        );
    }
    let long = "x".repeat(MAX_VALUE + 1);
    assert_eq!(post("Z", &[("Z1", &long)]), Err(DecodeError::TooLong("Z1".to_owned())));
    assert!(post("Z", &[("Z1", &long[1..])]).is_ok());
}
