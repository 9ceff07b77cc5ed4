//! The fast networks against NumPy and PyTorch: their weights after 1, 10 and 1,000
//! steps.

use std::iter::zip;

use ndarray::NdFloat;
use no_magic::{by_hand, fast};

use crate::arrays::{self, Arrays};
use crate::inputs::{LESSON, batch, data, order, parameters};
use crate::training::STEPS;
use crate::{NUMPY, PYTORCH};

/// As far as the weights of 64 bits may be apart, in proportion to the largest.
const BOUND: f64 = 1e-12;
/// The same for 32 bits. An `f32` holds seven digits, every step rounds again, and
/// the error grows from 1e-7 after 10 steps to 8e-5 after 1,000.
const BOUND_IN_FLOAT32: f64 = 5e-4;

#[test]
fn one_at_a_time_the_fast_network_computes_the_same() {
    let data = data();
    let start = by_hand::NeuralNet::from_parameters(parameters(&LESSON)).unwrap();
    let mut network = fast::NeuralNet::from(&start);
    let train = |step: usize| {
        let i = order(step / data.len(), &data)[step % data.len()];
        network.train_step(&data.x(i), data.y(i), 0.05);
        network.parameters()
    };
    compare("Part I", BOUND, train);
}

#[test]
fn in_batches_the_fast_network_computes_the_same() {
    in_batches::<f64>(BOUND);
}

#[test]
fn in_batches_of_f32_it_computes_the_same_as_far_as_f32_goes() {
    in_batches::<f32>(BOUND_IN_FLOAT32);
}

fn in_batches<F: NdFloat>(bound: f64) {
    let data = data();
    let mut network =
        fast::Network::<F>::from_parameters(parameters(&LESSON)).unwrap();
    let float = |number: f64| F::from(number).unwrap();
    compare("Batches", bound, |step| {
        let (x, y) = batch(step, &data);
        network.train_step(&x.mapv(float), &y, float(0.1));
        let numbers = network.parameters().into_iter();
        numbers.map(|number| number.to_f64().unwrap()).collect()
    });
}

/// `train` takes a step and returns the weights after it.
#[track_caller]
fn compare(case: &str, bound: f64, mut train: impl FnMut(usize) -> Vec<f64>) {
    let libraries =
        [NUMPY, PYTORCH].map(|library| (library.name, arrays::read(library.file)));
    let mut compared = 0;
    for step in 0..STEPS {
        let ours = train(step);
        for (library, theirs) in &libraries {
            let Some(theirs) = weights(theirs, case, step + 1) else {
                continue;
            };
            assert_eq!(ours.len(), theirs.len());
            let largest =
                theirs.iter().fold(0.0_f64, |largest, w| largest.max(w.abs()));
            for (ours, theirs) in zip(&ours, theirs) {
                let difference = (ours - theirs).abs() / largest;
                assert!(
                    difference <= bound,
                    "{library}, step {}: {difference:e} apart",
                    step + 1
                );
            }
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * 3, "two libraries, after 1, 10 and 1,000 steps");
}

/// What a library has after a step, if it was written down: of each layer `W`, row
/// after row, and `b`.
fn weights(arrays: &Arrays, case: &str, step: usize) -> Option<Vec<f64>> {
    let names = ["w1", "b1", "w2", "b2"];
    let arrays =
        names.map(|name| arrays.get(&format!("{case}/step {step}/{name}")));
    arrays.into_iter().try_fold(Vec::new(), |mut all, array| {
        all.extend(array?.iter());
        Some(all)
    })
}
