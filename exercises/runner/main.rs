//! The learner's companion: progress, hints, watching, solutions, grading.
//!
//! It does not link the answers, so that it works even when one of them does not
//! compile: it has cargo compile the tests in `exercises/tests`, runs them, and
//! reads the verdicts they write.

#![forbid(unsafe_code)]

mod arguments;
mod check;
mod compilation;
mod error;
mod folder;
mod grade;
mod hint;
mod judgment;
mod list;
mod markdown;
mod memory;
mod overview;
mod process;
mod progress;
mod reset;
mod screen;
mod solution;
mod test_program;
mod translation;
mod verdict;
mod watch;
mod workspace;

use std::env;
use std::process::ExitCode;

use arguments::Command;
use error::RunnerError;
use workspace::Workspace;

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            screen::note(&format!("error: {error}"));
            error.exit_code()
        }
    }
}

fn run() -> Result<ExitCode, RunnerError> {
    let command = arguments::parse(env::args_os().skip(1).collect())?;
    if !compilation::SOLUTIONS.is_empty() {
        screen::note(&format!("solutions in use: {}", compilation::SOLUTIONS));
    }
    let workspace = Workspace::find();
    match command {
        Command::Help => screen::show(arguments::HELP)?,
        Command::List => list::run()?,
        Command::Progress => progress::run(&workspace)?,
        Command::Check(exercise, question) => {
            check::run(&workspace, exercise, question)?;
        }
        Command::Hint(wanted) => hint::run(&workspace, wanted)?,
        Command::Watch(exercise) => watch::run(&workspace, exercise)?,
        Command::Solution { exercise, anyway } => {
            return solution::run(&workspace, exercise, anyway);
        }
        Command::Reset(exercise) => reset::run(&workspace, exercise)?,
        Command::Grade { format, output } => {
            grade::run(&workspace, format, output.as_deref())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
