//! From what is written to the checked instrument: ids, items, expressions,
//! piping.

use super::Diagnostic;
use super::raw::{RawModule, RawQuestion};
use super::reader::Placed;
use super::{link, lint};
use crate::expr::depends::Dep;
use crate::expr::typing::Names;
use crate::expr::{Logic, parser, typing};
use crate::model::{
    Choice, Edit, EditIx, Instrument, Item, ItemIx, ItemKind, Kind, Module, Piping, Question, QuestionIx, WaveEntry,
};
use crate::text::{Piece, Slot, Text};
use crate::typology::CoreItems;

/// Longest open text, in characters (instrument, section 2).
const OPEN_TEXT: u32 = 500;
/// Longest free text unless the question says otherwise, in characters; edits
/// of the instrument set the limits people are told.
const FREE_TEXT: u32 = 20_000;
/// Most questions, items and edits an instrument may have.
const MOST: usize = 20_000;

/// Collects findings of one file.
pub(super) struct Report<'a> {
    findings: &'a mut Vec<Diagnostic>,
    pub file: String,
}

impl Report<'_> {
    pub(super) fn add(&mut self, line: usize, item: &str, reason: impl Into<String>) {
        self.findings.push(Diagnostic {
            file: self.file.clone(),
            line,
            item: item.to_owned(),
            reason: reason.into(),
        });
    }
}

impl Names for Instrument {
    fn item(&self, id: &str) -> Option<(ItemIx, ItemKind)> {
        let item = Instrument::item(self, id)?;
        Some((item, self[item].kind.clone()))
    }

    fn matrix(&self, id: &str) -> Option<Vec<ItemIx>> {
        let question = &self[self.question(id)?];
        question.kind.is_matrix().then(|| question.items.clone())
    }

    fn has_code(&self, item: ItemIx, code: i16) -> bool {
        self.codes(item) & crate::answer::bit(code) != 0
    }

    fn id(&self, item: ItemIx) -> &str {
        &self[item].id
    }
}

/// Builds the instrument; what cannot be built is reported and left out.
pub(super) fn build(
    version: String,
    modules: Vec<RawModule>,
    waves: Vec<WaveEntry>,
    findings: &mut Vec<Diagnostic>,
) -> Instrument {
    let mut built = Instrument {
        version,
        modules: Vec::new(),
        questions: Vec::new(),
        items: Vec::new(),
        by_id: Vec::new(),
        edits: Vec::new(),
        waves,
        piping: Vec::new(),
        core: CoreItems::default(),
        dependents: Vec::new(),
    };
    for (at, raw) in modules.iter().enumerate() {
        let mut report = Report {
            findings,
            file: raw.file.clone(),
        };
        declare(&mut built, at, raw, &mut report);
    }
    if built.items.len() > MOST {
        let mut report = Report {
            findings,
            file: String::new(),
        };
        report.add(1, "", format!("der Fragebogen hat mehr als {MOST} Merkmale"));
        return built;
    }
    built.core = CoreItems::find(|id| built.item(id));
    for raw in &modules {
        let mut report = Report {
            findings,
            file: raw.file.clone(),
        };
        for piping in &raw.piping {
            let when = expression(&built, &piping.when, &piping.name.text, &mut report);
            built.piping.push(Piping {
                name: piping.name.text.clone(),
                when: when.unwrap_or(Logic::Const(false)),
                then: piping.then.text.clone(),
                otherwise: piping.otherwise.text.clone(),
            });
        }
    }
    let mut next = 0;
    for raw in &modules {
        let mut report = Report {
            findings,
            file: raw.file.clone(),
        };
        for question in &raw.questions {
            define(&mut built, QuestionIx::new(next), question, &mut report);
            next += 1;
        }
    }
    link::link(&mut built);
    for (raw, question) in modules
        .iter()
        .flat_map(|raw| raw.questions.iter().map(move |q| (raw, q)))
    {
        let mut report = Report {
            findings,
            file: raw.file.clone(),
        };
        lint::question(&built, question, &mut report);
    }
    built
}

/// First pass: ids, so that expressions may look anywhere.
fn declare(built: &mut Instrument, at: usize, raw: &RawModule, report: &mut Report) {
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
    if reserved.contains(&text.as_str()) || text.starts_with("vw_") || text.starts_with("rev_") {
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

fn expression(built: &Instrument, source: &Placed, item: &str, report: &mut Report) -> Option<Logic> {
    let checked = parser::parse(&source.text).and_then(|ast| typing::logic(&ast, built));
    checked
        .map_err(|reason| report.add(source.line, item, format!("Ausdruck „{}“: {reason}", source.text)))
        .ok()
}

/// Second pass: wordings, routes, edits, twins.
fn define(built: &mut Instrument, at: QuestionIx, raw: &RawQuestion, report: &mut Report) {
    let id = raw.id.text.clone();
    let text = wording(built, &raw.text, &id, report);
    let help = raw.help.as_ref().map(|help| wording(built, help, &id, report));
    let route = raw.route.as_ref().and_then(|route| {
        let logic = expression(built, route, &id, report)?;
        look_back(built, at, &logic, route, &id, report);
        Some(logic)
    });
    let copy_of = raw.same_as.as_ref().and_then(|twin| {
        let found = built.question(&twin.text);
        match found {
            None => report.add(
                twin.line,
                &id,
                format!("„same_as“: die Frage „{}“ gibt es nicht", twin.text),
            ),
            Some(twin_at) if built[twin_at].kind != raw.kind || twin_at >= at => {
                report.add(
                    twin.line,
                    &id,
                    format!("„same_as“: „{}“ ist keine frühere Frage gleicher Art", twin.text),
                );
            }
            Some(_) => {}
        }
        found.filter(|twin| *twin < at)
    });
    let mut edits = Vec::new();
    for edit in &raw.edits {
        let expr = expression(built, &edit.expr, &edit.id.text, report);
        let message = wording(built, &edit.message, &edit.id.text, report);
        if built.edit(&edit.id.text).is_some() {
            report.add(edit.id.line, &edit.id.text, "diese Prüfung gibt es schon");
        }
        let Some(expr) = expr else { continue };
        edits.push(EditIx::new(built.edits.len()));
        built.edits.push(Edit {
            id: edit.id.text.clone(),
            question: at,
            severity: edit.severity,
            message,
            items: Vec::new(),
            expr,
        });
    }
    let question = &mut built.questions[at.at()];
    question.text = text;
    question.help = help;
    question.route = route.unwrap_or(Logic::Const(true));
    question.copy_of = copy_of;
    question.edits = edits;
}

/// A route may look back only.
fn look_back(built: &Instrument, at: QuestionIx, logic: &Logic, source: &Placed, id: &str, report: &mut Report) {
    let mut forward = Vec::new();
    logic.visit(&mut |dep| match dep {
        Dep::Item(item) if built[item].question >= at => forward.push(built[item].id.clone()),
        Dep::Criterion(age) => forward.extend(
            built
                .core
                .items(age)
                .filter(|item| built[*item].question >= at)
                .map(|item| built[item].id.clone()),
        ),
        _ => {}
    });
    for item in forward {
        report.add(
            source.line,
            id,
            format!("die Filterführung blickt voraus auf „{item}“; erlaubt sind nur frühere Fragen"),
        );
    }
}

/// Cuts a wording at its placeholders.
fn wording(built: &Instrument, source: &Placed, item: &str, report: &mut Report) -> Text {
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

fn slot(built: &Instrument, name: &str) -> Option<Slot> {
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
