//! The model file: a network as JSON, every number written so that it reads back as
//! the same bits.
//!
//! ```
//! use ndarray::array;
//! use no_magic_program::model;
//!
//! let json = br#"{
//!   "format": "no-magic model",
//!   "version": 1,
//!   "sizes": [2, 3, 1],
//!   "layers": [
//!     {"w": [[0.25, -0.5], [1.0, 0.125], [0.0, 2.0]], "b": [0.5, 0.0, -1.0]},
//!     {"w": [[2.0, 3.0, -4.0]], "b": [0.0]}
//!   ]
//! }"#;
//! let network = model::from_json(json)?;
//! assert_eq!(network.layers[0].w, array![[0.25, -0.5], [1.0, 0.125], [0.0, 2.0]]);
//! assert_eq!(network.layers[1].b, array![0.0]);
//! # Ok::<(), model::ModelError>(())
//! ```
//!
//! The layers stand from left to right. `w` has one row for each output, and `b`
//! one number. A network for drawings has sizes from 36 to 3.

use std::path::Path;

use ndarray::{Array1, Array2};
use no_magic::NetworkError;
use no_magic::by_hand::{Layer, NeuralNet};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use thiserror::Error;

use crate::files::{self, Limit, ReadError};

/// The name of the format.
pub const FORMAT: &str = "no-magic model";

/// The version of the format. A program reads only its own.
pub const VERSION: u64 = 1;

/// The largest network that the program trains fits in.
const LIMIT: Limit = Limit {
    bytes: 128 * 1024 * 1024,
    expected: "a model is at most 134217728 bytes",
};

/// What some editors put before the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What helps with a model that can't be used.
pub const NEW_ONE: &str =
    "train and save a new one: cargo run --release -- --save model.json";

