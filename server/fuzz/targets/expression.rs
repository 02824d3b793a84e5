//! Expressions: the parser and the type checker take any text; what they let
//! through is evaluated on empty, odd and full answers without failing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::Arc;
use survey::{CaseContext, Entries, Entry, Form, Land, Rules, Sheet, load};

const WAVES: &str = include_str!("../../../app/survey/instrument/waves.toml");

/// One item of every type an expression can name, then one that hangs on the text.
fn module(expression: &str) -> String {
    let expression = toml::Value::String(expression.to_owned());
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
options = [ {{ code = 1, label = "eins" }}, {{ code = 2, label = "zwei", open = true }} ]
[[question]]
id = "M"
type = "multi"
text = "Mehrfachauswahl"
required = "P3"
options = [ {{ code = 1, label = "eins" }}, {{ code = 2, label = "zwei" }} ]
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
id = "Q"
type = "integer"
text = "Folge"
required = "P3"
route = {expression}
[[question.hard]]
id = "Q_h1"
expr = {expression}
msg = "Bitte prüfen Sie die Angabe."
"#
    )
}

fuzz_target!(|text: &str| {
    let Ok(instrument) = load::from_files(&[("waves.toml", WAVES), ("A.toml", &module(text))]) else {
        return;
    };
    let instrument = Arc::new(instrument);
    let Some(wave) = instrument.waves.iter().find(|wave| wave.key == 2008) else {
        return;
    };
    for typed in ["", "1", "0", "1,2", "31.12.2007", "-8", "99999999999999999999"] {
        let entries: Entries = ["N", "C", "M", "T", "D", "Q"]
            .into_iter()
            .filter(|_| !typed.is_empty())
            .map(|item| (item.to_owned(), Entry::Given(typed.to_owned())))
            .collect();
        let case = CaseContext {
            wave: 2008,
            form: Form::Arge,
            land: Land::ALL[0],
            gebiet: "Probe".to_owned(),
            stichtag: wave.stichtag,
            zeitraum: "2007".to_owned(),
            vorwelle_stichtag: None,
            previous: Some(entries.clone()),
            rules: Rules::default(),
        };
        let sheet = Sheet::new(instrument.clone(), case, &entries);
        let _ = sheet.findings(&[]);
    }
});
