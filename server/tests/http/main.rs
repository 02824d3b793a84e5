//! The portal over HTTP: who may do what, what every answer carries, what is
//! refused, and the whole way of an office without scripts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod client;
mod colleague;
#[path = "../../../app/survey/tests/common/mod.rs"]
mod common;
mod exports;
mod forms;
mod limits;
mod live;
mod matrix;
mod office;
mod page;
mod post;
#[path = "../postgres/mod.rs"]
mod postgres;
mod resume;
mod second_step;
mod sessions;
mod world;
