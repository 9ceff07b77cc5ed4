//! Every rung of `benches/ladder` learns what the book's network learns, and the floor under them is
//! counted right.

#[path = "../benches/ladder/mod.rs"]
mod ladder;

use std::iter::zip;

use allocation_counter::measure;
use ladder::Rung;
use ladder::peak::{flops, flops_of_the_lesson, peaks};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const SIZES: [usize; 3] = [36, 16, 3];

fn start() -> (Dataset, NeuralNet) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([20; 3], &mut rng).unwrap();
    let network = NeuralNet::new(&SIZES, &mut rng).unwrap();
    (data, network)
}

/// The losses of so many steps, and the weights after them.
fn train(rung: &mut dyn Rung, data: &Dataset, steps: usize) -> [Vec<f64>; 2] {
    // The examples of a class lie together; 23 at a time, the classes alternate.
    let order = (0..steps).map(|step| step * 23 % data.len());
    let losses = order.map(|i| rung.train_step(data.x(i), data.y(i), 0.05));
    [losses.collect(), rung.parameters()]
}

/// The largest difference, in proportion to the largest number.
fn difference(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len());
    let differences = zip(left, right).map(|(left, right)| (left - right).abs());
    let sizes = right.iter().map(|right| right.abs());
    differences.fold(0.0, f64::max) / sizes.fold(0.0, f64::max)
}

#[test]
fn each_rung_learns_what_the_book_s_network_learns() {
    let (data, network) = start();
    for steps in [1, data.len(), 20 * data.len()] {
        let [losses, parameters] = train(&mut network.clone(), &data, steps);
        assert_ne!(parameters, network.parameters());
        for (name, mut rung) in ladder::rungs(&network) {
            let [rung_losses, rung_parameters] = train(rung.as_mut(), &data, steps);
            let worst = difference(&rung_losses, &losses)
                .max(difference(&rung_parameters, &parameters));
            assert!(worst < 1e-14, "{name} after {steps} steps: {worst:e}");
        }
    }
}

#[test]
fn the_same_operations_in_the_same_order_give_the_same_bits() {
    let (data, network) = start();
    let trained = |name: &str| {
        let mut rungs = ladder::rungs(&network).into_iter();
        let rung = rungs.find(|rung| rung.0 == name);
        rung.map(|(_, mut rung)| train(rung.as_mut(), &data, 20 * data.len()))
    };
    let literal = trained("literal").unwrap();
    let sized = trained("sized").unwrap();
    assert_eq!(trained("buffers").unwrap(), literal);
    assert_eq!(trained("input_major").unwrap(), sized);
    assert!(trained("avx2").is_none_or(|avx2| avx2 == sized));
    assert_ne!(literal, sized, "its sums are taken in another order");
}

#[test]
fn only_the_literal_translation_allocates() {
    let (data, network) = start();
    for (name, mut rung) in ladder::rungs(&network) {
        let steps = measure(|| {
            for i in 0..data.len() {
                rung.train_step(data.x(i), data.y(i), 0.05);
            }
        });
        assert_eq!(
            steps.count_total > 0,
            name == "literal",
            "{name}: {steps:?}"
        );
    }
}

#[test]
fn the_floor_is_counted_right() {
    // 36 · 16 = 576 and 16 · 3 = 48 weights. Forward and update: 2 each, twice; dx: 2 each of 48.
    assert_eq!(flops(&SIZES), 1248 + 1248 + 96);
    // Forward and dx: 2 each; dW, lr dW and the subtraction: 1 each.
    assert_eq!(flops_of_the_lesson(&SIZES), 1248 + 1248 + 3 * 624);
    assert_eq!(
        flops(&[784, 128, 64, 10]),
        4 * 100_352 + 6 * 8_192 + 6 * 640
    );
}

#[test]
fn the_peak_is_measured_on_sums_that_come_out() {
    for peak in peaks() {
        // From 0 to 13 on, twice halfway to 1.
        assert!(
            (peak.run(2) - (0.75 + 6.5 / 4.0)).abs() < 1e-15,
            "{}",
            peak.name
        );
        assert_eq!(peak.run(100), 1.0, "{}", peak.name);
    }
    let flops = peaks().into_iter().map(|peak| peak.flops(1));
    assert!(zip(flops, [56, 112, 224]).all(|(flops, expected)| flops == expected));
}
