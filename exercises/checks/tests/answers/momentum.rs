use approx::assert_relative_eq;
use checks::judge;
use checks::momentum::{
    self as check, Gradients, Moments, Settings, Trace, Velocity,
};
use ndarray::{Array1, Array2, Axis, Zip, array, azip, concatenate};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::random::standard_normal;
use no_magic::relu::relu;
use no_magic::softmax::softmax;
use no_magic::{cross_entropy, gradient_check};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use solutions::momentum as solution;

use crate::{passes, rejects, right, wrong};

type Sgd = fn(&mut Layer, &Gradients, f64);

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
    right(|layer, trace, grad| {
        let slope = match layer.activation {
            Activation::Relu => trace.z.mapv(|z| f64::from(z > 0.0)),
            Activation::Softmax => Array1::ones(grad.len()),
        };
        let db = slope * grad;
        let column = db.view().insert_axis(Axis(1));
        let dw = column.dot(&trace.x.view().insert_axis(Axis(0)));
        let dx = db.dot(&layer.w);
        (Gradients { dw, db }, dx)
    });
}

#[test]
fn right_updates_written_differently_pass() {
    let right = right("momentum", "sgd", check::sgd);
    right(|layer, gradients, lr| {
        layer.w -= &(lr * &gradients.dw);
        layer.b -= &(lr * &gradients.db);
    });
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
        velocity.w = mu * &velocity.w + &gradients.dw;
        velocity.b = mu * &velocity.b + &gradients.db;
        layer.w -= &(lr * &velocity.w);
        layer.b -= &(lr * &velocity.b);
    });
    right(|layer, gradients, velocity, lr, mu| {
        let step = |w: &mut f64, &g: &f64, v: &mut f64| {
            // With w first, as long as the new velocity is in it.
            *w -= lr * mu * *v + lr * g;
            *v = g + *v * mu;
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
    right(|layer, gradients, moments, settings| {
        let Settings { lr, beta1, beta2, epsilon } = *settings;
        moments.t += 1;
        moments.m_w = beta1 * &moments.m_w + (1.0 - beta1) * &gradients.dw;
        moments.m_b = beta1 * &moments.m_b + (1.0 - beta1) * &gradients.db;
        moments.v_w = beta2 * &moments.v_w + (1.0 - beta2) * gradients.dw.pow2();
        moments.v_b = beta2 * &moments.v_b + (1.0 - beta2) * gradients.db.pow2();
        let (by_m, by_v) =
            (1.0 - beta1.powi(moments.t), 1.0 - beta2.powi(moments.t));
        layer.w -= &(lr * (&moments.m_w / by_m)
            / ((&moments.v_w / by_v).sqrt() + epsilon));
        layer.b -= &(lr * (&moments.m_b / by_m)
            / ((&moments.v_b / by_v).sqrt() + epsilon));
    });
    right(|layer, gradients, moments, settings| {
        // As PyTorch does it: the corrections go into the step size and the root.
        let Settings { lr, beta1, beta2, epsilon } = *settings;
        let t = f64::from(moments.t + 1);
        let step_size = lr / (1.0 - beta1.powf(t));
        let root = (1.0 - beta2.powf(t)).sqrt();
        let step = |w: &mut f64, &g: &f64, m: &mut f64, v: &mut f64| {
            *m += (g - *m) * (1.0 - beta1);
            *v = *v * beta2 + g * (1.0 - beta2) * g;
            *w -= step_size * *m / (v.sqrt() / root + epsilon);
        };
        azip!((
            w in &mut layer.w,
            g in &gradients.dw,
            m in &mut moments.m_w,
            v in &mut moments.v_w,
        )
            step(w, g, m, v));
        azip!((
            b in &mut layer.b,
            g in &gradients.db,
            m in &mut moments.m_b,
            v in &mut moments.v_b,
        )
            step(b, g, m, v));
        moments.t += 1;
    });
}

fn dz(layer: &Layer, trace: &Trace, grad: &Array1<f64>) -> Array1<f64> {
    match layer.activation {
        Activation::Relu => masked(grad, &trace.z, |z| z > 0.0),
        Activation::Softmax => grad.clone(),
    }
}

fn masked(grad: &Array1<f64>, z: &Array1<f64>, on: fn(f64) -> bool) -> Array1<f64> {
    Zip::from(grad).and(z).map_collect(|&g, &z| if on(z) { g } else { 0.0 })
}

/// What follows from `dz`.
fn from_dz(
    layer: &Layer,
    trace: &Trace,
    dz: Array1<f64>,
) -> (Gradients, Array1<f64>) {
    let dx = layer.w.t().dot(&dz);
    let dw = outer(&dz, &trace.x);
    (Gradients { dw, db: dz }, dx)
}

#[test]
fn wrong_gradients() {
    let wrong = wrong("momentum", "gradients", check::gradients);
    wrong("the ReLU is forgotten", true, |layer, trace, grad| {
        from_dz(layer, trace, grad.clone())
    });
    wrong("at or above for above", true, |layer, trace, grad| {
        let dz = match layer.activation {
            Activation::Relu => masked(grad, &trace.z, |z| z >= 0.0),
            Activation::Softmax => grad.clone(),
        };
        from_dz(layer, trace, dz)
    });
    wrong("softmax is masked as well", true, |layer, trace, grad| {
        from_dz(layer, trace, masked(grad, &trace.z, |z| z > 0.0))
    });
    wrong("softmax is differentiated again", true, |layer, trace, grad| {
        let a = softmax(&trace.z);
        let dz = match layer.activation {
            Activation::Relu => dz(layer, trace, grad),
            Activation::Softmax => &a * &(grad - a.dot(grad)),
        };
        from_dz(layer, trace, dz)
    });
    wrong("the mask looks at grad", true, |layer, trace, grad| {
        let dz = match layer.activation {
            Activation::Relu => masked(grad, grad, |g| g > 0.0),
            Activation::Softmax => grad.clone(),
        };
        from_dz(layer, trace, dz)
    });
    wrong("the sign is flipped", true, |layer, trace, grad| {
        from_dz(layer, trace, -dz(layer, trace, grad))
    });
    wrong("the learning rate is in it", true, |layer, trace, grad| {
        from_dz(layer, trace, 0.05 * dz(layer, trace, grad))
    });
    wrong("db is the sum", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let db = array![gradients.db.sum()];
        (Gradients { db, ..gradients }, dx)
    });
    wrong("dW is transposed", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dw = gradients.dw.t().to_owned();
        (Gradients { dw, ..gradients }, dx)
    });
    wrong("dW from z", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dw = outer(&gradients.db, &trace.z);
        (Gradients { dw, ..gradients }, dx)
    });
    wrong("updated weights for dW", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dw = &layer.w - 0.05 * &gradients.dw;
        (Gradients { dw, ..gradients }, dx)
    });
    wrong("dx after an update", true, |layer, trace, grad| {
        let (gradients, _) = solution::gradients(layer, trace, grad);
        let mut updated = layer.clone();
        solution::sgd(&mut updated, &gradients, 0.05);
        let dx = updated.w.t().dot(&gradients.db);
        (gradients, dx)
    });
    wrong("dx without the transpose", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dx = if layer.w.is_square() { layer.w.dot(&gradients.db) } else { dx };
        (gradients, dx)
    });
    wrong("dx is masked by x", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dx = masked(&dx, &trace.x, |x| x > 0.0);
        (gradients, dx)
    });
    wrong("dx from grad", true, |layer, trace, grad| {
        let (gradients, _) = solution::gradients(layer, trace, grad);
        (gradients, layer.w.t().dot(grad))
    });
    wrong("dx is never filled in", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        (gradients, Array1::zeros(dx.len()))
    });
    wrong("dx is dz", true, |layer, trace, grad| {
        let (gradients, _) = solution::gradients(layer, trace, grad);
        let dx = gradients.db.clone();
        (gradients, dx)
    });
    wrong("the mask of the layer", true, |layer, trace, grad| {
        let dz = match layer.activation {
            Activation::Relu => masked(grad, &layer.z, |z| z > 0.0),
            Activation::Softmax => grad.clone(),
        };
        from_dz(layer, trace, dz)
    });
    wrong("dW from the x of the layer", true, |layer, trace, grad| {
        let (gradients, dx) = solution::gradients(layer, trace, grad);
        let dw = outer(&gradients.db, &layer.x);
        (Gradients { dw, ..gradients }, dx)
    });
    wrong("the backward of the lesson", true, |layer, _, grad| {
        // It reads what the layer has kept.
        let mut after = layer.clone();
        let dx = after.backward(grad, 1.0);
        let (dw, db) = (&layer.w - after.w, &layer.b - after.b);
        (Gradients { dw, db }, dx)
    });
    wrong("divided by zero", false, |layer, trace, grad| {
        from_dz(layer, trace, &trace.z / &trace.z.mapv(|z| z.max(0.0)) * grad)
    });
}

