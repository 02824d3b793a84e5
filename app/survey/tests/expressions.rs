//! Expressions from the outside: a route shows what is true, an edit fires on
//! what is false, and neither happens where the answer is unknown.

mod common;

use common::{context, entries};
use std::sync::Arc;
use survey::{Form, Instrument, Sheet, load};

const WAVES: &str = r#"
wave = [
  { key = 2007, stichtag = 2006-12-31, zeitraum = "2006" },
  { key = 2008, stichtag = 2007-10-31, zeitraum = "2007", vorwelle = 2007 },
]
"#;

/// One question of each kind, then one that is routed and edited by `expr`.
fn module(expr: &str) -> String {
    format!(
        r#"letter = "A"
title = "Probe"

[[question]]
id = "N"
type = "decimal"
decimals = 2
text = "Zahl"
required = "P3"
cannot_say = true

[[question]]
id = "C"
type = "single"
text = "Auswahl"
required = "P3"
options = [ {{ code = 1, label = "eins" }}, {{ code = 2, label = "zwei" }}, {{ code = 7, label = "Sonstiges", open = true }} ]

[[question]]
id = "M"
type = "multi"
text = "Mehrfachauswahl"
required = "P3"
options = [ {{ code = 1, label = "eins" }}, {{ code = 2, label = "zwei" }}, {{ code = 97, label = "Sonstiges" }} ]

[[question]]
id = "T"
type = "text"
text = "Text"
required = "P3"

[[question]]
id = "D"
type = "date"
text = "Tag"
required = "P3"

[[question]]
id = "R"
type = "matrix_decimal"
text = "Zeilen"
required = "P3"
decimals = 1
cannot_say = true
rows = [ {{ id = "R_a", label = "a" }}, {{ id = "R_b", label = "b" }} ]

[[question]]
id = "H"
type = "integer"
text = "nur bei C = 1"
required = "P3"
route = "C == 1"

[[question]]
id = "Z"
type = "integer"
text = "gefiltert"
required = "P3"
route = '''{expr}'''

[[question]]
id = "Y"
type = "integer"
text = "geprüft"
required = "P3"

[[question.hard]]
id = "Y_h1"
expr = '''({expr}) and (1 <= Y or 1 > Y)'''
msg = "falsch"
"#
    )
}

fn load(expr: &str) -> Result<Arc<Instrument>, Vec<String>> {
    load::from_files(&[("A.toml", &module(expr)), ("waves.toml", WAVES)])
        .map(Arc::new)
        .map_err(|found| found.iter().map(|one| one.reason.clone()).collect())
}

/// What an expression comes to with these answers; `vw_X` is the wave before.
fn value(expr: &str, answers: &[(&str, &str)]) -> Option<bool> {
    let instrument = load(expr).unwrap_or_else(|found| panic!("{expr}: {found:?}"));
    let mut case = context(Form::Zkt);
    let before: Vec<(&str, &str)> = answers
        .iter()
        .filter_map(|(item, text)| Some((item.strip_prefix("vw_")?, *text)))
        .collect();
    case.previous = Some(entries(&before));
    let mut answers = entries(answers);
    answers.extend(entries(&[("Y", "5")]));
    let sheet = Sheet::new(instrument.clone(), case, &answers);
    let shown = sheet.is_asked(instrument.question("Z").expect("Z"));
    let fired = sheet.findings(&[]).iter().any(|finding| finding.code == "Y_h1");
    assert!(!(shown && fired), "{expr} is true and false");
    match (shown, fired) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);
const U: Option<bool> = None;

#[test]
fn kleenes_tables() {
    // N is 1; nothing is known of H, which is not asked.
    let parts = [("N == 1", T), ("N == 2", F), ("H == 1", U)];
    for (left, a) in parts {
        let not = a.map(|a: bool| !a);
        assert_eq!(
            value(&format!("not {left}"), &[("N", "1"), ("H", "1")]),
            not,
            "not {left}"
        );
        for (right, b) in parts {
            let and = match (a, b) {
                (F, _) | (_, F) => F,
                (T, T) => T,
                _ => U,
            };
            let or = match (a, b) {
                (T, _) | (_, T) => T,
                (F, F) => F,
                _ => U,
            };
            let same = a.zip(b).map(|(a, b)| a == b);
            for (expr, expected) in [
                (format!("{left} and {right}"), and),
                (format!("{left} or {right}"), or),
                (format!("({left}) == ({right})"), same),
                (format!("({left}) != ({right})"), same.map(|same| !same)),
            ] {
                assert_eq!(value(&expr, &[("N", "1"), ("H", "1")]), expected, "{expr}");
            }
        }
    }
}

