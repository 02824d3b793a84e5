//! What goes wrong in the field, done to the real program: it is killed, its
//! disk is full, its database is locked or gone. Whatever it acknowledged must
//! be there afterwards, and nothing else may be half there.
//!
//! `RUECKLAUF_TEST_ROUNDS` says how often it is killed; `make faults` sets the
//! full number.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

#[path = "../crowd/mod.rs"]
mod crowd;
#[path = "../postgres/mod.rs"]
mod postgres;
#[path = "../../portal/tests/stories/support/smtp.rs"]
mod smtp;

mod backup;
mod cluster;
mod disk;
mod kills;
mod locked;
mod mails;
mod program;
mod relay;
mod restart;
mod stopping;
mod submission;
mod trace;
