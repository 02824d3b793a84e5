//! Reading an instrument from its TOML files, checking everything at once.
//!
//! An instrument is a folder of flat files: one per module (`A.toml` …) and
//! `waves.toml`. Questions stand in the order in which they are asked. A bad
//! instrument is refused with every finding: file, line, item, reason.

mod build;
mod declare;
mod fires;
mod link;
mod lint;
mod raw;
mod reader;
mod wording;

use crate::model::Instrument;
use sha2::{Digest, Sha256};
use std::fmt;

/// Name of the file with the waves.
const WAVES: &str = "waves.toml";

/// One thing that is wrong with an instrument.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Question, item or edit; empty where it concerns the file.
    pub item: String,
    /// German sentence.
    pub reason: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.item.is_empty() {
            write!(f, "{}: ", self.item)?;
        }
        f.write_str(&self.reason)
    }
}

/// Reads and checks an instrument from its files, given as name and text.
///
/// # Errors
/// All findings, by file and line. Never panics, whatever the texts hold.
pub fn from_files(files: &[(&str, &str)]) -> Result<Instrument, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    let mut modules = Vec::new();
    let mut waves = None;
    let mut sorted: Vec<&(&str, &str)> = files.iter().filter(|(name, _)| name.ends_with(".toml")).collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, text) in &sorted {
        if *name == WAVES {
            waves = Some(raw::waves(name, text, &mut findings));
        } else {
            modules.extend(raw::module(name, text, &mut findings));
        }
    }
    let whole = |reason: &str| Diagnostic {
        file: WAVES.to_owned(),
        line: 1,
        item: String::new(),
        reason: reason.to_owned(),
    };
    if waves.is_none() {
        findings.push(whole("die Datei fehlt"));
    }
    if modules.is_empty() {
        findings.push(Diagnostic {
            file: "*.toml".to_owned(),
            ..whole("es gibt kein einziges Modul")
        });
    }
    let instrument = build::build(version(&sorted), modules, waves.unwrap_or_default(), &mut findings);
    if findings.is_empty() {
        return Ok(instrument);
    }
    findings.sort();
    findings.dedup();
    Err(findings)
}

/// SHA-256 over names and texts, shortened to 16 hexadecimal digits.
fn version(files: &[&(&str, &str)]) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        for part in [name, text] {
            hash.update(part.len().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hash.finalize()
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../instrument/", $name)))),+]
    };
}

/// The questionnaire of the three waves, as it stands under `instrument/`.
#[must_use]
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    shipped![
        "A.toml",
        "B.toml",
        "C.toml",
        "D.toml",
        "E.toml",
        "F.toml",
        "G.toml",
        "H.toml",
        "I.toml",
        "J.toml",
        "K.toml",
        "L.toml",
        "Z.toml",
        "waves.toml",
    ]
}
