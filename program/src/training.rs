//! The commands `no-magic train` and `no-magic digits`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use crate::checkpoint::Checkpoint;
use crate::cli::{DigitsArguments, ResultArguments, TrainArguments};
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::outputs::Outputs;
use crate::progress::Progress;
use crate::session::{DigitsSession, DrawingsSession, Session};
use crate::{console, idx, next_steps};

/// Trains the small network on drawings.
pub fn train(arguments: &TrainArguments) -> Result<ExitCode, Box<dyn Error>> {
    let TrainArguments { recipe, results, plot } = arguments;
    let outputs = Outputs::new(results, plot.as_deref(), &[], None)?;
    let mut session = DrawingsSession::new(recipe)?;
    run(&mut session, outputs, results, |session, progress| {
        let held_out = session.held_out()?;
        progress.say(format_args!(
            "\nOn {} drawings it has never seen: acc={:.2}%",
            held_out.len(),
            session.network().accuracy(&held_out) * 100.0,
        ));
        let last = session.course().epochs.last();
        match last.and_then(|last| next_steps::advice(recipe, last)) {
            Some(advice) => console::note(advice),
            None => progress.say(format_args!("\n{}", next_steps::NEXT_STEPS)),
        }
        Ok(())
    })
}

/// Trains the network of real size on digits.
pub fn digits(arguments: &DigitsArguments) -> Result<ExitCode, Box<dyn Error>> {
    let DigitsArguments { recipe, resume, results } = arguments;
    let (mut recipe, mut saved) = (recipe.clone(), None);
    if let Some(path) = resume {
        let (checkpoint, saved_recipe) = Checkpoint::load(path)?;
        let epochs = recipe.basics.epochs;
        recipe = saved_recipe;
        recipe.basics.epochs = epochs;
        saved = Some((checkpoint, path));
    }
    let folder = recipe.mnist.as_ref().map(Path::new);
    let inputs = folder.map(idx::paths).unwrap_or_default();
    let outputs = Outputs::new(results, None, &inputs, resume.as_deref())?;
    let mut session = DigitsSession::new(recipe)?;
    if let Some((checkpoint, path)) = saved {
        session.resume(checkpoint, path)?;
    }
    run(&mut session, outputs, results, |_, _| Ok(()))
}

enum Ending {
    Complete,
    Stopped,
    Diverged(Box<dyn Error>),
    /// The outputs can't be written. That shows again when all is over.
    Unsaved,
}

fn run<S: Session>(
    session: &mut S,
    mut outputs: Outputs,
    arguments: &ResultArguments,
    conclude: impl FnOnce(&S, &Progress) -> Result<(), Box<dyn Error>>,
) -> Result<ExitCode, Box<dyn Error>> {
    let progress = Progress::new(session, arguments.json);
    let ending = train_epochs(session, &outputs, arguments, &progress)?;
    progress.finish();
    explain(&ending, session, &outputs, &progress);
    if matches!(ending, Ending::Diverged(_)) {
        outputs = outputs.without_save();
    }
    let all_kept = keep(session, &outputs, &progress);
    let complete = matches!(ending, Ending::Complete);
    if complete {
        conclude(session, &progress)?;
    }
    progress.result()?;
    Ok(if complete && all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn train_epochs<S: Session>(
    session: &mut S,
    outputs: &Outputs,
    arguments: &ResultArguments,
    progress: &Progress,
) -> Result<Ending, Box<dyn Error>> {
    if session.course().epochs_left() == 0 {
        console::note(format_args!(
            "epochs done already: {}; ask for more with --epochs",
            session.course().epochs.len()
        ));
        return Ok(Ending::Complete);
    }
    let interrupt = Interrupt::watch()?;
    progress.say(session.heading());
    loop {
        let start = Instant::now();
        let epoch = match session.train_epoch(|examples| progress.advance(examples))
        {
            Ok(epoch) => epoch,
            Err(error) => return Ok(Ending::Diverged(error)),
        };
        let complete = session.course().epochs_left() == 0;
        let interrupted = interrupt.is_requested();
        // What is reported has been saved.
        if S::LONG_EPOCHS {
            let written = outputs.write(session, Output::is_file);
            if written.iter().any(Result::is_err) {
                return Ok(Ending::Unsaved);
            }
        }
        if complete || interrupted || epoch.epoch % arguments.report_every == 0 {
            let seconds = start.elapsed().as_secs_f64();
            progress.report(&epoch, S::LONG_EPOCHS.then_some(seconds));
        }
        if complete {
            return Ok(Ending::Complete);
        }
        if interrupted || progress.has_failed() {
            return Ok(Ending::Stopped);
        }
    }
}

/// Says why the training ended early, if it did.
fn explain<S: Session>(
    ending: &Ending,
    session: &S,
    outputs: &Outputs,
    progress: &Progress,
) {
    let epochs = session.course().epochs.len();
    match ending {
        Ending::Complete | Ending::Unsaved => {}
        // Nobody reads the output any more, and there is nothing to tell.
        Ending::Stopped if progress.has_failed() && outputs.is_empty() => {}
        Ending::Stopped => {
            let kept = if outputs.is_empty() {
                "nothing is kept, because no file was asked for"
            } else {
                "what has been trained so far is kept"
            };
            let resume = match outputs.save() {
                Some(path) if S::LONG_EPOCHS => {
                    format!("; continue with --resume {}", console::shown(path))
                }
                _ => String::new(),
            };
            let last = epochs - 1;
            console::note(format_args!(
                "stopped after epoch {last}; {kept}{resume}"
            ));
        }
        Ending::Diverged(error) => {
            console::error(error);
            if epochs == 0 && !outputs.is_empty() {
                console::note(
                    "nothing is written, because there is nothing to keep",
                );
            } else if let Some(path) = outputs.save() {
                console::note(format_args!(
                    "{} is left as it was before this epoch",
                    console::shown(path)
                ));
            }
        }
    }
}

/// Writes the outputs and says so. Returns whether all of them could be written.
fn keep(
    session: &mut impl Session,
    outputs: &Outputs,
    progress: &Progress,
) -> bool {
    if session.course().epochs.is_empty() {
        return outputs.is_empty();
    }
    let mut all_kept = true;
    for written in outputs.write(session, |_| true) {
        match written {
            Ok(path) => {
                progress.say(format_args!("Wrote {}.", console::shown(path)));
            }
            Err(error) => {
                console::error(error);
                all_kept = false;
            }
        }
    }
    all_kept
}
