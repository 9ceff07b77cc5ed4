//! Where a drawing comes from: a file or standard input.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;

use no_magic::drawing::{Drawing, DrawingError};
use thiserror::Error;

use crate::files::{self, Limit, ReadError};

/// Far more than a drawing takes, for the sake of blank lines and the like.
const LIMIT: Limit = Limit {
    bytes: 64 * 1024,
    expected: "a drawing is 42 bytes; is this the right file?",
};

/// Where a drawing comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Standard input, `-` on the command line.
    StandardInput,
    /// A file.
    File(PathBuf),
}

impl From<OsString> for Source {
    fn from(argument: OsString) -> Self {
        if argument == "-" {
            Self::StandardInput
        } else {
            Self::File(argument.into())
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

impl Source {
    /// Reads the drawing.
    ///
    /// # Errors
    ///
    /// If it can't be read, or if it is no drawing.
    pub fn read(&self) -> Result<Drawing, SourceError> {
        let bytes = match self {
            Self::StandardInput => files::read(io::stdin(), LIMIT)?,
            Self::File(path) => files::read_file(path, LIMIT)?,
        };
        let text = String::from_utf8(bytes).map_err(|_| SourceError::NotText)?;
        Ok(text.parse()?)
    }
}

/// Why there is no drawing to be had.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The file is not text, or not in UTF-8.
    #[error("this is not UTF-8 text; save the drawing as plain text in UTF-8")]
    NotText,
    /// The text is no drawing.
    #[error(transparent)]
    Drawing(#[from] DrawingError),
}
