use approx::assert_abs_diff_eq;
use checks::adam::{self as check, AdamW, Fate, RmsProp};
use ndarray::{Array1, ArrayViewMut1, Zip, array, azip};
use no_magic::batched::{Adam, Optimizer};
use no_magic::gradient_check;
use solutions::adam as solution;

use crate::{passes, rejects, right, wrong};

type Step<O> = fn(&mut O, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]);

#[test]
fn solutions_pass() {
    passes("adam", "valley", || check::valley(solution::valley, solution::fates));
    passes("adam", "rmsprop", || check::rmsprop(solution::rmsprop));
    passes("adam", "adamw", || check::adamw(solution::adamw));
}

#[test]
fn right_valleys_written_differently_pass() {
    let right = |answer| {
        passes("adam", "valley", || check::valley(answer, solution::fates));
    };
    right(|start, lr, steps| {
        let mut p = array![start[0], start[1]];
        let curvatures = array![1.0, 100.0];
        for _ in 0..steps {
            let gradient = &curvatures * &p;
            p.scaled_add(-lr, &gradient);
        }
        [p[0], p[1]]
    });
    right(|[x, y], lr, steps| {
        let n = i32::try_from(steps).unwrap();
        let factor = |curvature: f64| (1.0 - lr * curvature).powi(n);
        [x * factor(1.0), y * factor(100.0)]
    });
}

#[test]
fn fates_that_are_tried_out_pass() {
    passes("adam", "valley", || {
        check::valley(solution::valley, || {
            [(0.0, 0.015), (0.0, 0.02), (0.0, 0.021), (0.9, 0.03), (0.9, 0.04)]
                .map(fate)
        })
    });
}

/// Looks at where momentum `μ` with a learning rate `η` is after many steps; 0 is
/// none at all.
fn fate((mu, lr): (f64, f64)) -> Fate {
    let far = [1.0_f64, 100.0].map(|curvature| {
        let (mut p, mut v) = (1.0_f64, 0.0);
        for _ in 0..700 {
            v = mu * v + curvature * p;
            p -= lr * v;
        }
        p.abs()
    });
    let furthest = far[0].max(far[1]);
    if furthest < 1e-3 {
        Fate::Settles
    } else if furthest < 1e3 {
        Fate::Bounces
    } else {
        Fate::BlowsUp
    }
}

#[test]
fn right_rmsprops_written_differently_pass() {
    let right = right("adam", "rmsprop", check::rmsprop);
    right(|optimizer, parameters, gradients| {
        for (i, g) in gradients.iter().enumerate() {
            if optimizer.v.len() == i {
                optimizer.v.push(Array1::zeros(g.len()));
            }
            for (j, g) in g.iter().enumerate() {
                let v = &mut optimizer.v[i][j];
                *v += (1.0 - optimizer.beta) * (g.powi(2) - *v);
                let divisor = v.sqrt() + optimizer.epsilon;
                parameters[i][j] -= optimizer.lr / divisor * g;
            }
        }
    });
    right(|optimizer, parameters, gradients| {
        let squares = gradients.iter().map(|g| (1.0 - optimizer.beta) * g * g);
        if optimizer.v.is_empty() {
            optimizer.v = squares.collect();
        } else {
            let old = optimizer.v.iter();
            optimizer.v =
                old.zip(squares).map(|(v, g)| optimizer.beta * v + g).collect();
        }
        let rate = optimizer.lr;
        for (i, v) in optimizer.v.iter().enumerate() {
            let step = rate * &gradients[i] / (v.sqrt() + optimizer.epsilon);
            parameters[i] -= &step;
        }
    });
}

