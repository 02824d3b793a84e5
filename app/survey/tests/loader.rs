//! A bad instrument is refused with file, line, item and reason, everything
//! at once.

use survey::load;

const WAVES: &str = "[[wave]]\nkey = 2008\nstichtag = 2007-10-31\nzeitraum = \"2007\"\n";

fn findings(module: &str) -> Vec<String> {
    match load::from_files(&[("A.toml", module), ("waves.toml", WAVES)]) {
        Ok(_) => Vec::new(),
        Err(found) => found.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn everything_is_reported_at_once_with_line_and_item() {
    let found = findings(
        r#"letter = "A"
title = "Angaben"

[[question]]
id = "A1"
type = "single"
text = "Ja oder nein, {gibtsnicht}?"
required = "P1"
route = "A2 == 1"
options = [ { code = 1, label = "Ja" }, { code = 1, label = "Nein" } ]

[[question]]
id = "A2"
type = "singel"
text = "Wie viele?"
required = "P1"

[[question]]
id = "A3"
type = "integer"
text = "Wie viele?"
required = "P4"
farbe = "rot"

[[question.hard]]
id = "A3_h1"
expr = "A3 <= B9"
msg = "zu viel"

[[question.hard]]
id = "A3_h2"
expr = "A1 == 7 or A3 > 'x'"
msg = "falsch"

[[question.soft]]
id = "A3_s1"
expr = "A1 in [1]"
msg = "immer erfüllt"

[[question.soft]]
id = "A3_s1"
expr = "(A3 > 1"
msg = "doppelt"
"#,
    );
    let expected = [
        "A.toml:7: A1: der Platzhalter {gibtsnicht} hat keine Quelle",
        "A.toml:9: A1: Ausdruck „A2 == 1“: „A2“ ist nicht bekannt (Spalte 1)",
        "A.toml:10: A1: der Code 1 kommt zweimal vor",
        "A.toml:14: A2: „type“ ist „singel“",
        "A.toml:22: A3: „required“ ist „P4“, möglich sind: P1, P2, P3",
        "A.toml:23: A3: das Feld „farbe“ gibt es nicht",
        "A.toml:27: A3_h1: Ausdruck „A3 <= B9“: „B9“ ist nicht bekannt (Spalte 7)",
        "A.toml:32: A3_h2: Ausdruck „A1 == 7 or A3 > 'x'“: A1 hat keine Antwort mit dem Code 7 (Spalte 7)",
        "A.toml:37: A3_s1: die Prüfung kann nie anschlagen: jede Kombination der Antworten erfüllt sie",
        "A.toml:42: A3_s1: Ausdruck „(A3 > 1“: es fehlt „)“ vor das Ende (Spalte 8)",
    ];
    for line in expected {
        assert!(
            found.iter().any(|one| one.starts_with(line)),
            "missing: {line}\nfound: {found:#?}"
        );
    }
}

#[test]
fn routes_look_back_only_and_expressions_are_bounded() {
    let question = |id: &str, route: &str| {
        format!(
            "[[question]]\nid = \"{id}\"\ntype = \"integer\"\ntext = \"?\"\nrequired = \"P3\"\nroute = \"{route}\"\n"
        )
    };
    let module = format!(
        "letter = \"A\"\ntitle = \"T\"\n{}{}{}",
        question("A1", "A2 > 1"),
        question("A2", "A1 > 1"),
        question("A3", &"(".repeat(60)),
    );
    let found = findings(&module);
    assert!(
        found.iter().any(|one| one.contains("blickt voraus auf „A2“")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|one| one.contains("tiefer als 40 Ebenen")),
        "{found:#?}"
    );
    assert!(
        !found.iter().any(|one| one.contains("A2: die Filterführung")),
        "{found:#?}"
    );
}

#[test]
fn broken_files_and_missing_ones_are_named() {
    assert!(
        findings("letter = \n")
            .iter()
            .any(|one| one.starts_with("A.toml:1: kein gültiges TOML"))
    );
    let found = load::from_files(&[]).expect_err("nothing there");
    assert!(
        found
            .iter()
            .any(|one| one.to_string().contains("waves.toml:1: die Datei fehlt"))
    );
}
