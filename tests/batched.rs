//! Part II: the same network as Part I where it should be, and right where it goes
//! on.

use ndarray::{Array1, Array2, Axis, ShapeBuilder, array};
use no_magic::autograd;
use no_magic::batched::schedule::{cosine, halving};
use no_magic::batched::{
    Adam, BatchNorm, Batches, Dropout, EarlyStopping, Layer, Linear, Network,
    Optimizer, Sgd, mean_cross_entropy,
};
use no_magic::by_hand::NeuralNet;
use no_magic::gradient_check;
use no_magic::patterns;
use no_magic::random::standard_normal;
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn random(shape: (usize, usize), rng: &mut impl Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || standard_normal(rng))
}

fn flatten(network: &Network) -> Array1<f64> {
    let mut network = network.clone();
    let parameters = network.parameters_mut();
    parameters.iter().flat_map(|p| p.iter().copied()).collect()
}

fn unflatten(network: &Network, parameters: &Array1<f64>) -> Network {
    let mut network = network.clone();
    let mut numbers = parameters.iter();
    for mut parameter in network.parameters_mut() {
        parameter.iter_mut().zip(&mut numbers).for_each(|(to, &from)| *to = from);
    }
    network
}

/// Every kind of layer, and sizes that are not square.
fn all_kinds(rng: &mut ChaCha8Rng) -> Network {
    let mut norm = BatchNorm::new(5);
    norm.gamma =
        Array1::from_shape_simple_fn(5, || 1.0 + 0.3 * standard_normal(rng));
    norm.beta = Array1::from_shape_simple_fn(5, || standard_normal(rng));
    Network {
        layers: vec![
            Layer::Linear(Linear::new(4, 5, rng)),
            Layer::BatchNorm(norm),
            Layer::Relu,
            Layer::Dropout(Dropout::new(0.3).unwrap()),
            Layer::Linear(Linear::new(5, 3, rng)),
        ],
    }
}

#[test]
fn batches_of_one_give_the_weights_of_part_one() {
    let data = patterns::dataset([20; 3], &mut seeded(0)).unwrap();
    let (mut rng, mut same_rng) = (seeded(1), seeded(1));
    let mut by_hand = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
    let mut batched = Network::new(&[36, 16, 3], &mut same_rng).unwrap();
    let mut sgd = Sgd::new(0.05);

    let mut worst = 0.0_f64;
    for _ in 0..50 {
        by_hand.train_epoch(&data, 0.05, &mut rng);
        batched.train_epoch(&mut sgd, &data, 1, &mut same_rng);
    }
    let ours = flatten(&batched);
    for (ours, theirs) in ours.iter().zip(by_hand.parameters()) {
        worst = worst.max((ours - theirs).abs() / theirs.abs().max(1e-3));
    }
    // 3,000 steps. The sums are taken in another order, so it is not zero.
    assert!(worst < 1e-11, "{worst:e}");
}

/// One plain step on one example, written three times.
#[test]
fn the_three_parts_take_the_same_step() {
    let mut rng = seeded(4);
    let (x, y) = (patterns::Pattern::X.draw(&mut rng).pixels(), 2);
    let row = x.clone().insert_axis(Axis(0));
    let mut by_hand = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
    let mut taped = autograd::Network::from(&by_hand);
    let batched = Network::new(&[36, 16, 3], &mut rng).unwrap();
    let mut batched = unflatten(&batched, &by_hand.parameters().into());

    by_hand.train_step(&x, y, 0.1);
    batched.train_step(&mut Sgd::new(0.1), &row, &[y], &mut rng);
    taped.train_step(&row, &[y], 0.1);

    let taped = taped.layers().iter().flat_map(|(w, b)| w.iter().chain(b));
    let others = flatten(&batched).into_iter().zip(taped);
    for (ours, (batched, &taped)) in by_hand.parameters().into_iter().zip(others) {
        assert!(
            (batched - ours).abs() < 1e-14,
            "{batched} in Part II, {ours} in Part I"
        );
        assert!(
            (taped - ours).abs() < 1e-14,
            "{taped} in Part III, {ours} in Part I"
        );
    }
}

#[test]
fn every_gradient_agrees_with_finite_differences() {
    for seed in 0..5 {
        let mut rng = seeded(seed);
        let network = all_kinds(&mut rng);
        let (x, y) = (random((7, 4), &mut rng), [0, 1, 2, 2, 1, 0, 0]);
        // The same masks each time.
        let loss = |network: &Network| {
            let (logits, _) = network.forward(&x, &mut seeded(99));
            mean_cross_entropy(&logits, &y).0
        };
        let (logits, trace) = network.forward(&x, &mut seeded(99));
        let (_, grad) = mean_cross_entropy(&logits, &y);
        let gradients = network.backward(&trace, &grad);
        let gradient: Array1<f64> = gradients.iter().flatten().copied().collect();

        let parameters = flatten(&network);
        let at = |p: &Array1<f64>| loss(&unflatten(&network, p));
        let worst =
            gradient_check::check("parameters", at, &parameters, &gradient, 1e-5)
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert!(worst > 0.0);
    }
}

