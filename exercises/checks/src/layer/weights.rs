//! He's initial weights. They are random, so the check draws many of them and looks
//! at their statistics.
//!
//! The tolerances are at least six standard errors wide, so that no right answer
//! fails by chance.

use std::collections::BTreeSet;

use ndarray::{Array2, ArrayView1};
use no_magic::random::standard_normal;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn he_weights(n_in, n_out, rng) -> W`
pub type HeWeights = fn(usize, usize, &mut ChaCha8Rng) -> Array2<f64>;

/// Judges `he_weights`.
pub fn he_weights(answer: HeWeights) -> Verdict {
    question().judge(move |sizes| observe(answer, sizes))
}

type Sizes = (usize, usize);

fn observe(
    answer: impl Fn(usize, usize, &mut ChaCha8Rng) -> Array2<f64>,
    &(n_in, n_out): &Sizes,
) -> Outcome {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let w = answer(n_in, n_out, &mut rng);
    let next = answer(n_in, n_out, &mut rng);
    let again = answer(n_in, n_out, &mut ChaCha8Rng::seed_from_u64(1));
    let repeated = |same, different| if w == next { same } else { different };
    if w.len() == 1 {
        return Outcome::new().text(
            "the numbers in W",
            if w[[0, 0]].is_finite() { "a number" } else { "NaN" },
        );
    }
    let (mean, deviation) = (mean(&w), deviation(&w));
    let beyond = |deviations: f64| {
        let far = w.iter().filter(|w| w.abs() > deviations * deviation).count();
        100.0 * far as f64 / w.len() as f64
    };
    let outcome = Outcome::new()
        .text("the shape of W", format!("{:?}", w.dim()))
        .text("the numbers in W", variety(&w))
        .text("the next W from the same rng", repeated("the same", "different"))
        .text(
            "the W from a fresh rng with the same seed",
            if w == again { "the same" } else { "different" },
        );
    if variety(&w) != DIFFERENT {
        return outcome;
    }
    outcome
        .text(
            "the mean of W",
            if mean.abs() < 1e-12 { "exactly 0" } else { "random" },
        )
        .within(0.05, "the mean of W (in standard deviations)", &(mean / deviation))
        .within(
            2.5,
            "the % of the weights beyond 1 standard deviation",
            &beyond(1.0),
        )
        .within(
            1.0,
            "the % of the weights beyond 2 standard deviations",
            &beyond(2.0),
        )
        .within(0.3, "the kurtosis of W", &kurtosis(&w))
        .within(0.05, "the correlation between neighboring rows", &neighbors(&w))
        .within(
            0.05,
            "the correlation between neighboring columns",
            &neighbors(&w.t().to_owned()),
        )
        .roughly(0.04, "the standard deviation of W", &deviation)
}

const DIFFERENT: &str = "a different number in every entry";

/// Whether the weights are many different numbers.
fn variety(w: &Array2<f64>) -> String {
    if let Some(bad) = w.iter().find(|w| !w.is_finite()) {
        return format!("has an entry that is {bad}");
    }
    let different: BTreeSet<u64> = w.iter().map(|w| (w + 0.0).to_bits()).collect();
    match different.len() {
        1 => format!("{} in every entry", w.first().map_or(0.0, |w| w + 0.0)),
        few if 10 * few < 9 * w.len() => {
            format!("only {few} different numbers in {} entries", w.len())
        }
        _ => DIFFERENT.to_owned(),
    }
}

/// How strongly neighboring rows are correlated.
fn neighbors(w: &Array2<f64>) -> f64 {
    let centered = w - mean(w);
    let product =
        |(row, next): (ArrayView1<'_, f64>, ArrayView1<'_, f64>)| row.dot(&next);
    let pairs =
        centered.rows().into_iter().zip(centered.rows().into_iter().skip(1));
    pairs.map(product).sum::<f64>() / centered.pow2().sum()
}

fn mean(w: &Array2<f64>) -> f64 {
    w.sum() / w.len() as f64
}

fn deviation(w: &Array2<f64>) -> f64 {
    ((w - mean(w)).pow2().sum() / w.len() as f64).sqrt()
}

/// The fourth moment divided by the square of the second: 3 for normal numbers,
/// less if the tails are missing.
fn kurtosis(w: &Array2<f64>) -> f64 {
    let centered = w - mean(w);
    centered.powi(4).sum() * w.len() as f64 / centered.pow2().sum().powi(2)
}

/// `he_weights`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    seed: fn(&mut ChaCha8Rng) -> u64,
    draw: fn(&mut ChaCha8Rng) -> f64,
    fill: fn(Sizes, &mut dyn FnMut() -> f64) -> Array2<f64>,
    scale: fn(n_in: f64, n_out: f64) -> f64,
}

const MODEL: Model = Model {
    seed: |rng| rng.random(),
    draw: standard_normal,
    fill: |(n_in, n_out), draw| Array2::from_shape_simple_fn((n_out, n_in), draw),
    scale: |n_in, _| (2.0 / n_in).sqrt(),
};

impl Model {
    fn he_weights(
        &self,
        n_in: usize,
        n_out: usize,
        rng: &mut ChaCha8Rng,
    ) -> Array2<f64> {
        let mut own = ChaCha8Rng::seed_from_u64((self.seed)(rng));
        let w = (self.fill)((n_in, n_out), &mut || (self.draw)(&mut own));
        w * (self.scale)(n_in as f64, n_out as f64)
    }
}

pub(super) fn question() -> Question<Sizes, Model> {
    let run = |model: &Model, sizes: &Sizes| {
        observe(|n_in, n_out, rng| model.he_weights(n_in, n_out, rng), sizes)
    };
    Question::new("layer.he_weights", MODEL, run)
        .given(|(n_in, n_out)| {
            Given::new().number("n_in", n_in).number("n_out", n_out)
        })
        .cases([(60, 300), (300, 60), (1, 1)])
        .mistakes(mistakes! { Model;
        transposed: "`W` has shape `(n_in, n_out)` instead of `(n_out, n_in)`.",
            fill = |(n_in, n_out), draw| {
                Array2::from_shape_simple_fn((n_in, n_out), draw)
            };
        square_n_in: "`W` is square: it has `n_in` rows as well as `n_in` columns.",
            fill = |(n, _), draw| Array2::from_shape_simple_fn((n, n), draw);
        square_n_out:
            "`W` is square: it has `n_out` columns as well as `n_out` rows.",
            fill = |(_, n), draw| Array2::from_shape_simple_fn((n, n), draw);
        zeros: "Every weight is 0.",
            scale = |_, _| 0.0;
        one_number: "Only one number is drawn, and every weight gets it.",
            fill = |(n_in, n_out), draw| Array2::from_elem((n_out, n_in), draw());
        one_row: "Only one row is drawn, so every unit gets the same weights.",
            fill = |(n_in, n_out), draw| {
                let row = Array2::from_shape_simple_fn((1, n_in), draw);
                row.broadcast((n_out, n_in)).expect("one row").to_owned()
            };
        one_column:
            "Only one column is drawn, so a unit has the same weight for every \
             input.",
            fill = |(n_in, n_out), draw| {
                let column = Array2::from_shape_simple_fn((n_out, 1), draw);
                column.broadcast((n_out, n_in)).expect("one column").to_owned()
            };
        own_generator:
            "A second call gives the same weights again: the numbers don't come \
             from `rng` itself.",
            seed = |_| 0;
        uniform_symmetric:
            "The numbers are drawn uniformly between -1 and 1, not from a normal \
             distribution.",
            draw = |rng| rng.random_range(-1.0..1.0);
        uniform_positive:
            "The numbers are drawn uniformly between 0 and 1, not from a normal \
             distribution.",
            draw = |rng| rng.random();
        uniform_he:
            "The weights have the right spread, but they're uniform instead of \
             normal.",
            draw = |rng| 3.0_f64.sqrt() * rng.random_range(-1.0..1.0);
        absolute: "No weight is negative, but about half of them should be.",
            draw = |rng| standard_normal(rng).abs();
        signs: "Only the signs are random: all weights have the same size.",
            draw = |rng| standard_normal(rng).signum();
        clipped: "Numbers beyond 2 standard deviations are cut off at exactly 2.",
            draw = |rng| standard_normal(rng).clamp(-2.0, 2.0);
        truncated:
            "Numbers beyond 2 standard deviations are thrown away and drawn again.",
            draw = |rng| loop {
                let number = standard_normal(rng);
                if number.abs() <= 2.0 {
                    return number;
                }
            };
        sum_of_uniforms:
            "Each number is a sum of uniform numbers, which is only roughly \
             normal.",
            draw = |rng| {
                2.0 * (0..3).map(|_| rng.random::<f64>()).sum::<f64>() - 3.0
            };
        mean_1:
            "Before they are scaled, the numbers are centered on 1 instead of 0.",
            draw = |rng| standard_normal(rng) + 1.0;
        standardized:
            "The mean and the standard deviation of `W` are forced to be exact, \
             but they should vary from draw to draw.",
            fill = |(n_in, n_out), draw| {
                let w = Array2::from_shape_simple_fn((n_out, n_in), draw);
                (&w - mean(&w)) / deviation(&w)
            };
        not_scaled: "The scale `sqrt(2 / n_in)` is missing.",
            scale = |_, _| 1.0;
        n_out: "The scale is computed from `n_out` instead of `n_in`.",
            scale = |_, n_out| (2.0 / n_out).sqrt();
        xavier_n_in: "The scale is `sqrt(1 / n_in)`: the 2 is missing.",
            scale = |n_in, _| (1.0 / n_in).sqrt();
        variance:
            "The scale is `2 / n_in`, which is the variance, not the standard \
             deviation.",
            scale = |n_in, _| 2.0 / n_in;
        root_of_2_alone:
            "The scale is `sqrt(2) / n_in`: the root covers only the 2.",
            scale = |n_in, _| 2.0_f64.sqrt() / n_in;
        root_of_n_alone:
            "The scale is `2 / sqrt(n_in)`: the root covers only `n_in`.",
            scale = |n_in, _| 2.0 / n_in.sqrt();
        xavier:
            "The scale is Xavier's, `sqrt(2 / (n_in + n_out))`, instead of He's.",
            scale = |n_in, n_out| (2.0 / (n_in + n_out)).sqrt();
        product:
            "The scale is computed from `n_in * n_out`, the number of weights, \
             instead of `n_in`.",
            scale = |n_in, n_out| (2.0 / (n_in * n_out)).sqrt();
        root_taken_twice: "The scale's square root is taken twice.",
            scale = |n_in, _| (2.0 / n_in).sqrt().sqrt();
        upside_down: "The scale is upside down: it's `sqrt(n_in / 2)`.",
            scale = |n_in, _| (n_in / 2.0).sqrt();
        hundredth: "The scale is always 0.01, whatever `n_in` is.",
            scale = |_, _| 0.01;
        tenth: "The scale is always 0.1, whatever `n_in` is.",
            scale = |_, _| 0.1;
        })
}