#[test]
fn right_adamws_written_differently_pass() {
    let right =
        |answer: Step<AdamW>| passes("adam", "adamw", || check::adamw(answer));
    right(|optimizer, parameters, gradients| {
        remember(optimizer, gradients);
        optimizer.t += 1;
        let t = f64::from(optimizer.t);
        let keep = 1.0 - optimizer.lr * optimizer.weight_decay;
        for (i, g) in gradients.iter().enumerate() {
            let AdamW { beta1, beta2, .. } = *optimizer;
            optimizer.m[i] = beta1 * &optimizer.m[i] + (1.0 - beta1) * g;
            optimizer.v[i] = beta2 * &optimizer.v[i] + (1.0 - beta2) * (g * g);
            let m = &optimizer.m[i] / (1.0 - beta1.powf(t));
            let v = &optimizer.v[i] / (1.0 - beta2.powf(t));
            parameters[i] *= keep;
            parameters[i] -= &(optimizer.lr * m / (v.sqrt() + optimizer.epsilon));
        }
    });
    right(|optimizer, parameters, gradients| {
        // The corrections are factors of the whole row, so they need not be in the
        // loop.
        remember(optimizer, gradients);
        optimizer.t += 1;
        let of_m = 1.0 / (1.0 - optimizer.beta1.powi(optimizer.t));
        let of_v = (1.0 - optimizer.beta2.powi(optimizer.t)).sqrt();
        for (i, p) in parameters.iter_mut().enumerate() {
            for j in 0..p.len() {
                let g = gradients[i][j];
                let (m, v) = (&mut optimizer.m[i][j], &mut optimizer.v[i][j]);
                *m += (1.0 - optimizer.beta1) * (g - *m);
                *v += (1.0 - optimizer.beta2) * (g * g - *v);
                let step = *m * of_m / (v.sqrt() / of_v + optimizer.epsilon);
                p[j] -= optimizer.lr * (step + optimizer.weight_decay * p[j]);
            }
        }
    });
}

fn zeros(gradients: &[Array1<f64>]) -> Vec<Array1<f64>> {
    gradients.iter().map(|g| Array1::zeros(g.len())).collect()
}

fn remember(optimizer: &mut AdamW, gradients: &[Array1<f64>]) {
    if optimizer.m.is_empty() {
        optimizer.m = zeros(gradients);
        optimizer.v = zeros(gradients);
    }
}

/// Gradient descent with another slope than that of the valley.
fn descend(
    start: [f64; 2],
    lr: f64,
    steps: usize,
    slope: fn([f64; 2]) -> [f64; 2],
) -> [f64; 2] {
    let mut p = start;
    for _ in 0..steps {
        let [dx, dy] = slope(p);
        p = [p[0] - lr * dx, p[1] - lr * dy];
    }
    p
}

#[test]
fn wrong_valleys() {
    let wrong = |mistake, named, answer| {
        rejects("adam", "valley", mistake, named, || {
            check::valley(answer, solution::fates)
        });
    };
    wrong("uphill", true, |start, rate, steps| {
        descend(start, -rate, steps, |[x, y]| [x, 100.0 * y])
    });
    wrong("the 100 is forgotten", true, |start, rate, steps| {
        descend(start, rate, steps, |p| p)
    });
    wrong("the half is forgotten", true, |start, rate, steps| {
        descend(start, rate, steps, |[x, y]| [2.0 * x, 200.0 * y])
    });
    wrong("the half is kept", true, |start, rate, steps| {
        descend(start, rate, steps, |[x, y]| [x / 2.0, 50.0 * y])
    });
    wrong("x and y are swapped", true, |start, rate, steps| {
        descend(start, rate, steps, |[x, y]| [100.0 * x, y])
    });
    wrong("the learning rate is forgotten", true, |start, _, steps| {
        descend(start, 1.0, steps, |[x, y]| [x, 100.0 * y])
    });
    wrong("a single step", true, |start, rate, _| {
        descend(start, rate, 1, |[x, y]| [x, 100.0 * y])
    });
    wrong("one step too many", true, |start, rate, steps| {
        descend(start, rate, steps + 1, |[x, y]| [x, 100.0 * y])
    });
    wrong("the slope of the start", true, |[x, y], rate, steps| {
        let way = rate * steps as f64;
        [x - way * x, y - way * 100.0 * y]
    });
    wrong("nothing moves", true, |start, _, _| start);
    wrong("the place is replaced", true, |start, rate, steps| {
        let step = |[x, y]: [f64; 2]| [-rate * x, -rate * 100.0 * y];
        (0..steps).fold(start, |p, _| step(p))
    });
    wrong("the numbers of the first case", true, |_, _, _| [1.984_032, -0.36]);
    wrong("not a number", false, |_, _, _| [f64::NAN; 2]);
}

