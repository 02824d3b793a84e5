//! How far long work is: a bar where a person watches, plain lines where the
//! output goes to a file. Always on the error output.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal};

/// Says every tenth how far the work is.
pub(crate) struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    told: u64,
}

impl Progress {
    /// Begins; `what` names the work, for example `Klassifizieren`.
    pub(crate) fn new(what: &'static str) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}");
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.with_message(what)
        });
        Self { what, bar, told: 0 }
    }

    /// `done` of `of` are done.
    pub(crate) fn tell(&mut self, done: u64, of: u64) {
        if let Some(bar) = &self.bar {
            bar.set_length(of);
            bar.set_position(done);
            return;
        }
        let tenth = (done * 10).checked_div(of).unwrap_or(10);
        if tenth > self.told {
            self.told = tenth;
            eprintln!("{}: {done} von {of}", self.what);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
