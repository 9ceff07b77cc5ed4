//! The command `no-magic classify`.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use no_magic::by_hand::NeuralNet;

use crate::answer::{self, Answer};
use crate::cli::ClassifyArguments;
use crate::recipe::DrawingsRecipe;
use crate::session::{DrawingsSession, Session};
use crate::{console, drawing_file, model};

/// Asks a network what each drawing shows, and prints its answers.
///
/// A drawing that can't be read doesn't keep the others from being classified.
pub fn run(arguments: &ClassifyArguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut network = network(arguments.model.as_deref())?;
    let mut answers = Vec::new();
    for path in &arguments.drawings {
        let name = drawing_file::name(path);
        let shown = console::escape(&name);
        match ask(path, name, &mut network) {
            Ok(answer) => answers.push(answer),
            Err(error) => console::error(format_args!("{shown}: {error}")),
        }
    }
    let form = if arguments.json { answer::json } else { answer::table };
    console::print(form(&answers))?;
    let all_answered = answers.len() == arguments.drawings.len();
    Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn ask(
    path: &Path,
    name: String,
    network: &mut NeuralNet,
) -> Result<Answer, Box<dyn Error>> {
    Ok(Answer::new(name, &drawing_file::read(path)?, network)?)
}

fn network(path: Option<&Path>) -> Result<NeuralNet, Box<dyn Error>> {
    if let Some(path) = path {
        return Ok(model::load(path)?);
    }
    console::note(
        "Training the default network first; --model takes one that is trained.",
    );
    let mut session = DrawingsSession::new(&DrawingsRecipe::default())?;
    session.finish()?;
    Ok(session.network())
}
