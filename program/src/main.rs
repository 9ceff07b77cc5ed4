//! The program `no-magic`.

use std::process::ExitCode;

use clap::Parser;
use no_magic_program::cli::{Cli, Command};
use no_magic_program::{classify, console, train};

fn main() -> ExitCode {
    let result = match Cli::parse().command.unwrap_or_default() {
        Command::Train(arguments) => train::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        if !error.is_broken_pipe() {
            console::error(&error);
        }
        error.exit_code()
    })
}