#[test]
fn wrong_updates() {
    let wrong = |mistake, answer| {
        rejects("momentum", "sgd", mistake, true, || check::sgd(answer));
    };
    wrong("uphill", |layer, gradients, lr| {
        solution::sgd(layer, gradients, -lr);
    });
    wrong("the learning rate is forgotten", |layer, gradients, _| {
        solution::sgd(layer, gradients, 1.0);
    });
    wrong("a copy is updated", |layer, gradients, lr| {
        solution::sgd(&mut layer.clone(), gradients, lr);
    });
    wrong("b is forgotten", |layer, gradients, lr| {
        layer.w.scaled_add(-lr, &gradients.dw);
    });
    wrong("b without the learning rate", |layer, gradients, lr| {
        layer.w.scaled_add(-lr, &gradients.dw);
        layer.b -= &gradients.db;
    });
    wrong("the weights are replaced", |layer, gradients, lr| {
        layer.w = -lr * &gradients.dw;
        layer.b = -lr * &gradients.db;
    });
    wrong("the step is taken twice", |layer, gradients, lr| {
        solution::sgd(layer, gradients, lr);
        solution::sgd(layer, gradients, lr);
    });
    wrong("the rate divides", |layer, gradients, lr| {
        solution::sgd(layer, gradients, 1.0 / lr);
    });
    wrong("only the sign counts", |layer, gradients, lr| {
        layer.w -= &(lr * gradients.dw.signum());
        layer.b -= &(lr * gradients.db.signum());
    });
    wrong("a softmax layer stays", |layer, gradients, lr| {
        if layer.activation == Activation::Relu {
            solution::sgd(layer, gradients, lr);
        }
    });
    wrong("the activation changes", |layer, gradients, lr| {
        solution::sgd(layer, gradients, lr);
        layer.activation = Activation::Softmax;
    });
    wrong("small gradients are left out", |layer, gradients, lr| {
        let large = |g: f64| if g.abs() > 1e-3 { g } else { 0.0 };
        layer.w.scaled_add(-lr, &gradients.dw.mapv(large));
        layer.b.scaled_add(-lr, &gradients.db.mapv(large));
    });
    wrong("rounded to single precision", |layer, gradients, lr| {
        #[expect(clippy::cast_possible_truncation, reason = "the mistake")]
        let single = |x: f64| f64::from(x as f32);
        solution::sgd(layer, gradients, lr);
        layer.w.mapv_inplace(single);
        layer.b.mapv_inplace(single);
    });
}

