//! Part III: every rule against finite differences, and the whole against the
//! layers by hand.

use std::panic::{self, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread;

use allocation_counter::measure;
use approx::{assert_relative_eq, relative_eq};
use ndarray::{Array1, Array2, Axis, array};
use no_magic::autograd::{Network, Tape, Var, scalar};
use no_magic::by_hand::{Activation, NeuralNet};
use no_magic::cross_entropy;
use no_magic::gradient_check::{self, GradientError};
use no_magic::outer::outer;
use no_magic::patterns;
use no_magic::random::standard_normal;
use no_magic::relu::relu_slope;
use proptest::collection::vec;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

const TOLERANCE: f64 = 1e-6;

type Shape = (usize, usize);

fn random(shape: Shape, rng: &mut ChaCha8Rng) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || standard_normal(rng))
}

/// Different for each entry, so that no two entries' gradients can be confused.
fn weights(shape: Shape) -> Array2<f64> {
    let place = |(i, j): Shape| (1 + i * shape.1 + j) as f64;
    Array2::from_shape_fn(shape, |at| (place(at) * 0.7).sin() + 1.5)
}

/// A scalar in which each entry of `a` counts differently.
fn weighted_sum<'t>(tape: &'t Tape, a: Var<'t>) -> Var<'t> {
    (tape.var(weights(a.shape())) * a).sum()
}

