//! The preprocessor as mdBook calls it: the book comes in as JSON, and goes out
//! with its formulas typeset.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    // mdBook first asks whether a renderer is supported.
    if env::args().nth(1).as_deref() == Some("supports") {
        let supported = env::args().nth(2).as_deref() == Some("html");
        return if supported { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let input: Value =
        serde_json::from_reader(io::stdin().lock()).map_err(|error| {
            format!("this is to be called by mdbook, with a book as JSON: {error}")
        })?;
    let mut book =
        input.get(1).cloned().ok_or("the book is missing from mdbook's input")?;
    prepare_chapters(&mut book)?;
    writeln!(io::stdout().lock(), "{book}")?;
    Ok(())
}

/// Goes through all chapters, however deep they are nested.
fn prepare_chapters(value: &mut Value) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(chapter) = value.get_mut("Chapter") {
        let name = chapter["name"].as_str().unwrap_or_default().to_owned();
        if let Some(Value::String(content)) = chapter.get_mut("content") {
            *content = pages::prepare(content)
                .map_err(|error| format!("{name}: {error}"))?;
        }
        return prepare_chapters(&mut chapter["sub_items"]);
    }
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(prepare_chapters),
        Value::Object(entries) => {
            entries.values_mut().try_for_each(prepare_chapters)
        }
        _ => Ok(()),
    }
}
