//! Checks of the exercise `overflow`: softmax and cross-entropy that survive large
//! scores.

mod cross_entropy;
mod log_softmax;
mod log_sum_exp;
mod naive_softmax;
mod shared;
mod stable_softmax;

use ndarray::{Array1, ArrayView1, array};

pub use cross_entropy::cross_entropy;
pub use log_softmax::log_softmax;
pub use log_sum_exp::log_sum_exp;
pub use naive_softmax::naive_softmax;
pub use stable_softmax::stable_softmax;

use crate::Provable;
use crate::draws::Draws;
use crate::value::Value;

/// What a result turns into if it doesn't fit into an `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Too large: infinity.
    Infinite,
    /// Too small: zero.
    Zero,
    /// Infinity divided by infinity, or zero by zero: not a number.
    NaN,
}

/// A function that returns a number for each score.
type OfScores = fn(ArrayView1<'_, f64>) -> Array1<f64>;

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(naive_softmax::question()),
        Box::new(stable_softmax::question()),
        Box::new(log_sum_exp::question()),
        Box::new(log_softmax::question()),
        Box::new(cross_entropy::question()),
    ]
}

fn plain() -> impl Iterator<Item = Array1<f64>> {
    let by_hand = [
        array![0.0, 1.0, 2.0],
        array![-1.0, 3.0],
        array![2.0, 2.0, 2.0, 2.0],
        array![0.5, -2.0, 1.5],
    ];
    let random = (1..).zip([3, 1, 5, 2, 4]);
    by_hand.into_iter().chain(random.map(|(seed, n)| Draws::new(seed).array(n)))
}

fn extreme() -> impl Iterator<Item = Array1<f64>> {
    let by_hand = [
        // The probabilities are small, but all of them fit.
        array![0.0, -10.0, -20.0, -30.0, -40.0],
        array![0.0, -690.0, -706.0, -712.0],
        // exp(z) still fits, so an answer only fails if it makes the scores larger.
        array![703.0, 704.0, 705.0],
        array![0.0, -2000.0],
        array![0.0, 0.0, -2000.0],
        array![1000.0, 1001.0, 1002.0],
        array![-1000.0, -1001.0, -1002.0],
        array![1000.0, 0.0],
        array![1000.0, 0.0, 1.0],
        array![-600.0, 500.0, 0.0],
        array![-800.0, 0.0, 800.0],
        // Neighboring numbers of this size are 2 apart, so ln 2 beside them is
        // rounded away.
        array![1e16, 1e16],
        array![-1e16, -1e16, -1e16],
        array![1e16, 1e16, 0.0],
        array![8e307, -8e307],
    ];
    let random = (11..).zip([3, 4, 5]);
    let random = random.map(|(seed, n)| Draws::new(seed).array(n) * 500.0);
    by_hand.into_iter().chain(random)
}

fn kinds(z: &Array1<f64>) -> Vec<(&'static str, bool)> {
    let size = max(&z.abs());
    let apart = max(z) + max(&-z);
    vec![
        ("scores beyond ±700", size > 700.0),
        ("scores within ±700", size <= 700.0),
        ("scores more than 700 apart", apart > 700.0),
        ("scores less than 700 apart", apart <= 700.0),
        ("a score above 700", max(z) > 700.0),
        ("no score above 700", max(z) <= 700.0),
        ("a maximum below 0", max(z) < 0.0),
    ]
}

/// The outcome of a function of the scores.
fn outcome(name: &str, value: &impl Value, z: &Array1<f64>) -> crate::Outcome {
    let outcome = crate::Outcome::new();
    if max(&z.abs()) < 50.0 {
        outcome.precise(name, value)
    } else {
        outcome.value(name, value)
    }
}

/// The answers to all questions, in parts.
#[derive(Clone)]
struct Model {
    score: fn(z: f64) -> f64,
    shift: fn(z: &Array1<f64>) -> f64,
    exponent: fn(z: f64, shift: f64) -> f64,
    exp: fn(f64) -> f64,
    sum: fn(exp: &Array1<f64>, exponents: &Array1<f64>) -> f64,
    ln: fn(f64) -> f64,
    softmax: fn(&Passed) -> Array1<f64>,
    log_sum_exp: fn(&Passed) -> f64,
    log_softmax: fn(&Passed) -> Array1<f64>,
    sign: f64,
    loss: fn(log_softmax: &Array1<f64>, y: usize, passed: &Passed) -> f64,
    exp_1000: Outcome,
    exp_minus_1000: Outcome,
    infinity_by_infinity: Outcome,
    zero_by_zero: Outcome,
    one_by_infinity: Outcome,
}

/// What the parts may use.
struct Passed {
    z: Array1<f64>,
    shift: f64,
    exponents: Array1<f64>,
    exp: Array1<f64>,
    sum: f64,
    ln_sum: f64,
}

const MODEL: Model = Model {
    score: |z| z,
    shift: max,
    exponent: |z, shift| z - shift,
    exp: f64::exp,
    sum: |exp, _| exp.sum(),
    ln: f64::ln,
    softmax: |p| &p.exp / p.sum,
    log_sum_exp: |p| p.shift + p.ln_sum,
    log_softmax: |p| &p.exponents - p.ln_sum,
    sign: 1.0,
    loss: |log_softmax, y, _| -log_softmax[y],
    exp_1000: Outcome::Infinite,
    exp_minus_1000: Outcome::Zero,
    infinity_by_infinity: Outcome::NaN,
    zero_by_zero: Outcome::NaN,
    one_by_infinity: Outcome::Zero,
};

impl Model {
    fn pass(&self, z: &Array1<f64>) -> Passed {
        let z = z.mapv(self.score);
        let shift = (self.shift)(&z);
        let exponents = z.mapv(|z| (self.exponent)(z, shift));
        let exp = exponents.mapv(self.exp);
        let sum = (self.sum)(&exp, &exponents);
        Passed { z, shift, exponents, exp, sum, ln_sum: (self.ln)(sum) }
    }
}

fn max(z: &Array1<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}
