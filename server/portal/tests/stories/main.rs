//! One story per use case, each told on SQLite and on PostgreSQL.
//!
//! PostgreSQL is named by `RUECKLAUF_TEST_POSTGRES`; `.ci/with-postgres CMD`
//! starts a throw-away one. Without it that half says loudly that it is
//! skipped, and fails where `CI=true`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod access;
mod accounts;
mod answering;
mod audit;
mod backup;
mod case_work;
mod colleagues;
mod deciding;
mod desk;
mod exports;
mod field_phase;
mod findings;
mod handover;
mod history;
mod in_flight;
mod listing;
mod mail_plan;
mod mail_server;
mod merging;
mod opening;
mod panel;
mod post;
mod queries;
mod register;
mod replay;
mod results;
mod retention;
mod returns;
mod second_factor;
mod sign_in;
mod submitting;
mod support;
mod together;
mod verifying;
mod waves;
mod worklist;

/// The complete questionnaire and the contradictions of `survey`'s own tests.
#[path = "../../../../app/survey/tests/common/mod.rs"]
mod common;
