//! The network of Part II, for plain gradient descent. It reuses its memory from
//! batch to batch.

use std::iter::zip;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayRef2, NdFloat, azip};
use rand::Rng;
use rand::seq::SliceRandom;

use super::cross_entropy::cross_entropy;
use crate::by_hand;
use crate::learning_rate::check_lr;
use crate::network_error::NetworkError;

/// A linear layer, with memory for the results of a step.
// ANCHOR: network_layer
#[derive(Clone, Debug)]
struct Linear<F> {
    w: Array2<F>,
    b: Array1<F>,
    a: Array2<F>,  // (batch, n_out): Z = X Wᵀ + b, and then its ReLU
    dz: Array2<F>, // (batch, n_out)
}
// ANCHOR_END: network_layer

impl<F: NdFloat> Linear<F> {
    fn new(w: Array2<F>, b: Array1<F>) -> Self {
        let empty = Array2::zeros((0, b.len()));
        Self { w, b, a: empty.clone(), dz: empty }
    }

    /// Makes room for the results, if the batch has a different size from
    /// the last batch.
    fn make_room(&mut self, batch: usize) {
        if self.a.nrows() != batch {
            self.a = Array2::zeros((batch, self.b.len()));
            self.dz = self.a.clone();
        }
    }

    // ANCHOR: network_linear_forward
    /// `Z = X Wᵀ + b`: starts with the bias, and adds the product to it.
    fn forward(&mut self, x: &ArrayRef2<F>) {
        let (width, b) = (self.b.len(), &self.b);
        for row in slice_mut(&mut self.a).chunks_exact_mut(width) {
            row.copy_from_slice(b.as_slice().expect("b is contiguous"));
        }
        let (one, w_t) = (F::one(), self.w.t());
        general_mat_mul(one, x, &w_t, one, &mut self.a);
    }
    // ANCHOR_END: network_linear_forward

    fn relu(&mut self) {
        let zero = F::zero();
        self.a.mapv_inplace(|a| if a < zero { zero } else { a });
    }

    /// Computes `dX = dZ W`, and sets it to 0 where a unit of the previous layer is
    /// silent. The result is the previous layer's `dZ`.
    fn pass_back(&self, previous: &mut Self) {
        let (one, zero) = (F::one(), F::zero());
        general_mat_mul(one, &self.dz, &self.w, zero, &mut previous.dz);
        azip!((dz in &mut previous.dz, &a in &previous.a) {
            *dz = if a > zero { *dz } else { zero };
        });
    }

    // ANCHOR: network_linear_update
    /// `W ← W - η dZᵀ X` in one matrix product, and `b ← b - η Σ dZ`.
    fn update(&mut self, x: &ArrayRef2<F>, lr: F) {
        let dz_t = self.dz.t();
        general_mat_mul(-lr, &dz_t, x, F::one(), &mut self.w);
        for dz in self.dz.rows() {
            self.b.scaled_add(-lr, &dz);
        }
    }
    // ANCHOR_END: network_linear_update
}

/// The network of Part II: linear layers with ReLU between them. It is made
/// for one purpose, which is fast training by plain gradient descent. `F` is
/// `f64` or `f32`.
///
/// Up to rounding, it computes the same as
/// [`batched::Network`](crate::batched::Network) with
/// [`Sgd`](crate::batched::Sgd). But it keeps its arrays from step to step,
/// updates `W` in the same matrix product that computes the gradient, and doesn't
/// compute `dX` for the first layer.
///
/// ```
/// use ndarray::array;
/// use no_magic::fast::Network;
///
/// let zeros = (array![[0.0, 0.0], [0.0, 0.0]], array![0.0, 0.0]);
/// let mut network = Network::<f64>::from_parameters(vec![zeros])?;
///
/// let x = array![[1.0, 0.0], [0.0, 1.0]];
/// let loss = network.train_step(&x, &[0, 1], 1.0);
/// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
/// assert_eq!(network.parameters(), [0.25, -0.25, -0.25, 0.25, 0.0, 0.0]);
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Network<F> {
    layers: Vec<Linear<F>>,
}

/// Starts with the weights of `network`, rounded to `F`.
///
/// # Panics
///
/// If the layers of `network` don't fit together, if the last layer isn't softmax,
/// or if any other layer isn't ReLU.
impl<F: NdFloat> From<&by_hand::NeuralNet> for Network<F> {
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        network.check_layers();
        let layers = network
            .layers
            .iter()
            .map(|layer| Linear::new(layer.w.mapv(float), layer.b.mapv(float)));
        Self { layers: layers.collect() }
    }
}

impl<F: NdFloat> Network<F> {
    /// A network with the given sizes and the same initial weights as
    /// [`by_hand::NeuralNet::new`], rounded to `F`.
    ///
    /// # Errors
    ///
    /// If there are fewer than two sizes, or if a size is zero.
    pub fn new(sizes: &[usize], rng: &mut impl Rng) -> Result<Self, NetworkError> {
        Ok(Self::from(&by_hand::NeuralNet::new(sizes, rng)?))
    }

