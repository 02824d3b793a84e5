//! Survey methodology of Rücklauf: the instrument and its rules, what an
//! answer means, which questions are asked, what contradicts what, which
//! organisation type an office has, who counts as returned.
//!
//! Architecture invariants: this crate performs no input or output, never
//! reads the clock, knows no database, no account and no person, and cannot
//! fail at run time: whatever is typed gives a value or a finding. The engine
//! knows no item by name; [`typology`] alone does.

pub mod answer;
pub mod change;
pub mod check;
pub mod disclosure;
pub mod expr;
pub mod forecast;
pub mod form;
#[cfg(feature = "load")]
pub mod load;
pub mod model;
pub mod office;
pub mod panel;
pub mod query;
pub mod rates;
pub mod sheet;
pub mod sizes;
pub mod stats;
pub mod status;
pub mod tables;
pub mod text;
pub mod typology;
pub mod worklist;

pub use answer::{Entries, Entry};
pub use check::{Confirmation, Finding, FindingKind, Findings, check};
#[cfg(feature = "load")]
pub use load::shipped;
pub use model::{
    Choice, Edit, EditIx, Instrument, Item, ItemIx, ItemKind, Kind, Module, Question, QuestionIx, Reference,
    Requirement, Severity, WaveEntry,
};
pub use office::{CaseContext, Form, Land};
pub use sheet::{Changed, MachineValue, Progress, Sheet};
pub use text::Text;
pub use typology::{AgeGroup, Classification, K3Rule, Rules};
