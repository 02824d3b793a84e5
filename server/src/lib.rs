//! The program `ruecklauf`: command line, settings, HTTP, jobs.
//!
//! Puts `portal` (use cases) and `app` (pages) together and carries what
//! comes in from outside to them: arguments, environment, requests, signals.
//! Knows no SQL, no rule of the survey and no page's content.

mod bounces;
pub mod cli;
pub mod commands;
pub mod http;
pub mod jobs;
pub mod operator;
mod progress;
pub mod serve;
pub mod settings;
pub mod telemetry;
