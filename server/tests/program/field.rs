//! A wave from an empty database to its tables, on the command line alone.

use crate::program::Place;

/// What Excel writes on a German computer: Windows-1252, CR LF.
fn register() -> Vec<u8> {
    let text = "kennung;name;form;land;kontakt_name;kontakt_email\r\n\
                GS-1;ARGE Cordelbach;ARGE;Hessen;Eva \u{d6}hm;eva@cordelbach.example\r\n\
                GS-2;\"Landkreis; \u{c4}hren\";zkT;Baden-W\u{fc}rttemberg;;jan@aehren.example\r\n";
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

const ADD: [&str; 11] = [
    "wave",
    "add",
    "2008",
    "--stichtag",
    "2007-10-31",
    "--zeitraum",
    "2007",
    "--start",
    "2008-01-14",
    "--deadline",
    "2008-02-15",
];

#[test]
fn a_wave_is_held_from_the_command_line() {
    let place = Place::new();
    place.done(&ADD);
    assert!(place.refused(&ADD).contains("gibt es schon"));
    assert!(place.refused(&["wave", "open", "2008"]).contains("keine Einheiten"));

    place.write(
        "schlecht.csv",
        "kennung;name;form;land;kontakt_name;kontakt_email\nGS-1;A;AG;Hessn;;x\n",
    );
    let report = place.refused(&["units", "import", "schlecht.csv", "--wave", "2008"]);
    assert!(
        report.contains("Zeile 2, form") && report.contains("Zeile 2, land") && report.contains("kontakt_email"),
        "{report}"
    );
    assert!(
        place.refused(&["wave", "open", "2008"]).contains("keine Einheiten"),
        "nothing was imported"
    );

    place.write("register.csv", register());
    assert!(
        place
            .done(&["units", "import", "register.csv", "--wave", "2008"])
            .starts_with("2 Einheiten")
    );
    assert!(
        place
            .refused(&["units", "import", "fehlt.csv", "--wave", "2008"])
            .contains("fehlt.csv: Die Datei oder ihr Ordner fehlt.")
    );
    assert!(place.done(&["wave", "open", "2008"]).contains("2 Einladungen"));

    let due = place.done(&["mail", "due", "--wave", "2008"]);
    assert_eq!(due.lines().count(), 2, "{due}");
    assert!(due.contains("eva@cordelbach.example"));
    let run = place.done(&["mail", "run", "--wave", "2008"]);
    assert_eq!(run.lines().count(), 2, "{run}");
    assert_eq!(std::fs::read_dir(place.path().join("post")).unwrap().count(), 2);
    assert!(
        place.done(&["mail", "run", "--wave", "2008"]).is_empty(),
        "nothing twice"
    );

    let link = place.done(&["staff", "add", "leitung@iaw.example", "--role", "admin"]);
    assert!(link.starts_with("http://127.0.0.1:3000/zugang/"), "{link}");
    assert!(
        place
            .refused(&["staff", "add", "leitung@iaw.example", "--role", "viewer"])
            .contains("schon einen Zugang")
    );

    assert!(place.done(&["classify", "--wave", "2008"]).starts_with("0 "));
    place.done(&["export", "--wave", "2008", "--format", "csv", "--out", "welle.csv"]);
    let export = std::fs::read_to_string(place.path().join("welle.csv")).unwrap();
    assert_eq!(export.lines().count(), 3);
    assert!(
        export.starts_with("kennung;name;form;land;status;disposition;submitted_at;"),
        "{export}"
    );
    assert!(
        export.contains("GS-2;\"Landkreis; Ähren\";zkT;Baden-Württemberg;invited;2.20;"),
        "{export}"
    );
    let tables = place.done(&["tables", "--wave", "2008", "--format", "csv"]);
    assert!(
        tables.starts_with("table;age_group;form;row;wave;n;base;percent\n"),
        "{tables}"
    );
    let tables = place.done(&["tables", "--wave", "2008"]);
    for part in [
        "Tabelle 1",
        "(Querschnitt); Stichtag der Welle 2008: 31.10.2007; Regelversion 2026-1, Kriterium 3: fm_only",
    ] {
        assert!(tables.contains(part), "no {part} in {tables}");
    }

    place.done(&["backup", "sicherung.db"]);
    assert!(place.refused(&["backup", "sicherung.db"]).contains("gibt es schon"));
    assert!(place.done(&["wave", "close", "2008"]).contains("geschlossen"));
    let copy = Place::new().with(
        "DATABASE_URL",
        &format!("sqlite:{}", place.path().join("sicherung.db").display()),
    );
    assert!(copy.done(&["check"]).starts_with("Die Datenbank ist in Ordnung"));
    assert!(
        copy.done(&["wave", "close", "2008"]).contains("geschlossen"),
        "the copy is from before"
    );
}

#[test]
fn what_refers_to_no_wave_is_refused_and_leaves_no_file() {
    let place = Place::new();
    for line in [
        &["wave", "open", "2011"][..],
        &["wave", "close", "2011"],
        &["mail", "due", "--wave", "2011"],
        &["mail", "run", "--wave", "2011"],
        &["classify", "--wave", "2011"],
        &["tables", "--wave", "2011"],
        &["export", "--wave", "2011", "--out", "x.csv"],
    ] {
        let said = place.refused(line);
        assert!(
            said.contains("2011") && said.contains("gibt es nicht"),
            "{line:?}: {said}"
        );
    }
    let files: Vec<_> = std::fs::read_dir(place.path())
        .unwrap()
        .map(|file| file.unwrap().file_name())
        .collect();
    assert!(
        files.iter().all(|name| !name.to_string_lossy().starts_with("x.csv")),
        "{files:?}"
    );
}

#[test]
fn an_instrument_is_checked_with_all_its_findings() {
    let place = Place::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/survey/instrument");
    let counts = place.done(&["instrument", "check", shipped]);
    assert!(
        counts.contains("13 Module, 88 Fragen") && counts.contains("84 Prüfungen"),
        "{counts}"
    );

    let broken = place.path().join("kaputt");
    std::fs::create_dir(&broken).unwrap();
    for entry in std::fs::read_dir(shipped).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file)
            .unwrap()
            .replace("D1_ue == 1", "D9_xx == 1");
        std::fs::write(broken.join(file.file_name().unwrap()), text).unwrap();
    }
    let findings = place.refused(&["instrument", "check", "kaputt"]);
    assert!(findings.contains("D.toml:") && findings.contains("D9_xx"), "{findings}");
    assert!(findings.lines().count() > 2, "{findings}");
    assert!(
        place
            .refused(&["instrument", "check", "gibt-es-nicht"])
            .contains("gibt-es-nicht: Die Datei oder ihr Ordner fehlt.")
    );
}
