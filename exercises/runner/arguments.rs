//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use checks::exercise::{self, Exercise, Question};
use lexopt::prelude::*;
use lexopt::{Arg, Parser};
use thiserror::Error;

use crate::grade::Format;
use crate::hint::{Wanted, Which};
use crate::workspace::RUN;

/// What to do.
#[derive(Debug)]
pub enum Command {
    Help,
    List,
    Progress,
    Check(&'static Exercise, Option<&'static Question>),
    Hint(Wanted),
    Watch(Option<&'static Exercise>),
    Solution { exercise: &'static Exercise, anyway: bool },
    Reset(&'static Exercise),
    Grade { format: Format, output: Option<PathBuf> },
}

const COMMANDS: [&str; 8] =
    ["check", "hint", "watch", "solution", "reset", "grade", "list", "help"];

/// What `--help` says.
pub const HELP: &str = "\
Your companion for the exercises: says what is done, judges, gives hints.

  cargo run --package exercises              what is done, and what comes next
  cargo run --package exercises -- COMMAND

For learners:
  NAME [QUESTION]        judge an exercise, or one question of it, and say what
                         is wrong
  watch [NAME]           judge again whenever you save; Ctrl-C ends it
  hint NAME [QUESTION]   the next hint, for the first open question or this one
      --all              all hints of the question
      --reset            begin with the first hint again
  solution NAME          the solution, once all questions of NAME are done
      --anyway           before that
  reset NAME             put the stub back; what you wrote is kept beside it
  list                   the names of the exercises

For instructors:
  grade                  points for each question
      --format FORMAT    text (default), json, junit, csv or gradescope
      --output FILE      write to a file (- for the screen)

  cargo run --package exercises --features solution-NAME
                         with the solution in the place of an answer;
                         the feature `solutions` does so for all

Examples:
  cargo run --package exercises -- shapes
  cargo run --package exercises -- hint shapes update
  cargo run --package exercises -- grade --format json --output grade.json
";

/// Why a command line makes no sense.
#[derive(Debug, Error)]
pub enum UsageError {
    #[error(
        "there is no command or exercise `{word}`; {}",
        suggestion(word, &[&COMMANDS[..], &exercise_names()].concat(), "--help")
    )]
    Word { word: String },
    #[error(
        "there is no exercise `{name}`; {}",
        suggestion(name, &exercise_names(), "list")
    )]
    Exercise { name: String },
    #[error(
        "{} has no question `{name}`; {}",
        exercise.name,
        suggestion(name, &question_names(exercise), exercise.name)
    )]
    Question { exercise: &'static Exercise, name: String },
    #[error("`{command}` needs the name of an exercise; `{RUN} list` shows them")]
    NoName { command: String },
    #[error(
        "there is no format `{name}`; the formats are text, json, junit, csv and \
         gradescope"
    )]
    Format { name: String },
    #[error("`{argument}` does not belong here; `{RUN} --help` shows what does")]
    Unexpected { argument: String },
    #[error(
        "the command line can't be read: {0}; `{RUN} --help` shows how it is meant"
    )]
    Arguments(#[from] lexopt::Error),
}

/// Reads the command line.
pub fn parse(arguments: Vec<OsString>) -> Result<Command, UsageError> {
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        return Ok(Command::Help);
    }
    let mut parser = Parser::from_args(arguments);
    let word = match parser.next()? {
        None => return Ok(Command::Progress),
        Some(Value(word)) => word.string()?,
        Some(argument) => return Err(unexpected(&argument)),
    };
    match word.as_str() {
        "help" => nothing(&mut parser).map(|()| Command::Help),
        "list" => nothing(&mut parser).map(|()| Command::List),
        "check" => {
            let names = names(&mut parser, 2, &mut [])?;
            let exercise = required(&word, &names)?;
            let question = question(exercise, names.get(1))?;
            Ok(Command::Check(exercise, question.map(|(_, question)| question)))
        }
        "hint" => hint(&mut parser),
        "watch" => {
            let names = names(&mut parser, 1, &mut [])?;
            let exercise = names.first().map(|name| exercise(name)).transpose()?;
            Ok(Command::Watch(exercise))
        }
        "solution" => {
            let mut anyway = false;
            let exercise = one(&word, &mut parser, &mut [("anyway", &mut anyway)])?;
            Ok(Command::Solution { exercise, anyway })
        }
        "reset" => one(&word, &mut parser, &mut []).map(Command::Reset),
        "grade" => grade(&mut parser),
        _ => {
            let exercise =
                exercise::find(&word).ok_or(UsageError::Word { word })?;
            let names = names(&mut parser, 1, &mut [])?;
            let question = question(exercise, names.first())?;
            Ok(Command::Check(exercise, question.map(|(_, question)| question)))
        }
    }
}

