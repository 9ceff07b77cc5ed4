//! A training that can go on another day: everything that the next epoch depends
//! on, as JSON.

use std::path::Path;

use ndarray::Array1;
use no_magic::batched::{Adam, Network};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::digits::{DigitsRecipe, EpochResult};
use crate::files::{self, Limit, ReadError};

/// The name of the format.
pub const FORMAT: &str = "no-magic digits 1";

const LIMIT: Limit = Limit {
    bytes: 1024 * 1024 * 1024,
    expected: "a saved training is at most 1073741824 bytes",
};

/// A training after an epoch. The random numbers of an epoch follow from the seed
/// and its number, so that a generator has nothing to keep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    format: String,
    /// What is trained.
    pub recipe: DigitsRecipe,
    /// How each epoch went.
    pub results: Vec<EpochResult>,
    parameters: Vec<Vec<f64>>,
    t: i32,
    m: Vec<Vec<f64>>,
    v: Vec<Vec<f64>>,
}

impl Checkpoint {
    /// The state of a training.
    pub fn new(
        recipe: &DigitsRecipe,
        results: &[EpochResult],
        network: &mut Network,
        adam: &Adam,
    ) -> Self {
        let parameters = network.parameters_mut();
        Self {
            format: FORMAT.into(),
            recipe: recipe.clone(),
            results: results.to_vec(),
            parameters: parameters.iter().map(|p| p.to_vec()).collect(),
            t: adam.t,
            m: adam.m.iter().map(|m| m.to_vec()).collect(),
            v: adam.v.iter().map(|v| v.to_vec()).collect(),
        }
    }

    /// Puts the state back into a network and an optimizer made after the same
    /// recipe.
    ///
    /// # Errors
    ///
    /// If the numbers are not as many as the recipe asks for.
    pub fn restore(
        &self,
        network: &mut Network,
        adam: &mut Adam,
    ) -> Result<(), CheckpointError> {
        let mut places = network.parameters_mut();
        let fits = |rows: &[Vec<f64>]| {
            rows.len() == places.len()
                && rows
                    .iter()
                    .zip(&places)
                    .all(|(row, place)| row.len() == place.len())
        };
        let started = self.t > 0;
        if !fits(&self.parameters) || started && !(fits(&self.m) && fits(&self.v)) {
            return Err(CheckpointError::Sizes);
        }
        for (place, row) in places.iter_mut().zip(&self.parameters) {
            place.iter_mut().zip(row).for_each(|(to, &from)| *to = from);
        }
        let arrays =
            |rows: &[Vec<f64>]| rows.iter().cloned().map(Array1::from).collect();
        (adam.t, adam.m, adam.v) = (self.t, arrays(&self.m), arrays(&self.v));
        Ok(())
    }

    /// The checkpoint as a file.
    ///
    /// # Errors
    ///
    /// If a number is not finite.
    pub fn to_json(&self) -> Result<Vec<u8>, CheckpointError> {
        let all =
            [&self.parameters, &self.m, &self.v].into_iter().flatten().flatten();
        if all.into_iter().any(|number| !number.is_finite()) {
            return Err(CheckpointError::NotFinite);
        }
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads a checkpoint.
    ///
    /// # Errors
    ///
    /// If the file can't be read, or is something else.
    pub fn load(path: &Path) -> Result<Self, CheckpointError> {
        let checkpoint: Self =
            serde_json::from_slice(&files::read_file(path, LIMIT)?)?;
        if checkpoint.format != FORMAT {
            return Err(CheckpointError::Format { found: checkpoint.format });
        }
        Ok(checkpoint)
    }
}

/// Why a training can't be saved, or can't go on.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The file can't be read.
    #[error("the file {0}")]
    Read(#[from] ReadError),
    /// It is no checkpoint.
    #[error("this is no saved training, or a damaged one: {0}")]
    Json(#[from] serde_json::Error),
    /// It is one of another version.
    #[error("the format is {found:?}, but this program reads {FORMAT:?}")]
    Format {
        /// The format.
        found: String,
    },
    /// The numbers are not as many as the recipe asks for.
    #[error("the numbers in the file are not those of the network that it names")]
    Sizes,
    /// A setting is out of its range.
    #[error("a setting in the file is out of its range")]
    Recipe,
    /// The training has diverged.
    #[error("a number is no longer finite; the learning rate is too large")]
    NotFinite,
}
