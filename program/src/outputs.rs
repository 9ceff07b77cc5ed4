//! What is kept of a training: the history, the plot and the network, each if it is
//! asked for.

use std::error::Error;
use std::path::{Path, PathBuf};

use no_magic::training::EpochReport;
use thiserror::Error;

use crate::cli::ResultArguments;
use crate::output::Output;
use crate::session::Session;
use crate::{console, epoch, plot};

/// The files to write.
#[derive(Debug)]
pub struct Outputs {
    history: Option<Output>,
    plot: Option<Output>,
    save: Option<Output>,
}

impl Outputs {
    /// Makes sure that all of the files can be written, before the training rather
    /// than after it, and that none of them is another or one of the inputs.
    pub fn new(
        arguments: &ResultArguments,
        plot: Option<&Path>,
        inputs: &[PathBuf],
        resumed: Option<&Path>,
    ) -> Result<Self, Box<dyn Error>> {
        let output = |path: Option<&Path>| path.map(Output::new).transpose();
        let outputs = Self {
            history: output(arguments.history.as_deref())?,
            plot: output(plot)?,
            save: output(arguments.save.as_deref())?,
        };
        let all: Vec<_> = outputs.all().collect();
        for (i, output) in all.iter().enumerate() {
            let path = output.path().to_owned();
            if all[..i].iter().any(|other| output.is_same_as(other)) {
                return Err(Conflict::Outputs { path }.into());
            }
            if inputs.iter().any(|input| output.replaces(input)) {
                return Err(Conflict::Input { path }.into());
            }
        }
        // The training that was resumed may be saved in its own place.
        if let (Some(history), Some(resumed)) = (&outputs.history, resumed)
            && history.replaces(resumed)
        {
            return Err(Conflict::Input { path: history.path().to_owned() }.into());
        }
        Ok(outputs)
    }

    fn all(&self) -> impl Iterator<Item = &Output> {
        [&self.history, &self.plot, &self.save].into_iter().flatten()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Where the training is saved.
    pub fn save(&self) -> Option<&Path> {
        self.save.as_ref().map(Output::path)
    }

    /// Leaves alone what was saved before.
    pub fn without_save(self) -> Self {
        Self { save: None, ..self }
    }

    /// Writes the outputs that `chosen` accepts, and returns the path of each that
    /// was written. Where one fails, the others are written all the same.
    pub fn write(
        &self,
        session: &mut impl Session,
        chosen: fn(&Output) -> bool,
    ) -> Vec<Result<&Path, Box<dyn Error>>> {
        let mut results = Vec::new();
        if let Some(output) = self.history.as_ref().filter(|it| chosen(it)) {
            results.push(put(output, epoch::to_csv(&session.course().epochs)));
        }
        if let Some(output) = self.plot.as_ref().filter(|it| chosen(it)) {
            let epochs = session.course().epochs.iter();
            let reports: Vec<EpochReport> = epochs.map(EpochReport::from).collect();
            let svg = plot::to_svg(&reports).map(String::into_bytes);
            results.push(put(output, svg));
        }
        if let Some(output) = self.save.as_ref().filter(|it| chosen(it)) {
            results.push(put(output, session.to_json()));
        }
        results
    }
}

fn put(
    output: &Output,
    contents: Result<Vec<u8>, impl Into<Box<dyn Error>>>,
) -> Result<&Path, Box<dyn Error>> {
    let path = output.path();
    let contents = contents.map_err(|error| {
        format!("{} was not written: {}", console::shown(path), error.into())
    })?;
    output.write(&contents)?;
    Ok(path)
}

/// One file has two roles.
#[derive(Debug, Error)]
pub enum Conflict {
    #[error(
        "{}: two outputs can't go to the same file; name one for each",
        console::shown(path)
    )]
    Outputs { path: PathBuf },
    #[error(
        "{}: the program reads this file, so it can't be an output as well; name \
         another",
        console::shown(path)
    )]
    Input { path: PathBuf },
}
