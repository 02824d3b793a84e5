//! Findings: everything that stands against a submission, and what was
//! confirmed with a reason. Pure and total.

use crate::answer::Entries;
use crate::model::{EditIx, Instrument, ItemIx, QuestionIx};
use crate::office::CaseContext;
use crate::sheet::{Sheet, read_before};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Kind of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FindingKind {
    /// The answer does not have the form the question asks for.
    Form,
    /// A question of level P1 is not answered.
    MissingP1,
    /// A question of level P2 is neither answered nor marked -8.
    MissingP2,
    /// A hard edit fires.
    Hard,
    /// A soft edit fires.
    Soft,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Kind.
    pub kind: FindingKind,
    /// Stable code: `not_a_number` …, `missing`, or the edit's id.
    pub code: String,
    /// Question it stands at.
    pub question: QuestionIx,
    /// Item a link to it leads to.
    pub item: ItemIx,
    /// All items it concerns.
    pub items: Vec<ItemIx>,
    /// The edit that fired.
    pub edit: Option<EditIx>,
    /// German sentence that names the value and says what to do.
    pub message: String,
    /// The reason with which a soft edit was confirmed.
    pub confirmed: Option<String>,
}

impl Finding {
    /// Whether it stands against submission.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.confirmed.is_none()
    }
}

/// A soft edit confirmed with a reason. It holds only while every value it
/// rests on is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Id of the edit.
    pub edit: String,
    /// Reason given.
    pub reason: String,
    /// Values the edit rested on, by item id.
    pub values: BTreeMap<String, String>,
}

/// All findings of a questionnaire, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "findings say whether a questionnaire may be submitted"]
pub struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    /// All findings in order.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }

    /// Findings of one question.
    pub fn for_question(&self, question: QuestionIx) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(move |finding| finding.question == question)
    }

    /// Findings that stand against submission: form, missing P1 and P2, hard,
    /// and soft without a confirmation that still holds.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter().filter(|finding| finding.is_open())
    }

    /// Whether anything stands against submission.
    #[must_use]
    pub fn blocks_submission(&self) -> bool {
        self.open().next().is_some()
    }
}

/// Checks a whole questionnaire.
pub fn check(
    instrument: &Arc<Instrument>,
    case: &CaseContext,
    answers: &Entries,
    confirmations: &[Confirmation],
) -> Findings {
    let before = read_before(instrument, case.previous.as_ref());
    // The answers of the wave before are many; they are read, not copied.
    let case = CaseContext {
        previous: None,
        gebiet: case.gebiet.clone(),
        zeitraum: case.zeitraum.clone(),
        ..*case
    };
    Sheet::read(instrument.clone(), case, before, answers).findings(confirmations)
}
