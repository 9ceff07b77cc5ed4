//! One training step.

use ndarray::{Array1, array};
use no_magic::by_hand::Layer;

use super::{back, examples, forward, layers, likeliest, one_hot, without_epsilon};
use crate::{Outcome, Question, Verdict, mistakes};

/// `fn train_step(layers, x, y, lr) -> loss`
pub type TrainStep = fn(&mut [Layer], &Array1<f64>, usize, f64) -> f64;

/// Judges `train_step`.
pub fn train_step(answer: TrainStep) -> Verdict {
    question().judge(move |step| step.observe(answer))
}

/// What a training step is given.
#[derive(Clone)]
pub(super) struct Step {
    layers: Vec<Layer>,
    x: Array1<f64>,
    y: usize,
    lr: f64,
}

impl Step {
    fn yhat(&self) -> Array1<f64> {
        forward(&mut self.layers.clone(), &self.x)
    }

    fn observe(
        &self,
        answer: impl Fn(&mut [Layer], &Array1<f64>, usize, f64) -> f64,
    ) -> Outcome {
        let mut layers = self.layers.clone();
        let loss = answer(&mut layers, &self.x, self.y, self.lr);
        let loss = without_epsilon(&[super::loss(self.yhat()[self.y])], loss);
        super::changes(Outcome::new().value("loss", &loss), &self.layers, &layers)
    }
}

/// `train_step`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    forward: fn(&mut [Layer], &Array1<f64>) -> Array1<f64>,
    grad: fn(yhat: &Array1<f64>, y: usize) -> Array1<f64>,
    lr: fn(f64) -> f64,
    back: fn(&mut [Layer], &Array1<f64>, f64),
    seen: fn(before: Array1<f64>, after: Array1<f64>) -> Array1<f64>,
    log: fn(f64) -> f64,
    loss: fn(logs: &Array1<f64>, y: usize) -> f64,
}

const MODEL: Model = Model {
    forward,
    grad: |yhat, y| yhat - one_hot(yhat, y),
    lr: |lr| lr,
    back,
    seen: |before, _| before,
    log: |p| (p + 1e-7).ln(),
    loss: |logs, y| -logs[y],
};

impl Model {
    fn train_step(
        &self,
        layers: &mut [Layer],
        x: &Array1<f64>,
        y: usize,
        lr: f64,
    ) -> f64 {
        let yhat = (self.forward)(layers, x);
        (self.back)(layers, &(self.grad)(&yhat, y), (self.lr)(lr));
        let yhat = (self.seen)(yhat, forward(&mut layers.to_vec(), x));
        (self.loss)(&yhat.mapv(self.log), y)
    }
}

fn cases() -> impl Iterator<Item = Step> {
    let y = |i, classes| if i == 0 { 1 } else { i % classes };
    let plain = (0..).zip(examples()).map(move |(i, (layers, x))| Step {
        y: y(i, layers[layers.len() - 1].n_out()),
        lr: [0.25, 0.1, 0.3][i % 3],
        layers,
        x,
    });
    // z = [s, -s]: surely right, or so surely wrong that the 1e-7 matters
    let sure = [(4.0, 0), (8.0, 1), (400.0, 1)].map(|(s, y)| Step {
        layers: layers(vec![(array![[s, 0.0], [-s, 0.0]], array![0.0, 0.0])]),
        x: array![1.0, 0.5],
        y,
        lr: 0.1,
    });
    plain.chain(sure)
}

fn kinds(step: &Step) -> Vec<(&'static str, bool)> {
    let yhat = step.yhat();
    let (p, right) = (yhat[step.y], likeliest(&yhat) == step.y);
    vec![
        ("a yhat[y] below a millionth", p < 1e-6),
        ("a loss below 0.01", p > 0.99),
        ("class y being the likeliest already", right),
        ("another class than y being the likeliest", !right),
        ("a single layer", step.layers.len() == 1),
        ("more than one layer", step.layers.len() > 1),
        ("y = 0", step.y == 0),
    ]
}

