//! What a terminal shows: 80 columns, color only where it is wanted.

use std::io::{self, Write};

use checks::feedback::{CYAN, WIDTH, paint};

/// Prints a text, in color where that is wanted.
pub fn show(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says something that is not part of the result. Where standard error is gone,
/// there is no one left to tell.
pub fn note(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Starts a new screen, or prints `line` where the terminal can't.
pub fn clear(line: &str) -> io::Result<()> {
    let plain =
        anstream::AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never;
    show(if plain { line } else { "\u{1b}[2J\u{1b}[H" })
}

/// The text, cut where the line would be longer than [`WIDTH`].
pub fn cut(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let start: String = text.chars().take(WIDTH - 1).collect();
    format!("{}…", start.trim_end())
}

/// `1 question`, `2 questions`.
pub fn count(number: usize, noun: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{s}")
}

/// Names and what they stand for, one below the other.
pub fn pairs(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    pairs
        .iter()
        .map(|(name, text)| {
            paint(CYAN, &format!("  {name:<width$}  {text}")) + "\n"
        })
        .collect()
}
