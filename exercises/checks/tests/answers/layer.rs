use std::f64::consts::TAU;

use approx::assert_abs_diff_eq;
use checks::layer::{self as check, Activation, Layer};
use ndarray::{Array1, Array2, Axis, array, azip};
use no_magic::gradient_check;
use rand::RngExt;
use rand_distr::{Distribution, Normal, StandardNormal, Uniform};
use solutions::layer as solution;

use crate::{diagnosed, passes, right};

#[test]
fn solutions_pass() {
    passes("layer", "he_weights", || check::he_weights(solution::he_weights));
    passes("layer", "forward", || check::forward(solution::forward));
    passes("layer", "backward", || check::backward(solution::backward));
}

#[test]
fn weights_drawn_in_another_way_pass() {
    let right = right("layer", "he_weights", check::he_weights);
    right(|n_in, n_out, rng| {
        let normal = Normal::new(0.0, (2.0 / n_in as f64).sqrt()).unwrap();
        let mut w = Array2::zeros((n_out, n_in));
        for i in 0..n_out {
            for j in 0..n_in {
                w[[i, j]] = normal.sample(rng);
            }
        }
        w
    });
    right(|n_in, n_out, rng| {
        let numbers = rng.sample_iter(StandardNormal).take(n_in * n_out);
        let w: Array1<f64> = numbers.collect();
        let columns = w.into_shape_with_order((n_in, n_out)).unwrap();
        columns.reversed_axes() * (2.0 / n_in as f64).sqrt()
    });
    right(|n_in, n_out, rng| {
        let mut box_muller = || {
            let [u, v]: [f64; 2] = rng.random();
            (-2.0 * (1.0 - u).ln()).sqrt() * (TAU * v).cos()
        };
        let variance = 2.0 / n_in as f64;
        Array2::from_shape_fn((n_out, n_in), |_| box_muller() * variance.powf(0.5))
    });
}

#[test]
fn forward_written_differently_passes() {
    let right = right("layer", "forward", check::forward);
    right(|layer, x| {
        layer.x.assign(x);
        for i in 0..layer.b.len() {
            layer.z[i] = layer.b[i];
            for j in 0..x.len() {
                layer.z[i] += x[j] * layer.w[[i, j]];
            }
        }
        if layer.activation == Activation::Relu {
            return layer.z.mapv(|z| if z > 0.0 { z } else { -0.0 });
        }
        let mut a = layer.z.clone();
        let max = a.iter().copied().max_by(f64::total_cmp).unwrap();
        a.mapv_inplace(|z| (z - max).exp());
        let sum: f64 = a.iter().rev().sum();
        a * (1.0 / sum)
    });
    right(|layer, x| {
        let row = x.view().insert_axis(Axis(0));
        let z = row.dot(&layer.w.t()).remove_axis(Axis(0)) + &layer.b;
        (layer.x, layer.z) = (x.to_owned(), z.clone());
        match layer.activation {
            Activation::Relu => (&z + &z.mapv(f64::abs)) / 2.0,
            // 1 / Σ exp(z[j] - z[i]) needs no maximum: where exp overflows, the
            // share is 0.
            Activation::Softmax => {
                z.mapv(|z_i| 1.0 / z.mapv(|z_j| (z_j - z_i).exp()).sum())
            }
        }
    });
}

