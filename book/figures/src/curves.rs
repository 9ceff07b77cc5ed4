//! Loss and accuracy of the default run.

use std::error::Error;

use no_magic::by_hand::NeuralNet;
use no_magic::training::EpochReport;
use no_magic_program::plot::{PlotError, to_svg};
use no_magic_program::recipe::DrawingsRecipe;
use no_magic_program::session::{DrawingsSession, Session};

/// The default run, with a report of each epoch.
pub struct Run {
    /// The trained network.
    pub network: NeuralNet,
    reports: Vec<EpochReport>,
}

impl Run {
    /// Trains as `cargo run --release` does.
    pub fn default_run() -> Result<Self, Box<dyn Error>> {
        let mut session = DrawingsSession::new(&DrawingsRecipe::default())?;
        session.finish()?;
        let reports =
            session.course().epochs.iter().map(EpochReport::from).collect();
        Ok(Self { network: session.network(), reports })
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
    let caption = "The default run: mean loss (on a logarithmic axis) and accuracy \
                   of each epoch.";
    Ok(plot::chart(&to_svg(&run.reports)?, &alternative, caption))
}
