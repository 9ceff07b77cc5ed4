//! Checks of the exercise `momentum`: gradients become values, and an optimizer
//! applies them.

/// Lists mistakes in the rule for a single number, as `mistakes!` does. It lists
/// each of them three times: for `W` alone, for `b` alone, and for both.
macro_rules! rule_mistakes {
    ($($id:ident: $says:literal, $($part:ident = $wrong:expr),+;)*) => {
        [$(
            $crate::Mistake::<Model> {
                id: concat!("w_", stringify!($id)),
                says: concat!($says, " (This is about `W` only.)"),
                change: |model| { $(model.w.$part = $wrong;)+ },
            },
            $crate::Mistake::<Model> {
                id: concat!("b_", stringify!($id)),
                says: concat!($says, " (This is about `b` only.)"),
                change: |model| { $(model.b.$part = $wrong;)+ },
            },
            $crate::Mistake::<Model> {
                id: stringify!($id),
                says: $says,
                change: |model| {
                    $(model.w.$part = $wrong; model.b.$part = $wrong;)+
                },
            },
        )*]
    };
}

mod adam;
mod gradients;
mod sgd;
mod velocity;

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer};

pub use adam::adam;
pub use gradients::gradients;
pub use sgd::sgd;
pub use velocity::momentum;

use crate::draws::Draws;
use crate::{Given, Provable};

/// The questions.
pub fn questions() -> Vec<Box<dyn Provable>> {
    vec![
        Box::new(gradients::question()),
        Box::new(sgd::question()),
        Box::new(velocity::question()),
        Box::new(adam::question()),
    ]
}

/// Layers of many shapes, each with the gradients of a few steps.
fn runs() -> impl Iterator<Item = (Layer, Vec<Gradients>, Draws)> {
    let plain = (
        Layer::from_parts(array![[1.0, -3.0]], array![0.5], Activation::Relu),
        vec![
            Gradients { dw: array![[1.5, -4.0]], db: array![1.0] },
            Gradients { dw: array![[3.0, 1.0]], db: array![-2.0] },
        ],
        Draws::new(0),
    );
    let sizes = [(2, 3, 3), (3, 1, 1), (3, 3, 4), (1, 1, 5), (4, 2, 2), (2, 2, 6)];
    let activations = [Activation::Relu, Activation::Softmax].into_iter().cycle();
    let random = (1..).zip(sizes).zip(activations);
    let random = random.map(|((seed, (n_out, n_in, steps)), activation)| {
        let mut draws = Draws::new(seed);
        let (w, b) = (draws.array((n_out, n_in)), draws.array(n_out));
        let gradients = (0..steps).map(|_| {
            let (mut dw, mut db) = (draws.array((n_out, n_in)), draws.array(n_out));
            // One gradient of W and one of b are 0 in every step.
            if n_out > 1 {
                dw[[n_out - 1, n_in - 1]] = 0.0;
                db[n_out - 1] = 0.0;
            }
            Gradients { dw, db }
        });
        let gradients = gradients.collect();
        (Layer::from_parts(w, b, activation), gradients, draws)
    });
    [plain].into_iter().chain(random)
}

/// How a layer and its gradients are shown.
fn given(layer: &Layer, gradients: &[Gradients]) -> Given {
    let given = Given::new().value("W", &layer.w).value("b", &layer.b);
    (1..).zip(gradients).fold(given, |given, (step, Gradients { dw, db })| {
        given
            .value(&format!("dW, step {step}"), dw)
            .value(&format!("db, step {step}"), db)
    })
}

fn kinds(layer: &Layer) -> Vec<(&'static str, bool)> {
    vec![
        ("a ReLU layer", layer.activation == Activation::Relu),
        ("a softmax layer", layer.activation == Activation::Softmax),
        ("a single output", layer.n_out() == 1),
        ("a single input", layer.n_in() == 1),
    ]
}

/// What a forward pass leaves behind for backward. It lives outside the layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The layer's input, `(n_in,)`.
    pub x: Array1<f64>,
    /// `z = W x + b`, `(n_out,)`.
    pub z: Array1<f64>,
}

/// The loss's gradients with respect to a layer's parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// `dL/dW`, `(n_out, n_in)`.
    pub dw: Array2<f64>,
    /// `dL/db`, `(n_out,)`.
    pub db: Array1<f64>,
}

/// What momentum remembers of a layer: a velocity for each of its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Velocity {
    /// The velocity of `W`, `(n_out, n_in)`.
    pub w: Array2<f64>,
    /// The velocity of `b`, `(n_out,)`.
    pub b: Array1<f64>,
}

impl Velocity {
    /// The velocity before the first step: everything is at rest.
    pub fn zeros(layer: &Layer) -> Self {
        Self { w: Array2::zeros(layer.w.dim()), b: Array1::zeros(layer.b.dim()) }
    }
}

/// What Adam remembers of a layer: two moments for each of its parameters, and how
/// many steps it has taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// The steps taken so far.
    pub t: i32,
    /// The first moment of `dW`, not corrected: a running mean.
    pub m_w: Array2<f64>,
    /// The second moment of `dW`, not corrected: a running mean of the squares.
    pub v_w: Array2<f64>,
    /// The first moment of `db`, not corrected.
    pub m_b: Array1<f64>,
    /// The second moment of `db`, not corrected.
    pub v_b: Array1<f64>,
}

impl Moments {
    /// The moments before the first step: they are all zero.
    pub fn zeros(layer: &Layer) -> Self {
        Self {
            t: 0,
            m_w: Array2::zeros(layer.w.dim()),
            v_w: Array2::zeros(layer.w.dim()),
            m_b: Array1::zeros(layer.b.dim()),
            v_b: Array1::zeros(layer.b.dim()),
        }
    }
}

/// The settings of Adam.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The learning rate, which the paper calls α.
    pub lr: f64,
    /// How much of the first moment stays from step to step.
    pub beta1: f64,
    /// How much of the second moment stays from step to step.
    pub beta2: f64,
    /// A small number that keeps us from dividing by zero.
    pub epsilon: f64,
}

impl Default for Settings {
    /// The settings that the paper suggests.
    fn default() -> Self {
        Self { lr: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}
