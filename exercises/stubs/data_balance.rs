//! Exercise `data_balance`: the data decides what a network is good at, and what it
//! is sure of.
//!
//! Read `book/src/exercises/data_balance.md`. Judge with
//! `cargo test --package exercises data_balance`.
#![allow(unused_variables)] // Delete this line when you have answered everything.

use checks::data_balance::{Finding, Measure, Measurement};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use rand::rngs::ChaCha8Rng;

/// Draws `counts[0]` horizontal lines, `counts[1]` vertical lines and `counts[2]`
/// X's, in any order.
///
/// Shapes: inputs are `(examples, 36)`. At least one of the counts is not 0.
pub fn training_set(counts: [usize; 3], rng: &mut ChaCha8Rng) -> Dataset {
    todo!("question 1: a data set of this mix")
}

/// Accuracy and confidence on the drawings of each pattern, at the index of its
/// label.
///
/// The data has at least one drawing of each pattern.
pub fn measure(network: &mut NeuralNet, data: &Dataset) -> [Measurement; 3] {
    todo!("question 2: accuracy and confidence for each pattern")
}

/// Trains a network on the balanced and one on the lopsided data, and measures both
/// on the fresh.
///
/// For each network: a new `ChaCha8Rng::seed_from_u64(seed)` makes the weights of
/// `NeuralNet::new(&[36, 16, 3], …)`, and then shuffles in 50 epochs of
/// `train_epoch` with the learning rate 0.05.
///
/// `measure` is handed in, so that your own need not be right for this one.
pub fn experiment(
    balanced: &Dataset,
    lopsided: &Dataset,
    fresh: &Dataset,
    seed: u64,
    measure: Measure,
) -> Finding {
    todo!("question 3: train, measure, and say what you find")
}