#[test]
fn batch_norm_hands_on_the_right_gradient() {
    let mut rng = seeded(3);
    let norm = BatchNorm { gamma: array![0.5, -2.0, 1.5], ..BatchNorm::new(3) };
    let (x, weights) = (random((6, 3), &mut rng), random((6, 3), &mut rng));
    let loss = |x: &Array1<f64>| {
        let x = x.to_shape((6, 3)).unwrap().into_owned();
        (norm.forward(&x) * &weights).sum()
    };
    let (_, _, dx) = norm.backward(&x, &weights);
    gradient_check::check("dx", loss, &x.into_flat(), &dx.into_flat(), 1e-6)
        .unwrap();
}

#[test]
fn batch_norm_normalizes_and_remembers() {
    let mut norm = BatchNorm::new(2);
    let x = array![[1.0, -10.0], [2.0, 0.0], [6.0, 40.0]];
    let y = norm.forward(&x);
    assert!(y.mean_axis(Axis(0)).unwrap().iter().all(|mean| mean.abs() < 1e-12));
    assert!(
        y.var_axis(Axis(0), 0.0)
            .iter()
            .all(|variance| (variance - 1.0).abs() < 1e-4)
    );

    // A tenth of the batch's mean 3 and of its unbiased variance 7, nine tenths of
    // 0 and 1.
    norm.observe(&x);
    assert!((norm.running_mean[0] - 0.3).abs() < 1e-12);
    assert!((norm.running_variance[0] - 1.6).abs() < 1e-12);
    for _ in 0..200 {
        norm.observe(&x);
    }
    assert!((norm.running_mean[0] - 3.0).abs() < 1e-6);
    assert!((norm.running_variance[0] - 7.0).abs() < 1e-6);

    // A prediction does not depend on its neighbors.
    let alone = norm.predict(&array![[2.0, 0.0]]);
    assert_eq!(norm.predict(&x).row(1), alone.row(0));
}

#[test]
fn momentum_is_what_paper_says() {
    // g = 1 at every step, η = 1, μ = 0.5: v = 1, 1.5, 1.75.
    let run = |nesterov| {
        let mut sgd = Sgd { momentum: 0.5, nesterov, ..Sgd::new(1.0) };
        let mut p = array![0.0];
        let mut places = Vec::new();
        for _ in 0..3 {
            sgd.step(&mut [p.view_mut()], &[array![1.0]]);
            places.push(p[0]);
        }
        places
    };
    assert_eq!(run(false), [-1.0, -2.5, -4.25]);
    // g + μ v = 1.5, 1.75, 1.875.
    assert_eq!(run(true), [-1.5, -3.25, -5.125]);
}

#[test]
fn weight_decay_pulls_towards_zero() {
    let mut p = array![2.0];
    let mut sgd = Sgd { weight_decay: 0.5, ..Sgd::new(0.1) };
    sgd.step(&mut [p.view_mut()], &[array![0.0]]);
    assert!((p[0] - 1.9).abs() < 1e-15); // 2 - 0.1 · 0.5 · 2

    let mut adamw = Adam::new(0.1);
    adamw.weight_decay = 0.5;
    adamw.step(&mut [p.view_mut()], &[array![0.0]]);
    assert!((p[0] - 1.805).abs() < 1e-15); // 1.9 (1 - 0.1 · 0.5)
}

#[test]
fn adam_is_what_paper_says() {
    // β₁ = β₂ = 0.5, ε = 0, η = 1, and the gradients 1, then 3.
    let mut adam = Adam::new(1.0);
    (adam.beta1, adam.beta2, adam.epsilon) = (0.5, 0.5, 0.0);
    let mut p = array![0.0];
    // m = 1/2, v = 1/2, both corrections 1/2.
    adam.step(&mut [p.view_mut()], &[array![1.0]]);
    assert_eq!(p[0], -1.0);
    // m = 7/4, v = 19/4, both corrections 3/4.
    adam.step(&mut [p.view_mut()], &[array![3.0]]);
    let step = (7.0 / 3.0) / (19.0_f64 / 3.0).sqrt();
    assert!((p[0] + 1.0 + step).abs() < 1e-15);
}

