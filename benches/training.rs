//! How long a training step, an epoch and the default run take, beside the literal translation of
//! the lesson's NumPy, which allocates at every operation.
//!
//! `cargo bench` runs both in turn; read the ratios, not the times.

mod literal;

use divan::Bencher;
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn main() {
    divan::main();
}

const SIZES: [usize; 3] = [36, 16, 3];
const LEARNING_RATE: f64 = 0.05;

fn start() -> (Dataset, NeuralNet, ChaCha8Rng) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng).expect("360 examples");
    let network = NeuralNet::new(&SIZES, &mut rng).expect("three sizes");
    (data, network, rng)
}

fn start_literal() -> (Dataset, literal::NeuralNet, ChaCha8Rng) {
    let (data, network, rng) = start();
    (data, literal::NeuralNet::with_weights_of(&network), rng)
}

/// One step, averaged over the 360 different examples of an epoch.
mod step {
    use super::*;

    #[divan::bench(items_count = 360_usize)]
    fn by_hand(bencher: Bencher<'_, '_>) {
        let (data, mut network, _) = start();
        bencher.bench_local(|| {
            for i in 0..data.len() {
                divan::black_box(network.train_step(data.x(i), data.y(i), LEARNING_RATE));
            }
        });
    }

    #[divan::bench(items_count = 360_usize)]
    fn literal_translation(bencher: Bencher<'_, '_>) {
        let (data, mut network, _) = start_literal();
        bencher.bench_local(|| {
            for i in 0..data.len() {
                divan::black_box(network.train_step(
                    &data.x(i),
                    data.y(i),
                    LEARNING_RATE,
                ));
            }
        });
    }
}

/// One shuffled epoch of 360 steps.
mod epoch {
    use super::*;

    #[divan::bench]
    fn by_hand(bencher: Bencher<'_, '_>) {
        let (data, mut network, mut rng) = start();
        bencher.bench_local(|| network.train_epoch(&data, LEARNING_RATE, &mut rng));
    }

    #[divan::bench]
    fn literal_translation(bencher: Bencher<'_, '_>) {
        let (data, mut network, mut rng) = start_literal();
        bencher.bench_local(|| network.train_epoch(&data, LEARNING_RATE, &mut rng));
    }
}

/// The default run: 500 epochs from the first weights on.
mod run {
    use super::*;

    #[divan::bench(sample_count = 10)]
    fn by_hand(bencher: Bencher<'_, '_>) {
        bencher
            .with_inputs(start)
            .bench_local_values(|(data, mut network, mut rng)| {
                for _ in 0..500 {
                    network.train_epoch(&data, LEARNING_RATE, &mut rng);
                }
                network
            });
    }

    #[divan::bench(sample_count = 10)]
    fn literal_translation(bencher: Bencher<'_, '_>) {
        bencher.with_inputs(start_literal).bench_local_values(
            |(data, mut network, mut rng)| {
                for _ in 0..500 {
                    network.train_epoch(&data, LEARNING_RATE, &mut rng);
                }
                network
            },
        );
    }
}

/// The same 32 examples, one at a time and as a batch.
mod batch_of_32 {
    use ndarray::{Axis, Slice};
    use no_magic::batched::{Network, Sgd, train_step};

    use super::*;

    #[divan::bench]
    fn by_hand(bencher: Bencher<'_, '_>) {
        let (data, mut network, _) = start();
        bencher.bench_local(|| {
            for i in 0..32 {
                divan::black_box(network.train_step(data.x(i), data.y(i), LEARNING_RATE));
            }
        });
    }

    #[divan::bench]
    fn batched(bencher: Bencher<'_, '_>) {
        let (data, _, mut rng) = start();
        let mut network = Network::new(&SIZES, &mut rng);
        let mut sgd = Sgd::new(LEARNING_RATE);
        let x = data
            .inputs()
            .slice_axis(Axis(0), Slice::from(..32))
            .to_owned();
        let y = &data.labels()[..32];
        bencher
            .with_inputs(|| x.clone())
            .bench_local_values(|x| train_step(&mut network, &mut sgd, x, y, &mut rng));
    }
}

/// A batch of 64 in the network of real size: the whole step, and its matrix products alone.
mod real_size {
    use ndarray::Array2;
    use no_magic::batched::{Adam, Layer, Network, train_step};
    use no_magic::digits;

    use super::*;

    #[divan::bench]
    fn step(bencher: Bencher<'_, '_>) {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let data = digits::dataset(7, &mut rng).expect("70 examples");
        let mut network = Network::new(&[784, 128, 64, 10], &mut rng);
        let mut adam = Adam::new(0.001);
        let x = data.inputs().slice(ndarray::s![..64, ..]).to_owned();
        let y = &data.labels()[..64];
        bencher
            .with_inputs(|| x.clone())
            .bench_local_values(|x| train_step(&mut network, &mut adam, x, y, &mut rng));
    }

    #[divan::bench]
    fn matrix_products_alone(bencher: Bencher<'_, '_>) {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let network = Network::new(&[784, 128, 64, 10], &mut rng);
        bencher.bench_local(|| {
            for (i, layer) in network.layers.iter().enumerate() {
                let Layer::Linear(linear) = layer else {
                    continue;
                };
                let (n_out, n_in) = linear.w.dim();
                let (x, dz) = (Array2::ones((64, n_in)), Array2::ones((64, n_out)));
                divan::black_box(x.dot(&linear.w.t()));
                divan::black_box(dz.t().dot(&x));
                if i > 0 {
                    divan::black_box(dz.dot(&linear.w));
                }
            }
        });
    }
}
