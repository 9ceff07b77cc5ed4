//! The command `no-magic classify`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use no_magic::by_hand::NeuralNet;
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;

use crate::answer::{self, Answer};
use crate::cli::ClassifyArguments;
use crate::error::ProgramError;
use crate::recipe::Recipe;
use crate::source::Source;
use crate::{console, model};

/// Asks a network what each drawing shows, and prints its answers.
///
/// # Errors
///
/// If the model can't be used, or if nothing can be printed. A drawing without an
/// answer is said on standard error, the others are classified all the same, and
/// the exit code tells.
pub fn run(arguments: &ClassifyArguments) -> Result<ExitCode, ProgramError> {
    let mut network = network(arguments.model.as_deref())?;
    let mut answers = Vec::new();
    for source in &arguments.drawings {
        match ask(source, &mut network) {
            Ok(answer) => answers.push(answer),
            Err(error) => console::error(format_args!("{source}: {error}")),
        }
    }
    if arguments.json {
        answer::print_json(&answers)?;
    } else {
        answer::print_table(&answers)?;
    }
    if answers.len() == arguments.drawings.len() {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

fn ask(source: &Source, network: &mut NeuralNet) -> Result<Answer, Box<dyn Error>> {
    Ok(Answer::new(source, &source.read()?, network)?)
}

fn network(path: Option<&Path>) -> Result<NeuralNet, ProgramError> {
    let Some(path) = path else {
        console::note(
            "Training the default network first; --model takes one that is \
             trained.",
        );
        return Recipe::default().train();
    };
    let network = model::load(path)
        .map_err(|source| ProgramError::Model { path: path.to_owned(), source })?;
    let (n_in, n_out) = (network.n_in(), network.n_out());
    if (n_in, n_out) != (PIXELS, Pattern::ALL.len()) {
        let path = path.to_owned();
        return Err(ProgramError::NotForDrawings { path, n_in, n_out });
    }
    Ok(network)
}
