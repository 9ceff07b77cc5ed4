//! The training as people watch it, and as other programs do.

use std::cell::OnceCell;
use std::fmt::{self, Display};
use std::io::{self, Write};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use no_magic::training::EpochReport;

use crate::{console, history};

/// The reports on standard output, with a bar on standard error if that is a
/// terminal.
///
/// Where standard output can't be written to, it falls silent, and
/// [`heard`](Self::heard) tells.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    json: bool,
    failure: OnceCell<io::Error>,
}

impl Progress {
    /// The progress of so many epochs, with reports for people or as JSON.
    pub fn new(epochs: usize, json: bool) -> Self {
        let style = ProgressStyle::with_template(
            "{bar:30} {pos} of {len} epochs done{left}",
        )
        .expect("the template is right")
        .with_key("left", time_left);
        Self {
            bar: ProgressBar::new(epochs as u64).with_style(style),
            json,
            failure: OnceCell::new(),
        }
    }

    /// Moves the bar on by one epoch.
    pub fn advance(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a report.
    pub fn report(&self, report: &EpochReport) {
        if self.json {
            self.print(history::to_json(report).expect("three numbers are JSON"));
        } else {
            self.print(report);
        }
    }

    /// Says something: on standard output, or on standard error if the reports are
    /// JSON.
    pub fn say(&self, message: impl Display) {
        if self.json {
            self.bar.suspend(|| console::note(message));
        } else {
            self.print(message);
        }
    }

    fn print(&self, line: impl Display) {
        if self.is_unheard() {
            return;
        }
        if let Err(error) = self.bar.suspend(|| writeln!(io::stdout(), "{line}")) {
            self.failure.get_or_init(|| error);
        }
    }

    /// Whether standard output can't be written to.
    pub fn is_unheard(&self) -> bool {
        self.failure.get().is_some()
    }

    /// Whether all of it could be printed.
    ///
    /// # Errors
    ///
    /// If something could not.
    pub fn heard(self) -> io::Result<()> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }
}

/// Nothing as long as there is nothing to go by.
fn time_left(state: &ProgressState, out: &mut dyn fmt::Write) {
    let left = state.eta();
    if left.as_secs() > 0 {
        let _ = write!(out, ", {:#} left", HumanDuration(left));
    }
}
