//! The model file: a network as JSON, every number written so that it reads back as
//! the same bits.
//!
//! ```json
//! {
//!   "format": "no-magic model",
//!   "version": 1,
//!   "sizes": [2, 3, 1],
//!   "layers": [
//!     {"w": [[0.25, -0.5], [1.0, 0.125], [0.0, 2.0]], "b": [0.5, 0.0, -1.0]},
//!     {"w": [[2.0, 3.0, -4.0]], "b": [0.0]}
//!   ]
//! }
//! ```
//!
//! The layers stand from left to right. `w` has one row for each output, and `b`
//! one number. A network for drawings has sizes from 36 to 3.

use std::error::Error;
use std::path::Path;

use ndarray::{Array1, Array2};
use no_magic::NetworkError;
use no_magic::by_hand::{Layer, NeuralNet};
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use serde::{Deserialize, Serialize};

use crate::format::{self, BadFile, Format};
use crate::input::Limit;

/// The format of models.
pub const FORMAT: Format = Format {
    name: "no-magic model",
    version: 1,
    what: "model",
    // The largest network that the program trains fits in.
    limit: Limit {
        bytes: 128 * 1024 * 1024,
        expected: "a model is at most 134217728 bytes",
    },
    advice: "train and save a new one: cargo run --release -- --save model.json",
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    format: String,
    version: u64,
    sizes: Vec<usize>,
    layers: Vec<Parameters>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}

/// The network as a model file, unless a weight or bias is NaN or infinite.
pub fn to_json(network: &NeuralNet) -> Result<Vec<u8>, NetworkError> {
    for (layer, parameters) in (1..).zip(&network.layers) {
        let mut numbers = parameters.w.iter().chain(&parameters.b);
        if let Some(&value) = numbers.find(|number| !number.is_finite()) {
            return Err(NetworkError::NotFinite { layer, value });
        }
    }
    Ok(format::to_json(&Model {
        format: FORMAT.name.into(),
        version: FORMAT.version,
        sizes: sizes(network),
        layers: network.layers.iter().map(Parameters::from).collect(),
    }))
}

/// The network for drawings in a model file.
pub fn load(path: &Path) -> Result<NeuralNet, BadFile> {
    FORMAT.load(path, |model: Model| {
        let network = model.into_network()?;
        let (n_in, n_out) = (network.n_in(), network.n_out());
        if (n_in, n_out) != (PIXELS, Pattern::ALL.len()) {
            return Err(format!(
                "the network takes {n_in} inputs and tells {n_out} classes apart, \
                 but a drawing has {PIXELS} pixels and there are {} patterns",
                Pattern::ALL.len()
            )
            .into());
        }
        Ok(network)
    })
}

fn sizes(network: &NeuralNet) -> Vec<usize> {
    let outputs = network.layers.iter().map(Layer::n_out);
    [network.n_in()].into_iter().chain(outputs).collect()
}

impl Model {
    fn into_network(self) -> Result<NeuralNet, Box<dyn Error>> {
        let layers = (1..).zip(self.layers);
        let parameters = layers
            .map(|(number, layer)| layer.into_arrays(number))
            .collect::<Result<_, _>>()?;
        let network = NeuralNet::from_parameters(parameters)?;
        let found = sizes(&network);
        if found != self.sizes {
            let sizes = self.sizes;
            return Err(format!(
                "the sizes are {sizes:?}, but the weights are those of {found:?}"
            )
            .into());
        }
        Ok(network)
    }
}

impl From<&Layer> for Parameters {
    fn from(layer: &Layer) -> Self {
        let w = layer.w.outer_iter().map(|row| row.to_vec()).collect();
        Self { w, b: layer.b.to_vec() }
    }
}

impl Parameters {
    /// Layers and rows count from 1.
    fn into_arrays(
        self,
        layer: usize,
    ) -> Result<(Array2<f64>, Array1<f64>), String> {
        let columns = self.w.first().map_or(0, Vec::len);
        if let Some(row) = self.w.iter().position(|row| row.len() != columns) {
            let found = self.w[row].len();
            return Err(format!(
                "row {} of the weights of layer {layer} has {found} numbers, but \
                 the rows before it have {columns}",
                row + 1
            ));
        }
        let shape = (self.w.len(), columns);
        let w = Array2::from_shape_vec(shape, self.w.concat())
            .expect("all rows have the same length");
        Ok((w, self.b.into()))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn every_bit_comes_back() {
        let w = array![
            [0.1 + 0.2, -0.0, f64::MIN_POSITIVE],
            [f64::MAX, 5e-324, 1.0 / 3.0]
        ];
        let b = array![-1e-7, 12_345_678_901_234_567.0];
        let network = NeuralNet::from_parameters(vec![(w, b)]).unwrap();
        let model: Model =
            serde_json::from_slice(&to_json(&network).unwrap()).unwrap();
        let bits = |network: &NeuralNet| -> Vec<u64> {
            let layer = &network.layers[0];
            layer.w.iter().chain(&layer.b).map(|number| number.to_bits()).collect()
        };
        assert_eq!(bits(&model.into_network().unwrap()), bits(&network));
    }

    #[test]
    fn the_file_is_laid_out_as_documented() {
        let hidden = (array![[0.25, -0.5], [1.0, 0.125]], array![0.0, 0.5]);
        let last = (array![[2.0, 3.0]], array![1e-9]);
        let network = NeuralNet::from_parameters(vec![hidden, last]).unwrap();
        assert_eq!(
            String::from_utf8(to_json(&network).unwrap()).unwrap(),
            concat!(
                r#"{"format":"no-magic model","version":1,"sizes":[2,2,1],"#,
                r#""layers":["#,
                r#"{"w":[[0.25,-0.5],[1.0,0.125]],"b":[0.0,0.5]},"#,
                r#"{"w":[[2.0,3.0]],"b":[1e-9]}]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_broken_network_makes_no_model() {
        let layer = (array![[1.0]], array![0.0]);
        let mut network = NeuralNet::from_parameters(vec![layer]).unwrap();
        let value = f64::NEG_INFINITY;
        network.layers[0].w[[0, 0]] = value;
        let error = NetworkError::NotFinite { layer: 1, value };
        assert_eq!(to_json(&network), Err(error));
    }
}