#[test]
fn every_form_of_expression_means_what_the_design_says() {
    let answers = [
        ("N", "12,5"),
        ("C", "2"),
        ("M", "1,97"),
        ("T", " häß "),
        ("D", "31.10.2007"),
        ("R_a", "40"),
        ("R_b", "60,5"),
        ("vw_N", "10"),
        ("vw_C", "1"),
        ("vw_D", "1.1.2007"),
    ];
    for (expr, expected) in [
        ("N == 12.5", T),
        ("12 <= N <= 12.5", T),
        ("12 <= N < 12.5", F),
        ("N - 2.5 * 2 == 7.5", T),
        ("(N - 2.5) * 2 == 20", T),
        ("-N < 0 and abs(-N) == N", T),
        ("N / 0 > 1", U),
        ("N * 10000000000000000000000000000 > 1", U),
        ("1 / 3 * 3 == N", F),
        ("C in [1, 2]", T),
        ("C in [7]", F),
        ("97 in M", T),
        ("2 in M", F),
        ("count(M) == 2", T),
        ("len(T) == 3", T),
        ("T == 'häß'", T),
        ("T == \"Häß\"", F),
        ("is_email(T)", F),
        ("form == 'zkT' and land == 'Hessen'", T),
        ("form in ['ARGE', 'gAw']", F),
        ("D == stichtag", T),
        ("vorwelle_stichtag < D <= stichtag", T),
        ("vw_N < N and vw_C != C and vw_D > vorwelle_stichtag", T),
        ("total(R) == 100.5", T),
        ("all_ge(R, 40)", T),
        ("all_gt(R, 40)", F),
        ("all_between(R, 40, 60)", F),
        ("k1_ue == 'I'", U),
        ("immer", T),
        ("not immer or N > 100", F),
    ] {
        assert_eq!(value(expr, &answers), expected, "{expr}");
    }
}

#[test]
fn what_is_not_there_is_unknown() {
    for expr in [
        "N > 0",
        "C == 1",
        "1 in M",
        "count(M) >= 0",
        "len(T) > 0",
        "D <= stichtag",
        "total(R) >= 0",
        "vw_N > 0",
    ] {
        assert_eq!(value(expr, &[]), U, "{expr}");
    }
    assert_eq!(value("all_ge(R, 0)", &[]), T, "rows left out keep every bound");
    assert_eq!(value("total(R) == 40", &[("R_a", "40")]), U, "a row is missing");
    assert_eq!(
        value("total(R) == 40", &[("R_a", "40"), ("R_b", "-8")]),
        T,
        "-8 counts nothing"
    );
    assert_eq!(
        value("total(R) == 0", &[("R_a", "-8"), ("R_b", "-8")]),
        U,
        "no part is known"
    );
    assert_eq!(value("N > 0", &[("N", "-8")]), U);
    assert_eq!(value("N > 0", &[("N", "12.5")]), U, "in the wrong form");
    // An open text counts only while its option is chosen.
    assert_eq!(value("len(C_txt) > 2", &[("C", "7"), ("C_txt", "viel")]), T);
    assert_eq!(value("len(C_txt) > 2", &[("C", "1"), ("C_txt", "viel")]), U);
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_reason() {
    for (expr, reason) in [
        ("C == 5", "keine Antwort mit dem Code 5"),
        ("C in [1, 5]", "keine Antwort mit dem Code 5"),
        ("3 in M", "keine Antwort mit dem Code 3"),
        ("vw_C == 5", "keine Antwort mit dem Code 5"),
        ("form == 'Arge'", "möglich sind: ARGE, zkT, gAw"),
        ("land in ['Hesen']", "möglich sind: Baden-Württemberg"),
        ("k1_ue != 'III'", "möglich sind: I, II"),
        ("k2_ue == 'c'", "möglich sind: a, b"),
        ("X > 1", "„X“ ist nicht bekannt"),
        ("N > 'x'", "lassen sich nicht vergleichen"),
        ("D > 2007", "lassen sich nicht vergleichen"),
        ("T < 'x'", "nur == und !="),
        ("N", "verlangt ist eine Bedingung"),
        ("N + (N > 1) > 1", "verlangt ist eine Zahl"),
        ("total(N) > 1", "verlangt ist eine Matrix"),
        ("count(C) > 1", "verlangt ist eine Mehrfachauswahl"),
        ("len(N) > 1", "verlangt ist eine Textfrage"),
        ("sqrt(N) > 1", "die Funktion „sqrt“ gibt es nicht"),
        ("abs(N, N) > 1", "verlangt 1 Angaben"),
        ("N = 1", "gemeint ist „==“"),
        ("N > 1 and", "unerwartet: „)“"),
        ("vw_T == 'x'", "Angaben der Vorwelle"),
        ("Z > 1", "blickt voraus auf „Z“"),
        ("Y > 1", "blickt voraus auf „Y“"),
    ] {
        let found = load(expr).expect_err(expr);
        assert!(found.iter().any(|one| one.contains(reason)), "{expr}: {found:?}");
    }
}

#[test]
fn whatever_is_accepted_fits_into_json() {
    let nested = |open: &str, middle: &str, close: &str, times: usize| {
        format!("{}{middle}{}", open.repeat(times), close.repeat(times))
    };
    for times in 0..60 {
        for expr in [
            nested("(", "N > 1", ")", times),
            nested("not (", "N > 1", ")", times),
            nested("(1 < 2) == (", "N > 1", ")", times),
            nested("1 < 2 and (1 > 2 or (", "N > 1", "))", times / 2),
            nested("(N > 1) == (N > 2) == (", "N > 1", ")", times),
            format!("{} > 1", nested("abs(-(1 + ", "N", "))", times / 2)),
            format!("N{} > 1", " + 1 * N".repeat(times)),
        ] {
            if let Ok(instrument) = load(&expr) {
                let json = serde_json::to_string(&*instrument).expect("serialises");
                let back: Instrument = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {expr}"));
                assert_eq!(back, *instrument);
            }
        }
    }
}
