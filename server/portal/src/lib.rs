//! Use cases of Rücklauf and their storage: accounts and sessions, waves and
//! register, answering and handing in, mails, the institute's view, exports.
//!
//! Everything starts at [`Portal`]. Architecture invariants: nothing here
//! knows HTTP or pages; only [`Clock`] asks the time; every query of a
//! respondent carries the unit of the session; texts people typed, passwords
//! and links never reach a log.

mod backup;
pub mod berlin;
mod classify;
mod clock;
mod colleagues;
mod demo;
mod exports;
mod figures;
mod files;
mod identity;
mod input;
mod instruments;
mod mail;
mod portal;
mod queries;
mod register;
mod respondent;
mod results;
mod retention;
mod returns;
mod secrets;
mod settings;
mod sheets;
mod staff;
mod store;
mod verify;
mod waves;
mod words;
mod workdays;

pub use backup::BackupError;
pub use classify::ClassifyError;
pub use clock::Clock;
pub use colleagues::{Colleague, ColleagueError, ColleagueForm};
pub use demo::{DemoError, DemoStaff, DemoSummary, DemoUnit};
pub use exports::{Export, ExportError, ExportFormat, ExportLayout, ExportWish, Pieces};
pub use figures::Figures;
pub use identity::{
    Access, AccountError, CodeError, FactorState, NewFactor, NewSession, OwnAccount, Pending, RequestAccessError, Role,
    Session, SetPasswordError, SignInError, TokenInfo, TokenPurpose, Who,
};
pub use input::FieldError;
pub use instruments::BadInstrument;
pub use mail::bounce::LARGEST_BOUNCE;
pub use mail::texts::{Placeholder, plan_templates};
pub use mail::{
    Anchor, Audience, BounceError, Bounced, DueMail, Handled, MailError, MailKind, MailRun, MailState, NotSent,
    OutboxAct, PlanStep, SentMail,
};
pub use portal::Portal;
pub use queries::{
    Explanation, NewPoint, NewQuery, OpenQuery, PointView, QueryAnswers, QueryCounts, QueryError, QueryFilter,
    QueryLack, QueryLine, QueryOutcome, QueryPage, QuerySaved, QueryState, QueryView, usual_deadline,
};
pub use register::{ImportError, Imported, LARGEST_REGISTER, RowError, check_register};
pub use respondent::{
    Barred, CaseContact, CaseView, Choice, ConfirmError, Conflict, HistoryEntry, ItemChange, LONGEST_ANSWER, Receipt,
    SaveError, Saved, StoredAnswer, SubmitError,
};
pub use results::{
    Alternative, Base, ChangeView, Cleared, Content, Feedback, FeedbackDesk, FeedbackTables, GroupStats, Grouping,
    ProtectedGroup, ProtectedTables, Reasons, ResultsView, RuleChoice, RuleDiff, RulesView, Shift, Variable,
    VariableLine, VariableView,
};
pub use retention::{RetentionKind, RetentionPreview, RetentionRule, RetentionRun, RetentionView};
pub use settings::{BaseUrl, BaseUrlError, Contact, Endorsement, MailTarget, Settings, SmtpServer, SmtpTls, StaffTotp};
pub use sheets::spreadsheet;
pub use staff::{
    AddressMark, AuditEntry, AuditFilter, AuditPage, Candidate, CaseDetail, CaseEvent, Confirmed, ContactEntry,
    ContactKind, Decision, FormError, Letter, MailDetail, MailTroubles, OfficeContacts, OptOut, OutboxFilter,
    OutboxLine, OutboxPage, PROGRAM, PlanView, Preview, RemindError, Returns, ReturnsRow, StaffAccount,
    StaffAccountError, StaffAddError, StaffChange, StaffError, StepForm, StepView, StoredClassification,
    StoredConfirmation, Switch, TemplateLine, TemplateView,
};
pub use staff::{
    BadValue, CaseColumn, CaseFilter, CaseList, CasePage, CasePaging, CaseRow, CaseSort, MOST_COUNTED, MOST_NAMED,
    PAGE_SIZES, PageFrom, SavedView, Stage, TypeWanted,
};
pub use staff::{
    BulkAct, BulkForm, CallForm, CallResult, CaseChange, CaseRef, DeadlineForm, Note, Presence, Selected, WorkItem,
    Worklist,
};
pub use staff::{
    ByForm, Change, ChangeKind, ChangedUnit, Code, Comparison, Counted, Curve, CurveDay, Earlier, Group, GroupFigures,
    MailMark, Moves, Outside, Overview, PanelFigures, PanelFilter, PanelUnit, PanelView, Quotas, StepReturns,
};
pub use store::{OpenError, StoreError};
pub use verify::{Damage, Verified};
pub use waves::{Goals, NewWave, Opened, WaveError, WaveState, WaveView};
pub use words::{counted, grouped, without_addresses};
