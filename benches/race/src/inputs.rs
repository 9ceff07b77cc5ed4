//! What everyone starts from, and what NumPy and PyTorch made of it: the files of
//! `tests/parity`.

use std::collections::BTreeMap;
use std::fs;

use ndarray::{Array1, Array2, Axis};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Parameters;
use crate::peer::Peer;

/// Drawings, the order in which each epoch goes through them, and the first
/// weights.
pub struct Inputs {
    x: Array2<f64>,
    y: Vec<usize>,
    orders: Vec<Vec<usize>>,
    /// The weights and biases before the first step.
    pub parameters: Parameters,
}

impl Inputs {
    /// Those of the lesson's network, 36-16-3.
    pub fn read() -> Self {
        let file = File::read("inputs.json");
        let indices = |name: &str| -> Vec<usize> {
            let numbers: Vec<f64> = file.array(name);
            numbers.iter().map(|&number| index(number)).collect()
        };
        Self {
            x: matrix(file.array("patterns/x")),
            y: indices("patterns/y"),
            orders: (0..10)
                .map(|epoch| indices(&format!("order/{epoch}")))
                .collect(),
            parameters: file.parameters("lesson"),
        }
    }

    /// The batch of a step, counted from 0. An epoch's last one may be smaller than
    /// the others.
    pub fn batch(&self, step: usize, size: usize) -> (Array2<f64>, Vec<usize>) {
        let per_epoch = self.y.len().div_ceil(size);
        let order = &self.orders[step / per_epoch % self.orders.len()];
        let chosen = order.chunks(size).nth(step % per_epoch);
        let chosen = chosen.expect("a batch of the epoch");
        let y = chosen.iter().map(|&i| self.y[i]).collect();
        (self.x.select(Axis(0), chosen), y)
    }

    /// Trains on the batches of these steps; returns the loss of each.
    pub fn train(
        &self,
        peer: &mut dyn Peer,
        steps: std::ops::Range<usize>,
        size: usize,
    ) -> Vec<f64> {
        let batches = steps.map(|step| self.batch(step, size));
        batches.map(|(x, y)| peer.train_step(x.view(), &y)).collect()
    }
}

/// The weights and biases that NumPy or PyTorch has after 1,000 steps, one example
/// at a time.
pub fn trained_in_python(library: &str) -> Parameters {
    File::read(&format!("{library}.json")).parameters("Part I/step 1000")
}

/// The version of NumPy or PyTorch that computed its numbers.
pub fn python_version(library: &str, module: &str) -> String {
    File::read(&format!("{library}.versions.json")).array(module)
}

struct File(BTreeMap<String, Value>);

impl File {
    fn read(name: &str) -> Self {
        let path =
            format!("{}/../../tests/parity/{name}", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).expect("an object of arrays"))
    }

    fn array<T: DeserializeOwned>(&self, name: &str) -> T {
        let value = self.0.get(name);
        let value = value.unwrap_or_else(|| panic!("there is no {name}"));
        serde_json::from_value(value.clone())
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn parameters(&self, prefix: &str) -> Parameters {
        let layer = |l| {
            let w = matrix(self.array(&format!("{prefix}/w{l}")));
            let b: Vec<f64> = self.array(&format!("{prefix}/b{l}"));
            (w, Array1::from(b))
        };
        [1, 2].map(layer).into()
    }
}

fn matrix(rows: Vec<Vec<f64>>) -> Array2<f64> {
    let shape = (rows.len(), rows[0].len());
    Array2::from_shape_vec(shape, rows.concat()).expect("rows of the same length")
}

fn index(number: f64) -> usize {
    number.to_string().parse().expect("a whole number")
}
