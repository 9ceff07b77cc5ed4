//! The lesson's run, to the last bit: `[36, 16, 3]`, 500 epochs at 0.05, seed 0.
//!
//! The snapshots are the same in debug and in release, on every processor and
//! platform.

use std::fmt::Write;
use std::fs;
use std::iter::zip;
use std::path::Path;

use no_magic::drawing::Drawing;
use no_magic::patterns::{self, Pattern};
use no_magic::softmax::argmax;
use no_magic::training::{EpochReport, Train, Training};
use no_magic::{NetworkError, by_hand, fast};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const SIZES: &[usize] = &[36, 16, 3];

type New<N> = fn(&[usize], &mut ChaCha8Rng) -> Result<N, NetworkError>;

fn default_run<N: Train>(new: New<N>) -> (N, Vec<EpochReport>) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng).unwrap();
    let mut network = new(SIZES, &mut rng).unwrap();
    let training = Training::new(&mut network, &data, 0.05, &mut rng).unwrap();
    let reports = training.take(500).collect::<Result<_, _>>().unwrap();
    (network, reports)
}

/// A number that changes if any bit of any weight does (the 64-bit hash FNV-1a).
fn fingerprint(parameters: &[f64]) -> u64 {
    let bits = parameters.iter().map(|parameter| parameter.to_bits());
    bits.flat_map(u64::to_le_bytes).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn by_hand_and_fast_have_the_same_bits_everywhere() {
    let (network, reports) = default_run(by_hand::NeuralNet::new);
    let (fast, fast_reports) = default_run(fast::NeuralNet::new);
    let parameters = network.parameters();
    let differ = zip(fast.parameters(), &parameters)
        .filter(|(fast, by_hand)| fast.to_bits() != by_hand.to_bits())
        .count();
    assert_eq!(differ, 0, "of {} parameters", parameters.len());
    assert_eq!(fast_reports, reports);

    let mut text = String::new();
    for EpochReport { epoch, loss, accuracy } in reports {
        if epoch % 100 == 0 || epoch == 499 {
            writeln!(text, "epoch {epoch}  loss {loss}  accuracy {accuracy}")
                .unwrap();
        }
    }
    writeln!(text, "weights {:016x}", fingerprint(&parameters)).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn the_initial_weights_and_the_data_are_the_same_bits() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng).unwrap();
    let network = fast::NeuralNet::new(SIZES, &mut rng).unwrap();
    let on: f64 = data.inputs().sum();
    insta::assert_snapshot!(format!(
        "pixels on {on}, weights {:016x}",
        fingerprint(&network.parameters())
    ));
}

#[test]
fn the_first_samples_of_each_pattern() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut text = String::new();
    for pattern in Pattern::ALL {
        let drawings: Vec<String> =
            (0..10).map(|_| pattern.draw(&mut rng).to_string()).collect();
        writeln!(text, "{pattern}").unwrap();
        for row in 0..6 {
            let rows: Vec<&str> =
                drawings.iter().filter_map(|d| d.lines().nth(row)).collect();
            writeln!(text, "{}", rows.join("  ")).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn drawings_that_it_never_saw_are_recognized() {
    let (mut network, _) = default_run(fast::NeuralNet::new);
    let seen =
        patterns::dataset([120; 3], &mut ChaCha8Rng::seed_from_u64(0)).unwrap();
    for stream in 1..=3 {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        rng.set_stream(stream);
        let unseen = patterns::unseen([1000; 3], &seen, &mut rng).unwrap();
        let accuracy = network.accuracy(&unseen);
        assert!(accuracy >= 0.95, "{accuracy} of 3,000 unseen drawings");
    }
}

#[test]
fn drawings_by_hand_are_recognized() {
    let (mut network, _) = default_run(fast::NeuralNet::new);
    let folders = [
        ("horizontal", Pattern::Horizontal),
        ("vertical", Pattern::Vertical),
        ("x", Pattern::X),
    ];
    let (mut total, mut missed) = (0, Vec::new());
    for (folder, pattern) in folders {
        for file in fs::read_dir(Path::new("tests/drawings").join(folder)).unwrap()
        {
            let path = file.unwrap().path();
            let drawing: Drawing =
                fs::read_to_string(&path).unwrap().parse().unwrap();
            total += 1;
            if argmax(network.predict(&drawing.pixels())) != Some(pattern.label()) {
                missed.push(path);
            }
        }
    }
    assert!(total >= 60, "only {total} drawings");
    assert!(
        missed.len() * 100 <= total * 3,
        "{} of {total} missed: {missed:?}",
        missed.len()
    );
}
