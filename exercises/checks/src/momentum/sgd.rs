//! Question 2: the update by itself. It trains a network exactly as the lesson's
//! backward does.

use ndarray::{Array1, Axis, azip};
use no_magic::by_hand::{Layer, NeuralNet};
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

/// What we try an answer on.
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

/// Trains the network in the new order: it computes all gradients before it changes
/// the first weight.
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
    w: Rule,
    b: Rule,
    db: fn(&Gradients) -> Array1<f64>,
}

/// How a single number moves.
#[derive(Clone)]
struct Rule {
    step: fn(g: f64, lr: f64) -> f64,
    update: fn(w: f64, step: f64, lr: f64) -> f64,
}

const RULE: Rule = Rule { step: |g, lr| lr * g, update: |w, step, _| w - step };

impl Rule {
    fn apply(&self, w: &mut f64, g: f64, lr: f64) {
        *w = (self.update)(*w, (self.step)(g, lr), lr);
    }
}

const MODEL: Model = Model { w: RULE, b: RULE, db: |g| g.db.clone() };

impl Model {
    fn sgd(&self, layer: &mut Layer, gradients: &Gradients, lr: f64) {
        let db = (self.db)(gradients);
        azip!((w in &mut layer.w, &g in &gradients.dw) self.w.apply(w, g, lr));
        azip!((b in &mut layer.b, &g in &db) self.b.apply(b, g, lr));
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
        unchanged: "The parameters don't change.",
            update = |w, _, _| w;
        uphill: "The step goes uphill: it's added instead of subtracted.",
            update = |w, step, _| w + step;
        no_learning_rate: "The step isn't multiplied by `lr`.",
            step = |g, _| g;
        step_taken_twice: "The step is taken twice.",
            step = |g, lr| 2.0 * lr * g;
        learning_rate_twice: "The step is multiplied by `lr` twice.",
            step = |g, lr| lr * lr * g;
        step_alone: "The step replaces the parameters instead of changing them.",
            update = |_, step, _| -step;
        small_weight_decay:
            "The parameters also decay: each step multiplies them by `1 - 0.0001 * \
             lr`.",
            update = |w, step, lr| w - step - lr * 1e-4 * w;
        })
        .mistakes(mistakes! { Model;
        b_from_dw: "`b` moves along the row sums of `dW` instead of `db`.",
            db = |g| g.dw.sum_axis(Axis(1));
        b_once_per_column:
            "`b` takes its step once for each column of `W` instead of just once.",
            db = |g| &g.db * g.dw.ncols() as f64;
        })
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
