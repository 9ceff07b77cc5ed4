//! Where a drawing comes from: a file or standard input.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use no_magic::drawing::{Drawing, DrawingError};
use thiserror::Error;

use crate::console;
use crate::input::{self, Limit, ReadError};

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

/// The name for a message.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&console::escape(&self.name()))
    }
}

impl Source {
    /// The name as it was given.
    pub fn name(&self) -> String {
        match self {
            Self::StandardInput => "standard input".into(),
            Self::File(path) => path.to_string_lossy().into_owned(),
        }
    }

    /// Reads the drawing.
    pub fn read(&self) -> Result<Drawing, SourceError> {
        let bytes = match self {
            Self::StandardInput => input::read(io::stdin(), LIMIT)?,
            Self::File(path) if is_open_already(path) => {
                input::read(File::open(path).map_err(ReadError::from)?, LIMIT)?
            }
            Self::File(path) => input::read_file(path, LIMIT)?,
        };
        let text = String::from_utf8(bytes).map_err(|_| SourceError::NotText)?;
        Ok(text.parse()?)
    }
}

/// Whether another program writes to it, as to `/dev/stdin`, or to the `/dev/fd/63`
/// that a shell makes of `<(…)`. So there is something to wait for.
fn is_open_already(path: &Path) -> bool {
    ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder))
}

/// Why a drawing can't be read.
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
