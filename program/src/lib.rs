//! The program `no-magic`, which trains the workbook's networks and asks them what
//! a drawing shows.
//!
//! Three of its parts are public, because the book draws figures with them:
//! [`recipe`] says what to train, [`session`] trains it, and [`plot`] shows how it
//! went.
//!
//! A module uses only modules further up in this list:
//!
//! 1. `values`, `console`, `hidden`, [`plot`]
//! 2. `input`, `output`, `epoch`, [`recipe`]
//! 3. `format`, `idx`, `drawing_file`
//! 4. `model`, `checkpoint`, `cli`
//! 5. [`session`], `answer`
//! 6. `progress`, `next_steps`, `outputs`, `interrupt`
//! 7. `training`, `classify`

mod answer;
mod checkpoint;
mod classify;
mod cli;
mod console;
mod drawing_file;
mod epoch;
mod format;
mod hidden;
mod idx;
mod input;
mod interrupt;
mod model;
mod next_steps;
mod output;
mod outputs;
pub mod plot;
mod progress;
pub mod recipe;
pub mod session;
mod training;
mod values;

use std::process::ExitCode;

use cli::{Cli, Command};
use console::PrintError;
use outputs::Conflict;

/// Does what the command line of this process asks for.
pub fn main() -> ExitCode {
    let result = match Cli::from_process() {
        Ok(Command::Train(arguments)) => training::train(&arguments),
        Ok(Command::Digits(arguments)) => training::digits(&arguments),
        Ok(Command::Classify(arguments)) => classify::run(&arguments),
        Err(result) => result.map_err(Box::from),
    };
    result.unwrap_or_else(|error| {
        let print_error = error.downcast_ref::<PrintError>();
        if !print_error.is_some_and(PrintError::is_broken_pipe) {
            console::error(&error);
        }
        if error.is::<Conflict>() { ExitCode::from(2) } else { ExitCode::FAILURE }
    })
}
