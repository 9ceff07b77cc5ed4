//! Question 2: the update by itself, which trains as the lesson's backward does.

use ndarray::{Array1, Array2, Axis, azip};
use no_magic::by_hand::{Activation, Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::{Gradients, Trace, gradients};
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Sgd = fn(&mut Layer, &Gradients, f64);

/// `fn sgd(layer, gradients, lr)`
pub fn sgd(answer: Sgd) -> Verdict {
    question().judge(move |case| case.observe(answer))
}

/// What an answer is tried on.
#[derive(Clone)]
pub(super) enum Case {
    /// A single step.
    Step(Box<Layer>, Gradients, f64),
    /// The training of a network.
    Training,
}

impl Case {
    fn observe(&self, answer: impl Fn(&mut Layer, &Gradients, f64)) -> Outcome {
        let Self::Step(layer, gradients, lr) = self else {
            let layers = train(answer).into_iter().enumerate();
            return layers.fold(Outcome::new(), |outcome, (i, layer)| {
                let after = |name| format!("layers[{i}].{name} after step {STEPS}");
                outcome.value(&after("w"), &layer.w).value(&after("b"), &layer.b)
            });
        };
        let mut layer = *layer.clone();
        answer(&mut layer, gradients, *lr);
        Outcome::new()
            .value("W", &layer.w)
            .value("b", &layer.b)
            .text("layer.activation", format!("{:?}", layer.activation))
    }
}

const STEPS: usize = 300;
const LR: f64 = 0.05;

/// A network, and examples to train it with.
fn network() -> (NeuralNet, Dataset) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([5; 3], &mut rng).expect("some examples");
    (NeuralNet::new(&[36, 16, 3], &mut rng).expect("a network"), data)
}

/// Trains the network in the new order: all gradients are there before the first
/// weight changes.
fn train(update: impl Fn(&mut Layer, &Gradients, f64)) -> Vec<Layer> {
    let (NeuralNet { mut layers, .. }, data) = network();
    for i in (0..data.len()).cycle().take(STEPS) {
        let x = data.x(i).to_owned();
        let mut grad = layers.iter_mut().fold(x, |a, layer| layer.forward(&a));
        grad[data.y(i)] -= 1.0;
        let backward = layers.iter().rev().map(|layer| {
            let trace = Trace { x: layer.x.clone(), z: layer.z.clone() };
            let (of_layer, dx) = gradients::MODEL.gradients(layer, &trace, &grad);
            grad = dx;
            of_layer
        });
        let gradients: Vec<_> = backward.collect();
        for (layer, gradients) in layers.iter_mut().rev().zip(&gradients) {
            update(layer, gradients, LR);
        }
    }
    layers
}

/// `sgd`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    gradients: fn(&Layer, &Gradients) -> Gradients,
    w: Rule,
    b: Rule,
    at_the_end: fn(&mut Layer),
}

/// How a single number moves.
#[derive(Clone)]
struct Rule {
    direction: fn(g: f64) -> f64,
    rate: fn(lr: f64) -> f64,
    update: fn(Number) -> f64,
}

/// What the update may use.
#[derive(Clone, Copy)]
struct Number {
    w: f64,
    g: f64,
    lr: f64,
    step: f64,
}

const RULE: Rule =
    Rule { direction: |g| g, rate: |lr| lr, update: |n| n.w - n.step };

impl Rule {
    fn apply(&self, w: &mut f64, g: f64, lr: f64) {
        let step = (self.rate)(lr) * (self.direction)(g);
        *w = (self.update)(Number { w: *w, g, lr, step });
    }
}

const MODEL: Model = Model {
    gradients: |_, gradients| gradients.clone(),
    w: RULE,
    b: RULE,
    at_the_end: |_| (),
};

