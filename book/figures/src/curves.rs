//! Loss and accuracy of the default run.

use std::error::Error;

use no_magic::by_hand::NeuralNet;
use no_magic::training::EpochReport;
use no_magic_program::plot::{PlotError, to_svg};
use no_magic_program::recipe::Recipe;

/// The default run, with a report of each epoch.
pub struct Run {
    /// The trained network.
    pub network: NeuralNet,
    reports: Vec<EpochReport>,
}

impl Run {
    /// Trains as `cargo run --release` does.
    pub fn default_run() -> Result<Self, Box<dyn Error>> {
        let recipe = Recipe::default();
        let mut setup = recipe.set_up()?;
        let training = setup.training(recipe.learning_rate)?;
        let reports = training.take(recipe.epochs).collect::<Result<_, _>>()?;
        Ok(Self { network: NeuralNet::from(&setup.network), reports })
    }
}

/// The plot that `no-magic train --plot` draws.
pub fn draw(run: &Run) -> Result<String, PlotError> {
    let (first, last) = (run.reports[0], run.reports[run.reports.len() - 1]);
    let alternative = format!(
        "Two curves over {} epochs. The loss falls from {:.2} to {:.4}, steeply \
         at first. The accuracy on the training data rises from {:.0}% to {:.0}% \
         within a few epochs.",
        run.reports.len(),
        first.loss,
        last.loss,
        first.accuracy * 100.0,
        last.accuracy * 100.0,
    );
    let caption = "The default run: mean loss (on a logarithmic axis) and accuracy of \
                   each epoch.";
    Ok(plot::chart(&to_svg(&run.reports)?, &alternative, caption))
}
