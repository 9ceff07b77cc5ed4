use approx::assert_abs_diff_eq;
use checks::adam::{self as check, AdamW, Fate, RmsProp};
use ndarray::{Array1, ArrayViewMut1, array};
use no_magic::gradient_check;
use solutions::adam as solution;

use crate::{diagnosed, passes, right};

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

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_valleys_are_diagnosed() {
    let wrong = diagnosed(|answer| check::valley(answer, solution::fates));
    wrong(&["stale_slope"], |[x, y], lr, steps| {
        let way = lr * steps as f64;
        [x - way * x, y - way * 100.0 * y]
    });
    wrong(&["uphill", "one_too_many"], |[x, y], lr, steps| {
        let power = |factor: f64| factor.powf(steps as f64 + 1.0);
        [x * power(1.0 + lr), y * power(1.0 + 100.0 * lr)]
    });
    // y steps along the slope where x and y have met.
    wrong(&[], |[mut x, mut y], lr, steps| {
        for _ in 0..steps {
            x -= lr * x;
            y -= lr * 100.0 * (x + y) / 2.0;
        }
        [x, y]
    });
}

#[test]
fn wrong_fates_are_diagnosed() {
    use Fate::{BlowsUp, Bounces, Settles};
    let wrong = diagnosed(|fates| check::valley(solution::valley, fates));
    // Far out, y becomes NaN, of which `max` takes no notice.
    wrong(&["momentum_blows_up_at_0_03", "momentum_settles_at_0_04"], || {
        [0.015, 0.02, 0.021, 0.03, 0.04].map(|lr| fate((0.0, lr)))
    });
    wrong(&["everything_settles"], || [Settles; 5]);
    wrong(&[], || [BlowsUp, Settles, Bounces, Bounces, Settles]);
}

#[test]
fn the_function_to_edit_is_named() {
    let verdict = check::valley(solution::valley, || [Fate::Settles; 5]);
    assert_eq!(verdict.unwrap_err().function, Some("fates"));
}

#[test]
fn wrong_rmsprops_are_diagnosed() {
    let wrong = diagnosed(check::rmsprop);
    wrong(&["first_step_kept"], |o, parameters, gradients| {
        let mut memory = o.v.clone();
        if memory.is_empty() {
            memory = zeros(gradients);
        }
        for (i, g) in gradients.iter().enumerate() {
            memory[i] = o.beta * &memory[i] + (1.0 - o.beta) * g * g;
            parameters[i] -= &(o.lr * g / (memory[i].sqrt() + o.epsilon));
        }
        if o.v.is_empty() {
            o.v = memory;
        }
    });
    wrong(&["v_shares_swapped", "epsilon_inside"], |o, parameters, gradients| {
        if o.v.is_empty() {
            o.v = zeros(gradients);
        }
        for (i, g) in gradients.iter().enumerate() {
            for j in 0..g.len() {
                o.v[i][j] += o.beta * (g[j].powi(2) - o.v[i][j]);
                parameters[i][j] -= o.lr * g[j] / (o.v[i][j] + o.epsilon).sqrt();
            }
        }
    });
    // A mean over all numbers of all parameters.
    wrong(&[], |o, parameters, gradients| {
        let count = gradients.iter().map(Array1::len).sum::<usize>() as f64;
        let mean = gradients.iter().map(|g| g.pow2().sum()).sum::<f64>() / count;
        if o.v.is_empty() {
            o.v = zeros(gradients);
        }
        for (i, g) in gradients.iter().enumerate() {
            o.v[i] = o.beta * &o.v[i] + (1.0 - o.beta) * mean;
            parameters[i] -= &(o.lr * g / (o.v[i].sqrt() + o.epsilon));
        }
    });
}

#[test]
fn wrong_adamws_are_diagnosed() {
    let wrong = diagnosed(|answer: Step<AdamW>| check::adamw(answer));
    // On paper this is sometimes written so, with ε in another place.
    wrong(&["epsilon_before_correction"], |o, parameters, gradients| {
        remember(o, gradients);
        o.t += 1;
        let m_bias = 1.0 - o.beta1.powi(o.t);
        let v_bias = 1.0 - o.beta2.powi(o.t);
        let lr = o.lr * v_bias.sqrt() / m_bias;
        for (i, g) in gradients.iter().enumerate() {
            o.m[i] = o.beta1 * &o.m[i] + (1.0 - o.beta1) * g;
            o.v[i] = o.beta2 * &o.v[i] + (1.0 - o.beta2) * g * g;
            parameters[i] *= 1.0 - o.lr * o.weight_decay;
            parameters[i] -= &(lr * &o.m[i] / (o.v[i].sqrt() + o.epsilon));
        }
    });
    wrong(&["decay_last", "m_not_corrected"], |o, parameters, gradients| {
        remember(o, gradients);
        o.t += 1;
        for (i, g) in gradients.iter().enumerate() {
            o.m[i] *= o.beta1;
            o.m[i].scaled_add(1.0 - o.beta1, g);
            o.v[i] *= o.beta2;
            o.v[i].scaled_add(1.0 - o.beta2, &g.pow2());
            let root = (&o.v[i] / (1.0 - o.beta2.powi(o.t))).sqrt();
            parameters[i] -= &(o.lr * &o.m[i] / (root + o.epsilon));
            parameters[i] *= 1.0 - o.lr * o.weight_decay;
        }
    });
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
