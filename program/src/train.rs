//! The command `no-magic train`.

use std::process::ExitCode;

use no_magic::by_hand::NeuralNet;
use no_magic::patterns::Pattern;
use no_magic::training::{EpochReport, TrainingError};

use crate::cli::TrainArguments;
use crate::console;
use crate::error::ProgramError;
use crate::interrupt::Interrupt;
use crate::next_steps::{self, NEXT_STEPS};
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::recipe::{HELD_OUT, Recipe};

/// Trains a network, shows how it goes, and keeps what is to be kept.
///
/// # Errors
///
/// If an output can't be written, which shows before the training, or if something
/// could not be printed, which stops it. What else goes wrong is said on standard
/// error, and the exit code tells.
pub fn run(arguments: &TrainArguments) -> Result<ExitCode, ProgramError> {
    let outputs = Outputs::new(&arguments.outputs)?;
    let interrupt = Interrupt::watch()?;
    let progress = Progress::new(arguments.recipe.epochs, arguments.json);

    let mut outcome = train(arguments, &interrupt, &progress)?;
    outcome.explain(&outputs, &progress);
    let all_kept = keep(&outcome, &outputs, &progress);
    let complete = matches!(outcome.ending, Ending::Complete);
    if complete {
        conclude(&mut outcome, &arguments.recipe, &progress)?;
    }
    progress.heard()?;
    Ok(if complete && all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What came of a training.
struct Outcome {
    network: NeuralNet,
    reports: Vec<EpochReport>,
    ending: Ending,
}

enum Ending {
    Complete,
    Stopped,
    Diverged(TrainingError),
}

fn train(
    arguments: &TrainArguments,
    interrupt: &Interrupt,
    progress: &Progress,
) -> Result<Outcome, ProgramError> {
    let recipe = &arguments.recipe;
    let mut setup = recipe.set_up()?;
    progress.say(heading(recipe, setup.data.len()));

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
        let interrupted = interrupt.is_requested();
        if complete || interrupted || report.epoch % arguments.report_every == 0 {
            progress.report(&report);
        }
        if !complete && (interrupted || progress.is_unheard()) {
            ending = Ending::Stopped;
            break;
        }
    }
    progress.finish();
    Ok(Outcome { network: NeuralNet::from(&setup.network), reports, ending })
}

fn heading(recipe: &Recipe, examples: usize) -> String {
    let sizes: Vec<String> =
        recipe.hidden.sizes().iter().map(usize::to_string).collect();
    format!(
        "Training {} on {examples} drawings (seed {}), learning rate {:?}.\nLoss \
         and accuracy on these drawings:",
        sizes.join("-"),
        recipe.seed,
        recipe.learning_rate
    )
}

/// Writes the outputs and says so. Returns whether all of them could be written.
fn keep(outcome: &Outcome, outputs: &Outputs, progress: &Progress) -> bool {
    if outcome.reports.is_empty() {
        return outputs.is_empty();
    }
    let mut all_kept = true;
    for written in outputs.write(&outcome.reports, &outcome.network) {
        match written {
            Ok(path) => progress.say(format_args!("Wrote {}.", path.display())),
            Err(error) => {
                console::error(error);
                all_kept = false;
            }
        }
    }
    all_kept
}

/// Asks the network about drawings it has never seen, and says where to go from
/// here.
fn conclude(
    outcome: &mut Outcome,
    recipe: &Recipe,
    progress: &Progress,
) -> Result<(), ProgramError> {
    let accuracy = outcome.network.accuracy(&recipe.held_out()?);
    progress.say(format_args!(
        "\nOn {} drawings it has never seen: acc={:.2}%",
        HELD_OUT * Pattern::ALL.len(),
        accuracy * 100.0,
    ));
    let last = outcome.reports.last();
    match last.and_then(|last| next_steps::advice(recipe, last)) {
        Some(advice) => console::note(advice),
        None => progress.say(format_args!("\n{}", NEXT_STEPS.trim_end())),
    }
    Ok(())
}

impl Outcome {
    /// Says why the training ended early, if it did.
    fn explain(&self, outputs: &Outputs, progress: &Progress) {
        match &self.ending {
            Ending::Complete => {}
            // There is no one left to tell, and nothing to tell about.
            Ending::Stopped if progress.is_unheard() && outputs.is_empty() => {}
            Ending::Stopped => {
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
            Ending::Diverged(error) => {
                console::error(error);
                if self.reports.is_empty() && !outputs.is_empty() {
                    console::note(
                        "nothing is written, because there is nothing to keep",
                    );
                }
            }
        }
    }
}
