//! A mask, judged by its statistics, so that any use of the generator will do.
//!
//! The tolerances are at least six standard errors wide, so that chance rejects
//! nobody.

use std::sync::atomic::{AtomicU64, Ordering};

use ndarray::{Array2, Axis};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::Mask;
use crate::comparison::close;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn mask(shape, rate, rng) -> Array2<f64>`
pub fn mask(answer: Mask) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

type Shape = (usize, usize);

/// A shape, a rate, and a seed.
type Case = (Shape, f64, u64);

const KEPT: &str = "the entries that aren't 0";
const SCALE: &str = "scale";
const IN_LINE: &str = "no zero, or only zeros in a line";

fn observe(
    answer: impl Fn(Shape, f64, &mut ChaCha8Rng) -> Array2<f64>,
    &(shape, rate, seed): &Case,
) -> Outcome {
    let seeded = ChaCha8Rng::seed_from_u64;
    let mut rng = seeded(seed);
    let mask = answer(shape, rate, &mut rng);
    if rate == 0.0 {
        return Outcome::new().value("the mask", &mask);
    }
    let outcome =
        Outcome::new().text("the shape of the mask", format!("{:?}", mask.dim()));
    if mask.dim() != shape {
        return outcome;
    }
    let equal = [Axis(0), Axis(1)].map(|axis| all_equal(&mask, axis));
    let same = match equal {
        // So few zeros may be in one line by chance.
        [_, _] if rate < 0.01 && equal != [false; 2] => IN_LINE,
        [true, true] => "all entries are the same",
        [true, false] => "all rows are the same",
        [false, true] => "all columns are the same",
        [false, false] => "all are different",
    };
    let outcome = outcome.text("the rows and columns", same);
    if same == IN_LINE {
        return outcome;
    }
    if equal == [true; 2] {
        let masks = (0..30).map(|seed| answer(shape, rate, &mut seeded(seed)));
        return single(&masks.collect::<Vec<_>>(), outcome);
    }
    let next = answer(shape, rate, &mut rng);
    let again = answer(shape, rate, &mut seeded(seed));
    let other = answer(shape, rate, &mut seeded(seed + 100));
    let repeated = |same| if same { "the same" } else { "different" };
    let outcome = match [&mask, &next, &other].map(scale) {
        [Some(one), Some(two), Some(three)]
            if close(one, two) && close(one, three) =>
        {
            outcome.text(KEPT, "always the same number").value(SCALE, &one)
        }
        [Some(scale), Some(_), Some(_)] => outcome
            .text(KEPT, "a different number in each mask")
            .roughly(0.1, "that number", &scale),
        _ if mask.iter().any(|m| m.is_nan()) => outcome.text(KEPT, "NaN"),
        _ => outcome.text(KEPT, "many different numbers"),
    };
    let outcome = outcome
        .text("the next mask from the same rng", repeated(mask == next))
        .text(
            "the mask from a fresh rng with the same seed",
            repeated(mask == again),
        )
        .text("the mask from an rng with another seed", repeated(mask == other));
    if equal != [false; 2] {
        return outcome;
    }
    let count = |mask: &Array2<f64>| zeros(mask).sum();
    let exact = count(&mask) == count(&next) && count(&mask) == count(&other);
    let share = count(&mask) / mask.len() as f64;
    let error = (rate * (1.0 - rate) * 2.0 / mask.len() as f64).sqrt();
    let outcome =
        outcome.within(6.0 * error, "the share of zeros in the mask", &share);
    if mask.len() < 5000 {
        return outcome;
    }
    outcome
        .text(
            "the number of zeros in each mask",
            if exact { "always the same" } else { "left to chance" },
        )
        .text("the number of zeros in each row", variance(&mask, rate, Axis(1)))
        .text("the number of zeros in each column", variance(&mask, rate, Axis(0)))
}

/// What is to say of masks whose entries are all the same.
fn single(masks: &[Array2<f64>], outcome: Outcome) -> Outcome {
    let silent = masks.iter().filter(|mask| mask.iter().all(|&m| m == 0.0)).count();
    let scale = masks.iter().find_map(scale).unwrap_or(0.0);
    let silent = match silent {
        0 => "none",
        _ if silent == masks.len() => "all",
        _ => "some",
    };
    outcome.text("the masks that are all zeros", silent).value(SCALE, &scale)
}

/// The number that all entries but the zeros have in common.
fn scale(mask: &Array2<f64>) -> Option<f64> {
    let mut entries = mask.iter().copied().filter(|&m| m != 0.0);
    let first = entries.next()?;
    entries.all(|m| close(first, m)).then_some(first)
}

/// 1 where a unit is silent, else 0.
fn zeros(mask: &Array2<f64>) -> Array2<f64> {
    mask.mapv(|m| if m == 0.0 { 1.0 } else { 0.0 })
}

/// Whether all rows, or all columns, are the same.
fn all_equal(mask: &Array2<f64>, axis: Axis) -> bool {
    let first = mask.index_axis(axis, 0);
    mask.axis_iter(axis).all(|line| line == first)
}

/// How much the number of zeros varies from row to row, or from column to column.
fn variance(mask: &Array2<f64>, rate: f64, axis: Axis) -> &'static str {
    let variance = zeros(mask).sum_axis(axis).var(1.0);
    let by_chance = mask.len_of(axis) as f64 * rate * (1.0 - rate);
    match variance / by_chance {
        0.0 => "always the same",
        ratio if ratio < 0.25 => "it varies less than by chance",
        ratio if ratio > 2.5 => "it varies more than by chance",
        _ => "left to chance",
    }
}

/// `mask`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    rng: fn(&mut ChaCha8Rng) -> ChaCha8Rng,
    /// 1 where a unit isn't silent, else 0.
    kept: fn(Shape, rate: f64, &mut ChaCha8Rng) -> Array2<f64>,
    rate: fn(f64) -> f64,
    /// Given the share of the units that are left.
    scale: fn(rate: f64, left: f64) -> f64,
}

const MODEL: Model = Model {
    rng: |rng| ChaCha8Rng::from_rng(rng),
    kept: |shape, rate, rng| {
        Array2::from_shape_simple_fn(shape, || one_if(!rng.random_bool(rate)))
    },
    rate: |rate| rate,
    scale: |rate, _| 1.0 / (1.0 - rate),
};

impl Model {
    fn mask(&self, shape: Shape, rate: f64, rng: &mut ChaCha8Rng) -> Array2<f64> {
        let rng = &mut (self.rng)(rng);
        let mut mask = (self.kept)(shape, (self.rate)(rate), rng);
        let left = mask.sum() / mask.len() as f64;
        mask.mapv_inplace(
            |m| {
                if m == 0.0 { 0.0 } else { (self.scale)(rate, left) }
            },
        );
        mask
    }
}

fn one_if(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|shape, rate, rng| model.mask(shape, rate, rng), case)
    };
    Question::new("dropout.mask", MODEL, run)
        .given(|(shape, rate, seed)| {
            Given::new()
                .number("shape", shape)
                .number("rate", rate)
                .note("rng", &format!("ChaCha8Rng::seed_from_u64({seed})"))
        })
        .kinds(|&(_, rate, _)| {
            vec![
                ("a rate of 0", rate == 0.0),
                ("a rate of one half", rate == 0.5),
                ("a rate other than one half", rate != 0.5),
                (
                    "a rate that isn't a whole number of percents",
                    (100.0 * rate).fract() > 0.01,
                ),
            ]
        })
        .cases([((30, 40), 0.25, 1), ((80, 70), 0.85, 2), ((60, 100), 0.5, 3)])
        .cases([((100, 200), 0.005, 4), ((2, 3), 0.0, 5)])
        .mistakes(mistakes! { Model;
        // The scale
        not_scaled: "The entries that aren't 0 are 1: the scale is missing.",
            scale = |_, _| 1.0;
        times_1_minus_rate: "The scale is 1 - rate instead of 1 / (1 - rate).",
            scale = |rate, _| 1.0 - rate;
        divided_by_rate: "The scale is 1 / rate instead of 1 / (1 - rate).",
            scale = |rate, _| 1.0 / rate;
        share_left:
            "The scale is computed from the share that happens to be left in this \
             mask, not from the rate.",
            scale = |_, left| 1.0 / left;
        // Who is silent
        kept_with_rate:
            "A unit is kept, not silenced, with the probability `rate`.",
            rate = |rate| 1.0 - rate;
        rate_of_keeping:
            "rate is taken for the probability to keep a unit, also in the scale.",
            rate = |rate| 1.0 - rate,
            scale = |rate, _| 1.0 / rate;
        percents_rounded_up: "The rate is rounded to a whole number of percents.",
            rate = |rate| (100.0 * rate).ceil() / 100.0;
        percents_rounded_down: "The rate is rounded to a whole number of percents.",
            rate = |rate| (100.0 * rate).floor() / 100.0;
        one_draw_per_column:
            "There is one draw for each column, so all examples lose the same \
             units.",
            kept = |(rows, columns), rate, rng| {
                let row = (MODEL.kept)((1, columns), rate, rng);
                row.broadcast((rows, columns)).expect("one row").to_owned()
            };
        one_draw: "A single draw decides for the whole mask.",
            kept = |shape, rate, rng| {
                Array2::from_elem(shape, one_if(!rng.random_bool(rate)))
            };
        exact_per_mask:
            "A fixed number of units is silent, instead of each with the \
             probability `rate`.",
            kept = |(rows, columns), rate, rng| {
                let n = rows * columns;
                let silent = (rate * n as f64).round();
                let entries = (0..n).map(|i| one_if(i as f64 >= silent));
                let mut entries: Vec<_> = entries.collect();
                entries.shuffle(rng);
                Array2::from_shape_vec((rows, columns), entries).expect("as many")
            };
        // The generator
        own_generator:
            "The mask comes from a generator with a fixed seed, not from rng.",
            rng = |_| ChaCha8Rng::seed_from_u64(0);
        copied_generator:
            "The mask comes from a copy of rng, so rng itself never moves on.",
            rng = |rng| ChaCha8Rng::from_seed(rng.get_seed());
        unseeded:
            "The same seed gives different masks each time: they come from a \
             generator other than rng.",
            rng = |_| {
                static CALLS: AtomicU64 = AtomicU64::new(0);
                ChaCha8Rng::seed_from_u64(CALLS.fetch_add(1, Ordering::Relaxed))
            };
        })
}
