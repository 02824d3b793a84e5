//! `instrument check`, and reading a questionnaire's files.

use super::{CommandError, file_error, refused};
use portal::counted;
use std::fs;
use std::path::Path;
use survey::load::from_files;

/// Name and text of every TOML file of a folder, by name.
pub(super) fn files(dir: &Path) -> Result<Vec<(String, String)>, CommandError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(file_error(dir))? {
        let path = entry.map_err(file_error(dir))?.path();
        if path.extension().is_some_and(|kind| kind == "toml") {
            let text = fs::read_to_string(&path).map_err(file_error(&path))?;
            files.push((
                path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                text,
            ));
        }
    }
    if files.is_empty() {
        return Err(refused(format!(
            "{}: enthält keine Fragebogen-Dateien (*.toml)",
            dir.display()
        )));
    }
    files.sort();
    Ok(files)
}

/// Prints what the questionnaire contains, or every finding.
pub(super) fn check(dir: &Path) -> Result<(), CommandError> {
    let files = files(dir)?;
    let borrowed: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    match from_files(&borrowed) {
        Ok(instrument) => {
            println!(
                "In Ordnung: {} Module, {} Fragen, {} Angaben, {} Prüfungen, {} Wellen. Fassung {}",
                instrument.modules.len(),
                instrument.questions.len(),
                instrument.items.len(),
                instrument.edits.len(),
                instrument.waves.len(),
                instrument.version
            );
            Ok(())
        }
        Err(findings) => {
            for finding in &findings {
                eprintln!("{finding}");
            }
            Err(refused(format!(
                "{}.",
                counted(findings.len() as u64, "Befund", "Befunde")
            )))
        }
    }
}