pub(super) fn question() -> Question<Step, Model> {
    let run = |model: &Model, step: &Step| {
        step.observe(|layers, x, y, lr| model.train_step(layers, x, y, lr))
    };
    Question::new("network.train_step", MODEL, run)
        .given(|step| {
            super::given(&step.layers)
                .value("x", &step.x)
                .number("y", step.y)
                .number("lr", step.lr)
        })
        .kinds(kinds)
        .calls("predict")
        .calls("output_gradient")
        .cases(cases())
        .mistakes(mistakes! { Model;
        // The loss
        loss_after_step:
            "The loss is computed after the step instead of before it.",
            seen = |_, after| after;
        loss_negative: "The loss has the wrong sign: the minus is missing.",
            loss = |logs, y| logs[y];
        no_epsilon:
            "The 1e-7 is missing, so the loss is too large where yhat[y] is tiny.",
            log = f64::ln;
        clamped:
            "yhat[y] is raised to at least 1e-7, but 1e-7 should be added to it.",
            log = |p| p.max(1e-7).ln();
        epsilon_1e_8: "The number added to yhat[y] is 1e-8 instead of 1e-7.",
            log = |p| (p + 1e-8).ln();
        no_logarithm: "The logarithm is missing: this is -yhat[y].",
            log = |p| p;
        all_classes:
            "The loss is summed over all classes instead of class y alone.",
            loss = |logs, _| -logs.sum();
        likeliest_class:
            "The loss is that of the likeliest class instead of class y.",
            loss = |logs, _| -logs[likeliest(logs)];
        // The gradient at the output
        uphill: "The step goes uphill.",
            grad = |yhat, y| one_hot(yhat, y) - yhat;
        yhat_as_gradient: "yhat itself goes back: 1 isn't subtracted at y.",
            grad = |yhat, _| yhat.clone();
        without_softmax:
            "What goes back is the gradient with respect to yhat, -1 / yhat[y] at \
             y. It should be the one with respect to z.",
            grad = |yhat, y| -one_hot(yhat, y) / (yhat[y] + 1e-7);
        gradient_doubled: "The gradient at the output is twice what it should be.",
            grad = |yhat, y| 2.0 * (yhat - one_hot(yhat, y));
        softmax_slope_again:
            "The slope of softmax is applied, but yhat - one_hot(y) includes it \
             already.",
            grad = |yhat, y| {
                let grad = yhat - one_hot(yhat, y);
                yhat * &(&grad - yhat.dot(&grad))
            };
        only_from_errors:
            "No step is taken where class y is the likeliest already.",
            grad = |yhat, y| {
                let is_wrong = likeliest(yhat) != y;
                f64::from(is_wrong) * (yhat - one_hot(yhat, y))
            };
        small_losses_skipped: "No step is taken where the loss is small.",
            grad = |yhat, y| {
                let is_large = yhat[y] < 0.99;
                f64::from(is_large) * (yhat - one_hot(yhat, y))
            };
        // The learning rate
        no_learning_rate: "The learning rate isn't used: the steps are for lr = 1.",
            lr = |_| 1.0;
        lesson_learning_rate: "The learning rate is 0.05, whatever lr is.",
            lr = |_| 0.05;
        learning_rate_twice:
            "The learning rate is in the step twice: backward multiplies by it \
             already.",
            lr = |lr| lr * lr;
        // The way back
        not_trained: "No layer changes.",
            back = |_, _, _| ();
        copies_forward:
            "`backward` found an old x and z: clones of the layers went forward, \
             or none did.",
            forward = |layers, x| forward(&mut layers.to_vec(), x);
        left_to_right: "backward goes from the first layer to the last.",
            back = |layers, grad, lr| {
                let layers = layers.iter_mut();
                layers.fold(grad.clone(), |grad, layer| layer.backward(&grad, lr));
            };
        only_last: "Only the last layer learns.",
            back = |layers, grad, lr| {
                let last = layers.len() - 1;
                layers[last].backward(grad, lr);
            };
        first_left_out: "The first layer doesn't learn.",
            back = |layers, grad, lr| back(&mut layers[1..], grad, lr);
        last_left_out: "The last layer is left out on the way back.",
            back = |layers, grad, lr| {
                let last = layers.len() - 1;
                back(&mut layers[..last], grad, lr);
            };
        dx_not_handed_on: "Every layer gets the gradient at the output.",
            back = |layers, grad, lr| for layer in layers {
                layer.backward(grad, lr);
            };
        backward_twice: "backward is called twice on every layer.",
            back = |layers, grad, lr| {
                let layers = layers.iter_mut().rev();
                layers.fold(grad.clone(), |grad, layer| {
                    layer.backward(&grad, lr);
                    layer.backward(&grad, lr)
                });
            };
        })
}
