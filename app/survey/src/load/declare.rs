//! The first pass over an instrument: ids of questions and items, so that
//! expressions may look anywhere. Knows no expression yet.

use super::build::Report;
use super::raw::{RawModule, RawQuestion};
use super::reader::Placed;
use crate::expr::{Logic, typing};
use crate::model::{Choice, Instrument, Item, ItemIx, ItemKind, Kind, Module, Question, QuestionIx};
use crate::text::Text;

/// Longest open text, in characters (instrument, section 2).
const OPEN_TEXT: u32 = 500;
/// Longest free text unless the question says otherwise, in characters; edits
/// of the instrument set the limits people are told.
const FREE_TEXT: u32 = 20_000;

/// Takes over what one module declares.
pub(super) fn declare(built: &mut Instrument, at: usize, raw: &RawModule, report: &mut Report) {
    if built.module(&raw.letter.text).is_some() {
        report.add(
            raw.letter.line,
            "",
            format!("das Modul „{}“ gibt es schon", raw.letter.text),
        );
    }
    if !raw.letter.text.chars().all(|c| c.is_ascii_alphanumeric()) {
        report.add(
            raw.letter.line,
            "",
            "„letter“ darf nur aus Buchstaben und Ziffern bestehen",
        );
    }
    let first = built.questions.len();
    for question in &raw.questions {
        let index = QuestionIx::new(built.questions.len());
        let mut items = Vec::new();
        if question.kind.is_matrix() {
            if question.rows.is_empty() {
                report.add(question.id.line, &question.id.text, "eine Matrix braucht „rows“");
            }
            for row in &question.rows {
                let label = Some(row.label.text.clone());
                items.extend(item(built, &row.id, index, item_kind(question), label, None, report));
            }
        } else {
            if !question.rows.is_empty() {
                report.add(
                    question.id.line,
                    &question.id.text,
                    "„rows“ gibt es nur in einer Matrix",
                );
            }
            items.extend(item(
                built,
                &question.id,
                index,
                item_kind(question),
                None,
                None,
                report,
            ));
        }
        let parent = items.first().copied();
        let options = question
            .options
            .iter()
            .map(|option| {
                let open = parent.filter(|_| option.open).and_then(|parent| {
                    let id = Placed {
                        text: format!("{}_txt", question.id.text),
                        ..option.label.clone()
                    };
                    let kind = ItemKind::Text { max: OPEN_TEXT };
                    item(built, &id, index, kind, None, Some((parent, option.code)), report)
                });
                Choice {
                    code: option.code,
                    label: option.label.text.clone(),
                    open,
                }
            })
            .collect();
        if built.questions.iter().any(|other| other.id == question.id.text) {
            report.add(question.id.line, &question.id.text, "diese Frage gibt es schon");
        }
        built.questions.push(Question {
            id: question.id.text.clone(),
            module: u16::try_from(at).unwrap_or(u16::MAX),
            kind: question.kind,
            text: Text::default(),
            help: None,
            options,
            items,
            unit: question.unit.clone(),
            reference: question.reference,
            requirement: question.requirement,
            cannot_say: question.cannot_say,
            decimals: question.decimals,
            lines: question.lines,
            from_wave: question.from_wave,
            needs_previous_wave: question.needs_previous_wave,
            core: question.core,
            contact_data: question.contact_data,
            rows_needed: question.rows_needed,
            copy_of: None,
            edits: Vec::new(),
            source: question.source.clone(),
            route: Logic::Const(true),
        });
    }
    built.modules.push(Module {
        letter: raw.letter.text.clone(),
        title: raw.title.text.clone(),
        first: u16::try_from(first).unwrap_or(u16::MAX),
        count: u16::try_from(built.questions.len() - first).unwrap_or(u16::MAX),
    });
}

fn item_kind(question: &RawQuestion) -> ItemKind {
    match question.kind {
        Kind::Single | Kind::MatrixScale5 => ItemKind::Choice,
        Kind::Multi => ItemKind::Choices,
        Kind::Text => ItemKind::Text {
            max: question.max_length.unwrap_or(FREE_TEXT),
        },
        Kind::Date => ItemKind::Date,
        Kind::Integer | Kind::MatrixInteger => ItemKind::Number { decimals: 0 },
        Kind::Decimal | Kind::Percent | Kind::Euro | Kind::MatrixDecimal | Kind::MatrixPercent => ItemKind::Number {
            decimals: question.decimals,
        },
    }
}

fn item(
    built: &mut Instrument,
    id: &Placed,
    question: QuestionIx,
    kind: ItemKind,
    label: Option<String>,
    open_of: Option<(ItemIx, i16)>,
    report: &mut Report,
) -> Option<ItemIx> {
    let text = &id.text;
    if !sound(id, report) {
        return None;
    }
    if built.item(text).is_some() {
        report.add(id.line, text, "diese Kennung gibt es schon");
        return None;
    }
    let reserved = [
        "form",
        "land",
        "stichtag",
        "vorwelle_stichtag",
        "immer",
        "and",
        "or",
        "not",
        "in",
        "aktion",
    ];
    let criterion = typing::criterion(text).is_some();
    if reserved.contains(&text.as_str()) || criterion || text.starts_with("vw_") || text.starts_with("rev_") {
        report.add(id.line, text, "dieser Name ist vergeben");
        return None;
    }
    let index = ItemIx::new(built.items.len());
    let place = built.by_id.partition_point(|other| built[*other].id < *text);
    built.by_id.insert(place, index);
    built.items.push(Item {
        id: text.clone(),
        question,
        kind,
        label,
        open_of,
    });
    Some(index)
}

/// Whether an id may stand in expressions and in names of controls.
pub(super) fn sound(id: &Placed, report: &mut Report) -> bool {
    let text = &id.text;
    let sound = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !text.contains("__")
        && text.len() <= 40;
    if !sound {
        report.add(
            id.line,
            text,
            "eine Kennung besteht aus höchstens 40 Buchstaben, Ziffern und einfachen Unterstrichen",
        );
    }
    sound
}
