//! The network of Part I without the unnecessary work. The program and the live
//! demo train with it.

use std::borrow::Cow;
use std::iter::zip;

use ndarray::{Array1, Array2, ArrayRef1};
use rand::Rng;
use rand::seq::SliceRandom;

use super::check_features;
use super::vector::{descend, dot, loss, softmax, transposed_product};
use crate::by_hand::{self, Activation};
use crate::dataset::Dataset;
use crate::learning_rate::check_lr;
use crate::network_error::NetworkError;
use crate::relu::{relu, relu_slope};
use crate::softmax::argmax;
use crate::training::Train;

/// A layer with its results. It doesn't store its input, which is either the
/// example or the previous layer's `a`.
// ANCHOR: fast_layer
#[derive(Clone, Debug)]
struct Layer {
    w: Vec<f64>, // (n_out, n_in), row by row
    b: Vec<f64>,
    n_in: usize,
    activation: Activation,
    z: Vec<f64>,
    a: Vec<f64>,
    dz: Vec<f64>,
}
// ANCHOR_END: fast_layer

impl Layer {
    // ANCHOR: fast_forward
    fn forward(&mut self, x: &[f64]) {
        let rows = self.w.chunks_exact(self.n_in);
        for ((z, w), b) in zip(zip(&mut self.z, rows), &self.b) {
            *z = dot(w, x) + b;
        }
        match self.activation {
            Activation::Relu => {
                for (a, &z) in zip(&mut self.a, &self.z) {
                    *a = relu(z);
                }
            }
            Activation::Softmax => softmax(&self.z, &mut self.a),
        }
    }
    // ANCHOR_END: fast_forward

    /// Computes `dx = Wᵀ dz`, and multiplies it by the slope of ReLU at the
    /// previous layer's `z`. The result is the previous layer's `dz`.
    // ANCHOR: fast_pass_back
    fn pass_back(&self, z: &[f64], dx: &mut [f64]) {
        transposed_product(&self.w, &self.dz, dx);
        for (dx, &z) in zip(dx, z) {
            *dx *= relu_slope(z);
        }
    }
    // ANCHOR_END: fast_pass_back

    // ANCHOR: fast_update
    fn update(&mut self, x: &[f64], lr: f64) {
        let rows = self.w.chunks_exact_mut(self.n_in);
        for ((w, b), &dz) in zip(zip(rows, &mut self.b), &self.dz) {
            // A silent unit stays as it is.
            if dz != 0.0 {
                descend(w, lr, dz, x);
                *b -= lr * dz;
            }
        }
    }
    // ANCHOR_END: fast_update
}

impl From<&by_hand::Layer> for Layer {
    fn from(layer: &by_hand::Layer) -> Self {
        let n_out = layer.n_out();
        Self {
            w: layer.w.iter().copied().collect(),
            b: layer.b.to_vec(),
            n_in: layer.n_in(),
            activation: layer.activation,
            z: vec![0.0; n_out],
            a: vec![0.0; n_out],
            dz: vec![0.0; n_out],
        }
    }
}

/// The network of Part I, faster: it trains to the same bits as
/// [`by_hand::NeuralNet`].
///
/// It computes each number with the same operations in the same order, but
/// it saves work:
///
/// - It reuses its arrays instead of allocating new ones.
/// - It never stores the matrix `dW`, because it updates each row of
///   `W` right away.
/// - It doesn't compute the first layer's `dx`, because no layer needs it.
/// - It skips the rows of silent units, because their gradient is 0.
///
/// ```
/// use no_magic::{by_hand, fast, patterns};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let data = patterns::dataset([20; 3], &mut ChaCha8Rng::seed_from_u64(0))?;
/// let rng = || ChaCha8Rng::seed_from_u64(1);
///
/// let mut literal = by_hand::NeuralNet::new(&[36, 16, 3], &mut rng())?;
/// let mut fast = fast::NeuralNet::new(&[36, 16, 3], &mut rng())?;
/// for _ in 0..3 {
///     let loss = literal.train_epoch(&data, 0.05, &mut rng());
///     assert_eq!(fast.train_epoch(&data, 0.05, &mut rng()), loss);
/// }
/// assert_eq!(fast.parameters(), literal.parameters());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The bits are the same as long as all numbers are finite. If training diverges,
/// both networks end in NaN, but not always in the same step.
#[derive(Clone, Debug)]
pub struct NeuralNet {
    layers: Vec<Layer>,
}

/// Starts with the weights of `network`.
///
/// # Panics
///
/// If the layers of `network` don't fit together, if the last layer isn't softmax,
/// or if any other layer isn't ReLU.
impl From<&by_hand::NeuralNet> for NeuralNet {
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        network.check_layers();
        let layers = network.layers.iter().map(Layer::from).collect();
        Self { layers }
    }
}

