//! From what is written to the checked instrument: expressions, edits, twins,
//! piping; the second of two passes.

use super::Diagnostic;
use super::declare::{declare, sound};
use super::raw::{RawModule, RawQuestion};
use super::reader::Placed;
use super::wording::{slot, wording};
use super::{link, lint};
use crate::expr::depends::Dep;
use crate::expr::typing::Names;
use crate::expr::{Logic, parser, typing};
use crate::model::{Edit, EditIx, Instrument, ItemIx, ItemKind, Piping, QuestionIx, WaveEntry};
use crate::typology::CoreItems;

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
        self[self[item].question].offers(code)
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
        before: Vec::new(),
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
            let name = piping.name.text.as_str();
            if slot(&built, name).is_some() {
                report.add(piping.name.line, name, "dieser Name ist vergeben");
            }
            let when = expression(&built, &piping.when, name, &mut report);
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
        if sound(&edit.id, report) && built.edit(&edit.id.text).is_some() {
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
