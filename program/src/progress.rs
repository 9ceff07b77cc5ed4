//! A training as people watch it, and as other programs do.

use std::cell::OnceCell;
use std::fmt::{self, Display};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};

use crate::console::{self, PrintError};
use crate::session::{Epoch, Session};

/// The reports on standard output, with a bar on standard error if that is a
/// terminal.
///
/// If standard output can't be written to, it falls silent, and
/// [`result`](Self::result) returns the error.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    json: bool,
    failure: OnceCell<PrintError>,
}

impl Progress {
    /// The progress of a session, with reports for people or as JSON.
    pub fn new(session: &impl Session, json: bool) -> Self {
        let style = ProgressStyle::with_template("{bar:30} {percent}%{left}")
            .expect("the template is right")
            .with_key("left", time_left);
        let course = session.course();
        let examples = course.epochs_left() as u64 * course.data.len() as u64;
        Self {
            bar: ProgressBar::new(examples).with_style(style),
            json,
            failure: OnceCell::new(),
        }
    }

    /// Moves the bar on.
    pub fn advance(&self, examples: usize) {
        self.bar.inc(examples as u64);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a report, and how long the epoch took, if that matters.
    pub fn report(&self, epoch: &Epoch, seconds: Option<f64>) {
        if self.json {
            self.print(serde_json::to_string(epoch).expect("numbers are JSON"));
        } else if let Some(seconds) = seconds {
            self.print(format_args!("{epoch}  {seconds:.1} s"));
        } else {
            self.print(epoch);
        }
    }

    /// Prints a message: on standard output, or on standard error if the reports
    /// are JSON.
    pub fn say(&self, message: impl Display) {
        if self.json {
            self.bar.suspend(|| console::note(message));
        } else {
            self.print(message);
        }
    }

    fn print(&self, line: impl Display) {
        if self.has_failed() {
            return;
        }
        let line = format!("{line}\n");
        if let Err(error) = self.bar.suspend(|| console::print(line)) {
            self.failure.get_or_init(|| error);
        }
    }

    /// Whether standard output can't be written to.
    pub fn has_failed(&self) -> bool {
        self.failure.get().is_some()
    }

    /// An error if something could not be printed.
    pub fn result(self) -> Result<(), PrintError> {
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
