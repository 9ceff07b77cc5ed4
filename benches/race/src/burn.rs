//! The network in Burn: a struct that derives `Module`, and an optimizer that takes
//! the old network and gives a new one.

use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig, Relu};
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{DType, Device, Int, Tensor, TensorData};
use ndarray::{Array, ArrayView, Dimension};

use crate::Parameters;

/// Linear layers with ReLU between them.
// ANCHOR: burn_network
#[derive(Module, Debug)]
pub struct Network {
    linears: Vec<Linear>,
    relu: Relu,
}

impl Network {
    /// A network with the given sizes and random weights.
    pub fn new(sizes: &[usize], device: &Device) -> Self {
        let linears = sizes
            .windows(2)
            .map(|size| LinearConfig::new(size[0], size[1]).init(device));
        Self { linears: linears.collect(), relu: Relu::new() }
    }

    /// The logits, `(batch, classes)`, of `x`, `(batch, n_in)`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let (last, hidden) =
            self.linears.split_last().expect("a network has a layer");
        let mut a = x;
        for linear in hidden {
            a = self.relu.forward(linear.forward(a));
        }
        last.forward(a)
    }
    // ANCHOR_END: burn_network

    /// One step on a batch; returns the network after it, and the batch's mean loss
    /// from before.
    // ANCHOR: burn_train_step
    pub fn train_step(
        self,
        optimizer: &mut ModuleOptimizer,
        learning_rate: f64,
        x: Tensor<2>,
        y: Tensor<1, Int>,
    ) -> (Self, Tensor<1>) {
        let logits = self.forward(x);
        let loss =
            CrossEntropyLossConfig::new().init(&logits.device()).forward(logits, y);
        let gradients = loss.backward();
        let gradients = GradientsParams::from_grads(gradients, &self);
        let network = optimizer.step(learning_rate, self, gradients);
        (network, loss)
    }
    // ANCHOR_END: burn_train_step

    /// A network with the given weights and biases.
    ///
    /// Burn keeps `W` as `(n_in, n_out)`.
    pub fn from_parameters(
        parameters: &Parameters,
        device: &Device,
        dtype: DType,
    ) -> Self {
        let linears = parameters.iter().map(|(w, b)| Linear {
            weight: parameter(w.t(), device, dtype),
            bias: Some(parameter(b.view(), device, dtype)),
        });
        Self { linears: linears.collect(), relu: Relu::new() }
    }

    /// The weights and biases.
    pub fn parameters(&self) -> Parameters {
        self.layers()
            .map(|(w, b)| (array(w.val().transpose()), array(b.val())))
            .collect()
    }

    /// The gradient of the mean loss for each of the parameters.
    pub fn gradients(&self, x: Tensor<2>, y: Tensor<1, Int>) -> Parameters {
        let logits = self.forward(x);
        let loss =
            CrossEntropyLossConfig::new().init(&logits.device()).forward(logits, y);
        let gradients = loss.backward();
        let layers = self.layers().map(|(w, b)| {
            let dw = w.val().grad(&gradients).expect("it is tracked");
            let db = b.val().grad(&gradients).expect("it is tracked");
            (array(dw.transpose()), array(db))
        });
        layers.collect()
    }

    fn layers(&self) -> impl Iterator<Item = Layer<'_>> {
        self.linears.iter().map(|Linear { weight, bias }| {
            (weight, bias.as_ref().expect("each layer has one"))
        })
    }
}

/// The weights and the bias.
type Layer<'a> = (&'a Param<Tensor<2>>, &'a Param<Tensor<1>>);

fn parameter<D: Dimension, const RANK: usize>(
    array: ArrayView<'_, f64, D>,
    device: &Device,
    dtype: DType,
) -> Param<Tensor<RANK>> {
    Param::from_tensor(floats(array, device, dtype))
}

/// Inputs, or parameters, as a tensor.
pub fn floats<D: Dimension, const RANK: usize>(
    array: ArrayView<'_, f64, D>,
    device: &Device,
    dtype: DType,
) -> Tensor<RANK> {
    let numbers: Vec<f64> = array.iter().copied().collect();
    let data = TensorData::new(numbers, array.shape());
    Tensor::from_data(data, (device, dtype))
}

/// Labels as a tensor.
pub fn labels(labels: &[usize], device: &Device) -> Tensor<1, Int> {
    let data = labels.iter().map(|&y| y as i64).collect::<Vec<_>>();
    Tensor::from_data(TensorData::new(data, [labels.len()]), device)
}

/// A tensor's numbers.
pub fn array<D: Dimension, const RANK: usize>(
    tensor: Tensor<RANK>,
) -> Array<f64, D> {
    let shape = tensor.dims();
    let numbers = tensor.into_data_as::<f64>().try_into_vec().expect("f64");
    Array::from_shape_vec(&shape[..], numbers)
        .expect("as many as the shape says")
        .into_dimensionality()
        .expect("the same rank")
}