#[test]
fn an_update_that_does_not_fit_is_told() {
    let transposed: Sgd = |layer, gradients, lr| {
        layer.w.scaled_add(-lr, &gradients.dw.t());
    };
    let feedback = judge("momentum", "sgd", || check::sgd(transposed)).unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    assert!(feedback.comparison[0].contains("could not broadcast"));
}

/// Momentum, where `rule` gives the new `(w, v)` for `(w, g, v)`.
fn with_velocity(
    layer: &mut Layer,
    gradients: &Gradients,
    velocity: &mut Velocity,
    rule: impl Fn(f64, f64, f64) -> (f64, f64),
) {
    azip!((
        w in &mut layer.w,
        &g in &gradients.dw,
        v in &mut velocity.w,
    ) (*w, *v) = rule(*w, g, *v));
    azip!((
        b in &mut layer.b,
        &g in &gradients.db,
        v in &mut velocity.b,
    ) (*b, *v) = rule(*b, g, *v));
}

#[test]
fn wrong_momentums() {
    let wrong = wrong("momentum", "momentum", check::momentum);
    wrong("the velocity is added", true, |layer, gradients, velocity, lr, mu| {
        solution::momentum(layer, gradients, velocity, -lr, mu);
    });
    wrong("the velocity is reset", true, |layer, gradients, velocity, lr, mu| {
        *velocity = Velocity::zeros(layer);
        solution::momentum(layer, gradients, velocity, lr, mu);
    });
    wrong("a copy of the velocity", true, |layer, gradients, velocity, lr, mu| {
        solution::momentum(layer, gradients, &mut velocity.clone(), lr, mu);
    });
    wrong("the old velocity", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            (w - lr * v, mu * v + g)
        });
    });
    wrong("nothing moves", true, |layer, gradients, velocity, lr, mu| {
        solution::momentum(&mut layer.clone(), gradients, velocity, lr, mu);
    });
    wrong(
        "the learning rate inside",
        true,
        |layer, gradients, velocity, lr, mu| {
            with_velocity(layer, gradients, velocity, |w, g, v| {
                let v = mu * v + lr * g;
                (w - v, v)
            });
        },
    );
    wrong("the form of Sutskever", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v - lr * g;
            (w + v, v)
        });
    });
    wrong("the learning rate twice", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v + lr * g;
            (w - lr * v, v)
        });
    });
    wrong(
        "the learning rate is forgotten",
        true,
        |layer, gradients, velocity, _, mu| {
            solution::momentum(layer, gradients, velocity, 1.0, mu);
        },
    );
    wrong("damped", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v + (1.0 - mu) * g;
            (w - lr * v, v)
        });
    });
    wrong("mu for both", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * (v + g);
            (w - lr * v, v)
        });
    });
    wrong("mu is forgotten", true, |layer, gradients, velocity, lr, _| {
        solution::momentum(layer, gradients, velocity, lr, 1.0);
    });
    wrong("mu with the gradient", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = v + mu * g;
            (w - lr * v, v)
        });
    });
    wrong(
        "the old velocity is subtracted",
        true,
        |layer, gradients, velocity, lr, mu| {
            solution::momentum(layer, gradients, velocity, lr, -mu);
        },
    );
    wrong("Nesterov", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v + g;
            (w - lr * (g + mu * v), v)
        });
    });
    wrong(
        "the gradient counts twice",
        true,
        |layer, gradients, velocity, lr, mu| {
            solution::momentum(layer, gradients, velocity, lr, mu);
            solution::sgd(layer, gradients, lr);
        },
    );
    wrong("a constant mu", true, |layer, gradients, velocity, lr, _| {
        solution::momentum(layer, gradients, velocity, lr, 0.9);
    });
    wrong(
        "the weights are replaced",
        true,
        |layer, gradients, velocity, lr, mu| {
            with_velocity(layer, gradients, velocity, |_, g, v| {
                let v = mu * v + g;
                (-lr * v, v)
            });
        },
    );
    wrong("b without momentum", true, |layer, gradients, velocity, lr, mu| {
        let mut b = layer.b.clone();
        b.scaled_add(-lr, &gradients.db);
        solution::momentum(layer, gradients, velocity, lr, mu);
        layer.b = b;
    });
    wrong("the velocity of W for b", true, |layer, gradients, velocity, lr, mu| {
        velocity.w = mu * &velocity.w + &gradients.dw;
        layer.w.scaled_add(-lr, &velocity.w);
        for ((b, g), v) in
            layer.b.iter_mut().zip(&gradients.db).zip(&mut velocity.w)
        {
            *v = mu * *v + g;
            *b -= lr * *v;
        }
    });
    wrong("a silent weight stays", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v + g;
            if g == 0.0 { (w, v) } else { (w - lr * v, v) }
        });
    });
    wrong("the other sign is kept", true, |layer, gradients, velocity, lr, mu| {
        with_velocity(layer, gradients, velocity, |w, g, v| {
            let v = mu * v - g;
            (w + lr * v, v)
        });
    });
    wrong("the numbers typed in", true, |layer, _, _, _, _| {
        layer.w = array![[0.5, -2.0, 0.375], [-0.25, 4.125, -1.0]];
        layer.b = array![0.25, -1.5];
    });
}

