//! A drawing's file, which may be `-` for standard input.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::Path;

use no_magic::drawing::Drawing;

use crate::input::{self, Limit, ReadError};

/// Far more than a drawing takes, for the sake of blank lines and the like.
const LIMIT: Limit = Limit {
    bytes: 64 * 1024,
    expected: "a drawing is 42 bytes; is this the right file?",
};

/// The name of the file for people.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".into()
    } else {
        path.to_string_lossy().into_owned()
    }
}

/// Reads the drawing.
pub fn read(path: &Path) -> Result<Drawing, Box<dyn Error>> {
    let bytes = if path == Path::new("-") {
        input::read(io::stdin(), LIMIT)?
    } else if is_open_already(path) {
        input::read(File::open(path).map_err(ReadError::from)?, LIMIT)?
    } else {
        input::read_file(path, LIMIT)?
    };
    let text = String::from_utf8(bytes).map_err(
        |_| "this is not UTF-8 text; save the drawing as plain text in UTF-8",
    )?;
    Ok(text.parse()?)
}

/// Whether it is `/dev/stdin`, or the `/dev/fd/63` that a shell makes of `<(…)`.
/// Another program writes to it, so it makes sense to wait.
fn is_open_already(path: &Path) -> bool {
    ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder))
}