type Formula = for<'t> fn(&'t Tape, &[Var<'t>]) -> Var<'t>;

/// Compares the gradient with respect to each input with finite differences.
fn check(
    name: &str,
    formula: Formula,
    inputs: &[Array2<f64>],
) -> Result<(), GradientError> {
    let tape = Tape::new();
    let vars: Vec<Var<'_>> = inputs.iter().map(|x| tape.var(x.clone())).collect();
    let gradients = weighted_sum(&tape, formula(&tape, &vars)).backward();
    for (i, input) in inputs.iter().enumerate() {
        let loss = |p: &Array1<f64>| {
            let tape = Tape::new();
            let vars: Vec<Var<'_>> = inputs
                .iter()
                .enumerate()
                .map(|(j, x)| {
                    let p = p.to_shape(input.dim()).unwrap();
                    tape.var(if i == j { p.into_owned() } else { x.clone() })
                })
                .collect();
            weighted_sum(&tape, formula(&tape, &vars)).item()
        };
        let gradient = gradients.wrt(vars[i]);
        assert_eq!(gradient.dim(), input.dim(), "{name}, input {i}");
        gradient_check::check(
            &format!("{name}, input {i}"),
            loss,
            &input.flatten().into_owned(),
            &gradient.flatten().into_owned(),
            TOLERANCE,
        )?;
    }
    Ok(())
}

#[track_caller]
fn is_right(name: &str, formula: Formula, inputs: &[Array2<f64>]) {
    check(name, formula, inputs).unwrap_or_else(|error| panic!("{error}"));
}

const SHAPES: [Shape; 5] = [(1, 1), (1, 4), (3, 1), (2, 3), (5, 2)];

#[test]
fn operations_on_one_matrix_have_the_right_gradient() {
    let operations: [(&str, Formula); 8] = [
        ("t", |_, v| v[0].t()),
        ("neg", |_, v| -v[0]),
        ("relu", |_, v| v[0].relu()),
        ("tanh", |_, v| v[0].tanh()),
        ("exp", |_, v| v[0].exp()),
        ("sum", |_, v| v[0].sum()),
        ("mean", |_, v| v[0].mean()),
        ("log_softmax", |_, v| v[0].log_softmax()),
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for (name, formula) in operations {
        for shape in SHAPES {
            // Away from ReLU's kink, where there is no gradient.
            let x = random(shape, &mut rng).mapv(|x| x + 0.01_f64.copysign(x));
            is_right(&format!("{name} of {shape:?}"), formula, &[x]);
        }
    }
    for shape in SHAPES {
        let x = random(shape, &mut rng).mapv(|x| x.abs() + 0.1);
        is_right("ln", |_, v| v[0].ln(), &[x]);
    }
}

#[test]
fn operations_on_two_matrices_have_the_right_gradient_with_broadcasting() {
    let operations: [(&str, Formula); 3] = [
        ("add", |_, v| v[0] + v[1]),
        ("sub", |_, v| v[0] - v[1]),
        ("mul", |_, v| v[0] * v[1]),
    ];
    let shapes = [
        ((2, 3), (2, 3)),
        ((2, 3), (1, 3)),
        ((2, 3), (2, 1)),
        ((2, 3), (1, 1)),
        ((4, 1), (1, 3)),
        ((1, 1), (1, 1)),
        ((1, 5), (1, 1)),
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (name, formula) in operations {
        for (a, b) in shapes {
            for (a, b) in [(a, b), (b, a)] {
                let inputs = [random(a, &mut rng), random(b, &mut rng)];
                is_right(&format!("{name} of {a:?} and {b:?}"), formula, &inputs);
            }
        }
    }
}

#[test]
fn a_matrix_product_has_the_right_gradient() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (m, k, n) in
        [(1, 1, 1), (1, 3, 2), (4, 1, 3), (3, 2, 1), (2, 9, 4), (5, 4, 17)]
    {
        let inputs = [random((m, k), &mut rng), random((k, n), &mut rng)];
        is_right("matmul", |_, v| v[0].matmul(v[1]), &inputs);
        let inputs = [random((m, k), &mut rng), random((n, k), &mut rng)];
        is_right("matmul of a t", |_, v| v[0].matmul(v[1].t()), &inputs);
    }
}

#[test]
fn picking_has_the_right_gradient() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    is_right("pick", |_, v| v[0].pick(&[2, 0, 2]), &[random((3, 4), &mut rng)]);
    is_right("pick", |_, v| v[0].pick(&[0]), &[random((1, 1), &mut rng)]);
}

#[test]
fn formulas_have_the_right_gradient() {
    let formulas: [(&str, Formula); 6] = [
        ("an input used twice", |_, v| v[0] * v[0] + v[0]),
        ("a result used twice", |_, v| {
            let a = v[0].tanh();
            a * a.exp() - a
        }),
        ("an input on both sides of a product", |_, v| v[0].matmul(v[0].t())),
        ("a row added to itself in a batch", |_, v| v[0] + v[1] * v[0]),
        ("softmax", |_, v| v[0].log_softmax().exp()),
        ("a layer", |_, v| (v[0].matmul(v[1].t()) + v[1].sum()).tanh()),
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for (name, formula) in formulas {
        let inputs = [random((1, 3), &mut rng), random((4, 3), &mut rng)];
        is_right(name, formula, &inputs);
    }
}

#[test]
fn a_scalar_tape_agrees_with_finite_differences() {
    type Formula = for<'t> fn(scalar::Var<'t>, scalar::Var<'t>) -> scalar::Var<'t>;
    let formulas: [Formula; 4] = [
        |x, y| x * y + x,
        |x, y| (x * x + y).relu() * y,
        |x, y| (x + y).relu() * (x * y).relu(),
        |x, _| x * x * x,
    ];
    for (i, f) in formulas.into_iter().enumerate() {
        for p in [array![0.7, 1.3], array![-0.7, 1.3], array![2.0, -0.5]] {
            let tape = scalar::Tape::new();
            let (x, y) = (tape.var(p[0]), tape.var(p[1]));
            let gradients = f(x, y).backward();
            let gradient = array![gradients.wrt(x), gradients.wrt(y)];
            let value = |p: &Array1<f64>| {
                let tape = scalar::Tape::new();
                f(tape.var(p[0]), tape.var(p[1])).value()
            };
            let name = format!("formula {i}");
            gradient_check::check(&name, value, &p, &gradient, TOLERANCE).unwrap();
        }
    }
}

#[test]
fn a_variable_used_twice_gets_both_gradients() {
    let tape = Tape::new();
    let x = tape.scalar(3.0);
    assert_eq!((x + x).backward().wrt(x), array![[2.0]]);
    assert_eq!((x * x).backward().wrt(x), array![[6.0]]);
    assert_eq!((x * x * x).backward().wrt(x), array![[27.0]]);
    assert_eq!((x - x).backward().wrt(x), array![[0.0]]);

    let tape = scalar::Tape::new();
    let x = tape.var(3.0);
    assert_eq!((x * x * x + x).backward().wrt(x), 28.0);
}

#[test]
fn a_number_that_came_after_the_result_has_the_gradient_zero() {
    let tape = scalar::Tape::new();
    let x = tape.var(3.0);
    let gradients = (x * x).backward();
    let later = tape.var(4.0);
    assert_eq!(gradients.wrt(later), 0.0);
    assert_eq!(gradients.wrt(x), 6.0);
}

#[test]
fn what_the_loss_does_not_depend_on_has_the_gradient_zero() {
    let tape = Tape::new();
    let x = tape.var(array![[0.0, 1.0]]);
    // Its slope at 0 is infinite, but no way leads from it to the loss.
    let aside = x.ln();
    let loss = x.sum();
    let later = tape.var(array![[1.0], [2.0], [3.0]]);
    let gradients = loss.backward();
    assert_eq!(gradients.wrt(x), array![[1.0, 1.0]]);
    assert_eq!(gradients.wrt(aside), array![[0.0, 0.0]]);
    assert_eq!(gradients.wrt(later), array![[0.0], [0.0], [0.0]]);
    assert_eq!(gradients.wrt(loss), array![[1.0]]);
}

#[test]
fn a_loss_can_be_taken_back_more_than_once() {
    let tape = Tape::new();
    let x = tape.var(array![[1.0, 2.0]]);
    let loss = (x * x).sum();
    assert_eq!(loss.backward().wrt(x), array![[2.0, 4.0]]);
    // Nothing was left over from the first time.
    assert_eq!(loss.backward().wrt(x), array![[2.0, 4.0]]);
    let doubled = loss + loss;
    assert_eq!(doubled.backward().wrt(x), array![[4.0, 8.0]]);
}

#[test]
fn relu_has_the_slope_zero_at_zero_and_keeps_a_nan() {
    let tape = Tape::new();
    let z = tape.var(array![[0.0, -0.0, f64::NAN, f64::NEG_INFINITY]]);
    let a = z.relu();
    assert!(a.value()[(0, 2)].is_nan());
    assert_eq!(a.value()[(0, 3)], 0.0);
    assert_eq!(a.sum().backward().wrt(z), array![[0.0, 0.0, 0.0, 0.0]]);

    let tape = scalar::Tape::new();
    let z = tape.var(0.0);
    assert_eq!(z.relu().backward().wrt(z), 0.0);
    assert!(tape.var(f64::NAN).relu().value().is_nan());
}

#[test]
fn log_softmax_is_stable() {
    let tape = Tape::new();
    let z = tape.var(array![[1000.0, 0.0], [-1e308, -1e308]]);
    let loss = -z.log_softmax().pick(&[1, 0]).mean();
    assert_relative_eq!(loss.item(), f64::midpoint(1000.0, 2.0_f64.ln()));
    assert_eq!(loss.backward().wrt(z), array![[0.5, -0.5], [-0.25, 0.25]]);
}

#[test]
fn the_tape_lists_what_happened() {
    let tape = Tape::new();
    let (x, w) = (tape.var(array![[1.0, 2.0]]), tape.var(array![[3.0, 4.0]]));
    let loss =
        -(x.matmul(w.t()) - tape.scalar(1.0)).log_softmax().pick(&[0]).mean();
    assert_eq!(loss.item(), 0.0);
    let lines: Vec<String> = tape
        .nodes()
        .iter()
        .map(|node| {
            let (name, inputs) = (node.name(), node.inputs());
            format!("{name} {inputs:?} {:?}", node.value().dim())
        })
        .collect();
    assert_eq!(
        lines,
        [
            "var [] (1, 2)",
            "var [] (1, 2)",
            "t [1] (2, 1)",
            "matmul [0, 2] (1, 1)",
            "var [] (1, 1)",
            "sub [3, 4] (1, 1)",
            "log_softmax [5] (1, 1)",
            "pick [6] (1, 1)",
            "mean [7] (1, 1)",
            "neg [8] (1, 1)",
        ]
    );
}

/// For a result that is never reached.
fn unused<T>(_: T) {}

/// What a panic says.
fn message(f: fn(&Tape)) -> String {
    let panic = catch_unwind(|| f(&Tape::new())).unwrap_err();
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => panic.downcast_ref::<&str>().unwrap().to_string(),
    }
}

#[test]
fn a_broken_shape_is_told_with_the_operation_and_the_shapes() {
    type Case = (fn(&Tape), &'static str);
    let cases: [Case; 18] = [
        (
            |t| unused(zeros(t, (2, 3)) + zeros(t, (4, 3))),
            "add: the shapes (2, 3) and (4, 3) don't fit; along each axis, the \
             lengths must be equal, or one of them must be 1",
        ),
        (
            |t| unused(zeros(t, (2, 3)) - zeros(t, (3, 2))),
            "sub: the shapes (2, 3) and (3, 2) don't fit; along each axis, the \
             lengths must be equal, or one of them must be 1",
        ),
        (
            |t| unused(zeros(t, (1, 2)) * zeros(t, (5, 3))),
            "mul: the shapes (1, 2) and (5, 3) don't fit; along each axis, the \
             lengths must be equal, or one of them must be 1",
        ),
        (
            |t| unused(zeros(t, (2, 3)).matmul(zeros(t, (2, 3)))),
            "matmul: the shapes (2, 3) and (2, 3) don't fit; the left matrix \
             needs as many columns as the right one has rows",
        ),
        (
            |t| unused(zeros(t, (2, 0)).mean()),
            "mean: the shape (2, 0) has no entries",
        ),
        (
            |t| unused(zeros(t, (2, 0)).log_softmax()),
            "log_softmax: the shape (2, 0) has no columns",
        ),
        (
            |t| unused(zeros(t, (2, 3)).pick(&[0])),
            "pick: each of the 2 rows needs one label, but labels.len() is 1",
        ),
        (
            |t| unused(zeros(t, (2, 3)).pick(&[0, 3])),
            "pick: labels[1] is 3, but with 3 columns it must be below 3",
        ),
        (
            |t| unused(zeros(t, (2, 3)).item()),
            "item: a scalar has shape (1, 1), but this value has shape (2, 3)",
        ),
        (
            |t| unused(zeros(t, (2, 3)).backward()),
            "backward needs a scalar of shape (1, 1), but this value has shape \
             (2, 3); take its sum or its mean first",
        ),
        (
            |t| unused(zeros(t, (1, 1)) + zeros(&Tape::new(), (1, 1))),
            "add: the two variables are on different tapes",
        ),
        (
            |t| unused(zeros(t, (1, 1)).matmul(zeros(&Tape::new(), (1, 1)))),
            "matmul: the two variables are on different tapes",
        ),
        (
            |t| {
                let gradients = zeros(t, (1, 1)).backward();
                gradients.wrt(zeros(&Tape::new(), (1, 1)));
            },
            "wrt: the variable is on a different tape",
        ),
        (
            |_| {
                let (a, b) = (scalar::Tape::new(), scalar::Tape::new());
                let _ = a.var(1.0) + b.var(2.0);
            },
            "the two numbers are on different tapes",
        ),
        (
            |_| {
                let (a, b) = (scalar::Tape::new(), scalar::Tape::new());
                let (x, y) = (a.var(1.0), b.var(2.0));
                x.backward().wrt(y);
            },
            "wrt: the variable is on a different tape",
        ),
        (
            |_| unused(network().train_step(&array![[1.0, 2.0]], &[0], f64::NAN)),
            "the learning rate is NaN; it must be finite and at least 0",
        ),
        (
            |_| unused(network().predict(&array![[1.0]])),
            "matmul: the shapes (1, 1) and (2, 2) don't fit; the left matrix \
             needs as many columns as the right one has rows",
        ),
        (
            |_| unused(network().train_step(&array![[1.0, 2.0]], &[2], 0.1)),
            "pick: labels[0] is 2, but with 2 columns it must be below 2",
        ),
    ];
    for (broken, sentence) in cases {
        assert_eq!(message(broken), sentence);
    }
}

fn zeros(tape: &Tape, shape: Shape) -> Var<'_> {
    tape.var(Array2::zeros(shape))
}

fn network() -> Network {
    Network::new(&[2, 2], &mut ChaCha8Rng::seed_from_u64(0)).unwrap()
}

#[test]
fn a_panic_points_to_the_line_that_caused_it() {
    let broken: [fn(&Tape); 6] = [
        |t| unused(zeros(t, (2, 3)) + zeros(t, (4, 3))),
        |t| unused(zeros(t, (2, 3)).matmul(zeros(t, (4, 3)))),
        |t| unused(zeros(t, (2, 3)).pick(&[0])),
        |t| unused(zeros(t, (2, 3)).backward()),
        |_| unused(network().predict(&array![[1.0]])),
        |_| unused(scalar::Tape::new().var(1.0) * scalar::Tape::new().var(1.0)),
    ];
    let places = places(|| {
        for f in broken {
            catch_unwind(|| f(&Tape::new())).unwrap_err();
        }
    });
    assert_eq!(places, [file!(); 6]);
}

/// The files in which this thread panics.
fn places(f: impl FnOnce()) -> Vec<String> {
    let places = Arc::new(Mutex::new(Vec::new()));
    let (seen, here) = (places.clone(), thread::current().id());
    let usual = Arc::new(panic::take_hook());
    let before = usual.clone();
    panic::set_hook(Box::new(move |info| {
        if thread::current().id() == here {
            let file = info.location().unwrap().file();
            seen.lock().unwrap().push(file.to_owned());
        } else {
            before(info);
        }
    }));
    f();
    panic::set_hook(Box::new(move |info| usual(info)));
    places.lock().unwrap().clone()
}

#[test]
fn a_planted_bug_is_caught() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let input = [random((2, 3), &mut rng)];
    // A value copied off the tape looks right going forward, and is forgotten going
    // back.
    let bugs: [(&str, Formula); 3] = [
        ("x · x, one x forgotten", |t, v| v[0] * t.var(v[0].value())),
        ("a layer, the bias forgotten", |t, v| v[0].tanh() + t.var(v[0].value())),
        ("softmax, the sum forgotten", |t, v| {
            let sum = v[0].exp().sum().item();
            v[0].exp() * t.scalar(1.0 / sum)
        }),
    ];
    for (name, bug) in bugs {
        let error = check(name, bug, &input).unwrap_err();
        assert!(error.to_string().contains("finite differences say"));
    }
}

