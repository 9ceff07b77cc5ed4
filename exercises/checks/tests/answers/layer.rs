use std::f64::consts::TAU;

use approx::assert_abs_diff_eq;
use checks::layer::{self as check, Activation, Layer};
use checks::{Verdict, judge};
use ndarray::{Array1, Array2, Axis, array, azip};
use no_magic::gradient_check;
use no_magic::outer::outer;
use no_magic::random::standard_normal;
use no_magic::relu::relu;
use no_magic::softmax::softmax;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal, StandardNormal, Uniform};
use solutions::layer as solution;

use crate::{passes, rejects, right};

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
fn wrong_weights() {
    let wrong = |mistake, answer| {
        rejects("layer", "he_weights", mistake, true, || check::he_weights(answer));
    };
    wrong("the shape is transposed", |n_in, n_out, rng| {
        normal(n_in, he(n_in), rng, n_out).reversed_axes()
    });
    wrong("square", |n_in, _, rng| normal(n_in, he(n_in), rng, n_in));
    wrong("all zeros", |n_in, n_out, _| Array2::zeros((n_out, n_in)));
    wrong("a constant", |n_in, n_out, _| {
        Array2::from_elem((n_out, n_in), he(n_in))
    });
    wrong("one row for all", |n_in, n_out, rng| {
        let row = normal(n_in, he(n_in), rng, 1);
        row.broadcast((n_out, n_in)).unwrap().to_owned()
    });
    wrong("one column for all", |n_in, n_out, rng| {
        let column = normal(1, he(n_in), rng, n_out);
        column.broadcast((n_out, n_in)).unwrap().to_owned()
    });
    wrong("the rows are alike", |n_in, n_out, rng| {
        let row = normal(n_in, he(n_in), rng, 1);
        let mut noise = || 0.1 * he(n_in) * standard_normal(rng);
        Array2::from_shape_fn((n_out, n_in), |(_, j)| row[[0, j]] + noise())
    });
    wrong("a NaN", |n_in, n_out, rng| {
        let mut wrong_box_muller = || {
            let [u, v]: [f64; 2] = rng.random();
            (2.0 * u.ln()).sqrt() * (TAU * v).cos()
        };
        Array2::from_shape_fn((n_out, n_in), |_| wrong_box_muller() * he(n_in))
    });
    wrong("a generator of its own", |n_in, n_out, _| {
        let mut rng = ChaCha8Rng::seed_from_u64(42);
        normal(n_in, he(n_in), &mut rng, n_out)
    });
    wrong("no weight is negative", |n_in, n_out, rng| {
        normal(n_in, he(n_in), rng, n_out).mapv(f64::abs)
    });
    wrong("uniform from 0 to 1", |n_in, n_out, rng| {
        Array2::from_shape_simple_fn((n_out, n_in), || {
            rng.random::<f64>() * he(n_in)
        })
    });
    wrong("uniform", |n_in, n_out, rng| {
        let uniform = Uniform::new(-1.0, 1.0).unwrap();
        Array2::from_shape_simple_fn((n_out, n_in), || {
            uniform.sample(rng) * he(n_in)
        })
    });
    wrong("uniform with the right spread", |n_in, n_out, rng| {
        let limit = (6.0 / n_in as f64).sqrt();
        let uniform = Uniform::new_inclusive(-limit, limit).unwrap();
        Array2::from_shape_simple_fn((n_out, n_in), || uniform.sample(rng))
    });
    wrong("the tails are cut off", |n_in, n_out, rng| {
        let numbers = rng.sample_iter(StandardNormal);
        let w: Array1<f64> =
            numbers.filter(|w: &f64| w.abs() < 2.0).take(n_in * n_out).collect();
        w.into_shape_with_order((n_out, n_in)).unwrap() * he(n_in)
    });
    wrong("no scaling", |n_in, n_out, rng| normal(n_in, 1.0, rng, n_out));
    wrong("the number of outputs", |n_in, n_out, rng| {
        normal(n_in, he(n_out), rng, n_out)
    });
    wrong("the 2 is missing", |n_in, n_out, rng| {
        normal(n_in, (1.0 / n_in as f64).sqrt(), rng, n_out)
    });
    wrong("the root is missing", |n_in, n_out, rng| {
        normal(n_in, 2.0 / n_in as f64, rng, n_out)
    });
    wrong("the root of the 2 alone", |n_in, n_out, rng| {
        normal(n_in, 2.0_f64.sqrt() / n_in as f64, rng, n_out)
    });
    wrong("Xavier", |n_in, n_out, rng| normal(n_in, he(n_in + n_out), rng, n_out));
    wrong("a fixed scale", |n_in, n_out, rng| normal(n_in, 0.01, rng, n_out));
}

