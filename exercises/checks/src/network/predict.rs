//! Building a network, and going forward through it.

use std::collections::BTreeSet;

use ndarray::{Array1, Array2};
use no_magic::by_hand::{Activation, Layer};
use no_magic::random::standard_normal;
use no_magic::softmax::softmax;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{b_name, examples, likeliest, one_hot, w_name};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn stack(sizes, rng) -> layers`
pub type Stack = fn(&[usize], &mut ChaCha8Rng) -> Vec<Layer>;

/// `fn predict(layers, x) -> yhat`
pub type Predict = fn(&mut [Layer], &Array1<f64>) -> Array1<f64>;

/// Judges `stack` and `predict`.
pub fn predict(stack: Stack, answer: Predict) -> Verdict {
    question().judge(move |case| match case {
        Case::Stack(sizes) => built(stack, sizes),
        Case::Predict(layers, x) => predicted(answer, layers, x),
    })
}

/// A call of one of the two functions.
#[derive(Clone)]
pub(super) enum Case {
    Stack(Vec<usize>),
    Predict(Vec<Layer>, Array1<f64>),
}

/// The layers' sizes and activations.
pub(super) fn architecture(layers: &[Layer]) -> Outcome {
    let each = |of: fn(&Layer) -> String| {
        let all: Vec<String> = layers.iter().map(of).collect();
        all.join(", ")
    };
    Outcome::new()
        .text("the number of layers", layers.len())
        .text("the shapes of W", each(|layer| format!("{:?}", layer.w.dim())))
        .text("the activations", each(|layer| format!("{:?}", layer.activation)))
        .text("the lengths of b", each(|layer| layer.b.len().to_string()))
}

/// He's weights are drawn at random. The tolerances are at least six standard
/// errors wide, so that chance rejects nobody.
fn built(
    answer: impl Fn(&[usize], &mut ChaCha8Rng) -> Vec<Layer>,
    sizes: &[usize],
) -> Outcome {
    let [mut rng, mut same_seed, mut other_seed] =
        [1, 1, 2].map(ChaCha8Rng::seed_from_u64);
    let layers = answer(sizes, &mut rng);
    let outcome = architecture(&layers)
        .text("the biases", variety(layers.iter().flat_map(|layer| &layer.b)));
    if sizes.iter().any(|&size| size > MANY) {
        return layers.iter().enumerate().fold(outcome, spread);
    }
    let same_as = |rng: &mut ChaCha8Rng| {
        let others = answer(sizes, rng);
        same(layers.iter().map(|l| &l.w).eq(others.iter().map(|l| &l.w)))
    };
    let mut earlier = layers.iter().enumerate().flat_map(|(l, layer)| {
        layers[..l].iter().map(move |before| before.w == layer.w)
    });
    outcome
        .text("the weights", variety(layers.iter().flat_map(|layer| &layer.w)))
        .text("the network from the same seed", same_as(&mut same_seed))
        .text("the next network from the same rng", same_as(&mut rng))
        .text("the network from another seed", same_as(&mut other_seed))
        .text("two layers of the same shape", same(earlier.any(|same| same)))
}

/// A network with a layer larger than this is for statistics.
const MANY: usize = 100;

fn same(same: bool) -> &'static str {
    if same { "the same weights" } else { "different weights" }
}

fn spread(outcome: Outcome, (l, layer): (usize, &Layer)) -> Outcome {
    let (w, n) = (&layer.w, layer.w.len() as f64);
    let (mean, deviation) = (w.sum() / n, w.std(0.0));
    let kurtosis = ((w - mean) / deviation).powi(4).sum() / n;
    let of = |what: &str| format!("{what} of {}", w_name(l));
    outcome
        .roughly(0.09, &of("standard deviation"), &deviation)
        .within(0.13 * deviation, &of("mean"), &mean)
        .within(0.6, &of("kurtosis"), &kurtosis)
}

fn variety<'a>(numbers: impl Iterator<Item = &'a f64>) -> String {
    let numbers: Vec<f64> = numbers.map(|number| number + 0.0).collect();
    let different: BTreeSet<u64> = numbers.iter().map(|n| n.to_bits()).collect();
    if let Some(bad) = numbers.iter().find(|number| !number.is_finite()) {
        return format!("{bad} among them");
    }
    match different.len() {
        1 => format!("all {}", numbers[0]),
        some if some < numbers.len() => "some of them the same".to_owned(),
        _ => "different numbers".to_owned(),
    }
}

fn predicted(
    answer: impl Fn(&mut [Layer], &Array1<f64>) -> Array1<f64>,
    layers: &[Layer],
    x: &Array1<f64>,
) -> Outcome {
    let mut layers = layers.to_vec();
    let mut outcome = Outcome::new().value("yhat", &answer(&mut layers, x));
    for (l, layer) in layers.iter().enumerate() {
        outcome = outcome
            .value(&format!("layers[{l}].z"), &layer.z)
            .value(&format!("layers[{l}].x"), &layer.x)
            .kept(&w_name(l), &layer.w)
            .kept(&b_name(l), &layer.b);
    }
    outcome
}

/// `stack` and `predict`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    pairs: fn(&[usize]) -> Vec<(usize, usize)>,
    activation: fn(l: usize, n_layers: usize) -> Activation,
    bias: fn(n_out: usize, &mut ChaCha8Rng) -> Array1<f64>,
    seed: fn(&mut ChaCha8Rng, l: usize) -> u64,
    draw: fn(&mut ChaCha8Rng) -> f64,
    scale: fn(n_in: f64, n_out: f64) -> f64,
    route: fn(n_layers: usize) -> Vec<usize>,
    input: for<'a> fn(x: &'a Array1<f64>, a: &'a Array1<f64>) -> &'a Array1<f64>,
    uses_copies: bool,
    result: fn(&[Layer], yhat: Array1<f64>) -> Array1<f64>,
}

const MODEL: Model = Model {
    pairs: |sizes| sizes.windows(2).map(|pair| (pair[0], pair[1])).collect(),
    activation: |l, n_layers| softmax_if(l + 1 == n_layers),
    bias: |n_out, _| Array1::zeros(n_out),
    seed: |rng, _| rng.random(),
    draw: standard_normal,
    scale: |n_in, _| (2.0 / n_in).sqrt(),
    route: |n_layers| (0..n_layers).collect(),
    input: |_, a| a,
    uses_copies: false,
    result: |_, yhat| yhat,
};

fn softmax_if(condition: bool) -> Activation {
    if condition { Activation::Softmax } else { Activation::Relu }
}

impl Model {
    fn stack(&self, sizes: &[usize], rng: &mut ChaCha8Rng) -> Vec<Layer> {
        let pairs = (self.pairs)(sizes);
        let n_layers = pairs.len();
        let layer = |(l, (n_in, n_out)): (usize, (usize, usize))| {
            let mut own = ChaCha8Rng::seed_from_u64((self.seed)(rng, l));
            let scale = (self.scale)(n_in as f64, n_out as f64);
            let draw = || scale * (self.draw)(&mut own);
            Layer {
                w: Array2::from_shape_simple_fn((n_out, n_in), draw),
                b: (self.bias)(n_out, &mut own),
                activation: (self.activation)(l, n_layers),
                x: Array1::zeros(n_in),
                z: Array1::zeros(n_out),
            }
        };
        (0..).zip(pairs).map(layer).collect()
    }

    fn predict(&self, layers: &mut [Layer], x: &Array1<f64>) -> Array1<f64> {
        let before = layers.to_vec();
        let mut a = x.clone();
        for l in (self.route)(layers.len()) {
            a = layers[l].forward((self.input)(x, &a));
        }
        let yhat = (self.result)(layers, a);
        if self.uses_copies {
            layers.clone_from_slice(&before);
        }
        yhat
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let sizes: [&[usize]; 6] = [
        &[36, 16, 3],
        &[4, 2],
        &[5, 4, 3, 2],
        &[6, 6, 6, 6],
        &[8, 3, 7],
        &[24, 200, 60],
    ];
    let stacks = sizes.map(|sizes| Case::Stack(sizes.to_vec()));
    let examples = examples().into_iter();
    stacks.into_iter().chain(examples.map(|(layers, x)| Case::Predict(layers, x)))
}

fn kinds(case: &Case) -> Vec<(&'static str, bool)> {
    let (n_layers, largest) = match case {
        Case::Stack(sizes) => (sizes.len() - 1, sizes.iter().max().copied()),
        Case::Predict(layers, _) => (layers.len(), None),
    };
    vec![
        ("layers large enough to measure their spread", largest > Some(MANY)),
        ("a single layer", n_layers == 1),
        ("more than one layer", n_layers > 1),
        ("two layers", n_layers == 2),
        ("more than two layers", n_layers > 2),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| match case {
        Case::Stack(sizes) => built(|sizes, rng| model.stack(sizes, rng), sizes),
        Case::Predict(layers, x) => {
            predicted(|layers, x| model.predict(layers, x), layers, x)
        }
    };
    Question::new("network.predict", MODEL, run)
        .given(|case| match case {
            Case::Stack(sizes) => Given::new().number("sizes", sizes),
            Case::Predict(layers, x) => super::given(layers).value("x", x),
        })
        .kinds(kinds)
        .function(|case| match case {
            Case::Stack(_) => Some("stack"),
            Case::Predict(..) => Some("predict"),
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // stack: the sizes
        last_layer_missing: "The last layer is missing.",
            pairs = |sizes| (MODEL.pairs)(&sizes[..sizes.len() - 1]);
        first_layer_missing: "The first layer is missing.",
            pairs = |sizes| (MODEL.pairs)(&sizes[1..]);
        every_other_layer:
            "Every other layer is missing: the pairs of sizes should overlap.",
            pairs = |sizes| sizes.chunks_exact(2).map(|s| (s[0], s[1])).collect();
        swapped: "n_in and n_out are swapped: Layer::new takes n_in first.",
            pairs = |sizes| sizes.windows(2).map(|s| (s[1], s[0])).collect();
        reversed: "The layers are in reverse: the last one comes first.",
            pairs = |sizes| (MODEL.pairs)(sizes).into_iter().rev().collect(),
            activation = |l, _| softmax_if(l == 0);
        // stack: the activations
        all_but_first_softmax: "Every layer but the first is softmax.",
            activation = |l, _| softmax_if(l > 0);
        all_relu: "Every layer is ReLU, the last as well.",
            activation = |_, _| Activation::Relu;
        all_softmax: "Every layer is softmax, not just the last.",
            activation = |_, _| Activation::Softmax;
        activations_swapped: "ReLU and softmax are swapped.",
            activation = |l, n_layers| softmax_if(l + 1 != n_layers);
        second_softmax: "It's always the second layer that is softmax.",
            activation = |l, _| softmax_if(l == 1);
        one_too_early: "The last layer but one is softmax instead of the last.",
            activation = |l, n_layers| softmax_if(l + 2 == n_layers);
        // stack: the biases
        bias_random: "The biases are drawn at random; they should all be 0.",
            bias = |n_out, rng| {
                Array1::from_shape_simple_fn(n_out, || standard_normal(rng))
            };
        // stack: the generator
        own_generator:
            "Every layer draws from a generator of its own, each with the same \
             seed.",
            seed = |_, _| 0;
        seed_by_layer:
            "The weights don't come from rng: every network is the same.",
            seed = |_, l| l as u64;
        // stack: the weights
        weights_0: "Every weight is 0.",
            scale = |_, _| 0.0;
        not_scaled: "The weights aren't scaled: their standard deviation is 1.",
            scale = |_, _| 1.0;
        tenth: "The standard deviation is 0.1 in every layer.",
            scale = |_, _| 0.1;
        xavier_n_in: "The scale is sqrt(1 / n_in): the 2 is missing.",
            scale = |n_in, _| (1.0 / n_in).sqrt();
        xavier: "This is Xavier's scale, sqrt(2 / (n_in + n_out)).",
            scale = |n_in, n_out| (2.0 / (n_in + n_out)).sqrt();
        n_out: "The scale is computed from n_out.",
            scale = |_, n_out| (2.0 / n_out).sqrt();
        variance: "The weights are scaled by 2 / n_in, which is the variance.",
            scale = |n_in, _| 2.0 / n_in;
        uniform: "The weights are uniform between -1 and 1.",
            draw = |rng| rng.random_range(-1.0..1.0),
            scale = |_, _| 1.0;
        uniform_he: "The weights are uniform, although their spread is right.",
            draw = |rng| 3.0_f64.sqrt() * rng.random_range(-1.0..1.0);
        // predict: the route
        last_to_first: "x goes through the layers from last to first.",
            route = |n_layers| (0..n_layers).rev().collect();
        last_left_out: "The last layer is left out.",
            route = |n_layers| (0..n_layers - 1).collect();
        first_left_out: "The first layer is left out.",
            route = |n_layers| (1..n_layers).collect();
        // predict: what a layer gets and does
        x_for_each: "Every layer gets x instead of the output of the layer before.",
            input = |x, _| x;
        copies:
            "The layers didn't keep x and z: copies of them went forward, or none.",
            uses_copies = true;
        // predict: the result
        scores: "What you return is z, the scores, instead of the probabilities.",
            result = |layers, _| layers[layers.len() - 1].z.clone();
        x_returned: "What you return is x, although the layers were used.",
            result = |layers, _| layers[0].x.clone();
        softmax_twice: "Softmax is applied again, on top of the last layer's.",
            result = |_, yhat| softmax(&yhat);
        one_hot: "What you return is 1 at the likeliest class, and 0 elsewhere.",
            result = |_, yhat| one_hot(&yhat, likeliest(&yhat));
        })
}
