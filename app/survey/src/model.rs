//! The checked instrument: modules, questions, items, edits. Built by
//! [`crate::load`] and shipped to the browser as it is; nothing here is
//! parsed again.

use crate::expr::Logic;
#[cfg(feature = "load")]
use crate::expr::depends::Dep;
use crate::text::Text;
use crate::typology::CoreItems;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
#[cfg(feature = "load")]
use std::collections::BTreeSet;
use std::ops::Index;

macro_rules! index {
    ($(#[$doc:meta])* $name:ident, $field:ident, $target:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub(crate) u16);

        impl $name {
            pub(crate) fn at(self) -> usize {
                usize::from(self.0)
            }

            /// The place `at`; instruments are limited so that it always fits.
            pub(crate) fn new(at: usize) -> Self {
                Self(u16::try_from(at).unwrap_or(u16::MAX))
            }
        }

        impl Index<$name> for Instrument {
            type Output = $target;

            fn index(&self, index: $name) -> &$target {
                &self.$field[index.at()]
            }
        }
    };
}

index!(
    /// Place of an item in its instrument.
    ItemIx, items, Item
);
index!(
    /// Place of a question in its instrument.
    QuestionIx, questions, Question
);
index!(
    /// Place of an edit in its instrument.
    EditIx, edits, Edit
);

/// A whole questionnaire, checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instrument {
    /// Hash over the source files, 16 hexadecimal digits.
    pub version: String,
    /// Modules in the order in which they are asked.
    pub modules: Vec<Module>,
    /// Questions in the order in which they are asked.
    pub questions: Vec<Question>,
    /// Items (smallest variables) in the order of the questions.
    pub items: Vec<Item>,
    /// Items in the order of their ids.
    pub(crate) by_id: Vec<ItemIx>,
    /// Edits in the order of the questions, hard before soft.
    pub edits: Vec<Edit>,
    /// Waves the instrument knows.
    pub waves: Vec<WaveEntry>,
    /// Wordings that depend on an answer.
    pub(crate) piping: Vec<Piping>,
    /// The items the typology reads, where the instrument has them.
    pub(crate) core: CoreItems,
    /// For each item: questions routed and edits decided by it.
    pub(crate) dependents: Vec<Dependents>,
    /// Items some expression or wording reads in the wave before.
    pub(crate) before: Vec<ItemIx>,
}

/// What has to be looked at again when an item changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Dependents {
    #[serde(rename = "q")]
    pub questions: Vec<QuestionIx>,
    #[serde(rename = "e")]
    pub edits: Vec<EditIx>,
}

/// A wording chosen by a condition, `{kundengruppe_ue}` for example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Piping {
    pub name: String,
    pub when: Logic,
    pub then: String,
    pub otherwise: String,
}

/// A module: one page of the questionnaire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Module {
    /// Letter, also in the page's address.
    pub letter: String,
    /// Heading.
    pub title: String,
    pub(crate) first: u16,
    pub(crate) count: u16,
}

impl Module {
    /// Its questions in order.
    pub fn questions(&self) -> impl DoubleEndedIterator<Item = QuestionIx> + use<> {
        (self.first..self.first.saturating_add(self.count)).map(QuestionIx)
    }
}

/// Type of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One of several options.
    Single,
    /// Several of several options.
    Multi,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Decimal,
    /// A share in per cent.
    Percent,
    /// An amount in euros.
    Euro,
    /// Free text.
    Text,
    /// A day.
    Date,
    /// Rows on a five-point scale.
    MatrixScale5,
    /// Rows of numbers with decimals.
    MatrixDecimal,
    /// Rows of shares.
    MatrixPercent,
    /// Rows of whole numbers.
    MatrixInteger,
}

impl Kind {
    /// Whether the question has rows.
    #[must_use]
    pub const fn is_matrix(self) -> bool {
        matches!(
            self,
            Self::MatrixScale5 | Self::MatrixDecimal | Self::MatrixPercent | Self::MatrixInteger
        )
    }
}

/// What an answer refers to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reference {
    /// The reference day.
    Stichtag,
    /// The reference period.
    Zeitraum,
    /// Neither.
    #[default]
    None,
}

/// How much an answer is needed (instrument, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Requirement {
    /// Without it there is no submission.
    P1,
    /// Answer, or say explicitly that it is not possible (-8).
    P2,
    /// Optional.
    P3,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Id, `D1_ue` for example.
    pub id: String,
    /// Place of its module.
    pub module: u16,
    /// Type.
    pub kind: Kind,
    /// Wording.
    pub text: Text,
    /// Help.
    pub help: Option<Text>,
    /// Options of choices and scales.
    pub options: Vec<Choice>,
    /// Its item, or the rows of a matrix.
    pub items: Vec<ItemIx>,
    /// Unit of measurement.
    pub unit: Option<String>,
    /// Reference day or period.
    pub reference: Reference,
    /// Requirement level.
    pub requirement: Requirement,
    /// Whether "Angabe nicht möglich" is offered.
    pub cannot_say: bool,
    /// Decimals a number may have.
    pub decimals: u8,
    /// Lines a text is given on the page.
    pub lines: u8,
    /// First wave in which it is asked.
    pub from_wave: i32,
    /// Whether it makes sense only where there is a wave before.
    pub needs_previous_wave: bool,
    /// Whether the typology rests on it.
    pub core: bool,
    /// Whether it holds a name or an address: never exported.
    pub contact_data: bool,
    /// Rows of a matrix that must be answered; all where none is given.
    pub rows_needed: Option<u16>,
    /// The question for customers from 25 years on that asks the same.
    pub copy_of: Option<QuestionIx>,
    /// Its edits, hard before soft.
    pub edits: Vec<EditIx>,
    /// Where it comes from (instrument, section 1).
    pub source: String,
    /// Condition under which it is asked.
    pub(crate) route: Logic,
}

