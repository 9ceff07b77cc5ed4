//! The peers compute what we compute, in `f64`, from the same weights, drawings and
//! order.
//!
//! All of them run on the processor, which rounds as it likes: another one takes
//! sums in another order.

use std::fs;
use std::path::Path;

use ::burn::tensor::{DType, Device};
use ndarray::{Array1, Array2, ArrayView2};
use no_magic::by_hand::NeuralNet;
use no_magic::random::standard_normal;
use race::difference::Difference;
use race::inputs::Inputs;
use race::peer::{
    Batched, Burn, ByHand, Candle, Fast, FastBatches, OpenPeer, Peer, Taped,
};
use race::table::{self, Row};
use race::{Parameters, burn, candle};
use rand::{SeedableRng, rngs::ChaCha8Rng};

const LEARNING_RATE: f64 = 0.05;
const ONE_AT_A_TIME: usize = 1;
const BATCHES: usize = 32;
/// How far apart two numbers may be, relative to the largest of their array.
const BOUND: f64 = 1e-12;

fn peers(start: &Parameters) -> [(&'static str, Box<dyn OpenPeer>); 2] {
    let candle = Candle::new(start, LEARNING_RATE).unwrap();
    let burn = Burn::new(start, LEARNING_RATE);
    [("candle", Box::new(candle)), ("Burn", Box::new(burn))]
}

/// Part I takes one at a time, and Part II batches.
fn ours(start: &Parameters, size: usize) -> Box<dyn Peer> {
    if size == ONE_AT_A_TIME {
        Box::new(ByHand::new(start, LEARNING_RATE))
    } else {
        Box::new(Batched::new(start, LEARNING_RATE))
    }
}

/// What is wrong with a difference, if it is too large.
fn check(place: &str, difference: &Difference) -> Result<(), String> {
    if difference.relative <= BOUND {
        Ok(())
    } else {
        Err(format!("{place}: {difference}"))
    }
}

#[track_caller]
fn assert_close(place: &str, difference: &Difference) {
    check(place, difference).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn logits_and_gradients_are_ours() {
    let inputs = Inputs::read();
    for size in [ONE_AT_A_TIME, BATCHES] {
        let (x, y) = inputs.batch(0, size);
        compare_logits_and_gradients(&inputs.parameters, x.view(), &y);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let start = he([784, 128, 64, 10], &mut rng);
    let x = Array2::from_shape_simple_fn((64, 784), || standard_normal(&mut rng));
    let y: Vec<usize> = (0..64).map(|i| i % 10).collect();
    compare_logits_and_gradients(&start, x.view(), &y);
}

/// He's weights.
fn he(sizes: [usize; 4], rng: &mut ChaCha8Rng) -> Parameters {
    let network = NeuralNet::new(&sizes, rng).unwrap();
    let layers = network.layers.into_iter();
    layers.map(|layer| (layer.w, layer.b)).collect()
}

#[track_caller]
fn compare_logits_and_gradients(
    start: &Parameters,
    x: ArrayView2<'_, f64>,
    y: &[usize],
) {
    let ours = Batched::new(start, LEARNING_RATE);
    for (name, peer) in peers(start) {
        let place = format!("{name}, a batch of {} × {}", x.nrows(), x.ncols());
        let [ours_logits, theirs] =
            [ours.logits(x), peer.logits(x)].map(Array2::into_dyn);
        let difference =
            Difference::of_arrays("logits", ours_logits.view(), theirs.view());
        assert_close(&place, &difference);

        let difference =
            Difference::of_parameters(&ours.gradients(x, y), &peer.gradients(x, y));
        assert_close(&format!("{place}, the gradient of"), &difference);
    }
}

#[test]
fn losses_and_weights_are_ours_after_1_and_10_and_1000_steps() {
    let inputs = Inputs::read();
    for size in [ONE_AT_A_TIME, BATCHES] {
        for (name, mut peer) in peers(&inputs.parameters) {
            let mut ours = ours(&inputs.parameters, size);
            for steps in [0..1, 1..10, 10..1000] {
                let place =
                    format!("{name}, batches of {size}, step {}", steps.end);
                let losses = inputs.train(ours.as_mut(), steps.clone(), size);
                let theirs = inputs.train(peer.as_mut(), steps, size);
                let [losses, theirs] =
                    [losses, theirs].map(|losses| Array1::from(losses).into_dyn());
                let difference =
                    Difference::of_arrays("losses", losses.view(), theirs.view());
                assert_close(&place, &difference);

                let difference = Difference::of_parameters(
                    &ours.parameters(),
                    &peer.parameters(),
                );
                assert_close(&place, &difference);
            }
        }
    }
}

#[test]
fn the_fast_networks_have_their_weights_after_1000_steps() {
    let inputs = Inputs::read();
    let start = &inputs.parameters;
    // Rounding to f32 in each of the steps takes the weights this far.
    const BOUND_IN_FLOAT32: f64 = 5e-4;
    for size in [ONE_AT_A_TIME, BATCHES] {
        let wide: Box<dyn Peer> = if size == ONE_AT_A_TIME {
            Box::new(Fast::new(start, LEARNING_RATE))
        } else {
            Box::new(FastBatches::<f64>::new(start, LEARNING_RATE))
        };
        let narrow = Box::new(FastBatches::<f32>::new(start, LEARNING_RATE));
        for (mut fast, bound) in [(wide, BOUND), (narrow, BOUND_IN_FLOAT32)] {
            inputs.train(fast.as_mut(), 0..1000, size);
            for (name, mut peer) in peers(start) {
                inputs.train(peer.as_mut(), 0..1000, size);
                let difference = Difference::of_parameters(
                    &fast.parameters(),
                    &peer.parameters(),
                );
                assert!(
                    difference.relative <= bound,
                    "{name}, batches of {size}, bound {bound:e}: {difference}"
                );
            }
        }
    }
}

#[test]
fn in_f32_the_logits_are_right_as_far_as_f32_goes() {
    let inputs = Inputs::read();
    let (x, _) = inputs.batch(0, BATCHES);
    let ours = Batched::new(&inputs.parameters, LEARNING_RATE).logits(x.view());
    let in_candle = || {
        let dtype = candle_core::DType::F32;
        let network = candle::Network::from_parameters(&inputs.parameters, dtype)?;
        candle::array(&network.predict(&candle::floats(x.view(), dtype)?)?)
    };
    let in_burn = || {
        let (device, dtype) = (Device::flex().autodiff(), DType::F32);
        let network =
            burn::Network::from_parameters(&inputs.parameters, &device, dtype);
        burn::array(network.forward(burn::floats(x.view(), &device, dtype)))
    };
    let theirs: [(_, Array2<f64>); 2] =
        [("candle", in_candle().unwrap()), ("Burn", in_burn())];
    for (name, theirs) in theirs {
        let (ours, theirs) = (ours.view().into_dyn(), theirs.view().into_dyn());
        let difference = Difference::of_arrays("logits", ours, theirs);
        let is_rounded = (1e-9..1e-6).contains(&difference.relative);
        assert!(is_rounded, "{name} in f32: {difference}");
    }
}

#[test]
fn a_failure_says_who_and_where_with_both_numbers() {
    let inputs = Inputs::read();
    let ours = &inputs.parameters;
    let mut theirs = ours.clone();
    theirs[1].0[[2, 5]] += 1e-9;
    let difference = Difference::of_parameters(ours, &theirs);
    let (here, there) = (ours[1].0[[2, 5]], theirs[1].0[[2, 5]]);
    let error = check("candle, step 1", &difference).unwrap_err();
    let start =
        format!("candle, step 1: w2[2, 5] is {there:e} there and {here:e} here");
    assert!(error.starts_with(&start), "{error}");

    theirs[0].1[3] = f64::NAN;
    let difference = Difference::of_parameters(ours, &theirs);
    let error = check("Burn", &difference).unwrap_err();
    assert!(error.starts_with("Burn: b1[3] is NaN there"), "{error}");
}

/// What `network.py` printed, to the last of its digits.
#[test]
fn the_first_losses_are_those_of_the_program_in_python() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/network.txt");
    let printed = fs::read_to_string(file).unwrap();
    let inputs = Inputs::read();
    let start = &inputs.parameters;
    let ours: [(_, Box<dyn Peer>); 3] = [
        ("Part I", Box::new(ByHand::new(start, LEARNING_RATE))),
        ("Part II", Box::new(Batched::new(start, LEARNING_RATE))),
        ("Part III", Box::new(Taped::new(start, LEARNING_RATE))),
    ];
    let theirs =
        peers(start).map(|(name, peer)| -> (_, Box<dyn Peer>) { (name, peer) });
    for (name, mut peer) in ours.into_iter().chain(theirs) {
        let losses = inputs.train(peer.as_mut(), 0..10, ONE_AT_A_TIME);
        let lines = losses.iter().map(|loss| format!("loss={loss:.10}\n"));
        assert_eq!(lines.collect::<String>(), printed, "{name}");
    }
}

/// How much further apart another processor may take two networks.
const MARGIN: f64 = 50.0;

#[test]
fn the_table_in_the_book_is_true() {
    let committed = table::from_markdown(&fs::read_to_string(table::PATH).unwrap());
    let computed = table::compute();
    assert_eq!(names(&committed), names(&computed));
    for (says, is) in committed.iter().zip(&computed) {
        check_row(says, is).unwrap_or_else(|error| panic!("{error}"));
    }
}

fn names(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

fn check_row(says: &Row, is: &Row) -> Result<(), String> {
    let name = &says.name;
    if (says.weight - is.weight).abs() > BOUND {
        let (says, is) = (says.weight, is.weight);
        return Err(format!(
            "{name}: the weight is {is:e}, the table says {says:e}"
        ));
    }
    let [says, is] = [says, is].map(|row| row.difference.max(f64::EPSILON));
    if is > says * MARGIN || says > is * MARGIN {
        return Err(format!(
            "{name}: the difference is {is:e}, the table says {says:e}"
        ));
    }
    Ok(())
}

#[test]
fn a_table_that_says_something_else_is_noticed() {
    let row =
        |weight, difference| Row { name: "Burn".to_owned(), weight, difference };
    let is = row(1.0, 1e-15);
    assert_eq!(check_row(&row(1.0 + 1e-15, 3e-15), &is), Ok(()));
    for (says, error) in [
        (
            row(1.0 + 1e-11, 1e-15),
            "Burn: the weight is 1e0, the table says 1.00000000001e0",
        ),
        (row(1.0, 1e-13), "Burn: the difference is 1e-15, the table says 1e-13"),
    ] {
        assert_eq!(check_row(&says, &is), Err(error.to_owned()));
    }
}