#[test]
fn wrong_fates() {
    use Fate::{BlowsUp, Bounces, Settles};
    let wrong = |mistake, fates| {
        rejects("adam", "valley", mistake, true, || {
            check::valley(solution::valley, fates)
        });
    };
    wrong("to change sides is to bounce for ever", || {
        [Bounces, Bounces, BlowsUp, Settles, BlowsUp]
    });
    wrong("the limit itself settles", || {
        [Settles, Settles, BlowsUp, Settles, BlowsUp]
    });
    wrong("x is settled so all is well", || {
        [Settles, Bounces, Settles, Settles, BlowsUp]
    });
    wrong("momentum has the limit of gradient descent", || {
        [Settles, Bounces, BlowsUp, BlowsUp, BlowsUp]
    });
    wrong("momentum never blows up", || {
        [Settles, Bounces, BlowsUp, Settles, Settles]
    });
}

/// RMSprop with another rule for a single number: from `(p, g, v, optimizer)` to
/// the new `p`.
fn rms(
    optimizer: &mut RmsProp,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
    rule: impl Fn(f64, f64, &mut f64, &RmsProp) -> f64,
) {
    if optimizer.v.is_empty() {
        optimizer.v = zeros(gradients);
    }
    let settings = optimizer.clone();
    for ((p, g), v) in parameters.iter_mut().zip(gradients).zip(&mut optimizer.v) {
        azip!((p in p, &g in g, v in v) *p = rule(*p, g, v, &settings));
    }
}

/// The fading mean of squares, as it should be.
fn mean(v: f64, g: f64, o: &RmsProp) -> f64 {
    o.beta * v + (1.0 - o.beta) * g * g
}

