//! The command line.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand};

use crate::console::{self, PrintError};
use crate::recipe::{DigitsRecipe, DrawingsRecipe};
use crate::values;

const EXIT_CODES: &str = "\
Exit codes:
  0    the work is done, even where the network has learned nothing
  1    the work failed or was stopped: a file that can't be read or written,
       a training that diverges, Ctrl-C after an epoch, a reader gone away
  2    the command line is not right, or names one file twice
  130  a second Ctrl-C ended the program at once";

const EXAMPLES: &str = "\
Without a command, it trains. `classify --help` says what a drawing looks like.

Examples:
  cargo run --release
  cargo run --release -- --epochs 1000 --hidden 16,8 --save model.json
  cargo run --release -- classify drawing.txt";

const TRAIN_EXAMPLES: &str = "\
Ctrl-C stops after the epoch and keeps what has been trained so far.

Examples:
  cargo run --release -- train --learning-rate 0.1 --report-every 10
  cargo run --release -- train --history run.csv --plot run.svg
  cargo run --release -- train --hidden none --json > reports.jsonl";

const DIGITS_EXAMPLES: &str = "\
The digits are drawn by the program itself. With --mnist it reads the four files
of MNIST from a folder, as they are or as .gz:
  train-images-idx3-ubyte, train-labels-idx1-ubyte,
  t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte
Ctrl-C stops after the epoch. With --resume, all settings are those of the file.

Examples:
  cargo run --release -- digits
  cargo run --release -- digits --dropout 0.3 --save digits.json
  cargo run --release -- digits --resume digits.json --epochs 20
  cargo run --release -- digits --mnist ~/mnist --epochs 5";

const CLASSIFY_EXAMPLES: &str = "\
A drawing is six lines of six characters, # (or 1) for on and . (or 0) for off:
  #....#
  .#..#.
  ..##..
  ..##..
  .#..#.
  #....#