impl Model {
    fn sgd(&self, layer: &mut Layer, gradients: &Gradients, lr: f64) {
        let Gradients { dw, db } = (self.gradients)(layer, gradients);
        azip!((w in &mut layer.w, &g in &dw) self.w.apply(w, g, lr));
        azip!((b in &mut layer.b, &g in &db) self.b.apply(b, g, lr));
        (self.at_the_end)(layer);
    }
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        case.observe(|layer, gradients, lr| model.sgd(layer, gradients, lr))
    };
    let rates = [0.25, 0.1, 0.5, 0.05].into_iter().cycle();
    let steps = super::runs().zip(rates).map(|((layer, mut gradients, _), lr)| {
        Case::Step(Box::new(layer), gradients.swap_remove(0), lr)
    });
    Question::new("momentum.sgd", MODEL, run)
        .given(|case| match case {
            Case::Step(layer, gradients, lr) => Given::new()
                .value("W", &layer.w)
                .value("b", &layer.b)
                .value("dW", &gradients.dw)
                .value("db", &gradients.db)
                .number("lr", lr),
            Case::Training => Given::new()
                .note("network", "36 inputs, 16 hidden units, 3 classes")
                .number("steps", STEPS)
                .number("lr", LR),
        })
        .kinds(|case| match case {
            Case::Step(layer, ..) => super::kinds(layer),
            Case::Training => vec![("a whole training", true)],
        })
        .cases(steps.chain([Case::Training]))
        .mistakes(rule_mistakes! {
        unchanged: "The parameter doesn't change.",
            update = |n| n.w;
        uphill: "The step goes uphill.",
            update = |n| n.w + n.step;
        no_learning_rate: "The step doesn't use the learning rate.",
            rate = |_| 1.0;
        step_taken_twice: "The step is taken twice.",
            rate = |lr| 2.0 * lr;
        learning_rate_twice: "The learning rate is in the step twice.",
            rate = |lr| lr * lr;
        divided_by_learning_rate: "The step is divided by the learning rate.",
            rate = |lr| 1.0 / lr;
        learning_rate_on_everything:
            "The learning rate multiplies the parameter as well.",
            update = |n| n.lr * n.w - n.step;
        step_alone: "The parameter is replaced by the step.",
            update = |n| -n.step;
        gradient_alone: "The parameter is replaced by its gradient.",
            update = |n| n.g;
        step_minus_parameter: "The subtraction is the wrong way round.",
            update = |n| n.step - n.w;
        sign_alone: "The step uses only the gradient's sign, not its size.",
            direction = f64::signum;
        size_alone: "The step uses the gradient's absolute value.",
            direction = f64::abs;
        only_positive: "Negative gradients are ignored.",
            direction = |g| g.max(0.0);
        clipped: "Gradients beyond ±1 are clipped.",
            direction = |g| g.clamp(-1.0, 1.0);
        times_parameter: "The step is multiplied by the parameter.",
            update = |n| n.w - n.step * n.w;
        weight_decay: "The parameter shrinks as well: it's multiplied by 1 - lr.",
            update = |n| n.w - n.step - n.lr * n.w;
        small_weight_decay:
            "The parameter shrinks as well: it's multiplied by 1 - 0.0001 lr.",
            update = |n| n.w - n.step - n.lr * 1e-4 * n.w;
        fixed_learning_rate: "The learning rate is fixed at 0.1.",
            rate = |_| 0.1;
        })
        .mistakes(mistakes! { Model;
        // Which gradient
        b_from_dw: "b takes a step along the row sums of dW instead of db.",
            gradients = |_, g| {
                Gradients { db: g.dw.sum_axis(Axis(1)), ..g.clone() }
            };
        b_once_per_column: "b takes its step once for each column of W.",
            gradients = |_, g| {
                Gradients { db: &g.db * g.dw.ncols() as f64, ..g.clone() }
            };
        b_from_db_sum: "Every bias takes a step along the sum of db.",
            gradients = |_, g| {
                let db = Array1::from_elem(g.db.len(), g.db.sum());
                Gradients { db, ..g.clone() }
            };
        b_from_db_mean: "Every bias takes a step along the mean of db.",
            gradients = |_, g| {
                let mean = g.db.sum() / g.db.len() as f64;
                let db = Array1::from_elem(g.db.len(), mean);
                Gradients { db, ..g.clone() }
            };
        w_from_db: "W takes a step along db instead of dW.",
            gradients = |_, g| {
                let db = g.db.view().insert_axis(Axis(1));
                let dw = &Array2::zeros(g.dw.dim()) + &db;
                Gradients { dw, ..g.clone() }
            };
        w_along_transposed: "W takes a step along the transpose of dW.",
            gradients = |_, g| Gradients { dw: g.dw.t().to_owned(), ..g.clone() };
        divided_by_outputs: "The gradients are divided by the number of outputs.",
            gradients = |_, Gradients { dw, db }| {
                let n = db.len() as f64;
                Gradients { dw: dw / n, db: db / n }
            };
        w_first_row: "Only the first row of W moves.",
            gradients = |_, g| {
                Gradients { db: g.db.clone(), ..rows(g, |row, _| row == 0) }
            };
        b_first: "Only the first entry of b moves.",
            gradients = |_, g| {
                Gradients { dw: g.dw.clone(), ..rows(g, |row, _| row == 0) }
            };
        first_row: "Only the first row of W and the first entry of b move.",
            gradients = |_, g| rows(g, |row, _| row == 0);
        last_row_skipped: "The last row of W and the last entry of b don't move.",
            gradients = |_, g| rows(g, |row, n_out| row + 1 < n_out);
        softmax_unchanged: "A softmax layer doesn't move.",
            gradients = |layer, g| {
                rows(g, |_, _| layer.activation == Activation::Relu)
            };
        relu_unchanged: "A ReLU layer doesn't move.",
            gradients = |layer, g| {
                rows(g, |_, _| layer.activation == Activation::Softmax)
            };
        // The rest of the layer
        activation_relu: "The layer's activation becomes Relu.",
            at_the_end = |layer| layer.activation = Activation::Relu;
        activation_softmax: "The layer's activation becomes Softmax.",
            at_the_end = |layer| layer.activation = Activation::Softmax;
        })
}

/// The gradients of some outputs; those of the others are 0.
fn rows(g: &Gradients, moves: impl Fn(usize, usize) -> bool) -> Gradients {
    let n_out = g.db.len();
    let keep = |row| f64::from(u8::from(moves(row, n_out)));
    let keep: Array1<f64> = (0..n_out).map(keep).collect();
    Gradients { dw: &g.dw * &keep.view().insert_axis(Axis(1)), db: &g.db * &keep }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::difference;

    #[test]
    fn the_new_order_gives_the_lessons_weights() {
        let (mut lesson, data) = network();
        for i in (0..data.len()).cycle().take(STEPS) {
            lesson.train_step(&data.x(i).to_owned(), data.y(i), LR);
        }
        let update = |layer: &mut Layer, g: &Gradients, lr| MODEL.sgd(layer, g, lr);
        for (yours, lesson) in train(update).iter().zip(&lesson.layers) {
            assert_eq!(difference(&lesson.w, &yours.w), None);
            assert_eq!(difference(&lesson.b, &yours.b), None);
        }
    }
}
