//! Edits that can never fire are refused; edits that can are not.

use survey::load;

const WAVES: &str = "[[wave]]\nkey = 2008\nstichtag = 2007-10-31\nzeitraum = \"2007\"\n";

const QUESTIONS: &str = r#"
letter = "A"
title = "Probe"

[[question]]
id = "C"
type = "single"
text = "Auswahl"
required = "P3"
options = [ { code = 1, label = "eins" }, { code = 2, label = "zwei" }, { code = 9, label = "neun" } ]

[[question]]
id = "E"
type = "single"
text = "nur bei C = 1"
required = "P3"
route = "C == 1"
options = [ { code = 1, label = "eins" }, { code = 2, label = "zwei" } ]

[[question]]
id = "F"
type = "single"
text = "nur bei C = 2"
required = "P3"
route = "C == 2"
options = [ { code = 1, label = "eins" }, { code = 2, label = "zwei" } ]

[[question]]
id = "M"
type = "multi"
text = "Mehrfachauswahl"
required = "P3"
options = [ { code = 1, label = "eins" }, { code = 2, label = "zwei" } ]

[[question]]
id = "T"
type = "text"
max_length = 50
text = "Text"
required = "P3"

[[question]]
id = "N"
type = "integer"
text = "Zahl"
required = "P3"

[[question]]
id = "S"
type = "matrix_scale5"
text = "Skala"
required = "P3"
options = [ { code = 1, label = "1" }, { code = 2, label = "2" }, { code = 3, label = "3" }, { code = 4, label = "4" }, { code = 5, label = "5" } ]
rows = [ { id = "S_a", label = "a" }, { id = "S_b", label = "b" } ]
"#;

/// Whether an edit at question F (asked where C = 2) is refused as one that
/// can never fire; nothing else may be wrong with it.
fn never(expr: &str) -> bool {
    let edit = format!("\n[[question.soft]]\nid = \"F_s1\"\nexpr = '''{expr}'''\nmsg = \"Bitte prüfen.\"\n");
    let place = QUESTIONS.find("[[question]]\nid = \"M\"").expect("M follows F");
    let module = format!("{}{edit}\n{}", &QUESTIONS[..place], &QUESTIONS[place..]);
    match load::from_files(&[("A.toml", &module), ("waves.toml", WAVES)]) {
        Ok(_) => false,
        Err(found) => {
            let other: Vec<_> = found
                .iter()
                .filter(|one| !one.reason.contains("nie anschlagen"))
                .collect();
            assert!(other.is_empty(), "{expr}: {other:?}");
            assert!(found.iter().all(|one| one.item == "F_s1" && one.line > 0), "{expr}");
            true
        }
    }
}

#[test]
fn edits_that_always_hold_are_refused() {
    for expr in [
        "immer",
        "1 < 2",
        "C in [1, 2, 9]",
        "C <= 9",
        "not (C == 1 and C == 2)",
        "C == 1 or C != 1",
        "abs(C - 5) <= 4",
        "len(T) <= 50",
        "len(T) >= 1",
        "len(T) > N or len(T) <= 50",
        "count(M) <= 2",
        "1 <= count(M) <= 2",
        "all_between(S, 1, 5)",
        "all_ge(S, 1) or N > 3",
        "form in ['ARGE', 'zkT', 'gAw'] or N > 1",
        "C * 2 >= 2",
        "-C <= -1",
        // F is asked where C = 2: C is never 9 then, and E never asked.
        "C != 9",
        "E == 1",
        "E == F",
        "not (E == 1 and N > 1)",
        "F == 1 or E == 1 or N > 0",
    ] {
        assert!(never(expr), "{expr} can never be false");
    }
}

#[test]
fn edits_that_can_fire_are_not_refused() {
    for expr in [
        "F == 1",
        "C == 1",
        "not (F == 2 and C == 2)",
        "F in [1]",
        "len(T) <= 49",
        "count(M) <= 1",
        "not (2 in M and count(M) > 1)",
        "all_between(S, 2, 5)",
        "not all_ge(S, 1)",
        "N <= 5",
        "N >= -5",
        "N == N * 1",
        "form == 'ARGE'",
        "form == 'ARGE' or N > 3",
        "form != 'ARGE' or C == 1",
        "land != 'Berlin'",
        "land == 'Bayern' or F == 1",
        "(F == 1) == (N > 3)",
        "N / 2 <= 5",
        "total(S) <= 9",
        "T == 'x'",
        "is_email(T)",
        "vw_N <= N",
        "stichtag > vorwelle_stichtag or N > 1",
    ] {
        assert!(!never(expr), "{expr} can be false");
    }
}
