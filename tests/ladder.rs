//! Every rung of the ladder trains to the bits of the lesson's own code.

use std::iter::zip;
use std::panic::{AssertUnwindSafe, catch_unwind};

use allocation_counter::measure;
use ladder::Rung;
use ladder::peak::peaks;
use ndarray::{Array1, Array2};
use no_magic::batched::{Batches, Network, Sgd};
use no_magic::by_hand::Activation;
use no_magic::dataset::Dataset;
use no_magic::{by_hand, fast, patterns};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const SIZES: [usize; 3] = [36, 16, 3];

fn start() -> (Dataset, by_hand::NeuralNet) {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([20; 3], &mut rng).unwrap();
    let network = by_hand::NeuralNet::new(&SIZES, &mut rng).unwrap();
    (data, network)
}

fn bits(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

/// The bits of the losses of so many steps, and of the weights after them.
fn train(rung: &mut dyn Rung, data: &Dataset, steps: usize) -> [Vec<u64>; 2] {
    // The examples of a class lie together; 23 at a time, the classes alternate.
    let order = (0..steps).map(|step| step * 23 % data.len());
    let losses = order.map(|i| rung.train_step(&data.x(i), data.y(i), 0.05));
    [losses.map(f64::to_bits).collect(), bits(&rung.parameters())]
}

#[test]
fn each_rung_has_the_bits_of_the_lesson_s_own_code() {
    let (data, network) = start();
    for steps in [1, data.len(), 20 * data.len()] {
        let expected = train(&mut network.clone(), &data, steps);
        assert_ne!(expected[1], bits(&network.parameters()));
        for (name, mut rung) in ladder::rungs(&network) {
            assert_eq!(
                train(rung.as_mut(), &data, steps),
                expected,
                "{name} after {steps} steps"
            );
        }
    }
}

#[test]
fn pixels_between_0_and_1_give_the_same_bits_too() {
    let (data, network) = start();
    let gray = data.inputs().mapv(|x| 0.3 * x - 0.07);
    let data = Dataset::new(gray, data.labels().to_vec(), data.classes()).unwrap();
    let expected = train(&mut network.clone(), &data, 10 * data.len());
    for (name, mut rung) in ladder::rungs(&network) {
        let trained = train(rung.as_mut(), &data, 10 * data.len());
        assert_eq!(trained, expected, "{name}");
    }
}

#[test]
fn networks_of_any_shape_have_the_bits_of_the_lesson_s_own_code() {
    let (data, _) = start();
    let shapes: [&[usize]; 7] = [
        &[36, 3],
        &[36, 1, 3],
        &[36, 1, 17, 3],
        &[36, 7, 3],
        &[36, 9, 20, 3],
        &[36, 16, 16, 16, 3],
        &[36, 33, 8, 3],
    ];
    for sizes in shapes {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut literal = by_hand::NeuralNet::new(sizes, &mut rng).unwrap();
        let mut fast = fast::NeuralNet::from(&literal);
        let mut buffers = fast::buffers::NeuralNet::from(&literal);
        let steps = 5 * data.len();
        let expected = train(&mut literal, &data, steps);
        assert_eq!(train(&mut fast, &data, steps), expected, "{sizes:?}");
        assert_eq!(train(&mut buffers, &data, steps), expected, "{sizes:?}");
        if let [_, _, _] = sizes {
            let first =
                by_hand::NeuralNet::new(sizes, &mut ChaCha8Rng::seed_from_u64(1));
            let mut input_major =
                fast::input_major::NeuralNet::from(&first.unwrap());
            assert_eq!(
                train(&mut input_major, &data, steps),
                expected,
                "{sizes:?}"
            );
        }
        let back = by_hand::NeuralNet::from(&fast);
        assert_eq!(bits(&back.parameters()), expected[1]);
        for i in 0..data.len() {
            let x = data.x(i).to_owned();
            assert_eq!(fast.predict(&x), literal.predict(&x).to_vec());
        }
        assert_eq!(fast.accuracy(&data), literal.accuracy(&data));
    }
}

#[test]
fn only_the_lesson_s_own_code_allocates() {
    let (data, network) = start();
    for (name, mut rung) in ladder::rungs(&network) {
        let steps = measure(|| {
            for i in 0..data.len() {
                rung.train_step(&data.x(i), data.y(i), 0.05);
            }
        });
        let allocates = steps.count_total > 0;
        assert_eq!(allocates, name == "by_hand", "{name}: {steps:?}");
    }
    for sizes in [&[36, 3][..], &[36, 7, 9, 3]] {
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut fast = fast::NeuralNet::new(sizes, &mut rng).unwrap();
        let steps = measure(|| {
            fast.train_step(&data.x(0), data.y(0), 0.05);
            fast.accuracy(&data);
        });
        assert_eq!(steps.count_total, 0, "{sizes:?}");
    }
}

/// Whether two networks are so close, in proportion to the largest number. NaN is
/// close to nothing.
fn close<'a>(
    bound: f64,
    left: &[f64],
    right: impl IntoIterator<Item = &'a f64>,
) -> bool {
    let right: Vec<&f64> = right.into_iter().collect();
    let largest = left.iter().fold(0.0_f64, |largest, l| largest.max(l.abs()));
    left.len() == right.len()
        && zip(left, right).all(|(l, r)| (l - r).abs() <= bound * largest)
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "half the bits on purpose")]
fn in_batches_the_fast_networks_follow_part_two() {
    let (data, network) = start();
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut batched = Network::from(&network);
    let mut sgd = Sgd::new(0.05);
    let mut fast = fast::Network::<f64>::from(&network);
    let mut narrow = fast::Network::<f32>::from(&network);
    let mut sized = fast::sized::Network::<36, 16, 3>::from(&network);
    #[cfg(target_arch = "x86_64")]
    let mut fma = ladder::fma::Network::new(&network);

    // The last batch of each epoch is smaller, and of odd size.
    for _ in 0..50 {
        for (x, y) in Batches::new(&data, 7, &mut rng) {
            let loss = batched.train_step(&mut sgd, &x, &y, &mut rng);
            assert!((fast.train_step(&x, &y, 0.05) - loss).abs() < 1e-12);
            assert!((sized.train_step::<false>(&x, &y, 0.05) - loss).abs() < 1e-12);
            let x32 = x.mapv(|x| x as f32);
            let narrow_loss = narrow.train_step(&x32, &y, 0.05);
            assert!((f64::from(narrow_loss) - loss).abs() < 1e-5);
            #[cfg(target_arch = "x86_64")]
            if let Some(fma) = &mut fma {
                fma.train_step(&x, &y, 0.05);
            }
        }
    }
    let expected: Vec<f64> =
        batched.parameters_mut().iter().flatten().copied().collect();
    assert!(close(1e-12, &expected, &fast.parameters()));
    assert!(close(1e-12, &expected, &sized.parameters()));
    let narrow: Vec<f64> = narrow.parameters().into_iter().map(f64::from).collect();
    assert!(close(1e-5, &expected, &narrow));
    #[cfg(target_arch = "x86_64")]
    if let Some(fma) = fma {
        assert!(close(1e-12, &expected, &fma.parameters()));
    }
}

