//! A questionnaire being answered: what is asked, what the answers mean,
//! which edits fire. One change re-evaluates only what depends on it.

mod facts;
mod findings;
mod piping;
mod transmit;

pub use transmit::MachineValue;

use crate::answer::{Entries, Entry, Value, parse};
use crate::model::{EditIx, Instrument, ItemIx, ItemKind, QuestionIx};
use crate::office::CaseContext;
use crate::typology::{AgeGroup, Classification, classify};
use facts::{View, code_of};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Questions that a change opened or closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Now asked.
    pub opened: Vec<QuestionIx>,
    /// No longer asked.
    pub closed: Vec<QuestionIx>,
}

/// How far a questionnaire or a module is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Questions answered (also with -8).
    pub answered: u32,
    /// Questions asked.
    pub asked: u32,
    /// Questions of level P1 and P2 not answered yet.
    pub required_open: u32,
}

/// The sheet of one office in one wave. It owns its entries (`Sheet`), or
/// borrows them for a single check (`Sheet<&Entry>`).
#[derive(Clone, Debug)]
pub struct Sheet<E = Entry> {
    instrument: Arc<Instrument>,
    case: CaseContext,
    entries: Vec<Option<E>>,
    values: Vec<Value>,
    asked: Vec<bool>,
    /// Result of each edit; unknown where it does not apply.
    verdicts: Vec<Option<bool>>,
    /// Values of the wave before.
    before: Vec<Value>,
}

impl Sheet {
    /// Reads, routes and checks. Entries of items the instrument does not
    /// have are ignored.
    #[must_use]
    pub fn new(instrument: Arc<Instrument>, case: CaseContext, entries: &Entries) -> Self {
        let before = read_before(&instrument, case.previous.as_ref());
        Self::read(
            instrument,
            case,
            before,
            entries.iter().map(|(id, entry)| (id, entry.clone())),
        )
    }

    /// Takes over an answer and re-evaluates what depends on it.
    pub fn set(&mut self, item: ItemIx, entry: Option<Entry>) -> Changed {
        let instrument = self.instrument.clone();
        let mut changed = Changed::default();
        let Some(slot) = self.entries.get_mut(item.at()) else {
            return changed;
        };
        let question = &instrument[instrument[item].question];
        self.values[item.at()] = parse(&instrument[item].kind, question, entry.as_ref());
        *slot = entry;
        let mut questions: BTreeSet<QuestionIx> = BTreeSet::new();
        let mut edits: BTreeSet<EditIx> = BTreeSet::new();
        let touch = |item: ItemIx, questions: &mut BTreeSet<QuestionIx>, edits: &mut BTreeSet<EditIx>| {
            let dependents = &instrument.dependents[item.at()];
            questions.extend(&dependents.questions);
            edits.extend(&dependents.edits);
        };
        touch(item, &mut questions, &mut edits);
        // Routes look back only, so going forward once is enough.
        while let Some(question) = questions.pop_first() {
            let asked = self.route(question);
            if asked == self.asked[question.at()] {
                continue;
            }
            self.asked[question.at()] = asked;
            if asked {
                &mut changed.opened
            } else {
                &mut changed.closed
            }
            .push(question);
            edits.extend(&instrument[question].edits);
            for item in &instrument[question].items {
                touch(*item, &mut questions, &mut edits);
            }
        }
        for edit in edits {
            self.verdicts[edit.at()] = self.judge(edit);
        }
        changed
    }
}

impl<E: Borrow<Entry>> Sheet<E> {
    /// The same with the wave before already read, and entries kept as they
    /// are handed over.
    pub(crate) fn read<'a>(
        instrument: Arc<Instrument>,
        case: CaseContext,
        before: Vec<Value>,
        entries: impl IntoIterator<Item = (&'a String, E)>,
    ) -> Self {
        let mut own: Vec<Option<E>> = instrument.items.iter().map(|_| None).collect();
        let mut values = vec![Value::Blank; instrument.items.len()];
        for (item, entry) in matched(&instrument, entries) {
            let question = &instrument[instrument[item].question];
            values[item.at()] = parse(&instrument[item].kind, question, Some(entry.borrow()));
            own[item.at()] = Some(entry);
        }
        let mut sheet = Self {
            asked: vec![false; instrument.questions.len()],
            verdicts: vec![None; instrument.edits.len()],
            entries: own,
            values,
            before,
            instrument,
            case,
        };
        for question in sheet.instrument.question_indices() {
            sheet.asked[question.at()] = sheet.route(question);
        }
        for at in 0..sheet.verdicts.len() {
            sheet.verdicts[at] = sheet.judge(EditIx::new(at));
        }
        sheet
    }

    /// The instrument.
    #[must_use]
    pub fn instrument(&self) -> &Arc<Instrument> {
        &self.instrument
    }

    /// Unit and wave.
    #[must_use]
    pub fn case(&self) -> &CaseContext {
        &self.case
    }

    /// What was given for an item.
    #[must_use]
    pub fn entry(&self, item: ItemIx) -> Option<&Entry> {
        self.entries.get(item.at())?.as_ref().map(Borrow::borrow)
    }

