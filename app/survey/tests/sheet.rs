//! A questionnaire while it is answered: what opens and closes, what the
//! wordings show, what is copied, exported and counted.

mod common;

use common::{INSTRUMENT, complete, context, day, entries, entry, sheet};
use survey::{Entries, Form, QuestionIx, Sheet};

fn question(id: &str) -> QuestionIx {
    INSTRUMENT.question(id).expect("a known question")
}

fn set(sheet: &mut Sheet, item: &str, text: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let changed = sheet.set(INSTRUMENT.item(item).expect("a known item"), entry(text));
    let ids = |list: Vec<QuestionIx>| {
        list.into_iter()
            .map(|question| INSTRUMENT[question].id.as_str())
            .collect()
    };
    (ids(changed.opened), ids(changed.closed))
}

fn asked(sheet: &Sheet) -> Vec<&'static str> {
    let all = INSTRUMENT.question_indices();
    all.filter(|question| sheet.is_asked(*question))
        .map(|question| INSTRUMENT[question].id.as_str())
        .collect()
}

#[test]
fn a_filter_opens_and_closes_and_its_answers_come_back() {
    let mut sheet = sheet(context(Form::Arge), &Entries::new());
    assert_eq!(
        set(&mut sheet, "D1_ue", "1").0,
        ["D2_ue", "D3_ue", "D4_ue", "D5_ue", "E3_ue"]
    );
    assert_eq!(set(&mut sheet, "D2_ue", "2").0, ["F1_fm_ue", "F1_nfm_ue"]);
    let _ = set(&mut sheet, "F1_fm_ue", "2");
    let (opened, closed) = set(&mut sheet, "D1_ue", "2");
    assert_eq!(opened, ["D6_ue", "F1_alle_ue"]);
    assert_eq!(
        closed,
        ["D2_ue", "D3_ue", "D4_ue", "E3_ue", "F1_fm_ue", "F1_nfm_ue"],
        "two steps on as well"
    );
    let role = INSTRUMENT.item("F1_fm_ue").expect("F1_fm_ue");
    assert_eq!(sheet.entry(role), entry("2").as_ref(), "kept in the draft");
    assert!(!sheet.transmitted().contains_key("F1_fm_ue"), "and not transmitted");
    assert_eq!(sheet.machine_value(role).to_string(), "-7");
    let _ = set(&mut sheet, "D1_ue", "1");
    assert_eq!(sheet.machine_value(role).to_string(), "2", "switching back restores it");
}

#[test]
fn waves_and_forms_decide_what_is_asked() {
    let of = |wave: i32, form: Form, before: bool| {
        let mut case = context(form);
        case.wave = wave;
        case.vorwelle_stichtag = before.then(|| day(2006, 12, 31));
        asked(&sheet(case, &Entries::new()))
    };
    let first = of(2006, Form::Zkt, false);
    for absent in ["A2", "C6", "G1", "H4", "K1"] {
        assert!(!first.contains(&absent), "{absent} in 2006");
    }
    let third = of(2008, Form::Arge, true);
    for present in ["A2", "C6", "G1", "H4", "K1"] {
        assert!(third.contains(&present), "{present} in 2008");
    }
    assert!(
        !of(2008, Form::Arge, false).contains(&"G1"),
        "no wave before to compare with"
    );
    assert_eq!(
        of(2009, Form::Arge, true),
        third,
        "a new wave needs no change of any question"
    );
}

#[test]
fn wordings_follow_the_case_and_the_answers() {
    let mut sheet = sheet(context(Form::Zkt), &Entries::new());
    let text = |sheet: &Sheet, id: &str| sheet.text(&INSTRUMENT[question(id)].text);
    let first = text(&sheet, "A1");
    assert!(
        first.contains("„zkT“") && first.contains("„ARGE Cordelbach“") && first.contains("31.10.2007"),
        "{first}"
    );
    assert!(text(&sheet, "G1").contains("seit dem 31.12.2006"));
    assert!(text(&sheet, "E1_ue").contains("Ihrer Kunden/innen ab 25 Jahren"));
    let _ = set(&mut sheet, "D1_ue", "1");
    assert!(text(&sheet, "E1_ue").contains("Ihrer Fallmanagement-Kunden/innen ab 25 Jahren"));
    assert!(
        text(&sheet, "E1_u25").contains("Ihrer Kunden/innen unter 25 Jahren"),
        "each age group for itself"
    );
    let message = |sheet: &Sheet| sheet.text(&INSTRUMENT[INSTRUMENT.edit("H3_s1").expect("H3_s1")].message);
    assert!(message(&sheet).contains("(…) weicht") && message(&sheet).contains("H2: …"));
    for row in ["leit", "ein", "fm", "pap", "verm", "ags", "leist", "wid"] {
        let _ = set(&mut sheet, &format!("H3_{row}"), "150,5");
    }
    let _ = set(&mut sheet, "H3_sonst", "-8");
    let _ = set(&mut sheet, "H2", "1.100");
    assert!(
        message(&sheet).contains("(1.204) weicht") && message(&sheet).contains("H2: 1.100"),
        "{}",
        message(&sheet)
    );
    for module in &INSTRUMENT.modules {
        assert!(
            !module.title.contains("Typologie"),
            "nobody reads how they are classified"
        );
    }
}

