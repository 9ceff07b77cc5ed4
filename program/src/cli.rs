//! The command line.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand};

use crate::recipe::Recipe;
use crate::source::Source;

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    the work failed, or Ctrl-C stopped it after an epoch
  2    the command line is not right
  130  a second Ctrl-C ended the program at once";

const EXAMPLES: &str = "\
Examples:
  no-magic
  no-magic train --epochs 1000 --hidden 16,8 --save model.json
  no-magic classify drawing.txt";

const TRAIN_EXAMPLES: &str = "\
Examples:
  no-magic train --learning-rate 0.1 --report-every 10
  no-magic train --history run.csv --plot run.svg --save model.json
  no-magic train --hidden none --json > reports.jsonl

Ctrl-C stops after the epoch and keeps what has been trained so far.";

const CLASSIFY_EXAMPLES: &str = "\
A drawing is six lines of six characters, # (or 1) for on and . (or 0) for off:
  #....#
  .#..#.
  ..##..
  ..##..
  .#..#.
  #....#

Examples:
  no-magic classify drawing.txt
  no-magic classify --model model.json tests/drawings/x/*.txt
  no-magic classify --json - < drawing.txt";

/// Trains a small neural network to tell 6×6 drawings of lines and crosses apart.
///
/// Without a command, it trains with the defaults and shows how it goes.
#[derive(Debug, Parser)]
#[command(name = "no-magic", bin_name = "no-magic", version)]
#[command(after_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Train a network and show how it goes
    Train(TrainArguments),
    /// Ask a network what drawings show
    Classify(ClassifyArguments),
}

impl Default for Command {
    fn default() -> Self {
        Self::Train(TrainArguments::default())
    }
}

/// The arguments of `no-magic train`.
#[derive(Clone, Debug, Args)]
#[command(after_help = format!("{TRAIN_EXAMPLES}\n\n{EXIT_CODES}"))]
#[command(allow_negative_numbers = true)]
pub struct TrainArguments {
    /// What to train.
    #[command(flatten)]
    pub recipe: Recipe,
    /// How many epochs to go from one report to the next
    #[arg(long, value_name = "N", default_value_t = Self::default().report_every)]
    #[arg(value_parser = RangedU64ValueParser::<usize>::new().range(1..=1_000_000))]
    #[arg(help_heading = "What to show")]
    pub report_every: usize,
    /// Print the reports as JSON, one a line; the rest goes to standard error
    #[arg(long, help_heading = "What to show")]
    pub json: bool,
    /// What to keep.
    #[command(flatten)]
    pub outputs: OutputArguments,
}

impl Default for TrainArguments {
    fn default() -> Self {
        Self {
            recipe: Recipe::default(),
            report_every: 100,
            json: false,
            outputs: OutputArguments::default(),
        }
    }
}

/// The files to write.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "What to keep")]
pub struct OutputArguments {
    /// Write loss and accuracy of every epoch as CSV
    #[arg(long, value_name = "FILE.csv")]
    pub history: Option<PathBuf>,
    /// Draw loss and accuracy as SVG
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Save the trained network, for `no-magic classify --model`
    #[arg(long, value_name = "FILE.json")]
    pub save: Option<PathBuf>,
}

/// The arguments of `no-magic classify`.
#[derive(Clone, Debug, Args)]
#[command(after_help = format!("{CLASSIFY_EXAMPLES}\n\n{EXIT_CODES}"))]
pub struct ClassifyArguments {
    /// The drawings, each a file or - for standard input
    #[arg(required = true, value_name = "DRAWING")]
    pub drawings: Vec<Source>,
    /// A network from `no-magic train --save` [default: one trained on the spot]
    #[arg(long, value_name = "FILE.json")]
    pub model: Option<PathBuf>,
    /// Print the answers as JSON, one a line
    #[arg(long)]
    pub json: bool,
}