    /// Whether a question is asked of this unit in this wave.
    #[must_use]
    pub fn is_asked(&self, question: QuestionIx) -> bool {
        self.asked.get(question.at()).copied().unwrap_or(false)
    }

    /// Whether an item is asked: its question is, and an open text's option
    /// is chosen.
    #[must_use]
    pub fn is_item_asked(&self, item: ItemIx) -> bool {
        let entry = &self.instrument[item];
        self.is_asked(entry.question)
            && entry
                .open_of
                .is_none_or(|(parent, code)| match self.values[parent.at()] {
                    Value::Number(value) => value == code.into(),
                    Value::Codes(codes) => codes & crate::answer::bit(code) != 0,
                    _ => false,
                })
    }

    /// How far one module is, or the whole questionnaire.
    #[must_use]
    pub fn progress(&self, module: Option<&str>) -> Progress {
        let mut progress = Progress::default();
        for question in self
            .instrument
            .question_indices()
            .filter(|question| self.is_asked(*question))
        {
            let entry = &self.instrument[question];
            let letter = &self.instrument.modules[usize::from(entry.module)].letter;
            if module.is_some_and(|module| module != letter) {
                continue;
            }
            progress.asked += 1;
            if self.missing_items(question).is_empty() {
                progress.answered += 1;
            } else if entry.requirement != crate::model::Requirement::P3 {
                progress.required_open += 1;
            }
        }
        progress
    }

    /// The classification of one age group from the routed answers.
    #[must_use]
    pub fn classification(&self, age: AgeGroup) -> Classification {
        classify(&self.instrument, age, self.case.rules, |item| code_of(self.value(item)))
    }

    /// What the questions of one module for customers under 25 take over from
    /// their twins. A twin that is blank or not asked takes nothing away.
    #[must_use]
    pub fn copy_from_twins(&self, module: &str) -> Vec<(ItemIx, Option<Entry>)> {
        let Some(module) = self.instrument.module(module) else {
            return Vec::new();
        };
        let mut copies = Vec::new();
        for question in module.questions() {
            let Some(twin) = self.instrument[question].copy_of.filter(|twin| self.is_asked(*twin)) else {
                continue;
            };
            for (to, from) in self.instrument.items_of(question).zip(self.instrument.items_of(twin)) {
                let entry = self.entry(from).filter(|_| self.is_item_asked(from)).cloned();
                if entry.is_some() && entry.as_ref() != self.entry(to) {
                    copies.push((to, entry));
                }
            }
        }
        copies
    }

    /// What an item means where it is asked; blank otherwise.
    fn value(&self, item: ItemIx) -> Value {
        match self.values[item.at()] {
            Value::Blank => Value::Blank,
            value if self.is_item_asked(item) => value,
            _ => Value::Blank,
        }
    }

    fn route(&self, question: QuestionIx) -> bool {
        let entry = &self.instrument[question];
        self.case.wave >= entry.from_wave
            && (!entry.needs_previous_wave || self.case.vorwelle_stichtag.is_some())
            && entry.route.eval(&View(self)) == Some(true)
    }

    fn judge(&self, edit: EditIx) -> Option<bool> {
        let entry = &self.instrument[edit];
        if self.is_asked(entry.question) {
            entry.expr.eval(&View(self))
        } else {
            None
        }
    }

    /// Items of a question that are neither answered nor marked -8; empty
    /// where as many rows are answered as are needed.
    fn missing_items(&self, question: QuestionIx) -> Vec<ItemIx> {
        let entry = &self.instrument[question];
        let missing: Vec<ItemIx> = entry
            .items
            .iter()
            .copied()
            .filter(|item| matches!(self.values[item.at()], Value::Blank))
            .collect();
        let given = entry.items.len() - missing.len();
        match entry.rows_needed {
            Some(needed) if given >= usize::from(needed) => Vec::new(),
            _ => missing,
        }
    }

    fn is_open_text(&self, item: ItemIx) -> bool {
        self.instrument[item].open_of.is_some() && matches!(self.instrument[item].kind, ItemKind::Text { .. })
    }
}

/// The values of the wave before that some expression or wording reads; empty
/// where the unit did not take part.
pub(crate) fn read_before(instrument: &Instrument, previous: Option<&Entries>) -> Vec<Value> {
    let Some(previous) = previous else {
        return Vec::new();
    };
    let mut values = vec![Value::Blank; instrument.items.len()];
    for index in &instrument.before {
        let item = &instrument[*index];
        values[index.at()] = parse(&item.kind, &instrument[item.question], previous.get(&item.id));
    }
    values
}

/// Entries with the items they belong to: both are in the order of ids, so
/// one walk through both is enough.
fn matched<'i, 'e, E>(
    instrument: &'i Instrument,
    entries: impl IntoIterator<Item = (&'e String, E)>,
) -> impl Iterator<Item = (ItemIx, E)> {
    let mut items = instrument.by_id.iter().copied().peekable();
    entries.into_iter().filter_map(move |(id, entry)| {
        while let Some(item) = items.peek().copied() {
            match instrument[item].id.cmp(id) {
                Ordering::Less => items.next(),
                Ordering::Equal => return Some((item, entry)),
                Ordering::Greater => return None,
            };
        }
        None
    })
}
