//! What can be wrong with a network's sizes or parameters.

use ndarray::{Array1, Array2};
use thiserror::Error;

/// Checks the sizes of a network, from its inputs to its outputs.
pub(crate) fn check_sizes(sizes: &[usize]) -> Result<(), NetworkError> {
    if sizes.len() < 2 {
        return Err(NetworkError::TooFewSizes { sizes: sizes.to_vec() });
    }
    match sizes.iter().position(|&size| size == 0) {
        Some(index) => Err(NetworkError::ZeroSize {
            position: index + 1,
            sizes: sizes.to_vec(),
        }),
        None => Ok(()),
    }
}

/// Checks the weights and biases of a network, `(W, b)` for each layer from
/// first to last.
pub(crate) fn check_parameters(
    parameters: &[(Array2<f64>, Array1<f64>)],
) -> Result<(), NetworkError> {
    if parameters.is_empty() {
        return Err(NetworkError::NoLayers);
    }
    let mut outputs_before = None;
    for (layer, (w, b)) in (1..).zip(parameters) {
        let (n_out, n_in) = w.dim();
        if n_in == 0 || n_out == 0 {
            return Err(NetworkError::EmptyLayer { layer, n_in, n_out });
        }
        if b.len() != n_out {
            return Err(NetworkError::Bias { layer, n_out, bias: b.len() });
        }
        if let Some(outputs) = outputs_before.filter(|&outputs| outputs != n_in) {
            return Err(NetworkError::Stack { layer, n_in, outputs });
        }
        if let Some(&value) = w.iter().chain(b).find(|value| !value.is_finite()) {
            return Err(NetworkError::NotFinite { layer, value });
        }
        outputs_before = Some(n_out);
    }
    Ok(())
}

/// Why a network can't be built. Layers and positions are counted from 1.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// There are fewer than two sizes.
    #[error(
        "a network needs at least two sizes, for its inputs and its outputs, but \
         {sizes:?} has {}",
        sizes.len()
    )]
    TooFewSizes {
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// A size is zero.
    #[error("size {position} of {sizes:?} is zero; every size must be at least 1")]
    ZeroSize {
        /// The position of the zero.
        position: usize,
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// There are no layers.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// A weight matrix has no rows or no columns.
    #[error(
        "the weights of layer {layer} have shape ({n_out}, {n_in}); both numbers \
         must be at least 1"
    )]
    EmptyLayer {
        /// The layer.
        layer: usize,
        /// The columns of its weights.
        n_in: usize,
        /// The rows of its weights.
        n_out: usize,
    },
    /// A bias doesn't have one entry for each row of the weights.
    #[error("layer {layer} has {n_out} outputs, but its bias has length {bias}")]
    Bias {
        /// The layer.
        layer: usize,
        /// The rows of its weights.
        n_out: usize,
        /// The length of its bias.
        bias: usize,
    },
    /// A layer doesn't have one input for each output of the layer before it.
    #[error(
        "layer {layer} takes {n_in} inputs, but the layer before it has {outputs} \
         outputs"
    )]
    Stack {
        /// The layer.
        layer: usize,
        /// Its inputs.
        n_in: usize,
        /// The outputs of the layer before it.
        outputs: usize,
    },
    /// A weight or bias is NaN or infinite.
    #[error(
        "layer {layer} has {value} among its weights and biases; all of them must \
         be finite numbers"
    )]
    NotFinite {
        /// The layer.
        layer: usize,
        /// The weight or bias.
        value: f64,
    },
}
