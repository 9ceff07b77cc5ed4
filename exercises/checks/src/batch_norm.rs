//! Checks of the exercise `batch_norm`: normalizing by the batch, predicting
//! without it, and the way back.

mod backward;
mod forward;
mod observe;

use ndarray::{Array1, Array2, Axis, Zip, array};

pub use backward::backward;
pub use forward::forward;
pub use observe::observe;

use crate::draws::Draws;
use crate::question::Mistake;
use crate::{Given, Provable, mistakes};

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(forward::question()),
        Box::new(observe::question()),
        Box::new(backward::question()),
    ]
}

/// Batch normalization: what it has learned, what it has seen, and its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// The scale that is learned, `(features,)`; on paper `γ`.
    pub gamma: Array1<f64>,
    /// The shift that is learned, `(features,)`; on paper `β`.
    pub beta: Array1<f64>,
    /// The mean for predictions, `(features,)`.
    pub running_mean: Array1<f64>,
    /// The variance for predictions, `(features,)`.
    pub running_variance: Array1<f64>,
    /// The share of the new batch in the running statistics.
    pub momentum: f64,
    /// A small number that keeps us from dividing by zero; on paper `ε`.
    pub epsilon: f64,
}

/// What forward keeps of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The mean over the batch, `(features,)`.
    pub mean: Array1<f64>,
    /// The variance over the batch, `(features,)`, divided by `batch` and without
    /// epsilon.
    pub variance: Array1<f64>,
    /// The normalized input `x̂`, `(batch, features)`.
    pub x_hat: Array2<f64>,
}

/// A layer, and a batch for it.
type Input = (BatchNorm, Array2<f64>);

/// Layers and batches of many shapes. The first one has statistics that are easy to
/// read. Most epsilons are large, so that their place shows.
fn inputs() -> impl Iterator<Item = Input> {
    let norm = BatchNorm {
        gamma: array![2.0, -0.5],
        beta: array![0.5, 3.0],
        running_mean: array![1.0, -2.0],
        running_variance: array![0.25, 7.0],
        momentum: 0.25,
        epsilon: 2.0,
    };
    let by_hand = (norm, array![[1.0, 0.0], [4.0, 3.0], [4.0, -6.0]]);
    let shapes = [
        (3, 3, 0.5, 0.5),
        (2, 2, 0.3, 1.0),
        (4, 1, 0.2, 0.25),
        (2, 3, 0.8, 3.0),
        (4, 3, 0.1, 4.0),
        (5, 2, 0.05, 1e-5),
    ];
    let random =
        (1..).zip(shapes).map(|(seed, (batch, features, momentum, epsilon))| {
            let mut draws = Draws::new(seed);
            let norm = BatchNorm {
                gamma: draws.array(features),
                beta: draws.array(features),
                running_mean: draws.array(features),
                running_variance: draws.array(features).abs(),
                momentum,
                epsilon,
            };
            (norm, draws.array((batch, features)))
        });
    [by_hand].into_iter().chain(random)
}

/// An input that shows whether the variance is exact. With a batch of two, an
/// inexact variance is off by the same amount in whatever order the squares are
/// added.
fn far_from_0() -> Input {
    let (norm, _) = inputs().next().expect("an input");
    (norm, array![[1_000_000.1, 0.5], [1_000_002.3, -2.0]])
}

fn kinds(batch: usize, features: usize) -> Vec<(&'static str, bool)> {
    vec![
        ("a single example", batch == 1),
        ("a batch of two", batch == 2),
        ("a single feature", features == 1),
        ("as many examples as features", batch == features),
        ("another number of examples than of features", batch != features),
    ]
}

/// Forward, predict and observe, in parts. Forward and predict differ only in their
/// statistics.
#[derive(Clone)]
struct Model {
    mean: fn(&BatchNorm, &Array2<f64>) -> Array1<f64>,
    variance: fn(&BatchNorm, &Array2<f64>, mean: &Array1<f64>) -> Array1<f64>,
    centered: fn(&Array2<f64>, mean: &Array1<f64>) -> Array2<f64>,
    root: fn(variance: &Array1<f64>, epsilon: f64, batch: usize) -> Array1<f64>,
    scaled: fn(centered: &Array2<f64>, root: &Array1<f64>) -> Array2<f64>,
    y: fn(&BatchNorm, &Trace, x: &Array2<f64>) -> Array2<f64>,
    trace: fn(Trace, &BatchNorm, y: &Array2<f64>) -> Trace,
    // How observe moves the running statistics.
    share: fn(momentum: f64) -> f64,
    new_mean: fn(&Trace) -> Array1<f64>,
    new_variance: fn(&Trace) -> Array1<f64>,
    moved: fn(old: f64, new: f64, share: f64) -> f64,
    observed: fn(&mut BatchNorm, &Trace),
}

