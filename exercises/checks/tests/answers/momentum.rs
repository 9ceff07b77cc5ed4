use approx::assert_relative_eq;
use checks::momentum::{
    self as check, Gradients, Moments, Settings, Trace, Velocity,
};
use ndarray::{Array1, Array2, Axis, array, azip, concatenate};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::random::standard_normal;
use no_magic::relu::relu;
use no_magic::{cross_entropy, gradient_check};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use solutions::momentum as solution;

use crate::{diagnosed, passes, right};

#[test]
fn solutions_pass() {
    passes("momentum", "gradients", || check::gradients(solution::gradients));
    passes("momentum", "sgd", || check::sgd(solution::sgd));
    passes("momentum", "momentum", || check::momentum(solution::momentum));
    passes("momentum", "adam", || check::adam(solution::adam));
}

#[test]
fn right_gradients_written_differently_pass() {
    let right = right("momentum", "gradients", check::gradients);
    // As the hint says.
    right(|layer, trace, grad| {
        let mask = trace.z.mapv(|z| if z > 0.0 { 1.0 } else { 0.0 });
        let dz = match layer.activation {
            Activation::Relu => grad * &mask,
            Activation::Softmax => grad.clone(),
        };
        let dw = Array2::from_shape_fn(layer.w.dim(), |(i, j)| dz[i] * trace.x[j]);
        let dx = layer.w.t().dot(&dz);
        (Gradients { dw, db: dz }, dx)
    });
    right(|layer, trace, grad| {
        let (n_out, n_in) = layer.w.dim();
        let mut dz = Array1::zeros(n_out);
        let mut dw = Array2::zeros((n_out, n_in));
        let mut dx = Array1::zeros(n_in);
        for i in 0..n_out {
            if layer.activation == Activation::Softmax || trace.z[i] > 0.0 {
                dz[i] = grad[i];
            }
            for j in 0..n_in {
                dw[[i, j]] = trace.x[j] * dz[i];
                dx[j] += dz[i] * layer.w[[i, j]];
            }
        }
        (Gradients { dw, db: dz }, dx)
    });
    // With a z of its own.
    right(|layer, trace, grad| {
        let z = layer.w.dot(&trace.x) + &layer.b;
        let mut db = grad.clone();
        if layer.activation == Activation::Relu {
            azip!((db in &mut db, &z in &z) if z <= 0.0 { *db = 0.0 });
        }
        let dx = layer.w.t().dot(&db);
        (Gradients { dw: outer(&db, &trace.x), db }, dx)
    });
}

#[test]
fn right_updates_written_differently_pass() {
    let right = right("momentum", "sgd", check::sgd);
    right(|layer, gradients, lr| {
        let w = &layer.w + &gradients.dw * -lr;
        let b = &layer.b + &gradients.db * -lr;
        *layer = Layer::from_parts(w, b, layer.activation);
    });
    right(|layer, gradients, lr| {
        for i in 0..layer.b.len() {
            for j in 0..layer.w.ncols() {
                layer.w[[i, j]] -= lr * gradients.dw[[i, j]];
            }
            layer.b[i] -= lr * gradients.db[i];
        }
    });
}

#[test]
fn right_momentums_written_differently_pass() {
    let right = right("momentum", "momentum", check::momentum);
    // As the hint says.
    right(|layer, gradients, velocity, lr, mu| {
        velocity.w *= mu;
        velocity.w += &gradients.dw;
        layer.w.scaled_add(-lr, &velocity.w);
        velocity.b *= mu;
        velocity.b += &gradients.db;
        layer.b.scaled_add(-lr, &velocity.b);
    });
    right(|layer, gradients, velocity, lr, mu| {
        let step = |w: &mut f64, &g: &f64, v: &mut f64| {
            *v = v.mul_add(mu, g);
            *w = (-lr).mul_add(*v, *w);
        };
        azip!((
            w in &mut layer.w,
            g in &gradients.dw,
            v in &mut velocity.w,
        ) step(w, g, v));
        azip!((
            b in &mut layer.b,
            g in &gradients.db,
            v in &mut velocity.b,
        ) step(b, g, v));
    });
    // The step comes first, and computes the new velocity itself.
    right(|layer, gradients, velocity, lr, mu| {
        layer.w -= &(lr * mu * &velocity.w + lr * &gradients.dw);
        layer.b -= &(lr * mu * &velocity.b + lr * &gradients.db);
        velocity.w = &gradients.dw + mu * &velocity.w;
        velocity.b = &gradients.db + mu * &velocity.b;
    });
}

