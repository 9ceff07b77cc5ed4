//! Question 2: the update by itself, which trains as the lesson's backward does.

use ndarray::{Array, Dimension, array};
use no_magic::by_hand::{Activation, Layer, NeuralNet};
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::Gradients;
use super::reference::{backward, forward};
use crate::Verdict;
use crate::case::Case;
use crate::feedback::Feedback;

type Sgd = fn(&mut Layer, &Gradients, f64);

/// `fn sgd(layer, gradients, lr)`
pub fn sgd(answer: Sgd) -> Verdict {
    for (layer, gradients, lr) in [
        (
            Layer::from_parts(
                array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]],
                array![0.5, -1.0],
                Activation::Relu,
            ),
            Gradients {
                dw: array![[1.0, 0.0, -1.0], [2.0, -2.0, 0.5]],
                db: array![2.0, -3.0],
            },
            0.25,
        ),
        (
            Layer::from_parts(
                array![[2.0], [1.0], [-1.0]],
                array![0.0, 1.0, 0.5],
                Activation::Softmax,
            ),
            Gradients {
                dw: array![[-1.0], [8.0], [0.5]],
                db: array![4.0, -0.5, 0.0],
            },
            0.5,
        ),
    ] {
        let case = Case::new()
            .input("W", &layer.w)
            .input("b", &layer.b)
            .input("dW", &gradients.dw)
            .input("db", &gradients.db)
            .number("lr", lr);
        let yours = case.run({
            let (mut layer, gradients) = (layer.clone(), gradients.clone());
            move || {
                answer(&mut layer, &gradients, lr);
                layer
            }
        })?;
        judge_update(&case, "W", &layer.w, &gradients.dw, lr, &yours.w)?;
        judge_update(&case, "b", &layer.b, &gradients.db, lr, &yours.b)?;
        case.expect_equal("The activation", &layer.activation, &yours.activation)
            .map_err(|feedback| {
            feedback.likely(true, "an optimizer changes only W and b")
        })?;
    }
    trains_like_the_lesson(answer)
}

fn judge_update<D: Dimension>(
    case: &Case,
    name: &str,
    before: &Array<f64, D>,
    gradient: &Array<f64, D>,
    lr: f64,
    yours: &Array<f64, D>,
) -> Verdict {
    let step = gradient * lr;
    let unchanged = format!(
        "{name} is unchanged; the update writes both W and b into the layer that \
         it is given"
    );
    case.expect(name, &(before - &step))
        .unless(before, &unchanged)
        .unless(&(before + &step), "you went uphill: gradient descent subtracts")
        .unless(&(before - gradient), "you left out the learning rate")
        .unless(gradient, "you replaced the parameter by its gradient")
        .unless(
            &-&step,
            "you replaced the parameter by the step; the step is added to what \
             was there",
        )
        .unless(&(before - &(&step * 2.0)), "the step is taken twice")
        .unless(&(before - &(gradient / lr)), "you divided by the learning rate")
        .unless(
            &((before - gradient) * lr),
            "the learning rate belongs to the gradient alone",
        )
        .unless(
            &(before - &(gradient.signum() * lr)),
            "you took the sign of the gradient; its size counts as well",
        )
        .judge(yours)
}

/// Trains a network with the answer, and beside it the same network as the lesson
/// does.
fn trains_like_the_lesson(answer: Sgd) -> Verdict {
    const EPOCHS: usize = 20;
    const LR: f64 = 0.05;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([5; 3], &mut rng).expect("some examples");
    let mut lesson = NeuralNet::new(&[36, 16, 3], &mut rng).expect("a network");
    let mut layers = lesson.layers.clone();

    let steps = EPOCHS * data.len();
    for i in (0..data.len()).cycle().take(steps) {
        lesson.train_step(&data.x(i).to_owned(), data.y(i), LR);
    }
    let case = Case::new()
        .note("network", "36 inputs, 16 hidden units, 3 classes")
        .number("steps", steps)
        .number("lr", LR);
    let layers = case.run(move || {
        for i in (0..data.len()).cycle().take(steps) {
            train_step(&mut layers, &data, i, |layer, gradients| {
                answer(layer, gradients, LR);
            });
        }
        layers
    })?;

    for (number, (lesson, yours)) in (1..).zip(lesson.layers.iter().zip(&layers)) {
        let case = case.clone().note("layer", &format!("{number} of 2"));
        case.expect("W", &lesson.w).judge(&yours.w).map_err(parted)?;
        case.expect("b", &lesson.b).judge(&yours.b).map_err(parted)?;
    }
    Ok(())
}

fn parted(feedback: Box<Feedback>) -> Box<Feedback> {
    feedback.likely(
        true,
        "single steps were right, but over a whole training your weights part \
         from those of the lesson's backward; is something rounded, or small \
         steps left out?",
    )
}

/// A training step in the new order: all gradients are there before the first
/// weight changes.
fn train_step(
    layers: &mut [Layer],
    data: &Dataset,
    example: usize,
    update: impl Fn(&mut Layer, &Gradients),
) {
    let mut a = data.x(example).to_owned();
    let mut traces = Vec::new();
    for layer in layers.iter() {
        let (output, trace) = forward(layer, &a);
        traces.push(trace);
        a = output;
    }

    let mut grad = a;
    grad[data.y(example)] -= 1.0;
    let mut gradients = Vec::new();
    for (layer, trace) in layers.iter().zip(&traces).rev() {
        let (of_layer, dx) = backward(layer, trace, &grad);
        gradients.push(of_layer);
        grad = dx;
    }

    for (layer, gradients) in layers.iter_mut().rev().zip(&gradients) {
        update(layer, gradients);
    }
}