/// All gradients of one example, by hand and by tape.
fn both_gradients(
    network: &NeuralNet,
    x: &Array1<f64>,
    y: usize,
) -> [Vec<(Array2<f64>, Array2<f64>)>; 2] {
    let mut by_hand = network.clone();
    let mut grad = by_hand.predict(x);
    grad[y] -= 1.0;
    let mut hand = Vec::new();
    for layer in by_hand.layers.iter_mut().rev() {
        let dz = match layer.activation {
            Activation::Relu => &grad * &layer.z.mapv(relu_slope),
            Activation::Softmax => grad.clone(),
        };
        hand.push((outer(&dz, &layer.x), dz.insert_axis(Axis(0))));
        grad = layer.backward(&grad, 0.0);
    }
    hand.reverse();

    let tape = Tape::new();
    let layers: Vec<(Var<'_>, Var<'_>)> = Network::from(network)
        .layers()
        .iter()
        .map(|(w, b)| (tape.var(w.clone()), tape.var(b.clone())))
        .collect();
    let mut z = tape.var(x.clone().insert_axis(Axis(0)));
    for (l, &(w, b)) in layers.iter().enumerate() {
        let a = if l == 0 { z } else { z.relu() };
        z = a.matmul(w.t()) + b;
    }
    let loss = -z.log_softmax().pick(&[y]).mean();
    let logits = &by_hand.layers[by_hand.layers.len() - 1].z;
    assert_eq!(loss.item(), cross_entropy::from_logits(logits, y));
    let gradients = loss.backward();
    let tape =
        layers.iter().map(|&(w, b)| (gradients.wrt(w), gradients.wrt(b))).collect();
    [hand, tape]
}

