//! Why a command failed, as the program says it after `error: `.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use no_magic::NetworkError;
use no_magic::dataset::DatasetError;
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use no_magic::training::TrainingError;
use thiserror::Error;

use crate::checkpoint::CheckpointError;
use crate::files::WriteError;
use crate::model::{ModelError, NEW_ONE};
use crate::plot::PlotError;

/// Why a command failed.
#[derive(Debug, Error)]
pub enum ProgramError {
    /// There are no examples.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The sizes make no network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The network can't be trained.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A model can't be used.
    #[error("{}: {source}", path.display())]
    Model {
        /// The model file.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
    /// A model that is not for drawings.
    #[error(
        "{}: the network takes {n_in} inputs and tells {n_out} classes apart, but \
         a drawing has {PIXELS} pixels and there are {} patterns; {NEW_ONE}",
        path.display(),
        Pattern::ALL.len()
    )]
    NotForDrawings {
        /// The model file.
        path: PathBuf,
        /// The network's inputs.
        n_in: usize,
        /// The network's outputs.
        n_out: usize,
    },
    /// A network that is not worth saving.
    #[error("{} was not written: {source}", path.display())]
    NotSaved {
        /// Where it was to be saved.
        path: PathBuf,
        /// What is wrong with it.
        source: NetworkError,
    },
    /// A file can't be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Two outputs would overwrite each other.
    #[error(
        "{}: two outputs can't go to the same file; name one for each",
        path.display()
    )]
    SameFile {
        /// The file.
        path: PathBuf,
    },
    /// A file of MNIST can't be used.
    #[error(transparent)]
    Mnist(#[from] crate::idx::MnistError),
    /// A training can't be saved.
    #[error("the training can't be saved or restored: {0}")]
    State(#[from] CheckpointError),
    /// A saved training can't be used.
    #[error("{}: {source}", path.display())]
    Checkpoint {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CheckpointError,
    },
    /// The history can't be written as a table.
    #[error("the history can't be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The plot can't be drawn.
    #[error("the plot can't be drawn: {0}")]
    Plot(#[from] PlotError),
    /// Ctrl-C can't be watched.
    #[error("Ctrl-C can't be watched: {0}")]
    Interrupt(#[from] ctrlc::Error),
    /// Nothing can be printed any more.
    #[error("the output can't be printed: {0}")]
    Print(#[from] io::Error),
}

impl ProgramError {
    /// Whether the reader of the output has gone away, as `head` does when it has
    /// seen enough.
    pub fn is_broken_pipe(&self) -> bool {
        let Self::Print(error) = self else { return false };
        error.kind() == io::ErrorKind::BrokenPipe
    }

    /// 2 where the command line is to blame, 1 elsewhere.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::SameFile { .. } => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}