const MODEL: Model = Model {
    mean: |_, x| mean(x),
    variance: |_, x, _| variance(x),
    centered: |x, mean| x - mean,
    root: |variance, epsilon, _| deviation(variance, epsilon),
    scaled: |centered, root| centered / root,
    y: |norm, trace, _| &trace.x_hat * &norm.gamma + &norm.beta,
    trace: |trace, _, _| trace,
    share: |momentum| momentum,
    new_mean: |trace| trace.mean.clone(),
    new_variance: |trace| &trace.variance * unbiased(trace.x_hat.nrows()),
    moved: |old, new, share| (1.0 - share) * old + share * new,
    observed: |_, _| (),
};

impl Model {
    fn forward(&self, norm: &BatchNorm, x: &Array2<f64>) -> (Array2<f64>, Trace) {
        let mean = (self.mean)(norm, x);
        let variance = (self.variance)(norm, x, &mean);
        let root = (self.root)(&variance, norm.epsilon, x.nrows());
        let x_hat = (self.scaled)(&(self.centered)(x, &mean), &root);
        let trace = Trace { mean, variance, x_hat };
        let y = (self.y)(norm, &trace, x);
        let trace = (self.trace)(trace, norm, &y);
        (y, trace)
    }

    fn observe(&self, norm: &mut BatchNorm, trace: &Trace) {
        let share = (self.share)(norm.momentum);
        let moved = |old: &Array1<f64>, new: &Array1<f64>| {
            Zip::from(old).and(new).map_collect(|&o, &n| (self.moved)(o, n, share))
        };
        norm.running_mean = moved(&norm.running_mean, &(self.new_mean)(trace));
        norm.running_variance =
            moved(&norm.running_variance, &(self.new_variance)(trace));
        (self.observed)(norm, trace);
    }
}

/// The mistakes that learners make in both forward and predict.
fn mistakes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        // x̂
        not_centered: "The mean isn't subtracted from `x`.",
            centered = |x, _| x.clone();
        mean_minus_x:
            "`x` is subtracted from the mean, instead of the mean from `x`.",
            centered = |x, mean| mean - x;
        not_scaled: "`x - mean` isn't divided by the root.",
            scaled = |centered, _| centered.clone();
        epsilon_outside: "ε is added to the root instead of to the variance.",
            root = |variance, epsilon, _| variance.sqrt() + epsilon;
        no_epsilon: "ε is missing: it isn't added to the variance.",
            root = |variance, _, _| variance.sqrt();
        usual_epsilon: "ε is always 1e-5, instead of `norm.epsilon`.",
            root = |variance, _, _| deviation(variance, 1e-5);
        no_root: "The root is missing: `x - mean` is divided by `variance + ε`.",
            root = |variance, epsilon, _| variance + epsilon;
        unbiased_root:
            "The variance under the root is multiplied by `batch / (batch - 1)`.",
            root = |variance, epsilon, batch| {
                deviation(&(variance * unbiased(batch)), epsilon)
            };
        // y
        no_gamma_no_beta: "γ and β are missing: what you return as `y` is x̂.",
            y = |_, trace, _| trace.x_hat.clone();
        no_gamma: "γ is missing: x̂ isn't multiplied by it.",
            y = |norm, trace, _| &trace.x_hat + &norm.beta;
        no_beta: "β is missing: it isn't added to `γ x̂`.",
            y = |norm, trace, _| &trace.x_hat * &norm.gamma;
        gamma_and_beta_swapped:
            "γ and β are swapped: x̂ is multiplied by β, and γ is added.",
            y = |norm, trace, _| &trace.x_hat * &norm.beta + &norm.gamma;
        beta_scaled: "β is added before γ multiplies, so β is scaled as well.",
            y = |norm, trace, _| (&trace.x_hat + &norm.beta) * &norm.gamma;
        beta_subtracted: "β is subtracted instead of added.",
            y = |norm, trace, _| &trace.x_hat * &norm.gamma - &norm.beta;
    }
}

/// What we show of a layer.
fn given(norm: &BatchNorm) -> Given {
    Given::new()
        .value("gamma", &norm.gamma)
        .value("beta", &norm.beta)
        .number("epsilon", norm.epsilon)
}

/// The mean over the batch.
fn mean(x: &Array2<f64>) -> Array1<f64> {
    x.sum_axis(Axis(0)) / x.nrows() as f64
}

/// The mean over the batch of the squared distances to the mean.
fn variance(x: &Array2<f64>) -> Array1<f64> {
    around(x, &mean(x))
}

/// The mean over the batch of the squared distances to `center`.
fn around(x: &Array2<f64>, center: &Array1<f64>) -> Array1<f64> {
    mean(&(x - center).pow2())
}

/// The factor that makes the variance of `n` examples unbiased.
fn unbiased(n: usize) -> f64 {
    n as f64 / (n as f64 - 1.0)
}

/// `√(variance + ε)`
fn deviation(variance: &Array1<f64>, epsilon: f64) -> Array1<f64> {
    variance.mapv(|v| (v + epsilon).sqrt())
}
