//! What the program says on standard error.
//!
//! Where standard error is gone, there is no one left to tell, and the work goes
//! on.

use std::fmt::Display;
use std::io::{self, Write};

/// Says what went wrong.
pub fn error(error: impl Display) {
    note(format_args!("error: {error}"));
}

/// Says something that is not part of the result.
pub fn note(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}
