//! Errors that say what's wrong with a network's sizes or parameters.

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

/// Checks the weights and biases of a network, `(W, b)` for each layer from first
/// to last.
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
    /// A network needs an input size and an output size.
    #[error(
        "a network needs at least two sizes, its inputs and its outputs; \
         {sizes:?} has {}",
        sizes.len()
    )]
    TooFewSizes {
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// A layer without units.
    #[error("size {position} of {sizes:?} is zero; every size must be at least 1")]
    ZeroSize {
        /// Which of the sizes is zero.
        position: usize,
        /// The sizes.
        sizes: Vec<usize>,
    },
    /// No weights were given.
    #[error("a network needs at least one layer")]
    NoLayers,
    /// A weight matrix without rows or columns.
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
    /// A bias that does not fit its weights.
    #[error("layer {layer} has {n_out} outputs, but its bias has length {bias}")]
    Bias {
        /// The layer.
        layer: usize,
        /// The rows of its weights.
        n_out: usize,
        /// The entries of its bias.
        bias: usize,
    },
    /// A layer that does not fit the one before it.
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
        "layer {layer} has {value} among its weights and biases; each must be a \
         finite number"
    )]
    NotFinite {
        /// The layer.
        layer: usize,
        /// The value.
        value: f64,
    },
}