#[test]
fn wrong_rmsprops() {
    let wrong = wrong("adam", "rmsprop", check::rmsprop);
    wrong("uphill", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = mean(*v, g, o);
            p + o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("the old v", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            let old = *v;
            *v = mean(*v, g, o);
            p - o.lr * g / (old.sqrt() + o.epsilon)
        });
    });
    wrong("epsilon inside the root", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = mean(*v, g, o);
            p - o.lr * g / (*v + o.epsilon).sqrt()
        });
    });
    wrong("epsilon is forgotten", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = mean(*v, g, o);
            p - o.lr * g / v.sqrt()
        });
    });
    wrong("the root is forgotten", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = mean(*v, g, o);
            p - o.lr * g / (*v + o.epsilon)
        });
    });
    wrong("the square is forgotten", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = o.beta * *v + (1.0 - o.beta) * g;
            p - o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("nothing fades", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v += g * g;
            p - o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("the square enters whole", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = o.beta * *v + g * g;
            p - o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("beta and 1 - beta are swapped", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = (1.0 - o.beta) * *v + o.beta * g * g;
            p - o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("the learning rate is forgotten", true, |o, p, g| {
        rms(o, p, g, |p, g, v, o| {
            *v = mean(*v, g, o);
            p - g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("the memory is made anew", true, |o, p, g| {
        o.v = Vec::new();
        solution::rmsprop(o, p, g);
    });
    wrong("a copy of the memory", true, |o, p, g| {
        solution::rmsprop(&mut o.clone(), p, g);
    });
    wrong("by the size of this gradient alone", true, |o, p, g| {
        rms(o, p, g, |p, g, _, o| p - o.lr * g / (g.abs() + o.epsilon));
    });
    wrong("only the first parameter", true, |o, p, g| {
        solution::rmsprop(o, &mut p[..1], &g[..1]);
    });
    wrong("the memory of the first for all", true, |o, p, g| {
        if o.v.is_empty() {
            o.v = zeros(g);
        }
        let (beta, epsilon, rate) = (o.beta, o.epsilon, o.lr);
        for (p, g) in p.iter_mut().zip(g) {
            azip!((p in p, &g in g, v in &mut o.v[0]) {
                *v = beta * *v + (1.0 - beta) * g * g;
                *p -= rate * g / (v.sqrt() + epsilon);
            });
        }
    });
    wrong("the parameters are replaced", true, |o, p, g| {
        rms(o, p, g, |_, g, v, o| {
            *v = mean(*v, g, o);
            -o.lr * g / (v.sqrt() + o.epsilon)
        });
    });
    wrong("plain gradient descent", true, |o, p, g| {
        rms(o, p, g, |p, g, _, o| p - o.lr * g);
    });
    wrong("the memory is never made", true, |o, p, g| {
        let (beta, epsilon, rate) = (o.beta, o.epsilon, o.lr);
        for ((p, g), v) in p.iter_mut().zip(g).zip(&mut o.v) {
            azip!((p in p, &g in g, v in v) {
                *v = beta * *v + (1.0 - beta) * g * g;
                *p -= rate * g / (v.sqrt() + epsilon);
            });
        }
    });
    wrong("the memory is doubled", false, |o, p, g| {
        solution::rmsprop(o, p, g);
        if g.len() == 3 && o.v.len() == 3 {
            o.v.extend(zeros(g));
        }
    });
    wrong("the learning rate fades", false, |o, p, g| {
        solution::rmsprop(o, p, g);
        o.lr *= 0.9;
    });
}

/// AdamW with another rule for a single number: from `(p, g, m, v, optimizer)` to
/// the new `p`.
fn adam(
    optimizer: &mut AdamW,
    parameters: &mut [ArrayViewMut1<'_, f64>],
    gradients: &[Array1<f64>],
    rule: impl Fn(f64, f64, &mut f64, &mut f64, &AdamW) -> f64,
) {
    remember(optimizer, gradients);
    optimizer.t += 1;
    let settings = optimizer.clone();
    let memory = optimizer.m.iter_mut().zip(&mut optimizer.v);
    for ((p, g), (m, v)) in parameters.iter_mut().zip(gradients).zip(memory) {
        azip!((p in p, &g in g, m in m, v in v) *p = rule(*p, g, m, v, &settings));
    }
}

/// Both means with a new gradient, and corrected, as they should be.
fn moments(g: f64, m: &mut f64, v: &mut f64, o: &AdamW) -> (f64, f64) {
    *m = o.beta1 * *m + (1.0 - o.beta1) * g;
    *v = o.beta2 * *v + (1.0 - o.beta2) * g * g;
    (*m / (1.0 - o.beta1.powi(o.t)), *v / (1.0 - o.beta2.powi(o.t)))
}

/// Adam's step, without the decay.
fn step((m, v): (f64, f64), o: &AdamW) -> f64 {
    o.lr * m / (v.sqrt() + o.epsilon)
}

fn decay(o: &AdamW) -> f64 {
    o.lr * o.weight_decay
}

#[test]
fn wrong_weight_decays() {
    let wrong = |mistake, answer: Step<AdamW>| {
        rejects("adam", "adamw", mistake, true, || check::adamw(answer));
    };
    wrong("no decay", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| p - step(moments(g, m, v, o), o));
    });
    wrong("the decay is in the gradient", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            p - step(moments(g + o.weight_decay * p, m, v, o), o)
        });
    });
    wrong("the decay without the learning rate", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            p - o.weight_decay * p - step(moments(g, m, v, o), o)
        });
    });
    wrong("the decay adds", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            p + decay(o) * p - step(moments(g, m, v, o), o)
        });
    });
    wrong("the decay comes after the step", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let p = p - step(moments(g, m, v, o), o);
            p - decay(o) * p
        });
    });
    wrong("the decay is divided", |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (m, v) = moments(g, m, v, o);
            p - step((m + o.weight_decay * p, v), o)
        });
    });
    wrong("only the first decays", |o, p, g| {
        let before: Vec<Array1<f64>> = p.iter().map(|p| p.to_owned()).collect();
        let undo = decay(o);
        solution::adamw(o, p, g);
        for (p, before) in p.iter_mut().zip(&before).skip(1) {
            Zip::from(p).and(before).for_each(|p, &before| *p += undo * before);
        }
    });
}

