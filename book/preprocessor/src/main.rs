//! The preprocessor as mdBook calls it: the book comes in as JSON, and goes out as
//! JSON with its pages prepared.

use std::process::ExitCode;
use std::{env, io};

use mdbook_preprocessor::errors::Result;
use mdbook_preprocessor::{Preprocessor, parse_input};
use preprocessor::NoMagic;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        // mdBook first asks whether it may call for a renderer.
        [supports, renderer] if supports == "supports" => {
            let supported = NoMagic.supports_renderer(renderer).unwrap_or(false);
            if supported { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        _ => match run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error:#}");
                ExitCode::FAILURE
            }
        },
    }
}

fn run() -> Result<()> {
    let (context, book) = parse_input(io::stdin().lock())?;
    let book = NoMagic.run(&context, book)?;
    serde_json::to_writer(io::stdout().lock(), &book)?;
    Ok(())
}
