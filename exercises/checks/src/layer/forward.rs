//! The forward pass: what it returns, what it keeps, and what it leaves alone.

use ndarray::{Array1, array};
use no_magic::relu::{relu, relu_slope};
use no_magic::softmax::{log_softmax, softmax};

use super::{Activation, Layer};
use crate::{Outcome, Question, Verdict, mistakes};

/// `fn forward(layer, x) -> a`
pub type Forward = fn(&mut Layer, &Array1<f64>) -> Array1<f64>;

/// Judges `forward`.
pub fn forward(answer: Forward) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

type Case = (Layer, Array1<f64>);

fn observe(
    answer: impl Fn(&mut Layer, &Array1<f64>) -> Array1<f64>,
    (layer, x): &Case,
) -> Outcome {
    let mut layer = layer.clone();
    let a = answer(&mut layer, x);
    Outcome::new()
        .value("a", &a)
        .value("layer.z", &layer.z)
        .value("layer.x", &layer.x)
        .kept("W", &layer.w)
        .kept("b", &layer.b)
        .text("layer.activation", format!("{:?}", layer.activation))
}

/// `forward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    z: fn(&Layer, &Array1<f64>) -> Array1<f64>,
    relu: fn(&Array1<f64>) -> Array1<f64>,
    softmax: fn(&Array1<f64>) -> Array1<f64>,
    at_the_end: fn(&mut Layer, before: &Layer, a: &mut Array1<f64>),
}

const MODEL: Model = Model {
    z: |layer, x| layer.w.dot(x) + &layer.b,
    relu: |z| z.mapv(relu),
    softmax,
    at_the_end: |_, _, _| (),
};