#[test]
fn the_gradients_are_those_of_the_layers_by_hand_bit_for_bit() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let data = patterns::dataset([10; 3], &mut rng).unwrap();
    let mut network = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
    for i in 0..data.len() {
        let x = data.x(i).to_owned();
        let [hand, tape] = both_gradients(&network, &x, data.y(i));
        assert_eq!(hand, tape, "example {i}");
        network.train_step(&x, data.y(i), 0.05);
    }
}

#[test]
fn the_gradients_of_deep_networks_are_the_same_but_for_rounding() {
    // Where a layer has eight outputs or more, the sums for dx are taken in another
    // order.
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for sizes in [&[3, 2][..], &[5, 20, 3], &[4, 30, 17, 9], &[6, 8, 8, 8, 8, 10]] {
        let network = NeuralNet::new(sizes, &mut rng).unwrap();
        let x =
            Array1::from_shape_simple_fn(sizes[0], || standard_normal(&mut rng));
        for y in 0..network.n_out() {
            let [hand, tape] = both_gradients(&network, &x, y);
            for ((hand_w, hand_b), (tape_w, tape_b)) in hand.iter().zip(&tape) {
                assert_close(hand_w, tape_w, 1e-12);
                assert_close(hand_b, tape_b, 1e-12);
            }
        }
    }
}

