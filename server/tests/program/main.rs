//! The program as people start it: what it refuses and why, a wave held on
//! the command line alone, serving and stopping.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod calls;
mod field;
mod program;
mod refusals;
mod serving;