/// A moment and its correction for each of two moments.
type Pair = [f64; 2];

/// A step of Adam, where `rule` gives the new `(w, [m, v])` for
/// `(w, g, [m, v], corrections)`.
fn with_moments(
    layer: &mut Layer,
    gradients: &Gradients,
    moments: &mut Moments,
    settings: &Settings,
    rule: impl Fn(f64, f64, Pair, Pair) -> (f64, Pair),
) {
    moments.t += 1;
    let by =
        [settings.beta1, settings.beta2].map(|beta| 1.0 - beta.powi(moments.t));
    let step = |w: &mut f64, g: f64, m: &mut f64, v: &mut f64| {
        (*w, [*m, *v]) = rule(*w, g, [*m, *v], by);
    };
    azip!((
        w in &mut layer.w,
        &g in &gradients.dw,
        m in &mut moments.m_w,
        v in &mut moments.v_w,
    )
        step(w, g, m, v));
    azip!((
        b in &mut layer.b,
        &g in &gradients.db,
        m in &mut moments.m_b,
        v in &mut moments.v_b,
    )
        step(b, g, m, v));
}

/// The running means, with the new gradient in them.
fn means(g: f64, [m, v]: Pair, s: &Settings) -> Pair {
    [s.beta1 * m + (1.0 - s.beta1) * g, s.beta2 * v + (1.0 - s.beta2) * g * g]
}

