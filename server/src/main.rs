//! `ruecklauf`: reads the command line, runs the command, answers with 0
//! (done), 1 (refused or failed) or 2 (wrong call).

use server::cli::{explain, parse};
use server::commands;
use std::process::ExitCode;

/// Pages are many small allocations; this one serves them in half the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match parse() {
        Ok(cli) => cli,
        Err(error) => {
            return match explain(&error) {
                Some(sentence) => {
                    eprintln!("{sentence}");
                    ExitCode::from(2)
                }
                None if error.print().is_ok() => ExitCode::SUCCESS,
                None => ExitCode::FAILURE,
            };
        }
    };
    match commands::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