/// The difference, relative to the largest entry.
fn difference(a: &Array2<f64>, b: &Array2<f64>) -> f64 {
    let largest = |a: &Array2<f64>| a.fold(0.0_f64, |max, x| max.max(x.abs()));
    largest(&(a - b)) / largest(a).max(f64::MIN_POSITIVE)
}

#[track_caller]
fn assert_close(a: &Array2<f64>, b: &Array2<f64>, bound: f64) {
    let difference = difference(a, b);
    assert!(difference <= bound, "{difference:e}");
}

/// The same bits.
#[track_caller]
fn assert_same_parameters(by_hand: &NeuralNet, network: &Network) {
    for (layer, (w, b)) in by_hand.layers.iter().zip(network.layers()) {
        assert_eq!(layer.w, w);
        assert_eq!(layer.b.clone().insert_axis(Axis(0)), b);
    }
}

#[test]
fn the_weights_after_7200_steps_are_those_of_part_one_bit_for_bit() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let data = patterns::dataset([120; 3], &mut rng).unwrap();
    let mut by_hand = NeuralNet::new(&[36, 16, 3], &mut rng).unwrap();
    let mut network = Network::from(&by_hand);
    let mut order: Vec<usize> = (0..data.len()).collect();
    for _ in 0..20 {
        order.shuffle(&mut rng);
        for &i in &order {
            let x = data.x(i).to_owned();
            let row = x.clone().insert_axis(Axis(0));
            network.train_step(&row, &[data.y(i)], 0.05);
            by_hand.train_step(&x, data.y(i), 0.05);
        }
        assert_same_parameters(&by_hand, &network);
    }
    let yhat = network.predict(data.inputs());
    let mut right = 0.0;
    for i in 0..data.len() {
        let by_hand = by_hand.predict(&data.x(i).to_owned());
        let row = yhat.row(i);
        assert!(relative_eq!(by_hand, row, epsilon = 1e-12, max_relative = 1e-9));
        right += f64::from(u8::from(row[data.y(i)] > 0.5));
    }
    assert!(right / data.len() as f64 > 0.95, "{right}");
}

