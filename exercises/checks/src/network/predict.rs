//! Building a network, and going forward through it.

use std::collections::BTreeSet;

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::random::standard_normal;
use no_magic::relu::relu;
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
    activation: fn(l: usize, n_layers: usize, n_out: usize) -> Activation,
    bias: fn(n_in: usize, n_out: usize, &mut ChaCha8Rng) -> Array1<f64>,
    seed: fn(&mut ChaCha8Rng, l: usize) -> u64,
    draw: fn(&mut ChaCha8Rng) -> f64,
    fill: fn(usize, usize, &mut dyn FnMut() -> f64) -> Array2<f64>,
    scale: fn(n_in: f64, n_out: f64, is_last: bool) -> f64,
    route: fn(n_layers: usize) -> Vec<usize>,
    input: for<'a> fn(x: &'a Array1<f64>, a: &'a Array1<f64>) -> &'a Array1<f64>,
    forward: fn(&mut Layer, &Array1<f64>) -> Array1<f64>,
    kept: fn(&mut Layer, before: Layer, a: &Array1<f64>),
    result: fn(&Seen<'_>) -> Array1<f64>,
}

/// What the result may be made of.
struct Seen<'a> {
    x: &'a Array1<f64>,
    layers: &'a [Layer],
    /// What each layer returned.
    outputs: Vec<Array1<f64>>,
}

impl Seen<'_> {
    fn yhat(&self) -> &Array1<f64> {
        self.outputs.last().unwrap_or(self.x)
    }
}