#[test]
fn right_adams_written_differently_pass() {
    let right = right("momentum", "adam", check::adam);
    // As the hint says.
    fn adam_step(
        g: f64,
        m: &mut f64,
        v: &mut f64,
        t: i32,
        settings: &Settings,
    ) -> f64 {
        *m = settings.beta1 * *m + (1.0 - settings.beta1) * g;
        *v = settings.beta2 * *v + (1.0 - settings.beta2) * g * g;
        let m_hat = *m / (1.0 - settings.beta1.powi(t));
        let v_hat = *v / (1.0 - settings.beta2.powi(t));
        settings.lr * m_hat / (v_hat.sqrt() + settings.epsilon)
    }
    right(|layer, gradients, moments, settings| {
        moments.t += 1;
        let t = moments.t;
        azip!((
            w in &mut layer.w,
            &g in &gradients.dw,
            m in &mut moments.m_w,
            v in &mut moments.v_w,
        ) {
            *w -= adam_step(g, m, v, t, settings);
        });
        azip!((
            b in &mut layer.b,
            &g in &gradients.db,
            m in &mut moments.m_b,
            v in &mut moments.v_b,
        ) {
            *b -= adam_step(g, m, v, t, settings);
        });
    });
    // As PyTorch does it: the corrections go into the step size and the root.
    right(|layer, gradients, moments, settings| {
        let Settings { lr, beta1, beta2, epsilon } = *settings;
        moments.t += 1;
        let step_size = lr / (1.0 - beta1.powi(moments.t));
        let root = (1.0 - beta2.powi(moments.t)).sqrt();
        moments.m_w += &((1.0 - beta1) * (&gradients.dw - &moments.m_w));
        moments.m_b += &((1.0 - beta1) * (&gradients.db - &moments.m_b));
        moments.v_w = beta2 * &moments.v_w + (1.0 - beta2) * gradients.dw.pow2();
        moments.v_b = beta2 * &moments.v_b + (1.0 - beta2) * gradients.db.pow2();
        layer.w -=
            &(step_size * &moments.m_w / (moments.v_w.sqrt() / root + epsilon));
        layer.b -=
            &(step_size * &moments.m_b / (moments.v_b.sqrt() / root + epsilon));
    });
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_gradients_are_diagnosed() {
    let wrong = diagnosed(check::gradients);
    // The lesson's backward, which reads what the layer keeps.
    wrong(&["kept_x", "kept_z"], |layer, _, grad| {
        let mut after = layer.clone();
        let dx = after.backward(grad, 1.0);
        (Gradients { dw: &layer.w - after.w, db: &layer.b - after.b }, dx)
    });
    wrong(&["dx_last_row"], |layer, trace, grad| {
        let mut dz = grad.clone();
        let mut dx = Array1::zeros(trace.x.len());
        for i in 0..dz.len() {
            if layer.activation == Activation::Relu && trace.z[i] <= 0.0 {
                dz[i] = 0.0;
            }
            for j in 0..dx.len() {
                dx[j] = layer.w[[i, j]] * dz[i];
            }
        }
        (Gradients { dw: outer(&dz, &trace.x), db: dz }, dx)
    });
    // A learning rate, which may be any number.
    wrong(&[], |layer, trace, grad| {
        let (Gradients { dw, db }, dx) = solution::gradients(layer, trace, grad);
        (Gradients { dw: 0.03 * dw, db: 0.03 * db }, dx)
    });
    // NaN where z is 0.
    wrong(&[], |layer, trace, grad| {
        let dz = match layer.activation {
            Activation::Relu => trace.z.mapv(relu) / &trace.z * grad,
            Activation::Softmax => grad.clone(),
        };
        let dx = layer.w.t().dot(&dz);
        (Gradients { dw: outer(&dz, &trace.x), db: dz }, dx)
    });
}

#[test]
fn wrong_updates_are_diagnosed() {
    let wrong = diagnosed(check::sgd);
    wrong(&["unchanged"], |layer, gradients, lr| {
        solution::sgd(&mut layer.clone(), gradients, lr);
    });
    wrong(&["w_uphill", "b_step_taken_twice"], |layer, gradients, lr| {
        for (mut row, dw) in layer.w.rows_mut().into_iter().zip(gradients.dw.rows())
        {
            row.scaled_add(lr, &dw);
        }
        layer.b = &layer.b - lr * &gradients.db - lr * &gradients.db;
    });
    wrong(&["b_once_per_column"], |layer, gradients, lr| {
        for ((i, j), dw) in gradients.dw.indexed_iter() {
            layer.w[[i, j]] -= lr * dw;
            layer.b[i] -= lr * gradients.db[i];
        }
    });
    // Shows only where gradients are as small as at the end of a training.
    wrong(&[], |layer, gradients, lr| {
        let large = |g: f64| if g.abs() > 1e-3 { g } else { 0.0 };
        layer.w.scaled_add(-lr, &gradients.dw.mapv(large));
        layer.b.scaled_add(-lr, &gradients.db.mapv(large));
    });
}

#[test]
fn wrong_momentums_are_diagnosed() {
    let wrong = diagnosed(check::momentum);
    wrong(&["not_kept"], |layer, gradients, velocity, lr, mu| {
        solution::momentum(layer, gradients, &mut velocity.clone(), lr, mu);
    });
    wrong(&["old_velocity"], |layer, gradients, velocity, lr, mu| {
        layer.w -= &(lr * &velocity.w);
        layer.b -= &(lr * &velocity.b);
        solution::momentum(&mut layer.clone(), gradients, velocity, lr, mu);
    });
    wrong(&["b_inside", "w_mu_missing"], |layer, gradients, velocity, lr, mu| {
        velocity.w += &gradients.dw;
        layer.w.scaled_add(-lr, &velocity.w);
        velocity.b *= mu;
        velocity.b.scaled_add(lr, &gradients.db);
        layer.b -= &velocity.b;
    });
    // The row sums of dW, which no known mistake takes for db.
    wrong(&[], |layer, gradients, velocity, lr, mu| {
        let db = gradients.dw.sum_axis(Axis(1));
        let gradients = Gradients { db, ..gradients.clone() };
        solution::momentum(layer, &gradients, velocity, lr, mu);
    });
}

#[test]
fn wrong_adams_are_diagnosed() {
    let wrong = diagnosed(check::adam);
    wrong(&["counted_twice"], |layer, gradients, moments, s| {
        let b = layer.b.clone();
        solution::adam(layer, gradients, moments, s);
        moments.t += 1;
        let [by_m, by_v] =
            [s.beta1, s.beta2].map(|beta| 1.0 - beta.powi(moments.t));
        let step = s.lr * (&moments.m_b / by_m)
            / ((&moments.v_b / by_v).sqrt() + s.epsilon);
        layer.b = b - step;
    });
    wrong(
        &["epsilon_inside", "v_not_corrected"],
        |layer, gradients, moments, s| {
            adam(layer, gradients, moments, s, |m, v, [by_m, _]| {
                m / by_m / (v + s.epsilon).sqrt()
            });
        },
    );
    wrong(&["epsilon_of_tensorflow"], |layer, gradients, moments, s| {
        adam(layer, gradients, moments, s, |m, v, [by_m, by_v]| {
            by_v.sqrt() / by_m * m / (v.sqrt() + s.epsilon)
        });
    });
    // A learning rate that falls, which no known mistake does.
    wrong(&[], |layer, gradients, moments, s| {
        let lr = s.lr / f64::from(moments.t + 1).sqrt();
        solution::adam(layer, gradients, moments, &Settings { lr, ..*s });
    });
}

/// Adam without loops over numbers; `direction` makes it of `m`, `v`, and the
/// corrections.
fn adam(
    layer: &mut Layer,
    gradients: &Gradients,
    moments: &mut Moments,
    s: &Settings,
    direction: impl Fn(f64, f64, [f64; 2]) -> f64,
) {
    moments.t += 1;
    let by = [s.beta1, s.beta2].map(|beta| 1.0 - beta.powi(moments.t));
    moments.m_w += &((1.0 - s.beta1) * (&gradients.dw - &moments.m_w));
    moments.m_b += &((1.0 - s.beta1) * (&gradients.db - &moments.m_b));
    moments.v_w += &((1.0 - s.beta2) * (gradients.dw.pow2() - &moments.v_w));
    moments.v_b += &((1.0 - s.beta2) * (gradients.db.pow2() - &moments.v_b));
    azip!((w in &mut layer.w, &m in &moments.m_w, &v in &moments.v_w) {
        *w -= s.lr * direction(m, v, by);
    });
    azip!((b in &mut layer.b, &m in &moments.m_b, &v in &moments.v_b) {
        *b -= s.lr * direction(m, v, by);
    });
}

/// A ReLU and a softmax layer of one network, in the training step of
/// `tests/worked_example.rs`, where every number is worked out on paper.
#[test]
fn the_gradients_are_those_on_paper() {
    let relu = Layer::from_parts(
        array![[1.0, -1.0], [0.5, 2.0], [-1.0, 0.0]],
        array![0.0, -1.0, 0.5],
        Activation::Relu,
    );
    let softmax = Layer::from_parts(
        array![[1.0, 0.5, 3.0], [2.0, 0.0, -1.0]],
        array![0.0, 0.0],
        Activation::Softmax,
    );

    let trace = Trace { x: array![1.0, 2.0, 0.0], z: array![2.0, 2.0] };
    let (gradients, dx) = solution::gradients(&softmax, &trace, &array![0.5, -0.5]);
    assert_eq!(gradients.dw, array![[0.5, 1.0, 0.0], [-0.5, -1.0, 0.0]]);
    assert_eq!(gradients.db, array![0.5, -0.5]);
    assert_eq!(dx, array![-0.5, 0.25, 2.0]);

    let trace = Trace { x: array![2.0, 1.0], z: array![1.0, 2.0, -1.5] };
    let (gradients, dx) = solution::gradients(&relu, &trace, &dx);
    assert_eq!(gradients.dw, array![[-1.0, -0.5], [0.5, 0.25], [0.0, 0.0]]);
    assert_eq!(gradients.db, array![-0.5, 0.25, 0.0]);
    assert_eq!(dx, array![-0.375, 1.0]);
}

#[test]
fn the_gradients_are_those_of_finite_differences() {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut normal = || standard_normal(&mut rng);
    for (n_out, n_in) in [(3, 3), (2, 5), (6, 2)] {
        for activation in [Activation::Relu, Activation::Softmax] {
            let w = Array2::from_shape_simple_fn((n_out, n_in), &mut normal);
            let b = Array1::from_shape_simple_fn(n_out, &mut normal);
            let layer = Layer::from_parts(w, b, activation);
            let x = Array1::from_shape_simple_fn(n_in, &mut normal);
            let z = layer.w.dot(&x) + &layer.b;
            assert!(z.iter().all(|z| z.abs() > 1e-3), "at the kink of ReLU: {z}");

            // The loss: of a ReLU layer any weighted sum of its outputs, of softmax
            // cross-entropy.
            let weights = Array1::from_shape_simple_fn(n_out, &mut normal);
            let loss = |z: &Array1<f64>| match activation {
                Activation::Relu => weights.dot(&z.mapv(relu)),
                Activation::Softmax => cross_entropy::from_logits(z, 1),
            };
            let grad = match activation {
                Activation::Relu => weights.clone(),
                Activation::Softmax => cross_entropy::gradient(&z, 1),
            };

            let flat = |w: &Array2<f64>, b: &Array1<f64>, x: &Array1<f64>| {
                concatenate![Axis(0), w.flatten(), *b, *x]
            };
            let of_loss = |p: &Array1<f64>| {
                let (w, rest) = p.view().split_at(Axis(0), n_out * n_in);
                let (b, x) = rest.split_at(Axis(0), n_out);
                let w = w.into_shape_with_order((n_out, n_in)).expect("as many");
                loss(&(w.dot(&x) + b))
            };
            let (gradients, dx) =
                solution::gradients(&layer, &Trace { x: x.clone(), z }, &grad);
            gradient_check::check(
                "gradients",
                of_loss,
                &flat(&layer.w, &layer.b, &x),
                &flat(&gradients.dw, &gradients.db, &dx),
                1e-6,
            )
            .unwrap();
        }
    }
}

/// A layer, and its gradients in three steps.
fn three_steps() -> (Layer, [Gradients; 3]) {
    let layer = Layer::from_parts(
        array![[1.0, -3.0, 0.5], [0.0, 4.0, -1.0]],
        array![0.5, -2.0],
        Activation::Relu,
    );
    let gradients = [
        Gradients {
            dw: array![[2.0, -4.0, 0.5], [1.0, -0.5, 0.0]],
            db: array![1.0, -2.0],
        },
        Gradients {
            dw: array![[3.0, 1.0, -2.0], [0.0, -3.0, 0.0]],
            db: array![3.0, 0.5],
        },
        Gradients {
            dw: array![[1.0, 1.0, -2.0], [4.0, -1.0, 0.0]],
            db: array![-1.0, 2.0],
        },
    ];
    (layer, gradients)
}

/// Exact, made with Python's `Fraction` from the gradients `g` of each number `w`:
///
/// ```python
/// for g, lr in zip(gs, (F(1, 4), F(1, 2), F(1, 8))):
///     v = F(5, 8) * v + g
///     w = w - lr * v
/// ```
#[test]
fn momentum_takes_the_exact_steps() {
    let (mut layer, gradients) = three_steps();
    let mut velocity = Velocity::zeros(&layer);
    for ((gradients, lr), b) in gradients.iter().zip([0.25, 0.5, 0.125]).zip([
        array![1.0 / 4.0, -3.0 / 2.0],
        array![-25.0 / 16.0, -9.0 / 8.0],
        array![-881.0 / 512.0, -337.0 / 256.0],
    ]) {
        solution::momentum(&mut layer, gradients, &mut velocity, lr, 0.625);
        assert_eq!(layer.b, b);
    }
    let w = array![
        [-533.0 / 256.0, -161.0 / 128.0, 1639.0 / 1024.0],
        [-569.0 / 512.0, 6313.0 / 1024.0, -1.0]
    ];
    assert_eq!(layer.w, w);
    assert_eq!(
        velocity.w,
        array![[3.65625, 0.0625, -3.0546875], [4.390625, -3.0703125, 0.0]]
    );
    assert_eq!(velocity.b, array![1.265625, 1.53125]);
}

/// Made with mpmath 1.3 and 50 digits, from the gradients `g` of each number `w`:
///
/// ```python
/// for t, g in enumerate(gs, 1):
///     m = b1 * m + (1 - b1) * g
///     v = b2 * v + (1 - b2) * g**2
///     w -= lr * (m / (1 - b1**t)) / (sqrt(v / (1 - b2**t)) + eps)
///     print(float(w))
/// ```
#[test]
fn adam_takes_the_steps_of_exact_arithmetic() {
    let (mut layer, gradients) = three_steps();
    let mut moments = Moments::zeros(&layer);
    let settings = Settings { lr: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.5 };
    for (gradients, b) in gradients.iter().zip([
        array![0.433_333_333_333_333_35, -1.92],
        array![0.357_466_614_700_423_85, -1.888_229_000_263_610_4],
        array![0.322_807_930_502_483_6, -1.909_482_686_053_689_5],
    ]) {
        solution::adam(&mut layer, gradients, &mut moments, &settings);
        assert_relative_eq!(layer.b, b, max_relative = 1e-14);
    }
    let w = array![
        [0.764_076_336_888_575_9, -2.863_632_866_441_968, 0.555_832_478_464_649_2],
        [-0.167_657_832_245_918_82, 4.184_669_690_361_604, -1.0]
    ];
    assert_relative_eq!(layer.w, w, max_relative = 1e-14);
    assert_eq!(moments.t, 3);
    assert_relative_eq!(moments.m_b, array![0.408, 0.224], max_relative = 1e-14);
    assert_relative_eq!(moments.v_b, array![0.991, 0.7465], max_relative = 1e-14);
}

/// As above, with the paper's settings.
#[test]
fn adam_takes_the_steps_of_exact_arithmetic_with_the_papers_settings() {
    let mut layer = Layer::from_parts(
        array![[2.0], [-1.0], [0.5]],
        array![0.0, 1.0, -1.0],
        Activation::Softmax,
    );
    let mut moments = Moments::zeros(&layer);
    for (dw, db) in [
        (array![[0.5], [-1.0], [0.25]], array![0.5, -1.0, 0.5]),
        (array![[1.0], [1.0], [-2.0]], array![-0.25, 0.0, 1.0]),
    ] {
        let gradients = Gradients { dw, db };
        solution::adam(&mut layer, &gradients, &mut moments, &Settings::default());
    }
    let w = array![
        [1.998_034_818_006_385_2],
        [-0.999_052_631_588_421_1],
        [0.499_655_326_651_601_6]
    ];
    assert_relative_eq!(layer.w, w, max_relative = 1e-14);
    let b = array![
        -0.001_266_337_012_921_538_4,
        1.001_670_058_234_658,
        -1.001_965_181_993_614_8
    ];
    assert_relative_eq!(layer.b, b, max_relative = 1e-13);
}
