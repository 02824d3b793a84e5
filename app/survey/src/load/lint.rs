//! What is well-formed but cannot be meant: questions without options, rows
//! needed that are not there, edits that can never fire.
//!
//! "Never fires" is decided soundly, not completely: an edit is reported only
//! where *every* combination of the choices it reads satisfies it (up to
//! 20,000 combinations, other values unknown), or where it reads nothing that
//! is answered in the questionnaire.

use super::build::Report;
use super::raw::RawQuestion;
use crate::expr::{DayOf, Facts, Logic};
use crate::model::{EditIx, Instrument, ItemIx, ItemKind, Kind, Requirement};
use crate::office::{Form, Land};
use crate::typology::{AgeGroup, Level};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Most combinations that are tried.
const MOST: usize = 20_000;

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
            && let Some(reason) = never_fires(built, index)
        {
            report.add(
                edit.expr.line,
                &edit.id.text,
                format!("die Prüfung kann nie anschlagen: {reason}"),
            );
        }
    }
}

fn never_fires(built: &Instrument, edit: EditIx) -> Option<String> {
    let entry = &built[edit];
    let unknown = Combination {
        built,
        codes: BTreeMap::new(),
    };
    if entry.items.is_empty() {
        let reads_form = [Form::Arge, Form::Zkt, Form::Gaw]
            .into_iter()
            .any(|form| entry.expr.eval(&WithForm(&unknown, form)) == Some(false));
        return (!reads_form).then(|| "sie hängt von keiner Angabe ab".to_owned());
    }
    if !skips_missing(&entry.expr) && entry.expr.eval(&unknown) == Some(true) {
        return Some("sie gilt immer".to_owned());
    }
    let choices: Vec<ItemIx> = entry
        .items
        .iter()
        .copied()
        .filter(|item| built[*item].kind == ItemKind::Choice)
        .collect();
    if choices.len() != entry.items.len() {
        return None;
    }
    let codes: Vec<Vec<i16>> = choices
        .iter()
        .map(|item| {
            built[built[*item].question]
                .options
                .iter()
                .map(|option| option.code)
                .collect()
        })
        .collect();
    let combinations = codes
        .iter()
        .try_fold(1_usize, |all, codes| all.checked_mul(codes.len()))?;
    if combinations == 0 || combinations > MOST {
        return None;
    }
    let mut always = true;
    for number in 0..combinations {
        let mut rest = number;
        let chosen = choices
            .iter()
            .zip(&codes)
            .filter_map(|(item, codes)| {
                let code = codes.get(rest % codes.len()).copied();
                rest /= codes.len();
                Some((*item, code?))
            })
            .collect();
        always &= entry.expr.eval(&Combination { built, codes: chosen }) == Some(true);
    }
    always.then(|| "jede Kombination der Antworten erfüllt sie".to_owned())
}

/// Whether a part of the condition is true merely because rows are missing.
fn skips_missing(expr: &Logic) -> bool {
    match expr {
        Logic::Rows(..) => true,
        Logic::And(parts) | Logic::Or(parts) => parts.iter().any(skips_missing),
        Logic::Not(part) => skips_missing(part),
        Logic::Same(left, right) => skips_missing(left) || skips_missing(right),
        _ => false,
    }
}

/// Some choices made, everything else unknown.
struct Combination<'a> {
    built: &'a Instrument,
    codes: BTreeMap<ItemIx, i16>,
}

/// The same with a known form.
struct WithForm<'a>(&'a Combination<'a>, Form);

macro_rules! facts {
    ($name:ty, $self:ident, $combination:expr, $form:expr) => {
        impl Facts for $name {
            fn number(&$self, item: ItemIx) -> Option<Decimal> {
                $combination.codes.get(&item).map(|code| Decimal::from(*code))
            }
            fn before(&self, _: ItemIx) -> Option<Decimal> {
                None
            }
            fn codes(&self, _: ItemIx) -> Option<u128> {
                None
            }
            fn text(&self, _: ItemIx) -> Option<&str> {
                None
            }
            fn cannot_say(&self, _: ItemIx) -> bool {
                false
            }
            fn form(&$self) -> Form {
                $form
            }
            fn land(&self) -> Land {
                Land::Bayern
            }
            fn day(&self, _: DayOf) -> Option<NaiveDate> {
                None
            }
            fn criterion(&$self, level: Level, age: AgeGroup, before: bool) -> Option<&'static str> {
                let combination = &$combination;
                if before {
                    return None;
                }
                combination.built.core.letter(level, age, crate::typology::Rules::default(), |item| {
                    combination.codes.get(&item).map(|code| i64::from(*code))
                })
            }
        }
    };
}

facts!(Combination<'_>, self, self, Form::Arge);
facts!(WithForm<'_>, self, self.0, self.1);
