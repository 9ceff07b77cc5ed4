//! Backpropagation against finite differences, for every parameter and every input.

use ndarray::{Array1, array};
use no_magic::by_hand::NeuralNet;
use no_magic::cross_entropy;
use no_magic::gradient_check;
use no_magic::random::standard_normal;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

const TOLERANCE: f64 = 1e-6;

/// All weights and biases of a network in one row.
fn flatten(network: &NeuralNet) -> Array1<f64> {
    Array1::from(network.parameters())
}

/// The network with other weights and biases.
fn unflatten(network: &NeuralNet, parameters: &Array1<f64>) -> NeuralNet {
    let mut network = network.clone();
    let mut parameters = parameters.iter();
    for layer in &mut network.layers {
        layer.w.iter_mut().zip(&mut parameters).for_each(|(to, &from)| *to = from);
        layer.b.iter_mut().zip(&mut parameters).for_each(|(to, &from)| *to = from);
    }
    network
}

fn loss(network: &NeuralNet, x: &Array1<f64>, y: usize) -> f64 {
    let mut network = network.clone();
    network.predict(x);
    let logits = &network.layers[network.layers.len() - 1].z;
    cross_entropy::from_logits(logits, y)
}

/// With a learning rate of 1, the step that a parameter takes is its gradient.
fn parameter_gradient(
    network: &NeuralNet,
    x: &Array1<f64>,
    y: usize,
) -> Array1<f64> {
    let mut after = network.clone();
    after.train_step(x, y, 1.0);
    flatten(network) - flatten(&after)
}

fn input_gradient(network: &NeuralNet, x: &Array1<f64>, y: usize) -> Array1<f64> {
    let mut network = network.clone();
    let mut grad = network.predict(x);
    grad[y] -= 1.0;
    for layer in network.layers.iter_mut().rev() {
        grad = layer.backward(&grad, 1.0);
    }
    grad
}

/// The distance of the nearest hidden unit from ReLU's kink, where no gradient
/// exists.
fn distance_to_kink(network: &NeuralNet, x: &Array1<f64>) -> f64 {
    let mut network = network.clone();
    network.predict(x);
    let hidden = network.layers.len() - 1;
    let z = network.layers[..hidden].iter().flat_map(|layer| layer.z.to_vec());
    z.fold(f64::INFINITY, |nearest, z| nearest.min(z.abs()))
}

#[test]
fn every_parameter_and_input_has_the_right_gradient() {
    for sizes in [
        &[2, 2][..],
        &[1, 1, 2],
        &[3, 5, 2],
        &[5, 3, 4, 3],
        &[4, 6, 6, 5, 3],
        &[36, 16, 3],
    ] {
        let mut checked = 0;
        for seed in 0.. {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let mut network = NeuralNet::new(sizes, &mut rng).unwrap();
            for layer in &mut network.layers {
                layer.b.mapv_inplace(|_| 0.1 * standard_normal(&mut rng));
            }
            let x = Array1::from_shape_simple_fn(sizes[0], || {
                standard_normal(&mut rng)
            });
            if distance_to_kink(&network, &x) < 1e-3 {
                continue;
            }
            for y in 0..network.n_out() {
                gradient_check::check(
                    &format!("parameters of {sizes:?}, seed {seed}, label {y}"),
                    |p| loss(&unflatten(&network, p), &x, y),
                    &flatten(&network),
                    &parameter_gradient(&network, &x, y),
                    TOLERANCE,
                )
                .unwrap_or_else(|error| panic!("{error}"));
                gradient_check::check(
                    &format!("input of {sizes:?}, seed {seed}, label {y}"),
                    |p| loss(&network, p, y),
                    &x,
                    &input_gradient(&network, &x, y),
                    TOLERANCE,
                )
                .unwrap_or_else(|error| panic!("{error}"));
            }
            checked += 1;
            if checked == 5 {
                break;
            }
        }
    }
}

#[test]
fn the_gradient_of_the_logits_is_right() {
    let z = array![0.3, -1.2, 2.0, 0.0];
    for y in 0..4 {
        let gradient = cross_entropy::gradient(&z, y);
        let loss = |z: &Array1<f64>| cross_entropy::from_logits(z, y);
        gradient_check::check("dz", loss, &z, &gradient, TOLERANCE).unwrap();
    }
}

#[test]
fn a_planted_bug_is_caught() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let network = NeuralNet::new(&[5, 4, 3], &mut rng).unwrap();
    let x = Array1::from_shape_simple_fn(5, || standard_normal(&mut rng));
    let p = flatten(&network);
    let right = parameter_gradient(&network, &x, 2);
    let check = |gradient: Array1<f64>| {
        let loss = |p: &Array1<f64>| loss(&unflatten(&network, p), &x, 2);
        gradient_check::check("dL", loss, &p, &gradient, TOLERANCE)
    };
    assert!(check(right.clone()).is_ok());

    // One entry a thousandth too large, a sign, a factor, an entry forgotten, a
    // NaN.
    let largest = (0..p.len())
        .max_by(|&i, &j| right[i].abs().total_cmp(&right[j].abs()))
        .unwrap();
    for wrong in [
        right[largest] * 1.001,
        -right[largest],
        right[largest] * 2.0,
        0.0,
        f64::NAN,
    ] {
        let mut gradient = right.clone();
        gradient[largest] = wrong;
        assert_eq!(check(gradient).unwrap_err().index, largest);
    }
}

#[test]
fn a_bad_step_size_would_be_noticed() {
    // The judge needs judging too: with a nudge this large, cubes have the wrong
    // slope.
    let f = |p: f64| p * p * p;
    let coarse = (f(1.0 + 0.1) - f(1.0 - 0.1)) / 0.2;
    assert!(gradient_check::relative_error(coarse, 3.0) > 1e-3);
    let fine = gradient_check::central_differences(|p| f(p[0]), &array![1.0]);
    assert!(gradient_check::relative_error(fine[0], 3.0) < 1e-9);
}