#[test]
fn all_optimizers_learn_the_patterns() {
    let momentum = Sgd { momentum: 0.9, ..Sgd::new(0.1) };
    learns("sgd", Sgd::new(0.5));
    learns("momentum", momentum);
    learns("adam", Adam::new(0.01));
}

fn learns(name: &str, mut optimizer: impl Optimizer) {
    let data = patterns::dataset([60; 3], &mut seeded(0)).unwrap();
    let fresh = patterns::unseen([200; 3], &data, &mut seeded(1)).unwrap();
    let mut rng = seeded(2);
    let mut network = Network::new(&[36, 16, 3], &mut rng).unwrap();
    for _ in 0..60 {
        network.train_epoch(&mut optimizer, &data, 32, &mut rng);
    }
    assert!(network.mean_loss(&data) < 0.05, "{name}");
    assert!(network.accuracy(&fresh) > 0.9, "{name}");
}

#[test]
fn early_stopping_keeps_the_best() {
    let mut stopping = EarlyStopping::new(3);
    let losses = [3.0, 2.0, 2.0, f64::NAN, 2.5, 1.0];
    let continued: Vec<bool> = losses
        .iter()
        .enumerate()
        .map(|(i, &loss)| stopping.should_continue(loss, &i))
        .collect();
    assert_eq!(continued, [true, true, true, true, false, true]);
    assert_eq!(stopping.best(), Some((1.0, &5)));
}

#[test]
fn early_stopping_starts_over_after_a_nan() {
    let mut stopping = EarlyStopping::new(3);
    for (i, loss) in [f64::NAN, 0.5, 0.4, 0.3].into_iter().enumerate() {
        assert!(stopping.should_continue(loss, &i), "{i}");
    }
    assert_eq!(stopping.best(), Some((0.3, &3)));

    let mut stopping = EarlyStopping::new(2);
    assert!(stopping.should_continue(f64::NAN, &0));
    assert!(!stopping.should_continue(f64::INFINITY, &1));
    assert_eq!(stopping.best(), None);
}

#[test]
fn a_batch_larger_than_the_data_holds_all_of_it() {
    let data = patterns::dataset([2; 3], &mut seeded(0)).unwrap();
    let batches: Vec<_> = Batches::new(&data, usize::MAX, &mut seeded(0)).collect();
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].1.len(), 6);
    // The size would overflow if it were added to the start of the second batch.
    assert_eq!(Batches::new(&data, usize::MAX - 1, &mut seeded(0)).count(), 1);
}

#[test]
fn a_schedule_ends_at_zero_and_stays_there() {
    assert_eq!(cosine(0.1, 10, 10), 0.0);
    assert_eq!(cosine(0.1, 10, 20), 0.0);
    assert_eq!(cosine(0.1, 10, usize::MAX), 0.0);
    assert_eq!(halving(0.1, 1, usize::MAX), 0.0);
    // A step of length zero is a step, too.
    let mut p = array![1.0];
    Sgd::new(0.0).step(&mut [p.view_mut()], &[array![5.0]]);
    assert_eq!(p, array![1.0]);
}

#[test]
fn adam_goes_on_when_it_can_count_no_further() {
    let mut adam = Adam::new(0.1);
    adam.t = i32::MAX - 1;
    let mut p = array![1.0];
    for _ in 0..3 {
        adam.step(&mut [p.view_mut()], &[array![2.0]]);
    }
    assert_eq!(adam.t, i32::MAX);
    assert!(p[0].is_finite() && p[0] < 1.0);
}

#[test]
fn weights_in_column_major_order_are_trained_alike() {
    let w = random((3, 4), &mut seeded(0));
    let mut columns = Array2::zeros((3, 4).f());
    columns.assign(&w);
    assert!(!columns.is_standard_layout());

    let (x, y) = (random((5, 4), &mut seeded(1)), [0, 1, 2, 0, 1]);
    let trained = |w: Array2<f64>| {
        let linear = Linear { w, b: array![0.1, 0.2, 0.3] };
        let mut network = Network { layers: vec![Layer::Linear(linear)] };
        network.train_step(&mut Sgd::new(0.5), &x, &y, &mut seeded(2));
        flatten(&network)
    };
    let difference = trained(columns) - trained(w);
    assert!(difference.iter().all(|d| d.abs() < 1e-15), "{difference}");
}

#[test]
fn memory_does_not_grow() {
    let data = patterns::dataset([40; 3], &mut seeded(0)).unwrap();
    let mut rng = seeded(1);
    let mut network = all_kinds_for_patterns(&mut rng);
    let mut adam = Adam::new(0.01);
    network.train_epoch(&mut adam, &data, 32, &mut rng);
    let count = allocation_counter::measure(|| {
        for _ in 0..5 {
            network.train_epoch(&mut adam, &data, 32, &mut rng);
        }
    });
    assert_eq!(count.bytes_current, 0);
}

