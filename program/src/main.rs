//! The program `no-magic`.

use std::process::ExitCode;

use no_magic_program::cli::{Cli, Command};
use no_magic_program::{classify, console, digits, train};

fn main() -> ExitCode {
    let result = match Cli::from_process().into_command() {
        Command::Train(arguments) => train::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Digits(arguments) => digits::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        if !error.is_broken_pipe() {
            console::error(&error);
        }
        error.exit_code()
    })
}