fn hint(parser: &mut Parser) -> Result<Command, UsageError> {
    let (mut all, mut reset) = (false, false);
    let names = names(parser, 2, &mut [("all", &mut all), ("reset", &mut reset)])?;
    let exercise = required("hint", &names)?;
    let question = question(exercise, names.get(1))?;
    let which = match (all, reset) {
        (true, _) => Which::All,
        (_, true) => Which::First,
        _ => Which::Next,
    };
    Ok(Command::Hint(Wanted { exercise, question, which }))
}

/// The question of that name, and its number; `None` if no name is given.
fn question(
    exercise: &'static Exercise,
    name: Option<&String>,
) -> Result<Option<(usize, &'static Question)>, UsageError> {
    let question = name.map(|name| {
        let name = name.clone();
        exercise.question(&name).ok_or(UsageError::Question { exercise, name })
    });
    question.transpose()
}

fn grade(parser: &mut Parser) -> Result<Command, UsageError> {
    let (mut format, mut output) = (Format::default(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("format") => format = self::format(parser.value()?.string()?)?,
            Long("output") => output = Some(PathBuf::from(parser.value()?)),
            argument => return Err(unexpected(&argument)),
        }
    }
    Ok(Command::Grade { format, output })
}

fn format(name: String) -> Result<Format, UsageError> {
    let found = Format::ALL.iter().find(|(other, _)| *other == name);
    found.map(|&(_, format)| format).ok_or(UsageError::Format { name })
}

fn nothing(parser: &mut Parser) -> Result<(), UsageError> {
    names(parser, 0, &mut []).map(|_| ())
}

/// The name of an exercise, and any of the flags.
fn one(
    command: &str,
    parser: &mut Parser,
    flags: &mut [(&str, &mut bool)],
) -> Result<&'static Exercise, UsageError> {
    required(command, &names(parser, 1, flags)?)
}

/// What is left on the command line: up to `most` names, and any of the flags.
fn names(
    parser: &mut Parser,
    most: usize,
    flags: &mut [(&str, &mut bool)],
) -> Result<Vec<String>, UsageError> {
    let mut names = Vec::new();
    while let Some(argument) = parser.next()? {
        match argument {
            Value(name) if names.len() < most => names.push(name.string()?),
            Long(name) if flags.iter().any(|(flag, _)| *flag == name) => {
                for (_, value) in flags.iter_mut().filter(|(flag, _)| *flag == name)
                {
                    **value = true;
                }
            }
            argument => return Err(unexpected(&argument)),
        }
    }
    Ok(names)
}

fn required(
    command: &str,
    names: &[String],
) -> Result<&'static Exercise, UsageError> {
    let command = command.to_owned();
    exercise(names.first().ok_or(UsageError::NoName { command })?)
}

fn exercise(name: &str) -> Result<&'static Exercise, UsageError> {
    exercise::find(name)
        .ok_or_else(|| UsageError::Exercise { name: name.to_owned() })
}

fn unexpected(argument: &Arg<'_>) -> UsageError {
    let argument = match argument {
        Short(letter) => format!("-{letter}"),
        Long(name) => format!("--{name}"),
        Value(value) => value.to_string_lossy().into_owned(),
    };
    UsageError::Unexpected { argument }
}

fn exercise_names() -> Vec<&'static str> {
    exercise::all().iter().map(|exercise| exercise.name).collect()
}

fn question_names(exercise: &Exercise) -> Vec<&'static str> {
    exercise.questions.iter().map(|question| question.name).collect()
}

/// What may have been meant, or else where to look.
fn suggestion(word: &str, candidates: &[&str], command: &str) -> String {
    let nearest = candidates
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map_or_else(
        || format!("`{RUN} {command}` shows what there is"),
        |(_, candidate)| format!("did you mean `{candidate}`?"),
    )
}
