//! A training of digits that can go on another day: everything that the next epoch
//! depends on, as JSON.

use std::path::Path;

use ndarray::Array1;
use no_magic::batched::{Adam, Network};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::epoch::Epoch;
use crate::format::{self, BadFile, Format};
use crate::input::Limit;
use crate::recipe::DigitsRecipe;

/// The format of checkpoints.
pub const FORMAT: Format = Format {
    name: "no-magic digits",
    version: 2,
    what: "saved training",
    limit: Limit {
        bytes: 1024 * 1024 * 1024,
        expected: "a saved training is at most 1073741824 bytes",
    },
    advice: "train and save a new one: cargo run --release -- digits --save \
             digits.json",
};

/// A training after an epoch. The random numbers of an epoch follow from the seed
/// and its number, and the number of Adam's steps from that of the epochs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    format: String,
    version: u64,
    recipe: Map<String, Value>,
    /// How each epoch went.
    pub epochs: Vec<Epoch>,
    parameters: Vec<Vec<f64>>,
    m: Vec<Vec<f64>>,
    v: Vec<Vec<f64>>,
}

impl Checkpoint {
    /// The state of a training.
    pub fn new(
        recipe: &DigitsRecipe,
        epochs: &[Epoch],
        network: &mut Network,
        adam: &Adam,
    ) -> Self {
        let parameters = network.parameters_mut();
        Self {
            format: FORMAT.name.into(),
            version: FORMAT.version,
            recipe: recipe.settings(),
            epochs: epochs.to_vec(),
            parameters: parameters.iter().map(|p| p.to_vec()).collect(),
            m: adam.m.iter().map(|m| m.to_vec()).collect(),
            v: adam.v.iter().map(|v| v.to_vec()).collect(),
        }
    }

    /// Whether all numbers are finite. If not, the training has diverged.
    pub fn is_finite(&self) -> bool {
        let epochs = self.epochs.iter().all(|epoch| {
            epoch.loss.is_finite()
                && epoch.held_out_loss.is_some_and(f64::is_finite)
        });
        let rows = [&self.parameters, &self.m, &self.v];
        epochs && rows.into_iter().flatten().flatten().all(|it| it.is_finite())
    }

    /// The checkpoint as a file.
    pub fn to_json(&self) -> Vec<u8> {
        format::to_json(self)
    }

    /// Reads a checkpoint and its recipe.
    pub fn load(path: &Path) -> Result<(Self, DigitsRecipe), BadFile> {
        FORMAT.load(path, |checkpoint: Self| {
            let recipe = DigitsRecipe::from_settings(&checkpoint.recipe)
                .map_err(|reason| format!("its settings are damaged: {reason}"))?;
            checkpoint.check()?;
            Ok((checkpoint, recipe))
        })
    }

    fn check(&self) -> Result<(), String> {
        if self.epochs.is_empty() {
            return Err("it has no epochs".into());
        }
        let is_sound = |(number, epoch): (usize, &Epoch)| {
            let share = epoch.held_out_accuracy.unwrap_or(f64::NAN);
            epoch.epoch == number
                && epoch.held_out_loss.is_some()
                && epoch.accuracy.is_none()
                && (0.0..=1.0).contains(&share)
        };
        if let Some(epoch) =
            self.epochs.iter().enumerate().position(|it| !is_sound(it))
        {
            return Err(format!("its epoch {epoch} is damaged"));
        }
        if self.v.iter().flatten().any(|&square| square < 0.0) {
            return Err("a mean of squares is negative".into());
        }
        Ok(())
    }

    /// Puts the state back into a network and an optimizer made from the same
    /// recipe, which takes so many steps in an epoch.
    pub fn restore(
        &self,
        network: &mut Network,
        adam: &mut Adam,
        steps: usize,
    ) -> Result<(), String> {
        let mut places = network.parameters_mut();
        let fits = |rows: &Vec<Vec<f64>>| {
            rows.iter().map(Vec::len).eq(places.iter().map(|place| place.len()))
        };
        if ![&self.parameters, &self.m, &self.v].into_iter().all(fits) {
            return Err(
                "the numbers in the file are not those of the network that it \
                        names"
                    .into(),
            );
        }
        for (place, row) in places.iter_mut().zip(&self.parameters) {
            place.assign(&ndarray::aview1(row));
        }
        let arrays =
            |rows: &[Vec<f64>]| rows.iter().cloned().map(Array1::from).collect();
        (adam.m, adam.v) = (arrays(&self.m), arrays(&self.v));
        let steps = self.epochs.len().saturating_mul(steps);
        adam.t = steps.try_into().unwrap_or(i32::MAX);
        Ok(())
    }
}
