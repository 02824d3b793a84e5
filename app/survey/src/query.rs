//! Rückfragen: what an office may change when it is asked about some of its
//! answers, and when a question put to it is answered.
//!
//! Besides the questions asked about, two kinds come along: those a change
//! opens (they were not asked when the questionnaire was handed in), and those
//! a changed answer now contradicts. Without them a corrected answer could
//! lead to a questionnaire nobody can complete. Pure; knows neither deadlines
//! nor who asks.

use crate::answer::Entry;
use crate::check::{Confirmation, Finding, Findings};
use crate::model::{Instrument, ItemIx, QuestionIx};
use crate::sheet::Sheet;
use std::collections::{BTreeMap, BTreeSet};

/// Shortest explanation that answers a question, in characters.
pub const SHORTEST_EXPLANATION: usize = 3;

/// Why a question may be changed in answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It was asked about.
    Asked,
    /// It was not asked before; a changed answer leads to it.
    Opened,
    /// A changed answer does not fit to it.
    Contradicts,
}

/// The questions an answer to a Rückfrage may touch; nothing else changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(BTreeMap<QuestionIx, Why>);

impl Scope {
    /// The scope of a Rückfrage about `asked`, given what was transmitted and
    /// how the answers stand now. A question is the smallest unit: the rows of
    /// a matrix add up only together.
    #[must_use]
    pub fn new(
        transmitted: &Sheet,
        current: &Sheet,
        confirmations: &[Confirmation],
        asked: impl IntoIterator<Item = ItemIx>,
    ) -> Self {
        let instrument = current.instrument();
        let mut scope: BTreeMap<QuestionIx, Why> = asked
            .into_iter()
            .map(|item| (instrument[item].question, Why::Asked))
            .collect();
        for question in instrument.question_indices() {
            if current.is_asked(question) && !transmitted.is_asked(question) {
                scope.entry(question).or_insert(Why::Opened);
            }
        }
        let findings = current.findings(confirmations);
        let contradictions: Vec<BTreeSet<QuestionIx>> = findings
            .open()
            .filter(|finding| finding.edit.is_some())
            .map(|finding| questions_of(instrument, finding))
            .collect();
        let mut grown = true;
        while grown {
            grown = false;
            for questions in &contradictions {
                if !questions.iter().any(|question| scope.contains_key(question)) {
                    continue;
                }
                for question in questions.iter().filter(|question| current.is_asked(**question)) {
                    grown |= !scope.contains_key(question);
                    scope.entry(*question).or_insert(Why::Contradicts);
                }
            }
        }
        Self(scope)
    }

    /// The questions in the order of the questionnaire, each with its reason.
    pub fn questions(&self) -> impl Iterator<Item = (QuestionIx, Why)> + '_ {
        self.0.iter().map(|(question, why)| (*question, *why))
    }

    /// Whether a question may be changed.
    #[must_use]
    pub fn holds(&self, question: QuestionIx) -> bool {
        self.0.contains_key(&question)
    }

    /// Whether an item may be changed.
    #[must_use]
    pub fn allows(&self, instrument: &Instrument, item: ItemIx) -> bool {
        self.holds(instrument[item].question)
    }

    /// Items that were changed although they do not (or no longer) belong to
    /// the Rückfrage, with the answers that were transmitted and hold again.
    #[must_use]
    pub fn strays(&self, transmitted: &Sheet, current: &Sheet) -> Vec<(ItemIx, Option<Entry>)> {
        let instrument = current.instrument();
        instrument
            .item_indices()
            .filter(|item| !self.allows(instrument, *item) && transmitted.is_item_asked(*item))
            .filter(|item| transmitted.entry(*item) != current.entry(*item))
            .map(|item| (item, transmitted.entry(item).cloned()))
            .collect()
    }

    /// The findings that stand against sending the answer: those that touch
    /// the scope. Whatever else there is was so when it was handed in.
    pub fn against<'f>(&self, instrument: &Instrument, findings: &'f Findings) -> Vec<&'f Finding> {
        findings
            .open()
            .filter(|finding| {
                questions_of(instrument, finding)
                    .iter()
                    .any(|question| self.holds(*question))
            })
            .collect()
    }
}

/// Whether an item means something else than what was transmitted; `5000` for
/// `5.000` does not.
#[must_use]
pub fn is_changed(transmitted: &Sheet, current: &Sheet, item: ItemIx) -> bool {
    transmitted.machine_value(item) != current.machine_value(item)
}

/// Whether a question put to the office is answered: one of its items was
/// changed, or it was explained why they are right.
#[must_use]
pub fn is_answered(transmitted: &Sheet, current: &Sheet, items: &[ItemIx], explanation: &str) -> bool {
    explanation.trim().chars().count() >= SHORTEST_EXPLANATION
        || items.iter().any(|item| is_changed(transmitted, current, *item))
}

fn questions_of(instrument: &Instrument, finding: &Finding) -> BTreeSet<QuestionIx> {
    let items = finding.items.iter().map(|item| instrument[*item].question);
    items.chain([finding.question]).collect()
}
