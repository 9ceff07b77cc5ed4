//! What is kept of a training: the history, the plot and the network, each if it is
//! asked for.

use std::path::Path;

use no_magic::by_hand::NeuralNet;
use no_magic::training::EpochReport;

use crate::cli::OutputArguments;
use crate::error::ProgramError;
use crate::files::Target;
use crate::{history, model, plot};

/// The files to write when the training is over.
#[derive(Debug)]
pub struct Outputs {
    history: Option<Target>,
    plot: Option<Target>,
    save: Option<Target>,
}

impl Outputs {
    /// Makes sure that all of the files can be written, before the training rather
    /// than after it.
    ///
    /// # Errors
    ///
    /// If one of them can't be written, or if two are the same.
    pub fn new(arguments: &OutputArguments) -> Result<Self, ProgramError> {
        let outputs = Self {
            history: arguments.history.as_deref().map(Target::new).transpose()?,
            plot: arguments.plot.as_deref().map(Target::new).transpose()?,
            save: arguments.save.as_deref().map(Target::new).transpose()?,
        };
        let Self { history, plot, save } = &outputs;
        for (one, other) in [(history, plot), (plot, save), (save, history)] {
            if let (Some(one), Some(other)) = (one, other)
                && one.is_same_as(other)
            {
                return Err(ProgramError::SameFile { path: one.path().to_owned() });
            }
        }
        Ok(outputs)
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.history.is_none() && self.plot.is_none() && self.save.is_none()
    }

    /// Writes the files, and returns the path of each that was written. Where one
    /// fails, the others are written all the same.
    pub fn write(
        &self,
        reports: &[EpochReport],
        network: &NeuralNet,
    ) -> Vec<Result<&Path, ProgramError>> {
        let history = self.history.as_ref().map(|target| {
            target.write(&history::to_csv(reports)?)?;
            Ok(target.path())
        });
        let plot = self.plot.as_ref().map(|target| {
            target.write(plot::to_svg(reports)?.as_bytes())?;
            Ok(target.path())
        });
        let save = self.save.as_ref().map(|target| {
            let model = model::to_json(network).map_err(|source| {
                let path = target.path().to_owned();
                ProgramError::NotSaved { path, source }
            })?;
            target.write(&model)?;
            Ok(target.path())
        });
        [history, plot, save].into_iter().flatten().collect()
    }
}
