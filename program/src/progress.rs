//! The training as people watch it, and as other programs do.

use std::fmt::Display;
use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressStyle};
use no_magic::by_hand::EpochReport;

use crate::{console, history};

/// The reports on standard output, with a bar on standard error if that is a terminal.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    json: bool,
}

impl Progress {
    /// The progress of so many epochs, with reports for people or as JSON.
    pub fn new(epochs: usize, json: bool) -> Self {
        let style =
            ProgressStyle::with_template("{bar:40} epoch {pos} of {len}, {eta} left")
                .expect("the template is right");
        let bar = ProgressBar::new(epochs as u64).with_style(style);
        Self { bar, json }
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
    ///
    /// # Errors
    ///
    /// If standard output can't be written to.
    pub fn report(&self, report: &EpochReport) -> io::Result<()> {
        let line = if self.json {
            history::to_json(report)?
        } else {
            report.to_string()
        };
        self.bar.suspend(|| writeln!(io::stdout(), "{line}"))
    }

    /// Says something: on standard output, or on standard error if the reports are JSON.
    ///
    /// # Errors
    ///
    /// If standard output can't be written to.
    pub fn say(&self, message: impl Display) -> io::Result<()> {
        self.bar.suspend(|| {
            if self.json {
                console::note(message);
                Ok(())
            } else {
                writeln!(io::stdout(), "{message}")
            }
        })
    }
}