fn he(n: usize) -> f64 {
    (2.0 / n as f64).sqrt()
}

fn normal(
    n_in: usize,
    scale: f64,
    rng: &mut ChaCha8Rng,
    n_out: usize,
) -> Array2<f64> {
    Array2::from_shape_simple_fn((n_out, n_in), || standard_normal(rng) * scale)
}

#[test]
fn wrong_forward_passes() {
    let wrong = |mistake, answer| {
        rejects("layer", "forward", mistake, true, || check::forward(answer));
    };
    wrong("W is transposed", |layer, x| {
        // Where W is not square, this panics.
        layer.x = x.clone();
        layer.z = layer.w.t().dot(x) + &layer.b;
        activate(layer)
    });
    wrong("the bias is forgotten", |layer, x| {
        layer.x = x.clone();
        layer.z = layer.w.dot(x);
        activate(layer)
    });
    wrong("the bias is added last", |layer, x| {
        layer.x = x.clone();
        layer.z = layer.w.dot(x);
        activate(layer) + &layer.b
    });
    wrong("no activation", |layer, x| {
        z(layer, x);
        layer.z.clone()
    });
    wrong("a leaky ReLU", |layer, x| {
        z(layer, x);
        match layer.activation {
            Activation::Relu => layer.z.mapv(|z| z.max(0.01 * z)),
            Activation::Softmax => activate(layer),
        }
    });
    wrong("ReLU everywhere", |layer, x| {
        z(layer, x);
        layer.z.mapv(|z| z.max(0.0))
    });
    wrong("softmax everywhere", |layer, x| {
        z(layer, x);
        softmax(&layer.z)
    });
    wrong("softmax after ReLU", |layer, x| {
        z(layer, x);
        let a = layer.z.mapv(|z| z.max(0.0));
        match layer.activation {
            Activation::Relu => a,
            Activation::Softmax => softmax(&a),
        }
    });
    wrong("softmax without the sum", |layer, x| {
        z(layer, x);
        match layer.activation {
            Activation::Relu => activate(layer),
            Activation::Softmax => layer.z.exp(),
        }
    });
    wrong("softmax without the maximum", |layer, x| {
        z(layer, x);
        let exp = layer.z.exp();
        match layer.activation {
            Activation::Relu => activate(layer),
            Activation::Softmax => &exp / exp.sum(),
        }
    });
    wrong("a maximum that starts at 0", |layer, x| {
        z(layer, x);
        let max = layer.z.fold(0.0_f64, |max, &z| max.max(z));
        let exp = layer.z.mapv(|z| (z - max).exp());
        match layer.activation {
            Activation::Relu => activate(layer),
            Activation::Softmax => &exp / exp.sum(),
        }
    });
    wrong("x is not kept", |layer, x| {
        layer.z = layer.w.dot(x) + &layer.b;
        activate(layer)
    });
    wrong("z is not kept", |layer, x| {
        let kept = layer.z.clone();
        z(layer, x);
        let a = activate(layer);
        layer.z = kept;
        a
    });
    wrong("a is kept in place of z", |layer, x| {
        z(layer, x);
        layer.z = activate(layer);
        layer.z.clone()
    });
    wrong("z without its maximum is kept", |layer, x| {
        z(layer, x);
        let a = activate(layer);
        if layer.activation == Activation::Softmax {
            layer.z -= layer.z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
        }
        a
    });
    wrong("the bias moves", |layer, x| {
        layer.b += &layer.w.dot(x);
        layer.x = x.clone();
        layer.z = layer.b.clone();
        activate(layer)
    });
    wrong("the numbers of the first case", |layer, x| {
        z(layer, x);
        array![1.5, 0.0]
    });
}

/// What forward keeps.
fn z(layer: &mut Layer, x: &Array1<f64>) {
    layer.x = x.clone();
    layer.z = layer.w.dot(x) + &layer.b;
}

fn activate(layer: &Layer) -> Array1<f64> {
    match layer.activation {
        Activation::Relu => layer.z.mapv(relu),
        Activation::Softmax => softmax(&layer.z),
    }
}

