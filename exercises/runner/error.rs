//! Why a command failed, as it is said after `error: `.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use thiserror::Error;

use crate::arguments::UsageError;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum RunnerError {
    /// The command line makes no sense.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// Cargo can't be run.
    #[error("cargo can't be run: {0}")]
    Cargo(io::Error),
    /// The tests do not compile, for a reason outside the exercises.
    #[error(
        "the exercises can't be compiled, for a reason outside \
         exercises/src:\n\n{0}"
    )]
    Unbuildable(String),
    /// The tests can't be run.
    #[error("the tests can't be run: {0}")]
    Tests(io::Error),
    /// Nobody wants to know any more.
    #[error("a file was saved while it was judged")]
    Stale,
    /// A file is not as it must be.
    #[error("{}: {what}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What did not work.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
    /// A report would take the place of an answer.
    #[error(
        "{}: this folder is for answers; write the report somewhere else",
        path.display()
    )]
    AmongAnswers {
        /// The report's file.
        path: PathBuf,
    },
    /// The report can't be written as a table.
    #[error("the report can't be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// Nothing can be printed any more.
    #[error("the output can't be printed: {0}")]
    Print(#[from] io::Error),
}

impl RunnerError {
    /// What turns the system's error into one with the file's name.
    pub fn file(
        path: impl Into<PathBuf>,
        what: &'static str,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, what, source }
    }

    /// Whether only the reader of the output went away.
    pub fn is_broken_pipe(&self) -> bool {
        let Self::Print(error) = self else { return false };
        error.kind() == io::ErrorKind::BrokenPipe
    }

    /// 2 for a command line that makes no sense, 1 for everything else.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if matches!(self, Self::Usage(_)) { 2 } else { 1 })
    }
}