fn all_kinds_for_patterns(rng: &mut ChaCha8Rng) -> Network {
    Network {
        layers: vec![
            Layer::Linear(Linear::new(36, 16, rng)),
            Layer::BatchNorm(BatchNorm::new(16)),
            Layer::Relu,
            Layer::Dropout(Dropout::new(0.2).unwrap()),
            Layer::Linear(Linear::new(16, 3, rng)),
        ],
    }
}

#[test]
fn a_dropout_rate_out_of_range_is_rejected() {
    for rate in [-0.1, 1.0, f64::NAN] {
        let error = Dropout::new(rate).unwrap_err();
        assert!(error.to_string().contains(&rate.to_string()), "{error}");
    }
}

proptest! {
    #[test]
    fn every_example_is_in_one_batch(
        n in 1_usize..40,
        size in 1_usize..50,
        seed: u64,
    ) {
        let data = patterns::dataset([n, 0, 0], &mut seeded(seed)).unwrap();
        let batches = Batches::new(&data, size, &mut seeded(seed));
        let batches: Vec<_> = batches.collect();
        prop_assert_eq!(batches.len(), n.div_ceil(size));
        prop_assert!(
            batches.iter().all(|(x, y)| x.nrows() == y.len() && y.len() <= size)
        );
        let sum = |x: &Array2<f64>| x.sum();
        let total: f64 = batches.iter().map(|(x, _)| sum(x)).sum();
        prop_assert_eq!(total, data.inputs().sum());
    }

    #[test]
    fn a_zero_gradient_leaves_the_parameters_alone(
        values in prop::collection::vec(-9.0..9.0, 1..9),
    ) {
        let zeros = [Array1::zeros(values.len())];
        let mut momentum = Sgd { momentum: 0.9, ..Sgd::new(0.1) };
        let before = Array1::from(values);
        let mut after = before.clone();
        for _ in 0..3 {
            momentum.step(&mut [after.view_mut()], &zeros);
            Adam::new(0.1).step(&mut [after.view_mut()], &zeros);
        }
        prop_assert_eq!(after, before);
    }

    /// The gradient of a batch is the mean of its examples' gradients, in whatever
    /// order.
    #[test]
    fn a_batch_is_the_mean_of_its_examples(seed: u64, batch in 1_usize..8) {
        let mut rng = seeded(seed);
        let network = Network::new(&[4, 5, 3], &mut rng).unwrap();
        let x = random((batch, 4), &mut rng);
        let y: Vec<usize> = (0..batch).map(|i| i % 3).collect();
        let gradient = |x: &Array2<f64>, y: &[usize]| {
            let (logits, trace) = network.forward(x, &mut seeded(0));
            let (_, grad) = mean_cross_entropy(&logits, y);
            let gradients = network.backward(&trace, &grad);
            gradients.into_iter().flatten().collect::<Array1<f64>>()
        };
        let whole = gradient(&x, &y);
        let mut mean = Array1::zeros(whole.len());
        for i in (0..batch).rev() {
            mean += &gradient(&x.select(Axis(0), &[i]), &y[i..=i]);
        }
        mean /= batch as f64;
        let worst = (&whole - &mean).fold(0.0_f64, |worst, d| worst.max(d.abs()));
        prop_assert!(worst < 1e-13, "{worst:e}");
    }

    #[test]
    fn dropout_keeps_the_expectation(rate in 0.0..0.9, seed: u64) {
        let dropout = Dropout::new(rate).unwrap();
        let x = Array2::ones((200, 100));
        let (a, mask) = dropout.forward(&x, &mut seeded(seed));
        prop_assert_eq!(&a, &mask);
        // Six standard deviations of the mean of 20,000.
        let tolerance = 6.0 * (rate / (1.0 - rate) / 20_000.0).sqrt();
        prop_assert!((a.mean().unwrap() - 1.0).abs() <= tolerance + 1e-12);
    }
}

#[test]
fn a_step_goes_downhill() {
    let mut rng = seeded(5);
    let mut network = Network::new(&[4, 6, 3], &mut rng).unwrap();
    let x = random((9, 4), &mut rng);
    let y: Vec<usize> = (0..9).map(|i| i % 3).collect();
    let before = network.train_step(&mut Sgd::new(0.05), &x, &y, &mut rng);
    let (after, _) = mean_cross_entropy(&network.predict(&x), &y);
    assert!(after < before);
}