#[test]
fn backward_written_differently_passes() {
    let right = right("layer", "backward", check::backward);
    // As the hints say.
    right(|layer, grad, lr| {
        let dz = match layer.activation {
            Activation::Relu => {
                layer.z.mapv(|z| if z > 0.0 { 1.0 } else { 0.0 }) * grad
            }
            Activation::Softmax => grad.clone(),
        };
        let dx = layer.w.t().dot(&dz);
        let dw = Array2::from_shape_fn(layer.w.dim(), |(i, j)| dz[i] * layer.x[j]);
        layer.w -= &(lr * dw);
        layer.b -= &(lr * &dz);
        dx
    });
    right(|layer, grad, lr| {
        let mut dx = Array1::zeros(layer.x.len());
        for i in 0..grad.len() {
            if layer.activation == Activation::Relu && layer.z[i] <= 0.0 {
                continue;
            }
            for j in 0..dx.len() {
                dx[j] += grad[i] * layer.w[[i, j]];
                layer.w[[i, j]] -= lr * grad[i] * layer.x[j];
            }
            layer.b[i] -= lr * grad[i];
        }
        dx
    });
    right(|layer, grad, lr| {
        let (x, before) = (layer.x.clone(), layer.w.clone());
        let mut dz = grad.to_owned();
        if matches!(layer.activation, Activation::Relu) {
            // a > 0 just where z > 0
            let a = (before.dot(&x) + &layer.b).mapv(|z| z.max(0.0));
            azip!((dz in &mut dz, &a in &a) if a == 0.0 { *dz = 0.0 });
        }
        layer.b -= &(&dz * lr);
        let column = dz.view().insert_axis(Axis(1));
        layer.w = &layer.w - column.dot(&x.insert_axis(Axis(0))) * lr;
        dz.dot(&before)
    });
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_weights_are_diagnosed() {
    let wrong = diagnosed(check::he_weights);
    wrong(&["one_row"], |n_in, n_out, rng| {
        let row: Vec<f64> = rng.sample_iter(StandardNormal).take(n_in).collect();
        let scale = (2.0 / n_in as f64).sqrt();
        Array2::from_shape_fn((n_out, n_in), |(_, j)| scale * row[j])
    });
    wrong(&["transposed", "variance"], |n_in, n_out, rng| {
        let normal = Normal::new(0.0, 2.0 / n_in as f64).unwrap();
        Array2::from_shape_simple_fn((n_in, n_out), || normal.sample(rng))
    });
    wrong(&["uniform_he"], |n_in, n_out, rng| {
        let limit = (6.0 / n_in as f64).sqrt();
        let uniform = Uniform::new_inclusive(-limit, limit).unwrap();
        Array2::from_shape_simple_fn((n_out, n_in), || uniform.sample(rng))
    });
    // The rows are nearly alike, which no known mistake makes of them.
    wrong(&[], |n_in, n_out, rng| {
        let normal = Normal::new(0.0, (2.0 / n_in as f64).sqrt()).unwrap();
        let row: Vec<f64> = normal.sample_iter(&mut *rng).take(n_in).collect();
        Array2::from_shape_fn((n_out, n_in), |(_, j)| {
            row[j] + 0.1 * normal.sample(rng)
        })
    });
}

#[test]
fn wrong_forward_passes_are_diagnosed() {
    let wrong = diagnosed(check::forward);
    wrong(&["z_kept_without_bias"], |layer, x| {
        layer.x.assign(x);
        layer.z = layer.w.dot(x);
        activation(&(&layer.z + &layer.b), layer.activation)
    });
    wrong(&["clamped"], |layer, x| {
        layer.x.assign(x);
        layer.z = layer.w.dot(x) + &layer.b;
        if layer.activation == Activation::Relu {
            return activation(&layer.z, Activation::Relu);
        }
        let exp = layer.z.mapv(|z| z.clamp(-500.0, 500.0).exp());
        &exp / exp.sum()
    });
    // Right for a square W alone.
    wrong(&[], |layer, x| {
        layer.x.assign(x);
        for i in 0..layer.b.len() {
            let products = (0..layer.b.len()).map(|j| layer.w[[i, j]] * x[j]);
            layer.z[i] = products.sum::<f64>() + layer.b[i];
        }
        activation(&layer.z, layer.activation)
    });
    wrong(&[], |_, _| array![1.5, 0.0]);
}

fn activation(z: &Array1<f64>, activation: Activation) -> Array1<f64> {
    let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    match activation {
        Activation::Relu => z.mapv(|z| z.max(0.0)),
        Activation::Softmax => {
            let exp = z.mapv(|z| (z - max).exp());
            &exp / exp.sum()
        }
    }
}

#[test]
fn wrong_backward_passes_are_diagnosed() {
    let wrong = diagnosed(check::backward);
    wrong(&["db_sum"], |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = dz.dot(&layer.w);
        layer.b -= lr * dz.sum();
        layer.w -= &(lr * dz.insert_axis(Axis(1)) * &layer.x);
        dx
    });
    wrong(&["no_mask", "dx_after_update"], |layer, grad, lr| {
        for i in 0..grad.len() {
            layer.w.row_mut(i).scaled_add(-lr * grad[i], &layer.x);
            layer.b[i] -= lr * grad[i];
        }
        grad.dot(&layer.w)
    });
    // The update has begun before the last share of dx is taken.
    wrong(&[], |layer, grad, lr| {
        let dz = dz(layer, grad);
        let mut dx = Array1::zeros(layer.x.len());
        for i in 0..dz.len() {
            layer.w[[i, 0]] -= lr * dz[i] * layer.x[0];
            dx.scaled_add(dz[i], &layer.w.row(i));
            for j in 1..dx.len() {
                layer.w[[i, j]] -= lr * dz[i] * layer.x[j];
            }
        }
        layer.b.scaled_add(-lr, &dz);
        dx
    });
}