/// Converts to the network of Part I, with the same weights.
impl From<&NeuralNet> for by_hand::NeuralNet {
    fn from(network: &NeuralNet) -> Self {
        let layers = network.layers.iter().map(|layer| {
            let shape = (layer.b.len(), layer.n_in);
            let w = Array2::from_shape_vec(shape, layer.w.clone());
            by_hand::Layer::from_parts(
                w.expect("n_out rows of n_in numbers"),
                Array1::from(layer.b.clone()),
                layer.activation,
            )
        });
        Self { layers: layers.collect() }
    }
}

impl NeuralNet {
    /// A network with the given sizes and the same initial weights as
    /// [`by_hand::NeuralNet::new`].
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if a size is zero.
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Result<Self, NetworkError> {
        Ok(Self::from(&by_hand::NeuralNet::new(sizes, rng)?))
    }

    /// Computes the probability of each class.
    ///
    /// Shapes: `x` is `(n_in,)`, the result has `n_out` entries.
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`.
    #[track_caller]
    pub fn predict(&mut self, x: &ArrayRef1<f64>) -> &[f64] {
        check_features(x.len(), self.n_in());
        self.forward(&slice(x));
        self.yhat()
    }

    /// Takes one step of gradient descent on one example, and returns its loss
    /// before the step.
    ///
    /// Shapes: `x` is `(n_in,)`; `y` is the label, `lr` the learning rate.
    ///
    /// # Panics
    ///
    /// If `x.len() != n_in`, if `y >= n_out`, or if `lr` is NaN,
    /// infinite or negative.
    #[track_caller]
    pub fn train_step(&mut self, x: &ArrayRef1<f64>, y: usize, lr: f64) -> f64 {
        check_lr(lr);
        check_features(x.len(), self.n_in());
        let x = slice(x);
        self.forward(&x);
        let loss = loss(self.yhat(), y);
        self.backward(&x, y, lr);
        loss
    }

    // ANCHOR: fast_passes
    fn forward(&mut self, x: &[f64]) {
        let mut a = x;
        for layer in &mut self.layers {
            layer.forward(a);
            a = &layer.a;
        }
    }

    fn backward(&mut self, x: &[f64], y: usize, lr: f64) {
        let last = self.layers.len() - 1;
        let output = &mut self.layers[last];
        output.dz.copy_from_slice(&output.a);
        output.dz[y] -= 1.0;

        for l in (1..=last).rev() {
            let (before, rest) = self.layers.split_at_mut(l);
            let (previous, layer) = (&mut before[l - 1], &mut rest[0]);
            layer.pass_back(&previous.z, &mut previous.dz);
            layer.update(&previous.a, lr);
        }
        // No layer is waiting for the first layer's dx.
        self.layers[0].update(x, lr);
    }
    // ANCHOR_END: fast_passes

    /// The output of the last layer.
    fn yhat(&self) -> &[f64] {
        &self.layers[self.layers.len() - 1].a
    }

    /// Trains for one epoch, with one step on each example in a new random order,
    /// and returns the mean loss.
    ///
    /// # Panics
    ///
    /// If `data.features() != n_in`, if a label is not below `n_out`, or if `lr` is
    /// NaN, infinite or negative.
    #[track_caller]
    pub fn train_epoch(
        &mut self,
        data: &Dataset,
        lr: f64,
        rng: &mut impl Rng,
    ) -> f64 {
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.shuffle(rng);

        let mut total = 0.0;
        for i in order {
            total += self.train_step(&data.x(i), data.y(i), lr);
        }
        total / data.len() as f64
    }

    /// The fraction of the examples classified correctly, from 0 to 1.
    ///
    /// # Panics
    ///
    /// If `data.features() != n_in`, or if `data.classes() != n_out`.
    #[track_caller]
    pub fn accuracy(&mut self, data: &Dataset) -> f64 {
        data.check_classes(self.n_out());
        let is_right =
            |&i: &usize| argmax(self.predict(&data.x(i))) == Some(data.y(i));
        (0..data.len()).filter(is_right).count() as f64 / data.len() as f64
    }

    /// The number of inputs.
    pub fn n_in(&self) -> usize {
        self.layers[0].n_in
    }

    /// The number of outputs, one for each class.
    pub fn n_out(&self) -> usize {
        self.layers[self.layers.len() - 1].b.len()
    }

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        let layers = self.layers.iter();
        layers.flat_map(|layer| layer.w.iter().chain(&layer.b).copied()).collect()
    }
}

/// The example as a slice. It is copied only if it isn't contiguous in memory.
fn slice(x: &ArrayRef1<f64>) -> Cow<'_, [f64]> {
    match x.as_slice() {
        Some(x) => Cow::Borrowed(x),
        None => Cow::Owned(x.to_vec()),
    }
}

impl Train for NeuralNet {
    fn n_in(&self) -> usize {
        self.n_in()
    }

    fn n_out(&self) -> usize {
        self.n_out()
    }

    fn train_epoch(&mut self, data: &Dataset, lr: f64, rng: &mut impl Rng) -> f64 {
        self.train_epoch(data, lr, rng)
    }

    fn accuracy(&mut self, data: &Dataset) -> f64 {
        self.accuracy(data)
    }
}