Examples:
  cargo run --release -- classify drawing.txt
  cargo run --release -- classify --model model.json tests/drawings/x/*.txt
  cargo run --release -- classify --json - < drawing.txt";

/// Trains a small neural network to tell 6×6 drawings of lines and crosses apart.
#[derive(Debug, Parser)]
#[command(name = "no-magic", bin_name = "no-magic", version)]
#[command(args_conflicts_with_subcommands = true, allow_negative_numbers = true)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    command: Option<Command>,
    /// How to train if there is no command.
    #[command(flatten)]
    training: TrainArguments,
}

impl Cli {
    /// Reads the command line of this process. If it asks for help, or is wrong,
    /// this prints what there is to say, and returns the exit code.
    pub fn from_process() -> Result<Command, Result<ExitCode, PrintError>> {
        let cli = Self::try_parse().map_err(|error| {
            let error = with_tip(no_conflict(error));
            let text = printable(&error);
            if error.use_stderr() {
                console::note(text.trim_end());
                return Ok(ExitCode::from(2));
            }
            console::print(text).map(|()| ExitCode::SUCCESS)
        })?;
        Ok(cli.command.unwrap_or(Command::Train(cli.training)))
    }
}

/// The text, in which arguments are repeated, without control characters.
fn printable(error: &clap::Error) -> String {
    let mut text = error.render().to_string();
    for argument in env::args_os() {
        let argument = argument.to_string_lossy();
        let escaped = console::escape(&argument);
        if escaped != argument {
            text = text.replace(&*argument, &escaped);
        }
    }
    text
}

/// Clap takes a word after an option, as in `--hidden 16, 8`, for a command that
/// conflicts with the option. It's an argument too many.
fn no_conflict(error: clap::Error) -> clap::Error {
    let word = match error.get(ContextKind::InvalidSubcommand) {
        Some(word) if error.kind() == ErrorKind::ArgumentConflict => word.clone(),
        _ => return error,
    };
    let program = Cli::command();
    if program.find_subcommand(word.to_string()).is_some() {
        return error;
    }
    let mut error = clap::Error::new(ErrorKind::UnknownArgument).with_cmd(&program);
    error.insert(ContextKind::InvalidArg, word);
    error
}

/// Says how to ask about a drawing, if the command line only names one.
fn with_tip(mut error: clap::Error) -> clap::Error {
    let kinds = [ContextKind::InvalidSubcommand, ContextKind::InvalidArg];
    let argument = match kinds.into_iter().find_map(|kind| error.get(kind)) {
        Some(ContextValue::String(argument)) if looks_like_a_drawing(argument) => {
            argument
        }
        _ => return error,
    };
    let tip = format!(
        "to ask what a drawing shows: cargo run --release -- classify {argument}"
    );
    error.remove(ContextKind::SuggestedSubcommand);
    error
        .insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    error
}

fn looks_like_a_drawing(argument: &str) -> bool {
    argument == "-" || argument.ends_with(".txt") || Path::new(argument).is_file()
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a network and show how it goes
    #[command(allow_negative_numbers = true)]
    #[command(after_help = format!("{TRAIN_EXAMPLES}\n\n{EXIT_CODES}"))]
    Train(TrainArguments),
    /// Ask a network what drawings show
    #[command(after_help = format!("{CLASSIFY_EXAMPLES}\n\n{EXIT_CODES}"))]
    Classify(ClassifyArguments),
    /// Train a network of real size on digits, in batches, with Adam
    #[command(allow_negative_numbers = true)]
    #[command(after_help = format!("{DIGITS_EXAMPLES}\n\n{EXIT_CODES}"))]
    Digits(DigitsArguments),
}

/// The arguments of `no-magic train`.
#[derive(Clone, Debug, Args)]
pub struct TrainArguments {
    /// What to train.
    #[command(flatten)]
    pub recipe: DrawingsRecipe,
    /// What to show and keep.
    #[command(flatten)]
    pub results: ResultArguments,
    /// Draw loss and accuracy as SVG
    #[arg(long, value_name = "FILE.svg", help_heading = "What to keep")]
    pub plot: Option<PathBuf>,
}

/// What becomes of a training.
#[derive(Clone, Debug, Args)]
pub struct ResultArguments {
    /// Epochs from one report to the next
    #[arg(long, value_name = "N", default_value = "100")]
    #[arg(value_parser = values::whole_number(1_usize..=1_000_000))]
    #[arg(help_heading = "What to show")]
    pub report_every: usize,
    /// Print reports as JSON; the rest on standard error
    #[arg(long, help_heading = "What to show")]
    pub json: bool,
    /// Write loss and accuracy of every epoch as CSV
    #[arg(long, value_name = "FILE.csv", help_heading = "What to keep")]
    pub history: Option<PathBuf>,
    /// Save the trained network, for `classify --model`
    #[arg(long, value_name = "FILE.json", help_heading = "What to keep")]
    pub save: Option<PathBuf>,
}

/// The arguments of `no-magic digits`.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("mnist", |it| it.conflicts_with("examples")))]
#[command(mut_arg("report_every", |it| it.default_value("1")))]
#[command(mut_arg("save", |it| it.help("Save the training after each epoch")))]
pub struct DigitsArguments {
    /// What to train.
    #[command(flatten)]
    pub recipe: DigitsRecipe,
    /// Continue a training that was saved
    #[arg(long, value_name = "FILE.json", help_heading = "What to train")]
    #[arg(conflicts_with_all = [
        "mnist", "examples", "learning_rate", "seed", "batch_size", "weight_decay",
        "dropout",
    ])]
    pub resume: Option<PathBuf>,
    /// What to show and keep.
    #[command(flatten)]
    pub results: ResultArguments,
}

/// The arguments of `no-magic classify`.
#[derive(Clone, Debug, Args)]
pub struct ClassifyArguments {
    /// The drawings, each a file or - for standard input
    #[arg(required = true, value_name = "DRAWING")]
    pub drawings: Vec<PathBuf>,
    /// A saved network [default: one trained on the spot]
    #[arg(long, value_name = "FILE.json")]
    pub model: Option<PathBuf>,
    /// Print the answers as JSON, one a line
    #[arg(long)]
    pub json: bool,
}