#[test]
fn wrong_adamws() {
    let wrong = wrong("adam", "adamw", check::adamw);
    wrong("uphill", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            p - decay(o) * p + step(moments(g, m, v, o), o)
        });
    });
    wrong("no correction", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            moments(g, m, v, o);
            p - decay(o) * p - step((*m, *v), o)
        });
    });
    wrong("m is not corrected", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (_, v) = moments(g, m, v, o);
            p - decay(o) * p - step((*m, v), o)
        });
    });
    wrong("v is not corrected", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (m, _) = moments(g, m, v, o);
            p - decay(o) * p - step((m, *v), o)
        });
    });
    wrong("the corrected means are kept", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            (*m, *v) = moments(g, m, v, o);
            p - decay(o) * p - step((*m, *v), o)
        });
    });
    wrong("a count for each parameter", true, |o, p, g| {
        remember(o, g);
        for (i, (p, g)) in p.iter_mut().zip(g).enumerate() {
            let mut one = AdamW {
                m: vec![o.m[i].clone()],
                v: vec![o.v[i].clone()],
                ..o.clone()
            };
            solution::adamw(&mut one, &mut [p.view_mut()], std::slice::from_ref(g));
            (o.t, o.m[i], o.v[i]) = (one.t, one.m.remove(0), one.v.remove(0));
        }
    });
    wrong("counted after the step", true, |o, p, g| {
        o.t -= 1;
        remember(o, g);
        solution::adamw(o, p, g);
        o.t += 1;
    });
    wrong("the count stays at 1", true, |o, p, g| {
        remember(o, g);
        adam(o, p, g, |p, g, m, v, o| {
            let first = AdamW { t: 1, ..o.clone() };
            p - decay(o) * p - step(moments(g, m, v, &first), o)
        });
    });
    wrong("beta times the count", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            moments(g, m, v, o);
            let t = f64::from(o.t);
            let (m, v) = (*m / (1.0 - o.beta1 * t), *v / (1.0 - o.beta2 * t));
            p - decay(o) * p - step((m, v), o)
        });
    });
    wrong("the memory is made anew", true, |o, p, g| {
        o.m = zeros(g);
        o.v = zeros(g);
        adam(o, p, g, |p, g, m, v, o| {
            p - decay(o) * p - step(moments(g, m, v, o), o)
        });
    });
    wrong("epsilon inside the root", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (m, v) = moments(g, m, v, o);
            p - decay(o) * p - o.lr * m / (v + o.epsilon).sqrt()
        });
    });
    wrong("epsilon is forgotten", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (m, v) = moments(g, m, v, o);
            p - decay(o) * p - o.lr * m / v.sqrt()
        });
    });
    wrong("the root is forgotten", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (m, v) = moments(g, m, v, o);
            p - decay(o) * p - o.lr * m / (v + o.epsilon)
        });
    });
    wrong("the square is forgotten", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let old = *v;
            let (m, _) = moments(g, m, v, o);
            *v = o.beta2 * old + (1.0 - o.beta2) * g;
            p - decay(o) * p - step((m, *v / (1.0 - o.beta2.powi(o.t))), o)
        });
    });
    wrong("the betas are swapped", true, |o, p, g| {
        (o.beta1, o.beta2) = (o.beta2, o.beta1);
        solution::adamw(o, p, g);
        (o.beta1, o.beta2) = (o.beta2, o.beta1);
    });
    wrong("along the gradient", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let (_, v) = moments(g, m, v, o);
            p - decay(o) * p - step((g, v), o)
        });
    });
    wrong("the parameters are replaced", true, |o, p, g| {
        adam(o, p, g, |_, g, m, v, o| -step(moments(g, m, v, o), o));
    });
    wrong("the memory of the first for all", true, |o, p, g| {
        remember(o, g);
        o.t += 1;
        let settings = o.clone();
        for (p, g) in p.iter_mut().zip(g) {
            azip!((p in p, &g in g, m in &mut o.m[0], v in &mut o.v[0]) {
                let step = step(moments(g, m, v, &settings), &settings);
                *p -= decay(&settings) * *p + step;
            });
        }
    });
    wrong("silent numbers stay", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let moved = p - decay(o) * p - step(moments(g, m, v, o), o);
            if g == 0.0 { p } else { moved }
        });
    });
    wrong("nothing moves", true, |_, _, _| {});
    wrong("v is kept as its root", false, |o, p, g| {
        for v in &mut o.v {
            v.mapv_inplace(|v| v * v);
        }
        solution::adamw(o, p, g);
        for v in &mut o.v {
            v.mapv_inplace(f64::sqrt);
        }
    });
    wrong("the count is one ahead", false, |o, p, g| {
        if o.t > 0 {
            o.t -= 1;
        }
        let t = o.t;
        solution::adamw(o, p, g);
        o.t = t + 2;
    });
    wrong("the usual betas", true, |o, p, g| {
        adam(o, p, g, |p, g, m, v, o| {
            let usual = AdamW { beta1: 0.9, beta2: 0.999, ..o.clone() };
            p - decay(o) * p - step(moments(g, m, v, &usual), o)
        });
    });
}