#[test]
fn a_batch_takes_the_mean_of_its_gradients() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let data = patterns::dataset([4; 3], &mut rng).unwrap();
    let network = Network::new(&[36, 16, 3], &mut rng).unwrap();
    let mut batched = network.clone();
    batched.train_step(data.inputs(), data.labels(), 1.0);

    let mut mean: Vec<(Array2<f64>, Array2<f64>)> = network.layers().to_vec();
    for i in 0..data.len() {
        let mut one = network.clone();
        let x = data.x(i).insert_axis(Axis(0)).to_owned();
        one.train_step(&x, &[data.y(i)], 1.0);
        let share = 1.0 / data.len() as f64;
        for (l, (w, b)) in one.layers().iter().enumerate() {
            mean[l].0.scaled_add(share, &(w - &network.layers()[l].0));
            mean[l].1.scaled_add(share, &(b - &network.layers()[l].1));
        }
    }
    for ((w, b), (mean_w, mean_b)) in batched.layers().iter().zip(&mean) {
        assert_close(w, mean_w, 1e-12);
        assert!(relative_eq!(b, mean_b, epsilon = 1e-14, max_relative = 1e-12));
    }
}

#[test]
fn nothing_grows_from_step_to_step() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let data = patterns::dataset([5; 3], &mut rng).unwrap();
    let mut network = Network::new(&[36, 16, 3], &mut rng).unwrap();
    let mut step = || {
        measure(|| {
            network.train_step(data.inputs(), data.labels(), 0.05);
        })
    };
    let first = step();
    assert_eq!(first.bytes_current, 0, "a step keeps nothing");
    for _ in 0..50 {
        let next = step();
        assert_eq!(next.bytes_current, 0);
        assert_eq!(next.bytes_max, first.bytes_max);
    }
}

