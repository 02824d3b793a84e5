//! Calls: help everywhere, wrong ones end with 2 and a German reason.

use crate::program::Place;

#[test]
fn every_command_explains_itself_in_german() {
    let place = Place::new();
    for line in [
        "",
        "serve",
        "demo",
        "wave",
        "wave add",
        "wave open",
        "wave close",
        "units",
        "units import",
        "staff",
        "staff add",
        "instrument",
        "instrument check",
        "mail",
        "mail due",
        "mail run",
        "classify",
        "export",
        "tables",
        "backup",
    ] {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        words.push("--help");
        let help = place.done(&words);
        assert!(
            help.contains(&format!("Aufruf: ruecklauf {line}")) && help.contains("Diese Hilfe"),
            "{line}: {help}"
        );
        for english in [
            "Usage",
            "OPTIONS",
            "COMMAND",
            "Options:",
            "Commands:",
            "Arguments:",
            "Print",
            "[default",
            "possible values",
        ] {
            assert!(!help.contains(english), "{line}: {english} in {help}");
        }
    }
}

#[test]
fn a_wrong_call_ends_with_2_and_says_what_is_wrong() {
    let place = Place::new();
    for (line, reason) in [
        ("", "Es fehlt ein Befehl"),
        ("wave", "Es fehlt ein Befehl"),
        ("servieren", "„servieren“"),
        (
            "wave add 2008 --stichtag 31.10.2007 --zeitraum 2007 --start 2008-01-14 --deadline 2008-02-15",
            "JJJJ-MM-TT",
        ),
        ("wave open 08", "Jahr"),
        ("mail run --at morgen", "JJJJ-MM-TT"),
        ("staff add a@iaw.example --role chefin", "viewer, editor und admin"),
        ("export --wave 2008", "--out"),
        ("tables --wave 2008 --format html", "csv"),
    ] {
        let ended = place.run(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!(ended.code, 2, "{line}: {}", ended.err);
        assert!(
            ended.err.contains(reason) && ended.out.is_empty(),
            "{line}: {}",
            ended.err
        );
    }
    assert!(
        !place.path().join("ruecklauf.db").exists(),
        "a wrong call touches nothing"
    );
}