const MODEL: Model = Model {
    pairs: |sizes| sizes.windows(2).map(|pair| (pair[0], pair[1])).collect(),
    activation: |l, n_layers, _| softmax_if(l + 1 == n_layers),
    bias: |_, n_out, _| Array1::zeros(n_out),
    seed: |rng, _| rng.random(),
    draw: standard_normal,
    fill: |n_in, n_out, draw| Array2::from_shape_simple_fn((n_out, n_in), draw),
    scale: |n_in, _, _| (2.0 / n_in).sqrt(),
    route: |n_layers| (0..n_layers).collect(),
    input: |_, a| a,
    forward: Layer::forward,
    kept: |_, _, _| (),
    result: |seen| seen.yhat().clone(),
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
            let scale = (self.scale)(n_in as f64, n_out as f64, l + 1 == n_layers);
            let w = (self.fill)(n_in, n_out, &mut || (self.draw)(&mut own));
            Layer {
                w: scale * w,
                b: (self.bias)(n_in, n_out, &mut own),
                activation: (self.activation)(l, n_layers, n_out),
                x: Array1::zeros(n_in),
                z: Array1::zeros(n_out),
            }
        };
        (0..).zip(pairs).map(layer).collect()
    }

    fn predict(&self, layers: &mut [Layer], x: &Array1<f64>) -> Array1<f64> {
        let (mut a, mut outputs) = (x.clone(), Vec::new());
        for l in (self.route)(layers.len()) {
            let before = layers[l].clone();
            a = (self.forward)(&mut layers[l], (self.input)(x, &a));
            (self.kept)(&mut layers[l], before, &a);
            outputs.push(a.clone());
        }
        (self.result)(&Seen { x, layers, outputs })
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
        layer_per_size: "There is a layer too many: one for each size.",
            pairs = |sizes| {
                let first = (sizes[0], sizes[0]);
                [first].into_iter().chain((MODEL.pairs)(sizes)).collect()
            };
        last_layer_missing: "The last layer is missing.",
            pairs = |sizes| (MODEL.pairs)(&sizes[..sizes.len() - 1]);
        first_layer_missing: "The first layer is missing.",
            pairs = |sizes| (MODEL.pairs)(&sizes[1..]);
        every_other_layer:
            "Every other layer is missing: the pairs of sizes should overlap.",
            pairs = |sizes| sizes.chunks_exact(2).map(|s| (s[0], s[1])).collect();
        swapped: "n_in and n_out are swapped: Layer::new takes n_in first.",
            pairs = |sizes| sizes.windows(2).map(|s| (s[1], s[0])).collect();
        all_from_inputs: "Every layer takes as many inputs as the first.",
            pairs = |sizes| sizes[1..].iter().map(|&n| (sizes[0], n)).collect();
        first_and_last: "There is one layer, from the first size to the last.",
            pairs = |sizes| vec![(sizes[0], sizes[sizes.len() - 1])];
        hard_coded: "The sizes are 36, 16 and 3, whatever sizes holds.",
            pairs = |_| vec![(36, 16), (16, 3)];
        two_layers: "There are always two layers, however many sizes there are.",
            pairs = |sizes| vec![(sizes[0], sizes[1]), (sizes[1], sizes[2])];
        reversed: "The layers are in reverse: the last one comes first.",
            pairs = |sizes| (MODEL.pairs)(sizes).into_iter().rev().collect(),
            activation = |l, _, _| softmax_if(l == 0);
        // stack: the activations
        all_relu: "Every layer is ReLU, the last as well.",
            activation = |_, _, _| Activation::Relu;
        all_softmax: "Every layer is softmax, not just the last.",
            activation = |_, _, _| Activation::Softmax;
        activations_swapped: "ReLU and softmax are swapped.",
            activation = |l, n_layers, _| softmax_if(l + 1 != n_layers);
        first_softmax: "It's the first layer that is softmax, not the last.",
            activation = |l, _, _| softmax_if(l == 0);
        first_always_relu: "The first layer is ReLU even if it's also the last.",
            activation = |l, n_layers, _| softmax_if(l > 0 && l + 1 == n_layers);
        second_softmax: "It's always the second layer that is softmax.",
            activation = |l, _, _| softmax_if(l == 1);
        all_but_first_softmax: "Every layer but the first is softmax.",
            activation = |l, _, _| softmax_if(l > 0);
        one_too_early: "The last layer but one is softmax instead of the last.",
            activation = |l, n_layers, _| softmax_if(l + 2 == n_layers);
        softmax_too_early: "The last two layers are softmax.",
            activation = |l, n_layers, _| softmax_if(l + 2 >= n_layers);
        three_outputs: "A layer is softmax if it has 3 outputs, wherever it is.",
            activation = |_, _, n_out| softmax_if(n_out == 3);
        // stack: the biases
        bias_of_inputs: "b has an entry for each input instead of each output.",
            bias = |n_in, _, _| Array1::zeros(n_in);
        bias_1: "Every bias starts at 1 instead of 0.",
            bias = |_, n_out, _| Array1::ones(n_out);
        bias_tenth: "Every bias starts at 0.1 instead of 0.",
            bias = |_, n_out, _| Array1::from_elem(n_out, 0.1);
        bias_hundredth: "Every bias starts at 0.01 instead of 0.",
            bias = |_, n_out, _| Array1::from_elem(n_out, 0.01);
        bias_random: "The biases are drawn at random; they should all be 0.",
            bias = |_, n_out, rng| {
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
            scale = |_, _, _| 0.0;
        weights_1: "Every weight is 1.",
            draw = |_| 1.0,
            scale = |_, _, _| 1.0;
        one_number: "Every weight is the same random number.",
            fill = |n_in, n_out, draw| Array2::from_elem((n_out, n_in), draw());
        one_row: "Every unit of a layer starts with the same weights.",
            fill = |n_in, n_out, draw| {
                let row = Array2::from_shape_simple_fn((1, n_in), draw);
                row.broadcast((n_out, n_in)).expect("one row").to_owned()
            };
        not_scaled: "The weights aren't scaled: their standard deviation is 1.",
            scale = |_, _, _| 1.0;
        tenth: "The standard deviation is 0.1 in every layer.",
            scale = |_, _, _| 0.1;
        hundredth: "The standard deviation is 0.01 in every layer.",
            scale = |_, _, _| 0.01;
        xavier_n_in: "The scale is sqrt(1 / n_in): the 2 is missing.",
            scale = |n_in, _, _| (1.0 / n_in).sqrt();
        xavier: "This is Xavier's scale, sqrt(2 / (n_in + n_out)).",
            scale = |n_in, n_out, _| (2.0 / (n_in + n_out)).sqrt();
        n_out: "The scale is computed from n_out.",
            scale = |_, n_out, _| (2.0 / n_out).sqrt();
        last_xavier_n_in:
            "The last layer's scale is sqrt(1 / n_in). It should be He's, as in \
             the others.",
            scale = |n, _, is_last| (if is_last { 1.0 } else { 2.0 } / n).sqrt();
        last_xavier:
            "The last layer's scale is Xavier's. It should be He's, as in the \
             others.",
            scale = |n_in, n_out, is_last| {
                (2.0 / if is_last { n_in + n_out } else { n_in }).sqrt()
            };
        variance: "The weights are scaled by 2 / n_in, which is the variance.",
            scale = |n_in, _, _| 2.0 / n_in;
        uniform: "The weights are uniform between -1 and 1.",
            draw = |rng| rng.random_range(-1.0..1.0),
            scale = |_, _, _| 1.0;
        uniform_positive: "The weights are uniform between 0 and 1.",
            draw = |rng| rng.random(),
            scale = |_, _, _| 1.0;
        uniform_he: "The weights are uniform, although their spread is right.",
            draw = |rng| 3.0_f64.sqrt() * rng.random_range(-1.0..1.0);
        uniform_he_scale:
            "The weights are uniform numbers from -1 to 1, times He's scale.",
            draw = |rng| rng.random_range(-1.0..1.0);
        uniform_xavier: "The weights are uniform, with Xavier's limits.",
            draw = |rng| 3.0_f64.sqrt() * rng.random_range(-1.0..1.0),
            scale = |n_in, n_out, _| (2.0 / (n_in + n_out)).sqrt();
        // predict: the route
        last_to_first: "x goes through the layers from last to first.",
            route = |n_layers| (0..n_layers).rev().collect();
        last_left_out: "The last layer is left out.",
            route = |n_layers| (0..n_layers - 1).collect();
        first_left_out: "The first layer is left out.",
            route = |n_layers| (1..n_layers).collect();
        only_first: "x goes through the first layer alone.",
            route = |_| vec![0];
        only_last: "x goes through the last layer alone.",
            route = |n_layers| vec![n_layers - 1];
        no_layer: "No layer is used: what you return is x.",
            route = |_| Vec::new();
        // predict: what a layer gets and does
        x_for_each: "Every layer gets x instead of the output of the layer before.",
            input = |x, _| x;
        copies:
            "The layers didn't keep x and z: copies of them went forward, or none.",
            kept = |layer, before, _| *layer = before;
        x_not_kept: "A layer keeps its z, but not its x.",
            kept = |layer, before, _| layer.x = before.x;
        z_not_kept: "A layer keeps its x, but not its z.",
            kept = |layer, before, _| layer.z = before.z;
        z_is_a: "layer.z holds the layer's output instead of z.",
            kept = |layer, _, a| layer.z.clone_from(a);
        no_bias: "The bias is missing.",
            forward = |layer, x| {
                let bias = std::mem::replace(&mut layer.b, 0.0 * &layer.z);
                let a = layer.forward(x);
                layer.b = bias;
                a
            };
        no_activation: "The activations are missing: each layer hands on its z.",
            forward = |layer, x| {
                layer.forward(x);
                layer.z.clone()
            };
        no_relu: "ReLU is missing.",
            forward = |layer, x| {
                let a = layer.forward(x);
                let is_relu = layer.activation == Activation::Relu;
                if is_relu { layer.z.clone() } else { a }
            };
        relu_everywhere:
            "ReLU is applied in the last layer as well, instead of softmax.",
            forward = |layer, x| {
                layer.forward(x);
                layer.z.mapv(relu)
            };
        softmax_everywhere: "Softmax is applied in every layer.",
            forward = |layer, x| {
                layer.forward(x);
                softmax(&layer.z)
            };
        // predict: the result
        scores: "What you return is z, the scores, instead of the probabilities.",
            result = |seen| seen.layers[seen.layers.len() - 1].z.clone();
        hidden: "What you return is the output of the layer before the last.",
            result = |seen| {
                let hidden = seen.outputs.len().wrapping_sub(2);
                seen.outputs.get(hidden).unwrap_or(seen.x).clone()
            };
        x_returned: "What you return is x, although the layers were used.",
            result = |seen| seen.x.clone();
        softmax_twice: "Softmax is applied again, on top of the last layer's.",
            result = |seen| softmax(seen.yhat());
        logarithms: "What you return are the logarithms of the probabilities.",
            result = |seen| seen.yhat().ln();
        one_hot: "What you return is 1 at the likeliest class, and 0 elsewhere.",
            result = |seen| one_hot(seen.yhat(), likeliest(seen.yhat()));
        class_alone:
            "What you return is the likeliest class instead of the probabilities.",
            result = |seen| array![likeliest(seen.yhat()) as f64];
        })
}
