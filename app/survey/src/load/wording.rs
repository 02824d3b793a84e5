//! Wordings: cut at their placeholders, each with its source.

use super::build::Report;
use super::reader::Placed;
use crate::expr::typing::Names;
use crate::model::Instrument;
use crate::text::{Piece, Slot, Text};

/// Cuts a wording at its placeholders.
pub(super) fn wording(built: &Instrument, source: &Placed, item: &str, report: &mut Report) -> Text {
    let mut pieces = Vec::new();
    let mut rest = source.text.as_str();
    while let Some((plain, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            report.add(source.line, item, "eine geschweifte Klammer wird nicht geschlossen");
            break;
        };
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain.to_owned()));
        }
        match slot(built, name) {
            Some(slot) => pieces.push(Piece::Slot(slot)),
            None => report.add(
                source.line,
                item,
                format!("der Platzhalter {{{name}}} hat keine Quelle"),
            ),
        }
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest.to_owned()));
    }
    Text(pieces)
}

/// The source of a placeholder; none where it has no source.
pub(super) fn slot(built: &Instrument, name: &str) -> Option<Slot> {
    Some(match name {
        "form" => Slot::Form,
        "gebiet" => Slot::Gebiet,
        "stichtag" => Slot::Stichtag,
        "zeitraum" => Slot::Zeitraum,
        "vorwelle_stichtag" => Slot::VorwelleStichtag,
        _ => {
            if let Some(at) = built.piping.iter().position(|piping| piping.name == name) {
                Slot::Named(u16::try_from(at).ok()?)
            } else if let Some(matrix) = name.strip_prefix("summe_") {
                Slot::Total(Names::matrix(built, matrix)?)
            } else if let Some(before) = name.strip_prefix("vw_") {
                Slot::Before(built.item(before)?)
            } else {
                Slot::Item(built.item(name)?)
            }
        }
    })
}
