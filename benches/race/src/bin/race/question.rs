//! What the contenders are given to do, and how they are asked.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, Axis};
use no_magic::by_hand::NeuralNet;
use no_magic::{digits, patterns};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use race::Parameters;
use race::measurements::{Precision, Workload};

/// Writes the weights to start from, and examples in the order in which they are
/// trained on.
///
/// The lesson's patterns for 36 inputs, digits for 784; numbers lie in the files as
/// they do in memory, 8 bytes each, little-endian. Returns how many batches there
/// are.
///
/// # Errors
///
/// If a file can't be written, or there are no such examples.
pub fn export(workload: &Workload, folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = match workload.sizes[0] {
        36 => {
            patterns::dataset([workload.batch.div_ceil(3).max(120); 3], &mut rng)?
        }
        784 => digits::dataset(workload.batch.max(64), &mut rng)?,
        n_in => {
            return Err(format!("there are no examples of {n_in} numbers").into());
        }
    };
    let network = NeuralNet::new(&workload.sizes, &mut rng)?;
    let mut order: Vec<usize> = (0..data.len()).collect();
    order.shuffle(&mut rng);

    let inputs = data.inputs().select(Axis(0), &order);
    fs::write(
        folder.join("parameters.f64"),
        bytes(network.parameters().into_iter().map(f64::to_le_bytes)),
    )?;
    fs::write(
        folder.join("inputs.f64"),
        bytes(inputs.iter().map(|x| x.to_le_bytes())),
    )?;
    fs::write(
        folder.join("labels.i64"),
        bytes(order.iter().map(|&i| (data.y(i) as i64).to_le_bytes())),
    )?;
    Ok(data.len() / workload.batch)
}

fn bytes(numbers: impl Iterator<Item = [u8; 8]>) -> Vec<u8> {
    numbers.flatten().collect()
}

/// Asks a contender to train from the start.
#[derive(Debug, Serialize, Deserialize)]
pub struct Question {
    /// The network and its batches.
    #[serde(flatten)]
    pub workload: Workload,
    /// Where [`export`] wrote.
    pub folder: PathBuf,
    /// How exact the numbers are to be.
    pub precision: Precision,
    /// The learning rate.
    pub learning_rate: f64,
    /// How many steps to take.
    pub steps: usize,
}

/// What a contender says first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Greeting {
    /// What it is made of, with its version.
    pub versions: BTreeMap<String, String>,
}

/// How long the steps took, and what they came to.
#[derive(Debug, Serialize, Deserialize)]
pub struct Answer {
    /// The time of all steps, in seconds; reading and preparing are not in it.
    pub seconds: f64,
    /// The mean of the losses, each taken before its step.
    pub loss: f64,
}

/// A workload as it was exported.
pub struct Exported {
    /// The weights to start from.
    pub parameters: Parameters,
    /// The inputs of each batch, `(batch, n_in)`.
    pub x: Vec<Array2<f64>>,
    /// The labels of each batch.
    pub y: Vec<Vec<usize>>,
}

impl Question {
    /// Reads what was exported.
    ///
    /// # Errors
    ///
    /// If a file can't be read, or holds something else.
    pub fn read(&self) -> Result<Exported, Box<dyn Error>> {
        let read = |name: &str| fs::read(self.folder.join(name));
        let mut numbers = floats(&read("parameters.f64")?).into_iter();
        let mut take = |count| numbers.by_ref().take(count).collect::<Vec<f64>>();
        let mut parameters = Vec::new();
        for size in self.workload.sizes.windows(2) {
            let w = Array2::from_shape_vec(
                (size[1], size[0]),
                take(size[0] * size[1]),
            )?;
            parameters.push((w, Array1::from(take(size[1]))));
        }
        let batch = self.workload.batch;
        let n_in = self.workload.sizes[0];
        let x = floats(&read("inputs.f64")?);
        let x = x
            .chunks_exact(batch * n_in)
            .map(|x| Array2::from_shape_vec((batch, n_in), x.to_vec()));
        let y = read("labels.i64")?;
        let y: Vec<usize> = y
            .as_chunks()
            .0
            .iter()
            .map(|&y| usize::try_from(u64::from_le_bytes(y)))
            .collect::<Result<_, _>>()?;
        Ok(Exported {
            parameters,
            x: x.collect::<Result<_, _>>()?,
            y: y.chunks_exact(batch).map(<[usize]>::to_vec).collect(),
        })
    }
}

fn floats(bytes: &[u8]) -> Vec<f64> {
    let numbers = bytes.as_chunks().0.iter();
    numbers.map(|&number| f64::from_le_bytes(number)).collect()
}