fn moved(w: f64, m_hat: f64, v_hat: f64, s: &Settings) -> f64 {
    w - s.lr * m_hat / (v_hat.sqrt() + s.epsilon)
}

#[test]
fn wrong_adams() {
    let wrong = wrong("momentum", "adam", check::adam);
    wrong("uphill", true, |layer, gradients, moments, s| {
        solution::adam(layer, gradients, moments, &Settings { lr: -s.lr, ..*s });
    });
    wrong("no correction", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, _| {
            let [m, v] = means(g, old, s);
            (moved(w, m, v, s), [m, v])
        });
    });
    wrong(
        "the first moment is not corrected",
        true,
        |layer, gradients, moments, s| {
            with_moments(layer, gradients, moments, s, |w, g, old, [_, by_v]| {
                let [m, v] = means(g, old, s);
                (moved(w, m, v / by_v, s), [m, v])
            });
        },
    );
    wrong(
        "the second moment is not corrected",
        true,
        |layer, gradients, moments, s| {
            with_moments(layer, gradients, moments, s, |w, g, old, [by_m, _]| {
                let [m, v] = means(g, old, s);
                (moved(w, m / by_m, v, s), [m, v])
            });
        },
    );
    wrong("epsilon inside the root", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [by_m, by_v]| {
            let [m, v] = means(g, old, s);
            (w - s.lr * m / by_m / (v / by_v + s.epsilon).sqrt(), [m, v])
        });
    });
    wrong("epsilon is forgotten", true, |layer, gradients, moments, s| {
        solution::adam(layer, gradients, moments, &Settings { epsilon: 0.0, ..*s });
    });
    wrong("the shortcut of the paper", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [by_m, by_v]| {
            let [m, v] = means(g, old, s);
            let lr = s.lr * by_v.sqrt() / by_m;
            (w - lr * m / (v.sqrt() + s.epsilon), [m, v])
        });
    });
    wrong("the root is forgotten", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [by_m, by_v]| {
            let [m, v] = means(g, old, s);
            (w - s.lr * m / by_m / (v / by_v + s.epsilon), [m, v])
        });
    });
    wrong("the betas are swapped", true, |layer, gradients, moments, s| {
        let swapped = Settings { beta1: s.beta2, beta2: s.beta1, ..*s };
        solution::adam(layer, gradients, moments, &swapped);
    });
    wrong(
        "the second moment without the square",
        true,
        |layer, gradients, moments, s| {
            with_moments(
                layer,
                gradients,
                moments,
                s,
                |w, g, [m, v], [by_m, by_v]| {
                    let [m, _] = means(g, [m, v], s);
                    let v = s.beta2 * v + (1.0 - s.beta2) * g;
                    (moved(w, m / by_m, v / by_v, s), [m, v])
                },
            );
        },
    );
    wrong("the first moment is squared", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, [m, v], [by_m, by_v]| {
            let [_, v] = means(g, [m, v], s);
            let m = s.beta1 * m + (1.0 - s.beta1) * g * g;
            (moved(w, m / by_m, v / by_v, s), [m, v])
        });
    });
    wrong("the count starts from 0", true, |layer, gradients, moments, s| {
        moments.t -= 1;
        solution::adam(layer, gradients, moments, s);
        moments.t += 1;
    });
    wrong("the count does not go on", true, |layer, gradients, moments, s| {
        solution::adam(layer, gradients, moments, s);
        moments.t = 0;
    });
    wrong(
        "the count goes on for W and for b",
        true,
        |layer, gradients, moments, s| {
            let (mut layer_of_b, mut moments_of_b) =
                (layer.clone(), moments.clone());
            moments_of_b.t += 1;
            solution::adam(&mut layer_of_b, gradients, &mut moments_of_b, s);
            solution::adam(layer, gradients, moments, s);
            layer.b = layer_of_b.b;
            moments.t = moments_of_b.t;
        },
    );
    wrong("beta times the count", true, |layer, gradients, moments, s| {
        let t = f64::from(moments.t + 1);
        with_moments(layer, gradients, moments, s, |w, g, old, _| {
            let [m, v] = means(g, old, s);
            let (by_m, by_v) = (1.0 - s.beta1 * t, 1.0 - s.beta2 * t);
            (moved(w, m / by_m, v / by_v, s), [m, v])
        });
    });
    wrong("divided by the power of beta", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [by_m, by_v]| {
            let [m, v] = means(g, old, s);
            (moved(w, m / (1.0 - by_m), v / (1.0 - by_v), s), [m, v])
        });
    });
    wrong("the correction multiplies", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [by_m, by_v]| {
            let [m, v] = means(g, old, s);
            (moved(w, m * by_m, v * by_v, s), [m, v])
        });
    });
    wrong(
        "the corrected moments are kept",
        true,
        |layer, gradients, moments, s| {
            with_moments(
                layer,
                gradients,
                moments,
                s,
                |w, g, old, [by_m, by_v]| {
                    let [m, v] = means(g, old, s);
                    (moved(w, m / by_m, v / by_v, s), [m / by_m, v / by_v])
                },
            );
        },
    );
    wrong("the gradient enters whole", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, [m, v], [by_m, by_v]| {
            let [m, v] = [s.beta1 * m + g, s.beta2 * v + g * g];
            (moved(w, m / by_m, v / by_v, s), [m, v])
        });
    });
    wrong("beta and 1 - beta are swapped", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, [m, v], [by_m, by_v]| {
            let m = (1.0 - s.beta1) * m + s.beta1 * g;
            let v = (1.0 - s.beta2) * v + s.beta2 * g * g;
            (moved(w, m / by_m, v / by_v, s), [m, v])
        });
    });
    wrong("along the gradient", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, old, [_, by_v]| {
            let [m, v] = means(g, old, s);
            (moved(w, g, v / by_v, s), [m, v])
        });
    });
    wrong("the old moments", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, [m, v], [by_m, by_v]| {
            (moved(w, m / by_m, v / by_v, s), means(g, [m, v], s))
        });
    });
    wrong("nothing moves", true, |layer, gradients, moments, s| {
        solution::adam(&mut layer.clone(), gradients, moments, s);
    });
    wrong("a copy of the moments", true, |layer, gradients, moments, s| {
        solution::adam(layer, gradients, &mut moments.clone(), s);
    });
    wrong("the moments are reset", true, |layer, gradients, moments, s| {
        *moments = Moments { t: moments.t, ..Moments::zeros(layer) };
        solution::adam(layer, gradients, moments, s);
    });
    wrong(
        "the learning rate is forgotten",
        true,
        |layer, gradients, moments, s| {
            solution::adam(layer, gradients, moments, &Settings { lr: 1.0, ..*s });
        },
    );
    wrong("the usual settings", true, |layer, gradients, moments, s| {
        let settings = Settings { lr: s.lr, ..Settings::default() };
        solution::adam(layer, gradients, moments, &settings);
    });
    wrong("plain gradient descent", true, |layer, gradients, _, s| {
        solution::sgd(layer, gradients, s.lr);
    });
    wrong("the weights are replaced", true, |layer, gradients, moments, s| {
        layer.w.fill(0.0);
        layer.b.fill(0.0);
        solution::adam(layer, gradients, moments, s);
    });
    wrong("b is forgotten", true, |layer, gradients, moments, s| {
        let b = layer.b.clone();
        solution::adam(layer, gradients, moments, s);
        layer.b = b;
    });
    wrong("the moments of W for b", true, |layer, gradients, moments, s| {
        let b = layer.b.clone();
        solution::adam(layer, gradients, moments, s);
        let kept = moments.m_w.iter_mut().zip(&mut moments.v_w);
        layer.b = b;
        for ((b, &g), (m, v)) in layer.b.iter_mut().zip(&gradients.db).zip(kept) {
            [*m, *v] = means(g, [*m, *v], s);
            let [by_m, by_v] =
                [s.beta1, s.beta2].map(|beta| 1.0 - beta.powi(moments.t));
            *b = moved(*b, *m / by_m, *v / by_v, s);
        }
    });
    wrong("m and v are swapped", true, |layer, gradients, moments, s| {
        with_moments(layer, gradients, moments, s, |w, g, [v, m], [by_m, by_v]| {
            let [m, v] = means(g, [m, v], s);
            (moved(w, m / by_m, v / by_v, s), [v, m])
        });
    });
    wrong("the numbers typed in", false, |layer, _, _, _| {
        layer.w = array![[0.92, -2.911, 0.45], [-0.067, 4.05, -1.0]];
        layer.b = array![0.433, -1.92];
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
