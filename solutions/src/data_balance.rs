//! Exercise `data_balance`, answered.

use checks::data_balance::{Finding, Measure, Measurement};
use ndarray::Array2;
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::drawing::PIXELS;
use no_magic::patterns::Pattern;
use no_magic::softmax::argmax;
use rand::{SeedableRng, rngs::ChaCha8Rng};

/// Draws `counts[0]` horizontal lines, `counts[1]` vertical lines and `counts[2]`
/// X's, in any order.
///
/// Shapes: inputs are `(examples, 36)`. At least one of the counts is not 0.
pub fn training_set(counts: [usize; 3], rng: &mut ChaCha8Rng) -> Dataset {
    let mut pixels = Vec::new();
    let mut labels = Vec::new();
    for pattern in Pattern::ALL {
        for _ in 0..counts[pattern.label()] {
            // Drawing and label enter together, so that they can't get separated.
            pixels.extend(pattern.draw(rng).pixels());
            labels.push(pattern.label());
        }
    }
    let inputs = Array2::from_shape_vec((labels.len(), PIXELS), pixels)
        .expect("36 pixels for each label");
    Dataset::new(inputs, labels, Pattern::ALL.len()).expect("a drawing at least")
}

/// Accuracy and confidence on the drawings of each pattern, at the index of its
/// label.
///
/// The data has at least one drawing of each pattern.
pub fn measure(network: &mut NeuralNet, data: &Dataset) -> [Measurement; 3] {
    let (mut drawings, mut right, mut confidence) = ([0.0; 3], [0.0; 3], [0.0; 3]);
    for i in 0..data.len() {
        // Sorted by what the drawing shows: what the network says is what is
        // measured.
        let label = data.y(i);
        let yhat = network.predict(&data.x(i).to_owned());
        drawings[label] += 1.0;
        if argmax(&yhat) == Some(label) {
            right[label] += 1.0;
        }
        confidence[label] += yhat.fold(0.0, |max: f64, &p| max.max(p));
    }
    [0, 1, 2].map(|label| Measurement {
        accuracy: right[label] / drawings[label],
        confidence: confidence[label] / drawings[label],
    })
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
    // Both start from the same weights, so that the data is all that differs.
    let balanced = measure(&mut trained(balanced, seed), fresh);
    let lopsided = measure(&mut trained(lopsided, seed), fresh);
    Finding {
        balanced,
        lopsided,
        // What it saw most of, it names with more confidence than ever, …
        surer_of: vec![Pattern::Horizontal],
        // … at the price of everything else, …
        worse_at: vec![Pattern::Vertical, Pattern::X],
        // … and it does not know: where it became worse, it is nearly as sure as
        // before.
        too_sure_of: vec![Pattern::Vertical, Pattern::X],
    }
}

fn trained(data: &Dataset, seed: u64) -> NeuralNet {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut network =
        NeuralNet::new(&[36, 16, 3], &mut rng).expect("sizes that are not zero");
    for _ in 0..50 {
        network.train_epoch(data, 0.05, &mut rng);
    }
    network
}
