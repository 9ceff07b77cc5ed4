//! One training step.

use ndarray::{Array1, array};
use no_magic::by_hand::Layer;
use no_magic::softmax::log_softmax;

use super::{
    back, examples, forward, layers, likeliest, loss, one_hot, without_epsilon,
};
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
    class: fn(&Array1<f64>, usize) -> usize,
    grad: fn(yhat: &Array1<f64>, y: usize) -> Array1<f64>,
    skipped: fn(yhat: &Array1<f64>, y: usize) -> bool,
    lr: fn(f64) -> f64,
    back: fn(&mut [Layer], &Array1<f64>, f64),
    seen: fn(before: Array1<f64>, after: Array1<f64>) -> Array1<f64>,
    log: fn(f64) -> f64,
    loss: fn(&Seen) -> f64,
}

/// What the loss is made of.
struct Seen {
    yhat: Array1<f64>,
    y: usize,
    z: Array1<f64>,
    log: fn(f64) -> f64,
}

const MODEL: Model = Model {
    forward,
    class: |_, y| y,
    grad: |yhat, y| yhat - one_hot(yhat, y),
    skipped: |_, _| false,
    lr: |lr| lr,
    back,
    seen: |before, _| before,
    log: |p| (p + 1e-7).ln(),
    loss: |s| -(s.log)(s.yhat[s.y]),
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
        let z = layers[layers.len() - 1].z.clone();
        if !(self.skipped)(&yhat, y) {
            (self.back)(layers, &(self.grad)(&yhat, y), (self.lr)(lr));
        }
        let yhat = (self.seen)(yhat, forward(&mut layers.to_vec(), x));
        let y = (self.class)(&yhat, y);
        (self.loss)(&Seen { yhat, y, z, log: self.log })
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

/// Back through these layers with something done to what is handed on.
fn back_with(
    layers: &mut [Layer],
    grad: &Array1<f64>,
    mut pass: impl FnMut(&mut Layer, &Array1<f64>) -> Array1<f64>,
) {
    let layers = layers.iter_mut().rev();
    layers.fold(grad.clone(), |grad, layer| pass(layer, &grad));
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
            loss = |s| (s.log)(s.yhat[s.y]);
        no_epsilon: "The 1e-7 is missing, so the loss is infinite if yhat[y] is 0.",
            log = f64::ln;
        clamped:
            "yhat[y] is raised to at least 1e-7, but 1e-7 should be added to it.",
            log = |p| p.max(1e-7).ln();
        epsilon_outside: "The 1e-7 is added outside the logarithm.",
            log = |p| p.ln() + 1e-7;
        epsilon_subtracted: "The 1e-7 is subtracted from yhat[y].",
            log = |p| (p - 1e-7).ln();
        epsilon_1e_6: "The number added to yhat[y] is 1e-6 instead of 1e-7.",
            log = |p| (p + 1e-6).ln();
        epsilon_1e_8: "The number added to yhat[y] is 1e-8 instead of 1e-7.",
            log = |p| (p + 1e-8).ln();
        epsilon_1e_10: "The number added to yhat[y] is 1e-10 instead of 1e-7.",
            log = |p| (p + 1e-10).ln();
        epsilon_1e_12: "The number added to yhat[y] is 1e-12 instead of 1e-7.",
            log = |p| (p + 1e-12).ln();
        epsilon_1e_15: "The number added to yhat[y] is 1e-15 instead of 1e-7.",
            log = |p| (p + 1e-15).ln();
        log_of_1_minus_p: "The logarithm is that of 1 - yhat[y].",
            log = |p| (1.0 - p + 1e-7).ln();
        base_2: "The logarithm is to the base 2 instead of the natural one.",
            log = |p| (p + 1e-7).log2();
        base_10: "The logarithm is to the base 10 instead of the natural one.",
            log = |p| (p + 1e-7).log10();
        no_logarithm: "The logarithm is missing: this is -yhat[y].",
            log = |p| p;
        probability: "What you return is yhat[y].",
            loss = |s| s.yhat[s.y];
        one_minus_p: "What you return is 1 - yhat[y].",
            loss = |s| 1.0 - s.yhat[s.y];
        all_classes:
            "The loss is summed over all classes instead of class y alone.",
            loss = |s| -s.yhat.mapv(s.log).sum();
        mean_over_classes: "The loss is the mean over all classes.",
            loss = |s| -s.yhat.mapv(s.log).sum() / s.yhat.len() as f64;
        loss_over_classes:
            "The loss of class y is divided by the number of classes.",
            loss = |s| -(s.log)(s.yhat[s.y]) / s.yhat.len() as f64;
        both_sides:
            "The loss also punishes the other classes, with ln(1 - yhat).",
            loss = |s| {
                let others = (0..s.yhat.len()).filter(|&class| class != s.y);
                let others = others.map(|class| (s.log)(1.0 - s.yhat[class]));
                -(s.log)(s.yhat[s.y]) - others.sum::<f64>()
            };
        entropy: "This is the entropy of yhat: y isn't used.",
            loss = |s| -(s.yhat.mapv(s.log) * &s.yhat).sum();
        class_0: "The loss is that of class 0, whatever y is.",
            class = |_, _| 0;
        likeliest_class:
            "The loss is that of the likeliest class instead of class y.",
            class = |yhat, _| likeliest(yhat);
        squared_error: "This is the squared error.",
            loss = |s| (&s.yhat - one_hot(&s.yhat, s.y)).pow2().sum();
        absolute_error: "This is the sum of the absolute errors.",
            loss = |s| (&s.yhat - one_hot(&s.yhat, s.y)).abs().sum();
        half_squared_error: "This is half the squared error.",
            loss = |s| (&s.yhat - one_hot(&s.yhat, s.y)).pow2().sum() / 2.0;
        mean_squared_error: "This is the mean squared error.",
            loss = |s| {
                let error = &s.yhat - one_hot(&s.yhat, s.y);
                error.pow2().sum() / s.yhat.len() as f64
            };
        from_scores:
            "The loss is computed from the scores z. It's the exact one, but the \
             loss here is -ln(yhat[y] + 1e-7).",
            loss = |s| -log_softmax(&s.z)[s.y];
        no_loss: "What you return is 0.",
            loss = |_| 0.0;
        // The gradient at the output
        uphill: "The step goes uphill.",
            grad = |yhat, y| one_hot(yhat, y) - yhat;
        yhat_as_gradient: "yhat itself goes back: 1 isn't subtracted at y.",
            grad = |yhat, _| yhat.clone();
        one_added: "1 is added to yhat at y instead of subtracted.",
            grad = |yhat, y| yhat + one_hot(yhat, y);
        one_subtracted_twice: "1 is subtracted from yhat at y twice.",
            grad = |yhat, y| yhat - 2.0 * one_hot(yhat, y);
        towards_likeliest:
            "The step leads to the likeliest class instead of class y.",
            grad = |yhat, _| yhat - one_hot(yhat, likeliest(yhat));
        towards_class_0: "The step leads to class 0, whatever y is.",
            grad = |yhat, _| yhat - one_hot(yhat, 0);
        yhat_missing: "What goes back is -one_hot(y): yhat is missing.",
            grad = |yhat, y| -one_hot(yhat, y);
        without_softmax:
            "What goes back is -1 / yhat[y] at y, the gradient at yhat instead of \
             z.",
            grad = |yhat, y| -one_hot(yhat, y) / (yhat[y] + 1e-7);
        loss_as_gradient:
            "The loss itself goes back, at y, instead of its gradient.",
            grad = |yhat, y| loss(yhat[y]) * one_hot(yhat, y);
        gradient_over_classes: "The gradient is divided by the number of classes.",
            grad = |yhat, y| (yhat - one_hot(yhat, y)) / yhat.len() as f64;
        gradient_doubled: "The gradient at the output has a factor of 2.",
            grad = |yhat, y| 2.0 * (yhat - one_hot(yhat, y));
        softmax_slope_again:
            "The slope of softmax is applied, but yhat - one_hot(y) includes it \
             already.",
            grad = |yhat, y| {
                let grad = yhat - one_hot(yhat, y);
                yhat * &(&grad - yhat.dot(&grad))
            };
        times_loss: "The gradient at the output is multiplied by the loss.",
            grad = |yhat, y| loss(yhat[y]) * (yhat - one_hot(yhat, y));
        only_from_errors:
            "No step is taken where class y is the likeliest already.",
            skipped = |yhat, y| likeliest(yhat) == y;
        small_losses_skipped: "No step is taken where the loss is small.",
            skipped = |yhat, y| yhat[y] > 0.99;
        // The learning rate
        no_learning_rate: "The learning rate isn't used: the steps are for lr = 1.",
            lr = |_| 1.0;
        lesson_learning_rate: "The learning rate is 0.05, whatever lr is.",
            lr = |_| 0.05;
        tenth_learning_rate: "The learning rate is 0.1, whatever lr is.",
            lr = |_| 0.1;
        hundredth_learning_rate: "The learning rate is 0.01, whatever lr is.",
            lr = |_| 0.01;
        learning_rate_twice:
            "The learning rate is in the step twice: backward multiplies by it \
             already.",
            lr = |lr| lr * lr;
        half_learning_rate: "The step is only half as long as it should be.",
            lr = |lr| lr / 2.0;
        learning_rate_over_layers:
            "The learning rate is divided by the number of layers.",
            back = |layers, grad, lr| back(layers, grad, lr / layers.len() as f64);
        // The way back
        not_trained: "No layer changes.",
            back = |_, _, _| ();
        copies_forward:
            "The layers didn't keep this x and z: copies of them went forward, or \
             none.",
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
        only_first: "Only the first layer learns.",
            back = |layers, grad, lr| {
                let before = layers.to_vec();
                back(layers, grad, lr);
                layers[1..].clone_from_slice(&before[1..]);
            };
        first_left_out: "The first layer doesn't learn.",
            back = |layers, grad, lr| back(&mut layers[1..], grad, lr);
        last_left_out: "The last layer is left out on the way back.",
            back = |layers, grad, lr| {
                let last = layers.len() - 1;
                back(&mut layers[..last], grad, lr);
            };
        dx_not_handed_on: "Every layer gets the gradient at the output.",
            back = |layers, grad, lr| back_with(layers, grad, |layer, _| {
                layer.backward(grad, lr);
                grad.clone()
            });
        dx_times_lr: "dx is multiplied by the learning rate on its way back.",
            back = |layers, grad, lr| back_with(layers, grad, |layer, grad| {
                lr * layer.backward(grad, lr)
            });
        dx_negative: "dx changes its sign from layer to layer.",
            back = |layers, grad, lr| back_with(layers, grad, |layer, grad| {
                -layer.backward(grad, lr)
            });
        dx_from_new_weights:
            "dx is computed with the weights from after the update.",
            back = |layers, grad, lr| back_with(layers, grad, |layer, grad| {
                layer.backward(grad, lr);
                layer.backward(grad, 0.0)
            });
        backward_twice: "backward is called twice on every layer.",
            back = |layers, grad, lr| back_with(layers, grad, |layer, grad| {
                layer.backward(grad, lr);
                layer.backward(grad, lr)
            });
        way_back_twice:
            "All layers go backward twice, the second time with the new weights.",
            back = |layers, grad, lr| {
                back(layers, grad, lr);
                back(layers, grad, lr);
            };
        })
}