impl Question {
    /// Whether an option has this code.
    pub(crate) fn offers(&self, code: i16) -> bool {
        self.options.iter().any(|option| option.code == code)
    }
}

/// One option of a choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Its code.
    pub code: i16,
    /// Its wording.
    pub label: String,
    /// The text it opens.
    pub open: Option<ItemIx>,
}

/// The smallest variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Id: the question's, the row's, or `QUESTION_txt`.
    pub id: String,
    /// Question it belongs to.
    pub question: QuestionIx,
    /// Form of its answers.
    pub kind: ItemKind,
    /// Label of a matrix row.
    pub label: Option<String>,
    /// Item and code that open it, for open texts.
    pub open_of: Option<(ItemIx, i16)>,
}

/// Form of an item's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ItemKind {
    /// One code.
    Choice,
    /// Several codes.
    Choices,
    /// A number with at most so many decimals.
    Number {
        /// Decimals allowed.
        decimals: u8,
    },
    /// Text of at most so many characters.
    Text {
        /// Characters allowed.
        max: u32,
    },
    /// A day.
    Date,
}

/// Weight of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    /// Blocks submission.
    Hard,
    /// Correct it or confirm it with a reason.
    Soft,
}

/// A consistency check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Id, `B1_h1` for example.
    pub id: String,
    /// Question it stands at.
    pub question: QuestionIx,
    /// Weight.
    pub severity: Severity,
    /// German sentence.
    pub message: Text,
    /// Items its expression reads in this wave.
    pub items: Vec<ItemIx>,
    /// What should hold.
    pub(crate) expr: Logic,
}

/// A wave the instrument knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveEntry {
    /// Key, 2008 for example.
    pub key: i32,
    /// Reference day.
    pub stichtag: NaiveDate,
    /// Reference period as shown.
    pub zeitraum: String,
    /// Key of the wave before.
    pub vorwelle: Option<i32>,
}

impl Instrument {
    /// The item with this id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<ItemIx> {
        let found = self.by_id.binary_search_by(|item| self[*item].id.as_str().cmp(id));
        found.ok().map(|at| self.by_id[at])
    }

    /// The question with this id.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<QuestionIx> {
        self.questions
            .iter()
            .position(|question| question.id == id)
            .map(QuestionIx::new)
    }

    /// The edit with this id.
    #[must_use]
    pub fn edit(&self, id: &str) -> Option<EditIx> {
        self.edits.iter().position(|edit| edit.id == id).map(EditIx::new)
    }

    /// The module with this letter.
    #[must_use]
    pub fn module(&self, letter: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.letter == letter)
    }

    /// Questions outside a module whose answers decide what is asked or checked
    /// in it, or how it is worded: somebody who sees this module alone needs
    /// these for it, and nothing else.
    #[cfg(feature = "load")]
    #[must_use]
    pub fn read_by(&self, module: &Module) -> BTreeSet<QuestionIx> {
        let own: BTreeSet<QuestionIx> = module.questions().collect();
        let mut read = BTreeSet::new();
        for piping in &self.piping {
            piping.when.visit(&mut |dep| {
                if let Dep::Item(item) = dep {
                    read.insert(self[item].question);
                }
            });
        }
        let mut routed: BTreeSet<QuestionIx> = own.union(&read).copied().collect();
        loop {
            let before = routed.len();
            for (item, dependents) in self.item_indices().zip(&self.dependents) {
                let decides = dependents.questions.iter().any(|question| routed.contains(question))
                    || dependents.edits.iter().any(|edit| own.contains(&self[*edit].question));
                if decides {
                    read.insert(self[item].question);
                    routed.insert(self[item].question);
                }
            }
            if routed.len() == before {
                break;
            }
        }
        read.retain(|question| !own.contains(question));
        read
    }

    /// All items in the order of the questionnaire.
    pub fn item_indices(&self) -> impl Iterator<Item = ItemIx> + use<> {
        (0..self.items.len()).map(ItemIx::new)
    }

    /// All questions in order.
    pub fn question_indices(&self) -> impl Iterator<Item = QuestionIx> + use<> {
        (0..self.questions.len()).map(QuestionIx::new)
    }

    /// Items of a question, rows before open texts.
    pub fn items_of(&self, question: QuestionIx) -> impl Iterator<Item = ItemIx> + '_ {
        let question = &self[question];
        question
            .items
            .iter()
            .copied()
            .chain(question.options.iter().filter_map(|option| option.open))
    }
}