/// What tells a model from another file, whatever its version.
#[derive(Deserialize)]
struct Header {
    format: String,
    version: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
struct Model {
    format: String,
    version: u64,
    sizes: Vec<usize>,
    layers: Vec<Parameters>,
}

#[derive(Serialize, Deserialize)]
struct Parameters {
    w: Vec<Vec<f64>>,
    b: Vec<f64>,
}

/// The network as a model file.
///
/// ```
/// use no_magic::by_hand::NeuralNet;
/// use no_magic_program::model;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let network = NeuralNet::new(&[36, 16, 3], &mut ChaCha8Rng::seed_from_u64(0))?;
/// let again = model::from_json(&model::to_json(&network)?)?;
/// assert_eq!(again.layers[0].w, network.layers[0].w);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If a weight or bias is NaN or infinite.
pub fn to_json(network: &NeuralNet) -> Result<Vec<u8>, NetworkError> {
    check_finite(network)?;
    let model = Model {
        format: FORMAT.into(),
        version: VERSION,
        sizes: sizes(network),
        layers: network.layers.iter().map(Parameters::from).collect(),
    };
    let mut json =
        serde_json::to_vec(&model).expect("finite numbers and names are JSON");
    json.push(b'\n');
    Ok(json)
}

fn check_finite(network: &NeuralNet) -> Result<(), NetworkError> {
    for (layer, parameters) in (1..).zip(&network.layers) {
        let mut numbers = parameters.w.iter().chain(&parameters.b);
        if let Some(&value) = numbers.find(|number| !number.is_finite()) {
            return Err(NetworkError::NotFinite { layer, value });
        }
    }
    Ok(())
}

/// The network in a model file's text.
///
/// # Errors
///
/// If the text is not a model of this [`VERSION`], or if it contradicts itself.
pub fn from_json(json: &[u8]) -> Result<NeuralNet, ModelError> {
    let json = json.strip_prefix(BYTE_ORDER_MARK).unwrap_or(json);
    check_header(json)?;
    let model: Model = serde_json::from_slice(json)?;
    let parameters = (1..)
        .zip(model.layers)
        .map(|(number, layer)| layer.into_arrays(number))
        .collect::<Result<_, _>>()?;
    let network = NeuralNet::from_parameters(parameters)?;
    let found = sizes(&network);
    if found != model.sizes {
        let sizes = model.sizes;
        return Err(ModelError::Sizes { sizes, found });
    }
    Ok(network)
}

/// The network in a model file.
///
/// # Errors
///
/// If the file can't be read, and where [`from_json`] has one.
pub fn load(path: &Path) -> Result<NeuralNet, ModelError> {
    from_json(&files::read_file(path, LIMIT)?)
}

fn check_header(json: &[u8]) -> Result<(), ModelError> {
    let header: Header =
        serde_json::from_slice(json).map_err(|error| match error.classify() {
            Category::Data => ModelError::NoModel,
            Category::Eof => ModelError::EndsTooSoon,
            Category::Syntax | Category::Io => ModelError::Json(error),
        })?;
    if header.format != FORMAT {
        return Err(ModelError::NoModel);
    }
    if header.version != VERSION {
        return Err(ModelError::Version { found: header.version });
    }
    Ok(())
}

fn sizes(network: &NeuralNet) -> Vec<usize> {
    let outputs = network.layers.iter().map(Layer::n_out);
    [network.n_in()].into_iter().chain(outputs).collect()
}

impl From<&Layer> for Parameters {
    fn from(layer: &Layer) -> Self {
        Self {
            w: layer.w.outer_iter().map(|row| row.to_vec()).collect(),
            b: layer.b.to_vec(),
        }
    }
}

impl Parameters {
    fn into_arrays(
        self,
        layer: usize,
    ) -> Result<(Array2<f64>, Array1<f64>), ModelError> {
        let columns = self.w.first().map_or(0, Vec::len);
        if let Some(row) = self.w.iter().position(|row| row.len() != columns) {
            return Err(ModelError::Ragged {
                layer,
                row: row + 1,
                found: self.w[row].len(),
                columns,
            });
        }
        let shape = (self.w.len(), columns);
        let w = Array2::from_shape_fn(shape, |(row, column)| self.w[row][column]);
        Ok((w, self.b.into()))
    }
}

/// Why a file can't be used as a model. Layers and rows count from 1.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The file can't be read.
    #[error("{0}; {NEW_ONE}")]
    Read(#[from] ReadError),
    /// The end of the text is missing.
    #[error("the file ends too soon; {NEW_ONE}")]
    EndsTooSoon,
    /// The text is not JSON, or something is missing from it or out of place.
    #[error("this is no model, or a damaged one: {0}; {NEW_ONE}")]
    Json(#[from] serde_json::Error),
    /// The text is JSON, but it does not say that it is a model.
    #[error("this is no model; {NEW_ONE}")]
    NoModel,
    /// The model comes from another version of the program.
    #[error(
        "the model has version {found} of the format, but this program reads \
         version {VERSION}; {NEW_ONE}"
    )]
    Version {
        /// The version in the file, which need not be a number.
        found: serde_json::Value,
    },
    /// The rows of a weight matrix differ in length.
    #[error(
        "row {row} of the weights of layer {layer} has {found} numbers, but the \
         rows before it have {columns}; {NEW_ONE}"
    )]
    Ragged {
        /// The layer.
        layer: usize,
        /// The first row that differs.
        row: usize,
        /// How many numbers it has.
        found: usize,
        /// How many numbers the rows before it have.
        columns: usize,
    },
    /// The sizes are not those of the weights.
    #[error(
        "the sizes are {sizes:?}, but the weights are those of {found:?}; \
         {NEW_ONE}"
    )]
    Sizes {
        /// What the file says.
        sizes: Vec<usize>,
        /// What its weights are.
        found: Vec<usize>,
    },
    /// The weights make no network.
    #[error("{0}; {NEW_ONE}")]
    Network(#[from] NetworkError),
}