/// A formula drawn at random: each step takes two earlier values and an operation.
/// All values have shapes that broadcast to `(m, n)`.
fn grow<'t>(
    tape: &'t Tape,
    inputs: &[Var<'t>],
    steps: &[(u8, u8, u8)],
) -> Vec<Var<'t>> {
    let mut values: Vec<Var<'t>> = inputs.to_vec();
    for &(operation, a, b) in steps {
        let pick = |i: u8| values[usize::from(i) % values.len()];
        let (a, b) = (pick(a), pick(b));
        values.push(match operation % 11 {
            0 => a + b,
            1 => a - b,
            2 => a.tanh() * b,
            3 => -a,
            4 => a.relu(),
            5 => a.tanh(),
            6 => a.tanh().exp(),
            7 => (a * a + tape.scalar(1.0)).ln(),
            8 => a.mean(),
            9 => a.log_softmax().exp(),
            _ => a.t().t(),
        });
    }
    values
}

/// Matrices `(m, n)`, `(1, n)`, `(m, 1)` and `(1, 1)`.
fn matrices() -> impl Strategy<Value = Vec<Array2<f64>>> {
    (1_usize..4, 1_usize..4, any::<u64>()).prop_map(|(m, n, seed)| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let shapes = [(m, n), (1, n), (m, 1), (1, 1)];
        shapes.map(|shape| random(shape, &mut rng)).to_vec()
    })
}

fn steps() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    vec(any::<(u8, u8, u8)>(), 1..12)
}

fn vars<'t>(tape: &'t Tape, matrices: &[Array2<f64>]) -> Vec<Var<'t>> {
    matrices.iter().map(|x| tape.var(x.clone())).collect()
}