impl Model {
    fn forward(&self, layer: &mut Layer, x: &Array1<f64>) -> Array1<f64> {
        let before = layer.clone();
        layer.z = (self.z)(&before, x);
        layer.x.clone_from(x);
        let mut a = match layer.activation {
            Activation::Relu => (self.relu)(&layer.z),
            Activation::Softmax => (self.softmax)(&layer.z),
        };
        (self.at_the_end)(layer, &before, &mut a);
        a
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let layer = |w, b, activation| Layer {
        x: Array1::from_elem(2, 7.0),
        z: Array1::from_elem(2, 7.0),
        ..Layer::from_parts(w, b, activation)
    };
    let plain = (
        layer(array![[1.0, -2.0], [3.0, 0.5]], array![4.5, -6.0], Activation::Relu),
        array![1.0, 2.0],
    );
    // z = [1000, 1002], [-1005, -1004], [300, -1400], [300, -600] and [-300, 600]
    let extreme = [
        (array![[100.0, 0.0], [100.0, 1.0]], array![0.0, 1.0], array![10.0, 1.0]),
        (
            array![[100.0, 1.0], [100.0, 0.0]],
            array![-4.0, -4.0],
            array![-10.0, -1.0],
        ),
        (array![[100.0, 0.0], [-500.0, 100.0]], array![0.0, 0.0], array![3.0, 1.0]),
        (array![[100.0, 0.0], [-200.0, 0.0]], array![0.0, 0.0], array![3.0, 1.0]),
        (array![[-100.0, 0.0], [200.0, 0.0]], array![0.0, 0.0], array![3.0, 1.0]),
    ]
    .map(|(w, b, x)| (layer(w, b, Activation::Softmax), x));
    let random = super::layers().map(|(layer, mut draws)| {
        let x = draws.array(layer.n_in());
        (layer, x)
    });
    [plain].into_iter().chain(random).chain(extreme)
}

fn kinds((layer, x): &Case) -> Vec<(&'static str, bool)> {
    let z = layer.w.dot(x) + &layer.b;
    let mut kinds = super::kinds(layer);
    kinds.push(("scores beyond ±700", z.iter().any(|z| z.abs() > 700.0)));
    kinds.push(("scores within ±700", z.iter().all(|z| z.abs() <= 700.0)));
    kinds
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|layer, x| model.forward(layer, x), case)
    };
    Question::new("layer.forward", MODEL, run)
        .given(|(layer, x)| super::given(layer).value("x", x))
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // z
        no_bias: "The bias `b` is missing from `z`.",
            z = |layer, x| layer.w.dot(x);
        bias_subtracted: "The bias `b` is subtracted instead of added.",
            z = |layer, x| layer.w.dot(x) - &layer.b;
        transposed: "`z` is computed with `Wᵀ` instead of `W`.",
            z = |layer, x| layer.w.t().dot(x) + &layer.b;
        old_x:
            "`z` is computed from `layer.x` while it still holds the previous \
             example's input.",
            z = |layer, _| layer.w.dot(&layer.x) + &layer.b;
        old_z:
            "The output is computed from `layer.z` while it still holds the \
             previous example's `z`.",
            z = |layer, _| layer.z.clone();
        bias_after_activation:
            "The bias is added to the output, after the activation, instead of to \
             `z`.",
            z = |layer, x| layer.w.dot(x),
            at_the_end = |layer, _, a| *a += &layer.b;
        bias_after_activation_z_kept:
            "The activation is applied to `W x` alone, and `b` is added to the \
             result.",
            relu = |z| z.clone(),
            at_the_end = |layer, _, a| {
                let wx = &layer.z - &layer.b;
                *a = match layer.activation {
                    Activation::Relu => wx.mapv(relu),
                    Activation::Softmax => softmax(&wx),
                } + &layer.b;
            };
        // ReLU
        no_activation: "`forward` returns `z`: the activation is missing.",
            relu = |z| z.clone(),
            softmax = |z| z.clone();
        no_relu: "A ReLU layer returns `z`: ReLU is missing.",
            relu = |z| z.clone();
        no_softmax: "A softmax layer returns `z`: softmax is missing.",
            softmax = |z| z.clone();
        leaky:
            "A ReLU layer applies the leaky ReLU, which gives `0.01 * z` below 0.",
            relu = |z| z.mapv(|z| if z > 0.0 { z } else { 0.01 * z });
        absolute:
            "A ReLU layer returns `|z|`: entries below 0 become positive instead \
             of 0.",
            relu = |z| z.mapv(f64::abs);
        negative_half: "A ReLU layer returns `min(0, z)` instead of `max(0, z)`.",
            relu = |z| z.mapv(|z| z.min(0.0));
        relu_slope:
            "A ReLU layer returns ReLU's slope, which is 0 or 1, instead of its \
             value.",
            relu = |z| z.mapv(relu_slope);
        relu_capped:
            "A ReLU layer's output is cut off at 1, but ReLU has no upper limit.",
            relu = |z| z.mapv(|z| z.clamp(0.0, 1.0));
        sigmoid: "A ReLU layer applies the sigmoid instead of ReLU.",
            relu = |z| z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
        always_softmax: "A ReLU layer applies softmax instead of ReLU.",
            relu = softmax;
        // Softmax
        always_relu: "A softmax layer applies ReLU instead of softmax.",
            softmax = |z| z.mapv(relu);
        relu_and_softmax: "A softmax layer applies ReLU before softmax.",
            softmax = |z| softmax(&z.mapv(relu));
        overflow:
            "`max z` isn't subtracted, so `exp(z)` becomes infinite or 0 when the \
             scores are far from 0.",
            softmax = |z| normalized(z.mapv(f64::exp));
        maximum_of_0:
            "When every score is below 0, the maximum comes out as 0. That shows \
             once the scores are so low that every `exp` is 0.",
            softmax = |z| shifted(z, z.fold(0.0, |max, &z| z.max(max)));
        largest_magnitude:
            "The largest `|z|` is subtracted instead of the largest `z`.",
            softmax = |z| shifted(z, z.fold(0.0, |max, z| z.abs().max(max)));
        minimum: "The smallest score is subtracted instead of the largest.",
            softmax = |z| shifted(z, z.fold(f64::INFINITY, |min, &z| z.min(min)));
        maximum_in_numerator_alone:
            "`max z` is subtracted in the numerator, but not in the sum below it.",
            softmax = |z| (z - max(z)).exp() / z.exp().sum();
        mean: "The mean of the scores is subtracted instead of the largest score.",
            softmax = |z| shifted(z, z.mean().unwrap_or_default());
        first_score: "The first score is subtracted instead of the largest.",
            softmax = |z| shifted(z, z[0]);
        clamped:
            "The scores are clamped before `exp`, so different scores can become \
             equal.",
            softmax = |z| normalized(z.mapv(|z| z.clamp(-500.0, 500.0).exp()));
        not_normalized: "The exponentials aren't divided by their sum.",
            softmax = |z| (z - max(z)).exp();
        not_normalized_overflow: "The exponentials aren't divided by their sum.",
            softmax = |z| z.exp();
        no_exp: "`exp` is missing: the scores themselves are divided by their sum.",
            softmax = |z| normalized(z.clone());
        divided_by_maximum:
            "The exponentials are divided by the largest of them instead of by \
             their sum.",
            softmax = |z| {
                let exp = z.exp();
                let max = max(&exp);
                exp / max
            };
        opposite_exponents:
            "The exponents have the wrong sign, so the lowest score gets the \
             highest probability.",
            softmax = |z| softmax(&-z);
        log_softmax: "A softmax layer returns the logarithm of softmax.",
            softmax = log_softmax;
        one_hot: "The largest score gets the probability 1, and all others get 0.",
            softmax = |z| z.mapv(|z_i| f64::from(u8::from(z_i == max(z))));
        // What is kept
        z_not_kept: "`layer.z` still holds the previous example's `z`.",
            at_the_end = |layer, before, _| layer.z.clone_from(&before.z);
        x_not_kept: "`layer.x` still holds the previous example's `x`.",
            at_the_end = |layer, before, _| layer.x.clone_from(&before.x);
        nothing_kept: "`forward` keeps neither `x` nor `z` in the layer.",
            at_the_end = |layer, before, _| layer.clone_from(before);
        relu_keeps_nothing: "In a ReLU layer, `forward` keeps neither `x` nor `z`.",
            at_the_end = |layer, before, _| {
                if layer.activation == Activation::Relu {
                    layer.clone_from(before);
                }
            };
        a_kept: "`layer.z` holds the output `a` instead of `z`.",
            at_the_end = |layer, _, a| layer.z.clone_from(a);
        a_kept_as_x: "`layer.x` holds the output `a` instead of the input `x`.",
            at_the_end = |layer, _, a| layer.x.clone_from(a);
        z_kept_without_bias: "`layer.z` holds `W x` without the bias.",
            at_the_end = |layer, _, _| layer.z -= &layer.b;
        z_kept_shifted:
            "In a softmax layer, `layer.z` holds `z - max z` instead of `z`.",
            at_the_end = |layer, _, _| {
                if layer.activation == Activation::Softmax {
                    layer.z -= max(&layer.z);
                }
            };
        bias_changed:
            "`layer.b` holds `z` afterwards, but `forward` shouldn't change it.",
            at_the_end = |layer, _, _| layer.b.clone_from(&layer.z);
        })
}

fn shifted(z: &Array1<f64>, by: f64) -> Array1<f64> {
    normalized((z - by).exp())
}

fn normalized(z: Array1<f64>) -> Array1<f64> {
    let sum = z.sum();
    z / sum
}

fn max(z: &Array1<f64>) -> f64 {
    z.fold(f64::NEG_INFINITY, |max, z| max.max(*z))
}
