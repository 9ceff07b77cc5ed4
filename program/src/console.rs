//! What the program prints, and names that are safe to print.
//!
//! If standard error is closed, nobody can read the message, and the work goes on.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use thiserror::Error;

/// Prints what went wrong.
pub fn error(error: impl Display) {
    note(format_args!("error: {error}"));
}

/// Prints something that is not part of the result.
pub fn note(message: impl Display) {
    let message = message.to_string();
    let lines: Vec<String> = message.split('\n').map(escape).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// Prints a part of the result on standard output.
pub fn print(text: impl Display) -> Result<(), PrintError> {
    write!(io::stdout(), "{text}").map_err(PrintError)
}

/// Standard output can't be written to.
#[derive(Debug, Error)]
#[error("the output can't be printed: {0}")]
pub struct PrintError(io::Error);

impl PrintError {
    /// Whether the reader of the output has gone away, as `head` does when it has
    /// seen enough.
    pub fn is_broken_pipe(&self) -> bool {
        self.0.kind() == io::ErrorKind::BrokenPipe
    }
}

/// A path for a message.
pub fn shown(path: &Path) -> String {
    escape(&path.to_string_lossy())
}

/// Escapes what a terminal would obey instead of showing: control characters, and
/// those that turn the direction of the text.
pub fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => {
                escaped.extend(character.escape_unicode());
            }
            '\u{2066}'..='\u{2069}' => escaped.extend(character.escape_unicode()),
            _ if character.is_control() => {
                escaped.extend(character.escape_default());
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
