//! What is well-formed but cannot be meant: questions without options, rows
//! needed that are not there, edits that can never fire.

use super::build::Report;
use super::fires;
use super::raw::RawQuestion;
use crate::model::{Instrument, Kind, Requirement};

/// Checks one question that has been built.
pub(super) fn question(built: &Instrument, raw: &RawQuestion, report: &mut Report) {
    let id = raw.id.text.as_str();
    let line = raw.id.line;
    let choice = matches!(raw.kind, Kind::Single | Kind::Multi | Kind::MatrixScale5);
    if choice && raw.options.is_empty() {
        report.add(line, id, "die Frage braucht „options“");
    }
    if !choice && !raw.options.is_empty() {
        report.add(line, id, "„options“ gibt es nur in Auswahlen und Skalen");
    }
    if raw.kind == Kind::MatrixScale5 && !raw.options.is_empty() && raw.options.len() != 5 {
        report.add(
            line,
            id,
            format!("eine Fünferskala hat fünf Antworten, hier stehen {}", raw.options.len()),
        );
    }
    if raw.options.iter().filter(|option| option.open).count() > 1 {
        report.add(line, id, "nur eine Antwort darf ein Textfeld öffnen");
    }
    if raw.cannot_say && raw.requirement == Requirement::P1 {
        report.add(line, id, "„Angabe nicht möglich“ gibt es nicht bei P1");
    }
    if let Some(needed) = raw.rows_needed
        && usize::from(needed) > raw.rows.len()
    {
        report.add(
            line,
            id,
            format!("„rows_needed“ verlangt {needed} Zeilen, es gibt {}", raw.rows.len()),
        );
    }
    if raw.from_wave != 0 && !built.waves.iter().any(|wave| wave.key == raw.from_wave) {
        report.add(
            line,
            id,
            format!("„from_wave“: die Welle {} steht nicht in waves.toml", raw.from_wave),
        );
    }
    for edit in &raw.edits {
        if let Some(index) = built.edit(&edit.id.text)
            && let Some(reason) = fires::never(built, index)
        {
            report.add(
                edit.expr.line,
                &edit.id.text,
                format!("die Prüfung kann nie anschlagen: {reason}"),
            );
        }
    }
}
