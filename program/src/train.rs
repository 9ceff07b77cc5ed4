//! The command `no-magic train`.

use std::process::ExitCode;

use no_magic::by_hand::{EpochReport, NeuralNet, TrainingError};
use no_magic::patterns::Pattern;

use crate::cli::TrainArguments;
use crate::console;
use crate::error::ProgramError;
use crate::interrupt::Interrupt;
use crate::next_steps::NEXT_STEPS;
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::recipe::{HELD_OUT, Recipe};

/// Trains a network, shows how it goes, and keeps what is to be kept.
///
/// # Errors
///
/// If an output can't be written, which shows before the training, or if nothing can be printed.
/// What goes wrong later is said on standard error, and the exit code tells.
pub fn run(arguments: &TrainArguments) -> Result<ExitCode, ProgramError> {
    let outputs = Outputs::new(&arguments.outputs)?;
    let interrupt = Interrupt::watch()?;
    let progress = Progress::new(arguments.recipe.epochs, arguments.json);

    let mut outcome = train(arguments, &interrupt, &progress)?;
    outcome.explain(&outputs);
    let all_kept = keep(&outcome, &outputs, &progress)?;
    if !matches!(outcome.ending, Ending::Complete) {
        return Ok(ExitCode::FAILURE);
    }

    let accuracy = outcome.network.accuracy(&arguments.recipe.held_out()?);
    progress.say(format_args!(
        "On {} drawings it has never seen: acc={:.2}%\n\n{}",
        HELD_OUT * Pattern::ALL.len(),
        accuracy * 100.0,
        NEXT_STEPS.trim_end(),
    ))?;
    Ok(if all_kept {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What came of a training.
struct Outcome {
    network: NeuralNet,
    reports: Vec<EpochReport>,
    ending: Ending,
}

enum Ending {
    Complete,
    Interrupted,
    Diverged(TrainingError),
}

fn train(
    arguments: &TrainArguments,
    interrupt: &Interrupt,
    progress: &Progress,
) -> Result<Outcome, ProgramError> {
    let recipe = &arguments.recipe;
    let mut setup = recipe.set_up()?;
    progress.say(heading(recipe, setup.data.len()))?;

    let mut reports = Vec::new();
    let mut ending = Ending::Complete;
    for result in setup.training(recipe.learning_rate)?.take(recipe.epochs) {
        let report = match result {
            Ok(report) => report,
            Err(error) => {
                ending = Ending::Diverged(error);
                break;
            }
        };
        reports.push(report);
        progress.advance();

        let complete = reports.len() == recipe.epochs;
        let interrupted = interrupt.is_requested() && !complete;
        if complete || interrupted || report.epoch % arguments.report_every == 0 {
            progress.report(&report)?;
        }
        if interrupted {
            ending = Ending::Interrupted;
            break;
        }
    }
    progress.finish();
    Ok(Outcome {
        network: setup.network,
        reports,
        ending,
    })
}

fn heading(recipe: &Recipe, examples: usize) -> String {
    let sizes: Vec<String> = recipe.hidden.sizes().iter().map(usize::to_string).collect();
    format!(
        "Training {} on {examples} drawings (seed {}), learning rate {:?}.",
        sizes.join("-"),
        recipe.seed,
        recipe.learning_rate
    )
}

/// Writes the outputs and says so. Returns whether all of them could be written.
fn keep(
    outcome: &Outcome,
    outputs: &Outputs,
    progress: &Progress,
) -> Result<bool, ProgramError> {
    let mut all_kept = true;
    for written in outputs.write(&outcome.reports, &outcome.network) {
        match written {
            Ok(path) => progress.say(format_args!("Wrote {}.", path.display()))?,
            Err(error) => {
                console::error(error);
                all_kept = false;
            }
        }
    }
    Ok(all_kept)
}

impl Outcome {
    /// Says why the training ended early, if it did.
    fn explain(&self, outputs: &Outputs) {
        match &self.ending {
            Ending::Complete => {}
            Ending::Interrupted => {
                let last = self.reports.len() - 1;
                console::note(format_args!(
                    "stopped after epoch {last}; {}",
                    if outputs.is_empty() {
                        "nothing is kept, because no file was asked for"
                    } else {
                        "what has been trained so far is kept"
                    }
                ));
            }
            Ending::Diverged(error) => console::error(error),
        }
    }
}
