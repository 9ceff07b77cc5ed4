//! The sized network for batches.

use std::iter::zip;

use ndarray::ArrayRef2;

use super::NeuralNet;
use crate::by_hand;
use crate::fast::check_features;
use crate::fast::cross_entropy::cross_entropy;
use crate::fast::vector::dot;
use crate::learning_rate::check_lr;
use crate::relu::{relu, relu_slope};

/// A network with one hidden layer. In both weight matrices, each row has one entry
/// for each hidden unit.
///
/// Up to rounding, it computes the same as [`fast::Network`](crate::fast::Network).
///
/// ```
/// use ndarray::array;
/// use no_magic::by_hand::NeuralNet;
/// use no_magic::fast::{Network, sized};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let start = NeuralNet::new(&[2, 4, 3], &mut rng)?;
/// let mut sized = sized::Network::<2, 4, 3>::from(&start);
/// let mut fast = Network::from(&start);
///
/// let (x, y) = (array![[1.0, 0.0], [0.5, 2.0]], [0, 2]);
/// let loss: f64 = fast.train_step(&x, &y, 0.1);
/// assert!((sized.train_step::<false>(&x, &y, 0.1) - loss).abs() < 1e-15);
/// # Ok::<(), no_magic::NetworkError>(())
/// ```
// ANCHOR: sized_network
#[derive(Clone, Debug)]
pub struct Network<const IN: usize, const HIDDEN: usize, const OUT: usize> {
    weights: NeuralNet<IN, HIDDEN, OUT>,
    // One row for each example:
    a: Vec<[f64; HIDDEN]>,
    logits: Vec<[f64; OUT]>,
    dz2: Vec<[f64; OUT]>,
    dz1: Vec<[f64; HIDDEN]>,
}
// ANCHOR_END: sized_network

/// Starts with the weights of `network`.
///
/// # Panics
///
/// If the sizes of `network` are not `[IN, HIDDEN, OUT]`.
impl<const IN: usize, const HIDDEN: usize, const OUT: usize>
    From<&by_hand::NeuralNet> for Network<IN, HIDDEN, OUT>
{
    #[track_caller]
    fn from(network: &by_hand::NeuralNet) -> Self {
        Self {
            weights: network.into(),
            a: Vec::new(),
            logits: Vec::new(),
            dz2: Vec::new(),
            dz1: Vec::new(),
        }
    }
}

