//! The live demo's default run without a browser, as JSON: what it starts from,
//! what comes out, and how many seconds it takes.
//!
//! The tests in `book/browser-tests` hold the page to these numbers, bit for bit.
//! It is an example of this package, because a learner's `cargo test` builds none
//! of it.

#![forbid(unsafe_code)]

use std::error::Error;
use std::time::Instant;

use no_magic::dataset::Dataset;
use no_magic::drawing::PIXELS;
use no_magic::fast::NeuralNet;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

const EPOCHS: usize = 600;
const LEARNING_RATE: f64 = 0.05;

fn main() -> Result<(), Box<dyn Error>> {
    let (data, mut network, mut rng) = start()?;

    let clock = Instant::now();
    let losses: Vec<f64> = (0..EPOCHS)
        .map(|_| network.train_epoch(&data, LEARNING_RATE, &mut rng))
        .collect();
    let seconds = clock.elapsed().as_secs_f64();

    let (_, untrained, mut rng) = start()?;
    let orders: Vec<Vec<usize>> = (0..EPOCHS)
        .map(|_| {
            let mut order: Vec<usize> = (0..data.len()).collect();
            order.shuffle(&mut rng);
            order
        })
        .collect();
    // Rust writes as many digits as tell a number from all others, in a form that
    // JSON knows.
    println!("{{");
    println!(r#""inputs": {:?},"#, data.inputs().iter().collect::<Vec<_>>());
    println!(r#""labels": {:?},"#, data.labels());
    println!(r#""orders": {orders:?},"#);
    println!(r#""start": {:?},"#, untrained.parameters());
    println!(r#""losses": {losses:?},"#);
    println!(r#""parameters": {:?},"#, network.parameters());
    println!(r#""seconds": {seconds}"#);
    println!("}}");
    Ok(())
}

fn start() -> Result<(Dataset, NeuralNet, ChaCha8Rng), Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng)?;
    let network = NeuralNet::new(&[PIXELS, 16, data.classes()], &mut rng)?;
    Ok((data, network, rng))
}
