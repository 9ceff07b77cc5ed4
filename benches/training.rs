//! How long a training step takes on each rung of the ladder, from the literal
//! translation of the lesson's NumPy on, how long the default run takes, and what
//! the processor could do at best.
//!
//! `cargo bench -- --sort location` prints the rungs in their order. Read the
//! ratios, not the times.

use divan::Bencher;
use divan::counter::ItemsCount;
use ladder::Rung;
use ladder::peak::peaks;
use ndarray::{Array2, NdFloat, s};
use no_magic::batched::{self, Sgd};
use no_magic::by_hand::NeuralNet;
use no_magic::dataset::Dataset;
use no_magic::{fast, patterns};
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
        divan::black_box(rung.train_step(&data.x(i), data.y(i), LEARNING_RATE));
    }
}

/// One step on each rung, averaged over the 360 different examples of a shuffled
/// epoch.
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
    bencher.with_inputs(|| rung(name, &network)).bench_local_values(|mut rung| {
        for _ in 0..500 {
            order.shuffle(&mut rng);
            train_epoch(rung.as_mut(), &data, &order);
        }
        rung
    });
}

/// Multiplications and additions in registers alone: the items are floating-point
/// operations.
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
    use super::*;

    const SIZES: &[usize] = &super::SIZES;

    #[divan::bench]
    fn one_at_a_time(bencher: Bencher<'_, '_>) {
        let (data, network, _) = start();
        let mut network = fast::NeuralNet::from(&network);
        bencher.bench_local(|| {
            for i in 0..32 {
                divan::black_box(network.train_step(
                    &data.x(i),
                    data.y(i),
                    LEARNING_RATE,
                ));
            }
        });
    }

    #[divan::bench]
    fn batched(bencher: Bencher<'_, '_>) {
        part_two(bencher, SIZES, &examples(32));
    }

    #[divan::bench(types = [f64, f32])]
    fn fast<F: NdFloat>(bencher: Bencher<'_, '_>) {
        part_four::<F>(bencher, SIZES, &examples(32));
    }

    fn examples(batch: usize) -> Batch {
        let (data, ..) = start();
        first(&data, batch)
    }
}

/// A batch of 64 in the network of real size.
mod real_size {
    use no_magic::batched::{Adam, Network};
    use no_magic::digits;

    use super::*;

    const SIZES: &[usize] = &[784, 128, 64, 10];

    #[divan::bench]
    fn batched(bencher: Bencher<'_, '_>) {
        part_two(bencher, SIZES, &examples());
    }

    #[divan::bench]
    fn batched_with_adam(bencher: Bencher<'_, '_>) {
        let (x, y) = examples();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut network = Network::new(SIZES, &mut rng).expect("four sizes");
        let mut adam = Adam::new(0.001);
        bencher.bench_local(|| network.train_step(&mut adam, &x, &y, &mut rng));
    }

    #[divan::bench(types = [f64, f32])]
    fn fast<F: NdFloat>(bencher: Bencher<'_, '_>) {
        part_four::<F>(bencher, SIZES, &examples());
    }

    fn examples() -> Batch {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        first(&digits::dataset(7, &mut rng).expect("70 examples"), 64)
    }
}

type Batch = (Array2<f64>, Vec<usize>);

fn first(data: &Dataset, batch: usize) -> Batch {
    let x = data.inputs().slice(s![..batch, ..]).to_owned();
    (x, data.labels()[..batch].to_vec())
}

/// A step of Part II, as the book prints it.
fn part_two(bencher: Bencher<'_, '_>, sizes: &[usize], (x, y): &Batch) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = batched::Network::new(sizes, &mut rng).expect("sizes");
    let mut sgd = Sgd::new(LEARNING_RATE);
    bencher.bench_local(|| network.train_step(&mut sgd, x, y, &mut rng));
}

/// The same step as Part IV takes it.
fn part_four<F: NdFloat>(
    bencher: Bencher<'_, '_>,
    sizes: &[usize],
    (x, y): &Batch,
) {
    let float = |number: f64| F::from(number).expect("a float holds it");
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut network = fast::Network::<F>::new(sizes, &mut rng).expect("sizes");
    let (x, lr) = (x.mapv(float), float(LEARNING_RATE));
    bencher.bench_local(|| network.train_step(&x, y, lr));
}