impl<const IN: usize, const HIDDEN: usize, const OUT: usize>
    Network<IN, HIDDEN, OUT>
{
    /// Takes one step of gradient descent on a batch, and returns its mean loss
    /// before the step.
    ///
    /// Shapes: `x` is `(batch, IN)`, and `y` has one label for each row. `lr` is
    /// the learning rate.
    ///
    /// With `FMA`, sums use fused multiply-add, which rounds once instead of
    /// twice. It is fast only if the caller is compiled for processors that have
    /// such an instruction.
    ///
    /// # Panics
    ///
    /// If `x` is empty or not in row-major order, if `x.ncols() != IN`, if
    /// `y.len() != x.nrows()`, if a label is not below `OUT`, or if `lr` is NaN,
    /// infinite or negative.
    // Inlined, so that it's compiled with all instructions that its caller may use.
    #[inline(always)]
    #[track_caller]
    pub fn train_step<const FMA: bool>(
        &mut self,
        x: &ArrayRef2<f64>,
        y: &[usize],
        lr: f64,
    ) -> f64 {
        check_lr(lr);
        check_features(x.ncols(), IN);
        let x = x.as_slice().expect("x must be in row-major order");
        let (x, _) = x.as_chunks();
        self.a.resize(x.len(), [0.0; HIDDEN]);
        self.logits.resize(x.len(), [0.0; OUT]);
        self.dz2.resize(x.len(), [0.0; OUT]);
        self.dz1.resize(x.len(), [0.0; HIDDEN]);

        self.forward::<FMA>(x);
        let logits = self.logits.as_flattened();
        let dz = self.dz2.as_flattened_mut();
        let loss = cross_entropy(logits, OUT, y, dz);
        self.backward::<FMA>();
        self.update::<FMA>(x, lr);
        loss
    }

    // ANCHOR: sized_network_passes
    #[inline(always)]
    fn forward<const FMA: bool>(&mut self, x: &[[f64; IN]]) {
        let NeuralNet { w1, b1, w2, b2 } = &self.weights;
        let (pairs, rest) = x.as_chunks::<2>();
        let (a_pairs, a_rest) = self.a.as_chunks_mut::<2>();
        for (x, a) in zip(pairs, a_pairs) {
            *a = hidden::<FMA, _, _, 2>(w1, b1, x);
        }
        for (x, a) in zip(rest, a_rest) {
            [*a] = hidden::<FMA, _, _, 1>(w1, b1, &[*x]);
        }
        for (a, logits) in zip(&self.a, &mut self.logits) {
            let rows = zip(w2, b2);
            for (logit, (w, b)) in zip(logits, rows) {
                *logit = dot(w, a) + b;
            }
        }
    }

    #[inline(always)]
    fn backward<const FMA: bool>(&mut self) {
        let results = zip(&self.dz2, &mut self.dz1);
        for (a, (dz2, dz1)) in zip(&self.a, results) {
            let mut da = [0.0; HIDDEN];
            for (w, &dz) in zip(&self.weights.w2, dz2) {
                add_scaled::<FMA, _>(&mut da, dz, w);
            }
            for i in 0..HIDDEN {
                dz1[i] = da[i] * relu_slope(a[i]);
            }
        }
    }

    #[inline(always)]
    fn update<const FMA: bool>(&mut self, x: &[[f64; IN]], lr: f64) {
        let NeuralNet { w1, b1, w2, b2 } = &mut self.weights;
        let (pairs, rest) = w1.as_chunks_mut::<2>();
        for (w, j) in zip(pairs, (0..).step_by(2)) {
            let mut dw = [[0.0; HIDDEN]; 2];
            for (x, dz) in zip(x, &self.dz1) {
                add_scaled::<FMA, _>(&mut dw[0], x[j], dz);
                add_scaled::<FMA, _>(&mut dw[1], x[j + 1], dz);
            }
            add_scaled::<FMA, _>(&mut w[0], -lr, &dw[0]);
            add_scaled::<FMA, _>(&mut w[1], -lr, &dw[1]);
        }
        // The last input, if the number of inputs is odd.
        for w in rest {
            for (x, dz) in zip(x, &self.dz1) {
                add_scaled::<FMA, _>(w, -lr * x[IN - 1], dz);
            }
        }
        for (i, w) in w2.iter_mut().enumerate() {
            let mut dw = [0.0; HIDDEN];
            for (a, dz) in zip(&self.a, &self.dz2) {
                add_scaled::<FMA, _>(&mut dw, dz[i], a);
            }
            add_scaled::<FMA, _>(w, -lr, &dw);
        }
        for (dz1, dz2) in zip(&self.dz1, &self.dz2) {
            add_scaled::<FMA, _>(b1, -lr, dz1);
            add_scaled::<FMA, _>(b2, -lr, dz2);
        }
    }
    // ANCHOR_END: sized_network_passes

    /// All parameters in one vector: for each layer, `W` row by row, then `b`.
    pub fn parameters(&self) -> Vec<f64> {
        self.weights.parameters()
    }
}

// ANCHOR: sized_network_hidden
/// `A = relu(X W1ᵀ + b1)` for `N` examples, whose sums grow side by side.
#[inline(always)]
fn hidden<const FMA: bool, const IN: usize, const HIDDEN: usize, const N: usize>(
    w1: &[[f64; HIDDEN]; IN],
    b1: &[f64; HIDDEN],
    x: &[[f64; IN]; N],
) -> [[f64; HIDDEN]; N] {
    let mut z = [*b1; N];
    for (j, w) in w1.iter().enumerate() {
        for n in 0..N {
            add_scaled::<FMA, _>(&mut z[n], x[n][j], w);
        }
    }
    for z in z.as_flattened_mut() {
        *z = relu(*z);
    }
    z
}
// ANCHOR_END: sized_network_hidden

/// `y += scale · x`.
#[inline(always)]
fn add_scaled<const FMA: bool, const N: usize>(
    y: &mut [f64; N],
    scale: f64,
    x: &[f64; N],
) {
    for i in 0..N {
        y[i] = if FMA { scale.mul_add(x[i], y[i]) } else { scale * x[i] + y[i] };
    }
}