fn dz(layer: &Layer, grad: &Array1<f64>) -> Array1<f64> {
    let mut dz = grad.clone();
    if layer.activation == Activation::Relu {
        azip!((dz in &mut dz, &z in &layer.z) if z <= 0.0 { *dz = 0.0 });
    }
    dz
}

#[test]
fn a_relu_layer_gives_the_numbers_on_paper() {
    // z  = [1 - 4 + 9/2, 3 + 1 - 6] = [3/2, -2]
    // dz = [-2, 0], dx = -2 · [1, -2], dW = [-2 · [1, 2], [0, 0]]
    let (w, b) = (array![[1.0, -2.0], [3.0, 0.5]], array![4.5, -6.0]);
    let mut layer = Layer::from_parts(w, b, Activation::Relu);
    let a = solution::forward(&mut layer, &array![1.0, 2.0]);
    assert_eq!(a, array![1.5, 0.0]);
    assert_eq!(layer.z, array![1.5, -2.0]);
    let dx = solution::backward(&mut layer, &array![-2.0, 1.0], 0.25);
    assert_eq!(dx, array![-2.0, 4.0]);
    assert_eq!(layer.w, array![[1.5, -1.0], [3.0, 0.5]]);
    assert_eq!(layer.b, array![5.0, -6.0]);
}

#[test]
fn a_softmax_layer_gives_the_numbers_worked_out_elsewhere() {
    // Python: a[0] = 1 / (1 + exp(-11/4)) in 40 digits of `decimal`, the rest in
    // `fractions`.
    let (w, b) = (array![[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]], array![0.25, -1.0]);
    let mut layer = Layer::from_parts(w, b, Activation::Softmax);
    let a = solution::forward(&mut layer, &array![1.0, -1.0, 0.5]);
    let on_paper = array![0.939_913_349_825_992_4, 0.060_086_650_174_007_62];
    assert_abs_diff_eq!(a, on_paper, epsilon = 1e-15);
    assert_eq!(layer.z, array![0.75, -2.0]);
    let dx = solution::backward(&mut layer, &array![0.75, -0.75], 0.2);
    assert_abs_diff_eq!(dx, array![0.375, -1.5, -1.5], epsilon = 1e-15);
    let w = array![[0.85, 0.15, -1.075], [0.65, 1.85, 1.075]];
    assert_abs_diff_eq!(layer.w, w, epsilon = 1e-15);
    assert_abs_diff_eq!(layer.b, array![0.1, -0.85], epsilon = 1e-15);
}

#[test]
fn finite_differences_agree_with_the_backward_pass() {
    let w = array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]];
    let b = array![1.5, 0.25, 0.5];
    let x = array![-2.0, -1.0];
    for activation in [Activation::Relu, Activation::Softmax] {
        let before = Layer::from_parts(w.clone(), b.clone(), activation);
        let mut after = before.clone();
        let a = solution::forward(&mut after, &x);
        let mut grad = array![4.0, -3.0, 0.5];
        if activation == Activation::Softmax {
            grad = &a - &array![0.0, 1.0, 0.0];
        }
        // With a learning rate of 1, the step is the gradient.
        let dx = solution::backward(&mut after, &grad, 1.0);
        let gradient: Array1<f64> = dx
            .iter()
            .copied()
            .chain(&before.w - &after.w)
            .chain(&before.b - &after.b)
            .collect();
        let point: Array1<f64> = x.iter().chain(&w).chain(&b).copied().collect();
        let loss = |p: &Array1<f64>| {
            let (x, parameters) = p.view().split_at(Axis(0), x.len());
            let (w, b) = parameters.split_at(Axis(0), before.w.len());
            let w = w.to_shape(before.w.dim()).unwrap().to_owned();
            let mut layer = Layer::from_parts(w, b.to_owned(), activation);
            let a = solution::forward(&mut layer, &x.to_owned());
            match activation {
                Activation::Relu => grad.dot(&a),
                Activation::Softmax => -a[1].ln(),
            }
        };
        let checked =
            gradient_check::check("x, W, b", loss, &point, &gradient, 1e-7);
        checked.unwrap_or_else(|error| panic!("{activation:?}: {error}"));
    }
}