#[test]
fn an_epoch_in_batches_sees_every_example_once() {
    let (data, network) = start();
    let fresh = || fast::Network::<f64>::from(&network);
    let rng = || ChaCha8Rng::seed_from_u64(3);
    let (inputs, labels) = (data.inputs(), data.labels());

    let mut by_epoch = fresh();
    let loss = by_epoch.train_epoch(inputs, labels, 16, 0.05, &mut rng());
    let mut by_batch = fresh();
    let mut total = 0.0;
    for (x, y) in Batches::new(&data, 16, &mut rng()) {
        total += by_batch.train_step(&x, &y, 0.05) * y.len() as f64;
    }
    assert_eq!(by_epoch.parameters(), by_batch.parameters());
    assert_eq!(loss, total / data.len() as f64);
}

#[test]
fn what_does_not_fit_a_fast_network_is_said() {
    let network = |sizes: &[usize]| {
        by_hand::NeuralNet::new(sizes, &mut ChaCha8Rng::seed_from_u64(0)).unwrap()
    };
    let says = |call: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(call)).unwrap_err();
        match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
        }
    };
    let upper = |network: &by_hand::NeuralNet| {
        drop(fast::input_major::NeuralNet::from(network));
    };
    assert_eq!(
        says(&|| upper(&network(&[36, 4, 4, 3]))),
        "this version needs exactly two layers, hidden and output, but the \
         network has 3"
    );
    let mut odd = network(&[36, 4, 3]);
    odd.layers[0].activation = Activation::Softmax;
    assert!(says(&|| upper(&odd)).contains("the last layer must be softmax"));

    let start = network(&[36, 16, 3]);
    let short = Array1::zeros(20);
    let mut input_major = fast::input_major::NeuralNet::from(&start);
    let said = says(&|| {
        input_major.clone().train_step(&short, 0, 0.1);
    });
    assert!(said.contains("the network takes 36 inputs"), "{said}");
    let said = says(&|| {
        fast::NeuralNet::from(&start).train_step(&short, 0, 0.1);
    });
    assert!(said.contains("the network takes 36 inputs"), "{said}");
    let said = says(&|| {
        input_major.clone().train_step(&Array1::zeros(36), 3, 0.1);
    });
    assert!(said.starts_with("the label is 3, but it must be below"), "{said}");
    input_major.train_step(&Array1::zeros(36), 2, 0.1);

    let epoch = |rows: usize, labels: &[usize], batch_size: usize| {
        let inputs = Array2::zeros((rows, 36));
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        let mut network = fast::Network::<f64>::from(&start);
        network.train_epoch(&inputs, labels, batch_size, 0.1, &mut rng);
    };
    let said = says(&|| epoch(30, &[0; 5], 8));
    assert!(said.contains("each example needs one label"), "{said}");
    assert_eq!(says(&|| epoch(0, &[], 8)), "an epoch needs at least one example");
    assert_eq!(
        says(&|| epoch(3, &[0; 3], 0)),
        "a batch needs at least one example"
    );
}

#[test]
fn a_data_set_gives_each_example_in_one_piece() {
    let (data, network) = start();
    let columns = data.inputs().t().as_standard_layout().into_owned();
    let inputs = columns.reversed_axes(); // column after column
    let turned =
        Dataset::new(inputs, data.labels().to_vec(), data.classes()).unwrap();
    let expected = train(&mut network.clone(), &data, 60);
    for (name, mut rung) in ladder::rungs(&network) {
        assert_eq!(train(rung.as_mut(), &turned, 60), expected, "{name}");
    }
}

#[test]
fn the_peak_is_measured_on_sums_that_come_out() {
    for peak in peaks() {
        // From 0 to 13 on, twice halfway to 1.
        assert!((peak.run(2) - (0.75 + 6.5 / 4.0)).abs() < 1e-15, "{}", peak.name);
        assert_eq!(peak.run(100), 1.0, "{}", peak.name);
    }
    let flops = peaks().into_iter().map(|peak| peak.flops(1));
    assert!(zip(flops, [56, 112, 224]).all(|(flops, expected)| flops == expected));
}