proptest! {
    #[test]
    fn a_linear_expression_has_its_coefficients_as_gradient(
        x in matrices(),
        c in matrices(),
    ) {
        // At any point, and to the last bit.
        let tape = Tape::new();
        let x = tape.var(x[0].clone());
        let c = Array2::from_shape_fn(x.shape(), |(i, j)| {
            c[0][(i % c[0].nrows(), j % c[0].ncols())]
        });
        let loss = (tape.var(c.clone()) * x).sum();
        prop_assert_eq!(loss.backward().wrt(x), c);
    }

    #[test]
    fn a_linear_expression_has_the_same_gradient_everywhere(
        x in matrices(),
        scale in -10.0..10.0,
    ) {
        let gradient = |x: Array2<f64>| {
            let tape = Tape::new();
            let x = tape.var(x);
            let w = tape.var(weights((x.shape().1, 5)));
            let a = (x + x - tape.scalar(3.0) * x).matmul(w).t();
            weighted_sum(&tape, a).backward().wrt(x)
        };
        prop_assert_eq!(gradient(x[0].clone()), gradient(&x[0] * scale));
    }

    #[test]
    fn the_gradient_of_a_sum_is_the_sum_of_the_gradients(
        inputs in matrices(), f in steps(), g in steps(),
    ) {
        let tape = Tape::new();
        let x = vars(&tape, &inputs);
        let f = weighted_sum(&tape, *grow(&tape, &x, &f).last().unwrap());
        let g = weighted_sum(&tape, *grow(&tape, &x, &g).last().unwrap());
        let (sum, f, g) = ((f + g).backward(), f.backward(), g.backward());
        for &x in &x {
            let apart = f.wrt(x) + g.wrt(x);
            prop_assert!(
                relative_eq!(
                    sum.wrt(x),
                    apart,
                    epsilon = 1e-11,
                    max_relative = 1e-11,
                )
            );
        }
    }

    #[test]
    fn the_order_of_a_formula_does_not_matter(inputs in matrices()) {
        let gradients = |formula: Formula| {
            let tape = Tape::new();
            let x = vars(&tape, &inputs);
            let gradients = weighted_sum(&tape, formula(&tape, &x)).backward();
            x.iter().map(|&x| gradients.wrt(x)).collect::<Vec<_>>()
        };
        let one = gradients(|_, x| (x[0] * x[1] + x[2]) * x[3] - x[0].tanh());
        let other = gradients(|_, x| -x[0].tanh() + x[3] * (x[2] + x[1] * x[0]));
        for (one, other) in one.iter().zip(&other) {
            prop_assert!(
                relative_eq!(one, other, epsilon = 1e-12, max_relative = 1e-12)
            );
        }
        let transposed = gradients(|_, x| {
            (x[1].t() * x[0].t() + x[2].t()).t() * x[3] - x[0].tanh()
        });
        for (one, other) in one.iter().zip(&transposed) {
            prop_assert!(
                relative_eq!(one, other, epsilon = 1e-12, max_relative = 1e-12)
            );
        }
    }

    #[test]
    fn permuted_rows_have_permuted_gradients(inputs in matrices()) {
        let x = &inputs[0];
        let order: Vec<usize> = (0..x.nrows()).rev().collect();
        let gradient = |x: Array2<f64>, labels: &[usize]| {
            let tape = Tape::new();
            let x = tape.var(x);
            let w = tape.var(weights((3, x.shape().1)));
            let loss = -x.matmul(w.t()).log_softmax().pick(labels).mean();
            loss.backward().wrt(x)
        };
        let labels: Vec<usize> = (0..x.nrows()).map(|i| i % 3).collect();
        let permuted: Vec<usize> = order.iter().map(|&i| labels[i]).collect();
        prop_assert_eq!(
            gradient(x.clone(), &labels).select(Axis(0), &order),
            gradient(x.select(Axis(0), &order), &permuted)
        );
    }

    #[test]
    fn every_gradient_has_the_shape_of_its_value(
        inputs in matrices(),
        steps in steps(),
    ) {
        let tape = Tape::new();
        let values = grow(&tape, &vars(&tape, &inputs), &steps);
        let gradients = values.last().unwrap().sum().backward();
        for value in values {
            prop_assert_eq!(gradients.wrt(value).dim(), value.shape());
        }
    }

    #[test]
    fn random_formulas_agree_with_finite_differences(
        inputs in matrices(),
        steps in steps(),
    ) {
        let value = |tape: &Tape, x: &[Array2<f64>]| {
            let x = vars(tape, x);
            let last = *grow(tape, &x, &steps).last().unwrap();
            (weighted_sum(tape, last).item(), tape.nodes())
        };
        let tape = Tape::new();
        let (_, nodes) = value(&tape, &inputs);
        // Stay away from ReLU's kink, and from numbers that drown a nudge.
        let mut relus = nodes.iter().filter(|node| node.name() == "relu");
        let near_kink = relus.any(|node| {
            nodes[node.inputs()[0]].value().iter().any(|z| z.abs() < 1e-3)
        });
        let mut values = nodes.iter().flat_map(|node| node.value());
        let large = values.any(|z| z.abs() > 1e3);
        prop_assume!(!near_kink && !large);

        let tape = Tape::new();
        let x = vars(&tape, &inputs);
        let last = *grow(&tape, &x, &steps).last().unwrap();
        let gradients = weighted_sum(&tape, last).backward();
        for (i, &var) in x.iter().enumerate() {
            let loss = |p: &Array1<f64>| {
                let mut nudged = inputs.clone();
                nudged[i] = p.to_shape(inputs[i].dim()).unwrap().into_owned();
                value(&Tape::new(), &nudged).0
            };
            let gradient = gradients.wrt(var);
            let verdict = gradient_check::check(
                "dx",
                loss,
                &inputs[i].flatten().into_owned(),
                &gradient.flatten().into_owned(),
                1e-4,
            );
            prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
        }
    }
}