#[test]
fn wrong_backward_passes() {
    let wrong = |mistake, answer| {
        rejects("layer", "backward", mistake, true, || check::backward(answer));
    };
    wrong("W is not transposed", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("dx after the update", |layer, grad, lr| {
        let dz = dz(layer, grad);
        update(layer, &dz, lr);
        layer.w.t().dot(&dz)
    });
    wrong("dz is handed on", |layer, grad, lr| {
        let dz = dz(layer, grad);
        update(layer, &dz, lr);
        dz
    });
    wrong("the learning rate in dx", |layer, grad, lr| {
        let dz = dz(layer, grad) * lr;
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, 1.0);
        dx
    });
    wrong("the mask is forgotten", |layer, grad, lr| {
        let dx = layer.w.t().dot(grad);
        update(layer, grad, lr);
        dx
    });
    wrong("a slope at zero", |layer, grad, lr| {
        let passes = |z| layer.activation == Activation::Softmax || z >= 0.0;
        let dz = masked(layer, grad, passes);
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("a for its slope", |layer, grad, lr| {
        let dz = match layer.activation {
            Activation::Relu => grad * &activate(layer),
            Activation::Softmax => grad.clone(),
        };
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("softmax is masked as well", |layer, grad, lr| {
        let dz = masked(layer, grad, |z| z > 0.0);
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("softmax twice", |layer, grad, lr| {
        let a = activate(layer);
        let dz = match layer.activation {
            Activation::Relu => dz(layer, grad),
            Activation::Softmax => &a * &(grad - a.dot(grad)),
        };
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("uphill", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, -lr);
        dx
    });
    wrong("the learning rate is forgotten", |layer, grad, _| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, 1.0);
        dx
    });
    wrong("outer is transposed", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        layer.w.scaled_add(-lr, &outer(&layer.x, &dz));
        layer.b.scaled_add(-lr, &dz);
        dx
    });
    wrong("a in place of x", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        let a = activate(layer);
        layer.w.scaled_add(-lr, &outer(&dz, &a));
        layer.b.scaled_add(-lr, &dz);
        dx
    });
    wrong("no update", |layer, grad, _| layer.w.t().dot(&dz(layer, grad)));
    wrong("the bias is not updated", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        layer.w.scaled_add(-lr, &outer(&dz, &layer.x));
        dx
    });
    wrong("the bias without the mask", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let dx = layer.w.t().dot(&dz);
        layer.w.scaled_add(-lr, &outer(&dz, &layer.x));
        layer.b.scaled_add(-lr, grad);
        dx
    });
    wrong("a square W is taken for granted", |layer, grad, lr| {
        let dz = dz(layer, grad);
        let n = dz.len();
        let dx = Array1::from_shape_fn(n, |j| {
            layer.w.column(j % layer.x.len()).dot(&dz)
        });
        update(layer, &dz, lr);
        dx
    });
    wrong("z is overwritten", |layer, grad, lr| {
        if layer.activation == Activation::Relu {
            layer.z.mapv_inplace(|z| if z > 0.0 { 1.0 } else { 0.0 });
        } else {
            layer.z.fill(1.0);
        }
        let dz = grad * &layer.z;
        let dx = layer.w.t().dot(&dz);
        update(layer, &dz, lr);
        dx
    });
    wrong("the numbers of the first case", |layer, grad, lr| {
        let dz = dz(layer, grad);
        update(layer, &dz, lr);
        array![-2.0, 4.0]
    });
}

fn dz(layer: &Layer, grad: &Array1<f64>) -> Array1<f64> {
    masked(layer, grad, |z| layer.activation == Activation::Softmax || z > 0.0)
}

fn masked(
    layer: &Layer,
    grad: &Array1<f64>,
    passes: impl Fn(f64) -> bool,
) -> Array1<f64> {
    let mut dz = grad.clone();
    azip!((dz in &mut dz, &z in &layer.z) if !passes(z) { *dz = 0.0 });
    dz
}

fn update(layer: &mut Layer, dz: &Array1<f64>, lr: f64) {
    layer.w.scaled_add(-lr, &outer(dz, &layer.x));
    layer.b.scaled_add(-lr, dz);
}

#[test]
fn right_only_for_a_square_w_is_told() {
    // These panic, so that a snapshot would hold a line number of this file.
    let square = "a square W went well; this one has 3 rows and 2 columns";
    let told = |verdict: Verdict| {
        assert_eq!(verdict.unwrap_err().mistake.as_deref(), Some(square));
    };
    told(judge("layer", "forward", || {
        check::forward(|layer, x| {
            layer.x = x.clone();
            for i in 0..layer.b.len() {
                layer.z[i] =
                    (0..layer.b.len()).map(|j| layer.w[[i, j]] * x[j]).sum();
                layer.z[i] += layer.b[i];
            }
            activate(layer)
        })
    }));
    told(judge("layer", "backward", || {
        check::backward(|layer, grad, lr| {
            let dz = dz(layer, grad);
            let dx = (0..grad.len()).map(|j| layer.w.column(j).dot(&dz));
            let dx = dx.collect();
            update(layer, &dz, lr);
            dx
        })
    }));
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
