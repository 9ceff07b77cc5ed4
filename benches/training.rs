//! How long a training step takes on each rung of the ladder, from the literal translation of the
//! lesson's NumPy on, how long the default run takes, and what the processor could do at best.
//!
//! `cargo bench -- --sort location` prints the rungs in their order. Read the ratios, not the times.

#[allow(dead_code, reason = "the tests use what is not measured")]
mod ladder;

use divan::Bencher;
use divan::counter::ItemsCount;
use ladder::Rung;
use ladder::peak::peaks;
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::patterns;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

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

fn names() -> Vec<&'static str> {
    let (_, network, _) = start();
    let rungs = ladder::rungs(&network).into_iter();
    rungs.map(|(name, _)| name).collect()
}

fn rung(name: &str, network: &NeuralNet) -> Box<dyn Rung> {
    let mut rungs = ladder::rungs(network).into_iter();
    let rung = rungs.find(|rung| rung.0 == name);
    rung.expect("one of the names").1
}

fn train_epoch(rung: &mut dyn Rung, data: &Dataset, order: &[usize]) {
    for &i in order {
        divan::black_box(rung.train_step(data.x(i), data.y(i), LEARNING_RATE));
    }
}

/// One step on each rung, averaged over the 360 different examples of a shuffled epoch.
#[divan::bench(args = names(), items_count = 360_usize)]
fn ladder(bencher: Bencher<'_, '_>, name: &str) {
    let (data, network, mut rng) = start();
    let mut rung = rung(name, &network);
    let mut order: Vec<usize> = (0..data.len()).collect();
    bencher
        .with_inputs(|| {
            order.shuffle(&mut rng);
            order.clone()
        })
        .bench_local_values(|order| train_epoch(rung.as_mut(), &data, &order));
}

/// The default run: 500 epochs from the first weights on.
#[divan::bench(args = names(), sample_count = 10)]
fn run(bencher: Bencher<'_, '_>, name: &str) {
    let (data, network, mut rng) = start();
    let mut order: Vec<usize> = (0..data.len()).collect();
    bencher
        .with_inputs(|| rung(name, &network))
        .bench_local_values(|mut rung| {
            for _ in 0..500 {
                order.shuffle(&mut rng);
                train_epoch(rung.as_mut(), &data, &order);
            }
            rung
        });
}

/// Multiplications and additions in registers alone: the items are floating-point operations.
#[divan::bench(args = ["sse2", "avx2", "avx512"])]
fn peak(bencher: Bencher<'_, '_>, name: &str) {
    const ROUNDS: usize = 10_000;
    let Some(peak) = peaks().into_iter().find(|peak| peak.name == name) else {
        return;
    };
    bencher
        .counter(ItemsCount::new(peak.flops(ROUNDS)))
        .bench_local(|| peak.run(divan::black_box(ROUNDS)));
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