#[test]
fn a_memory_without_rows_is_told() {
    let check = check::rmsprop(|optimizer, _, gradients| {
        for (i, g) in gradients.iter().enumerate() {
            optimizer.v[i] += &(g * g);
        }
    });
    let feedback = check.unwrap_err();
    assert_eq!(feedback.sentence, "Your code panicked.");
    let mistake = feedback.mistake.unwrap();
    assert!(mistake.starts_with("before the first step"), "{mistake}");
}

#[test]
fn the_slope_is_that_of_finite_differences() {
    let start = array![2.0, -0.75];
    // With a learning rate of 1, the step is the gradient.
    let [x, y] = solution::valley([start[0], start[1]], 1.0, 1);
    let gradient = &start - &array![x, y];
    let loss = |p: &Array1<f64>| 0.5 * (p[0] * p[0] + 100.0 * p[1] * p[1]);
    gradient_check::check("slope", loss, &start, &gradient, 1e-8).unwrap();
}

/// On paper: four steps multiply x by (1 - 3/200)⁴ = (197/200)⁴, and y by (1 -
/// 3/2)⁴ = 1/16.
#[test]
fn the_valley_ends_where_it_should_on_paper() {
    let [x, y] = solution::valley([-3.0, 0.5], 0.015, 4);
    let on_paper = -3.0 * 1_506_138_481.0 / 1_600_000_000.0;
    assert_abs_diff_eq!(x, on_paper, epsilon = 1e-15);
    assert_abs_diff_eq!(y, 1.0 / 32.0, epsilon = 1e-15);
}

/// Made with Python's `decimal` in 50 digits:
///
/// ```python
/// eta, beta, b1 = map(D, ("0.5", "0.75", "0.8"))
/// b2, eps, decay = map(D, ("0.9", "0.25", "0.125"))
/// p = q = D(-3)
/// v = m = s = D(0)
/// for t, g in enumerate(map(D, ("-0.5", "3", "-2")), 1):
///     v = beta * v + (1 - beta) * g * g
///     p -= eta * g / (v.sqrt() + eps)
///     m = b1 * m + (1 - b1) * g
///     s = b2 * s + (1 - b2) * g * g
///     q -= eta * decay * q
///     q -= eta * (m / (1 - b1**t)) / ((s / (1 - b2**t)).sqrt() + eps)
///     print(float(p), float(q))
/// ```
#[test]
fn the_steps_are_those_of_exact_arithmetic() {
    let mut rms = RmsProp { lr: 0.5, beta: 0.75, epsilon: 0.25, v: Vec::new() };
    let mut adamw = AdamW {
        lr: 0.5,
        beta1: 0.8,
        beta2: 0.9,
        epsilon: 0.25,
        weight_decay: 0.125,
        t: 0,
        m: Vec::new(),
        v: Vec::new(),
    };
    let (mut p, mut q) = (array![-3.0], array![-3.0]);
    for (g, expected_p, expected_q) in [
        (-0.5, -2.5, -2.479_166_666_666_666_5),
        (3.0, -3.349_596_278_571_927_8, -2.618_586_869_418_080_7),
        (-2.0, -2.823_293_604_507_007_6, -2.461_811_311_554_101_6),
    ] {
        solution::rmsprop(&mut rms, &mut [p.view_mut()], &[array![g]]);
        solution::adamw(&mut adamw, &mut [q.view_mut()], &[array![g]]);
        assert_abs_diff_eq!(p[0], expected_p, epsilon = 1e-14);
        assert_abs_diff_eq!(q[0], expected_q, epsilon = 1e-14);
    }
}

#[test]
fn adamw_is_that_of_the_library() {
    let mut library = Adam::new(0.05);
    library.weight_decay = 0.2;
    let mut yours = AdamW {
        lr: 0.05,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weight_decay: 0.2,
        t: 0,
        m: Vec::new(),
        v: Vec::new(),
    };
    let (mut p, mut q) = (array![1.0, -2.0, 0.5], array![1.0, -2.0, 0.5]);
    for step in 0..20 {
        let gradient = &p * array![1.0, 100.0, f64::from(step % 3)];
        library.step(&mut [p.view_mut()], std::slice::from_ref(&gradient));
        solution::adamw(&mut yours, &mut [q.view_mut()], &[gradient]);
        assert_abs_diff_eq!(p, q, epsilon = 1e-14);
    }
}