#[test]
fn angaben_fuer_u25_uebernehmen() {
    let mut answers = complete();
    answers.retain(|item, _| !item.ends_with("_u25"));
    answers.extend(entries(&[("D1_u25", "2"), ("D4_ue", "-8"), ("E2_ue", "1")]));
    let mut sheet = sheet(context(Form::Arge), &answers);
    let ids = |sheet: &Sheet, module: &str| -> Vec<(String, Option<survey::Entry>)> {
        let copies = sheet.copy_from_twins(module);
        copies
            .into_iter()
            .map(|(item, entry)| (INSTRUMENT[item].id.clone(), entry))
            .collect()
    };
    let expected = [("D1_u25", "1"), ("D2_u25", "1"), ("D4_u25", "-8"), ("D5_u25", "1")];
    assert_eq!(
        ids(&sheet, "D"),
        expected.map(|(item, text)| (item.to_owned(), entry(text)))
    );
    assert_eq!(
        ids(&sheet, "E"),
        [("E1_u25".to_owned(), entry("1"))],
        "E2_ue is not asked"
    );
    assert_eq!(ids(&sheet, "B"), []);
    for (item, entry) in sheet.copy_from_twins("D") {
        let _ = sheet.set(item, entry);
    }
    assert_eq!(ids(&sheet, "D"), [], "nothing is left to copy");
}

#[test]
fn exported_values_name_every_kind_of_missing() {
    let answers = [
        ("D3_ue", "1,7"),
        ("D3_ue_txt", " Alter "),
        ("D1_ue", "1"),
        ("H5", "-8"),
        ("B1", "1.234"),
        ("H1", "12,50"),
    ];
    let sheet = sheet(context(Form::Gaw), &entries(&answers));
    let value = |item: &str| sheet.machine_value(INSTRUMENT.item(item).expect("a known item"));
    for (item, expected) in [
        ("B1", "1234"),
        ("H1", "12.5"),
        ("D3_ue", "1,7"),
        ("D3_ue_txt", "Alter"),
        ("H5", "-8"),
        ("B2", "-9"),
        ("A2", "-7"),
        ("D6_ue", "-7"),
        ("A4_txt", "-7"),
    ] {
        assert_eq!(value(item).to_string(), expected, "{item}");
    }
    let chosen = |item: &str| [1, 2, 7].map(|code| value(item).chosen(code));
    assert_eq!(chosen("D3_ue"), ["1", "0", "1"]);
    assert_eq!(chosen("E5"), ["-9", "-9", "-9"]);
    assert_eq!(chosen("G1a"), ["-7", "-7", "-7"]);
}

#[test]
fn progress_counts_questions_that_are_asked() {
    let mut sheet = sheet(context(Form::Arge), &complete());
    let whole = sheet.progress(None);
    assert_eq!(whole.required_open, 0);
    let modules = INSTRUMENT
        .modules
        .iter()
        .map(|module| sheet.progress(Some(&module.letter)));
    let (answered, asked) = modules.fold((0, 0), |sum, part| (sum.0 + part.answered, sum.1 + part.asked));
    assert_eq!((answered, asked), (whole.answered, whole.asked));
    let before = sheet.progress(Some("H"));
    let _ = set(&mut sheet, "H3_fm", "");
    let after = sheet.progress(Some("H"));
    assert_eq!(
        (after.answered, after.required_open),
        (before.answered - 1, 1),
        "one row is missing"
    );
    let _ = set(&mut sheet, "H6_fm_ue", "");
    assert_eq!(sheet.progress(Some("H")), after, "of H6 one row is enough");
}

#[test]
fn at_most_a_tenth_may_be_angabe_nicht_moeglich() {
    let mut answers = complete();
    let p2 = |answers: &Entries| {
        let sheet = sheet(context(Form::Arge), answers);
        let items = INSTRUMENT.question_indices().filter(|question| {
            sheet.is_asked(*question) && INSTRUMENT[*question].requirement == survey::Requirement::P2
        });
        items.flat_map(|question| INSTRUMENT[question].items.clone()).count()
    };
    // Scales and shares that no edit reads.
    let silent: Vec<String> = INSTRUMENT
        .items
        .iter()
        .filter(|item| {
            ["I1_", "J1_", "K2_", "J3", "J4", "J5", "K4"]
                .iter()
                .any(|stem| item.id.starts_with(stem))
        })
        .filter(|item| item.open_of.is_none())
        .map(|item| item.id.clone())
        .collect();
    let allowed = p2(&answers) / 10;
    assert!(silent.len() > allowed);
    for (count, item) in silent.iter().take(allowed + 1).enumerate() {
        let usable = sheet(context(Form::Arge), &answers).meets_usable_rule(&[]);
        assert!(usable, "{count} of at most {allowed}");
        answers.insert(item.clone(), survey::Entry::CannotSay);
    }
    let sheet = sheet(context(Form::Arge), &answers);
    assert!(!sheet.findings(&[]).blocks_submission(), "it may be handed in");
    assert!(!sheet.meets_usable_rule(&[]), "but staff decides");
}