    /// A network with the given weights and biases, `(W, b)` for each layer from
    /// first to last.
    ///
    /// # Errors
    ///
    /// Where [`by_hand::NeuralNet::from_parameters`] returns an error, and if a
    /// number is too large for `F`.
    pub fn from_parameters(
        parameters: Vec<(Array2<f64>, Array1<f64>)>,
    ) -> Result<Self, NetworkError> {
        let network = Self::from(&by_hand::NeuralNet::from_parameters(parameters)?);
        for (layer, Linear { w, b, .. }) in (1..).zip(&network.layers) {
            if let Some(number) = w.iter().chain(b).find(|n| !n.is_finite()) {
                let value = number.to_f64().unwrap_or(f64::NAN);
                return Err(NetworkError::NotFinite { layer, value });
            }
        }
        Ok(network)
    }

    /// Takes one step of gradient descent on a batch, and returns its mean loss
    /// before the step.
    ///
    /// Shapes: `x` is `(batch, n_in)`, and `y` has one label for each row. `lr` is
    /// the learning rate.
    ///
    /// # Panics
    ///
    /// If `lr` is NaN, infinite or negative, if the batch is empty, if
    /// `x.ncols() != n_in`, if `y.len() != x.nrows()`, or if a label is not
    /// below `n_out`.
    #[track_caller]
    // ANCHOR: network_train_step
    pub fn train_step(&mut self, x: &ArrayRef2<F>, y: &[usize], lr: F) -> F {
        check_lr(lr.to_f64().expect("f64 holds any learning rate"));
        let last = self.layers.len() - 1;
        let mut a = x;
        for (l, layer) in self.layers.iter_mut().enumerate() {
            layer.make_room(x.nrows());
            layer.forward(a);
            if l < last {
                layer.relu();
            }
            a = &layer.a;
        }

        let Linear { a, dz, b, .. } = &mut self.layers[last];
        let (logits, dz) = (slice(a), slice_mut(dz));
        let loss = cross_entropy(logits, b.len(), y, dz);

        for l in (1..=last).rev() {
            let (before, rest) = self.layers.split_at_mut(l);
            let (previous, layer) = (&mut before[l - 1], &mut rest[0]);
            layer.pass_back(previous);
            layer.update(&previous.a, lr);
        }
        self.layers[0].update(x, lr);
        loss
    }
    // ANCHOR_END: network_train_step

    /// Trains for one epoch, in shuffled batches. Returns the mean loss over all
    /// examples, where each loss is computed just before the step on its batch.
    ///
    /// Shapes: `inputs` is `(examples, n_in)`, and `labels` has one label for each
    /// row. All batches of the same size are copied into the same array.
    ///
    /// # Panics
    ///
    /// If there are no examples, if `labels.len() != inputs.nrows()`, if
    /// `batch_size` is zero, or where [`train_step`](Self::train_step) panics.
    #[track_caller]
    // ANCHOR: network_train_epoch
    pub fn train_epoch(
        &mut self,
        inputs: &Array2<F>,
        labels: &[usize],
        batch_size: usize,
        lr: F,
        rng: &mut impl Rng,
    ) -> F {
        check_epoch(inputs.nrows(), labels.len(), batch_size);
        let mut order: Vec<usize> = (0..labels.len()).collect();
        order.shuffle(rng);

        let mut x = Array2::zeros((0, 0));
        let mut total = F::zero();
        for batch in order.chunks(batch_size) {
            if x.dim() != (batch.len(), inputs.ncols()) {
                x = Array2::zeros((batch.len(), inputs.ncols()));
            }
            for (mut row, &i) in zip(x.rows_mut(), batch) {
                row.assign(&inputs.row(i));
            }
            let y: Vec<usize> = batch.iter().map(|&i| labels[i]).collect();
            let loss = self.train_step(&x, &y, lr);
            total += loss * float(batch.len() as f64);
        }
        total / float(labels.len() as f64)
    }
    // ANCHOR_END: network_train_epoch

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<F> {
        let layers = self.layers.iter();
        layers.flat_map(|layer| layer.w.iter().chain(&layer.b).copied()).collect()
    }
}

#[track_caller]
fn check_epoch(examples: usize, labels: usize, batch_size: usize) {
    assert!(
        labels == examples,
        "each example needs one label, but there are {examples} examples and \
         {labels} labels"
    );
    assert!(examples > 0, "an epoch needs at least one example");
    assert!(batch_size > 0, "a batch needs at least one example");
}

fn slice<F>(matrix: &Array2<F>) -> &[F] {
    matrix.as_slice().expect("the matrix is in row-major order")
}

fn slice_mut<F>(matrix: &mut Array2<F>) -> &mut [F] {
    matrix.as_slice_mut().expect("the matrix is in row-major order")
}

/// A number, rounded to `F`.
fn float<F: NdFloat>(number: f64) -> F {
    F::from(number).expect("any float can round an f64")
}
