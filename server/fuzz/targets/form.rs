//! Posted forms: any names and values are decoded or refused; what is decoded
//! belongs to the module, and the sheet takes it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use survey::{Instrument, form, load, shipped};

static INSTRUMENT: LazyLock<Instrument> = LazyLock::new(|| match load::from_files(shipped()) {
    Ok(instrument) => instrument,
    Err(findings) => unreachable!("the shipped instrument is sound: {findings:?}"),
});

fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let letter = lines.next().unwrap_or("A");
    let pairs: Vec<(String, String)> = lines
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let Ok(posted) = form::decode(&INSTRUMENT, letter, &pairs) else {
        return;
    };
    for item in &posted.items {
        let question = &INSTRUMENT[INSTRUMENT[item.item].question];
        assert_eq!(INSTRUMENT.modules[usize::from(question.module)].letter, letter);
    }
});
