use std::f64::consts::LN_2;

use approx::assert_relative_eq;
use checks::overflow::{self as check, Outcome};
use ndarray::{Array1, ArrayView1, array};
use solutions::overflow as solution;

use crate::{diagnosed, passes, right};

#[test]
fn solutions_pass() {
    passes("overflow", "naive_softmax", || {
        check::naive_softmax(solution::naive_softmax, solution::outcomes)
    });
    passes("overflow", "stable_softmax", || {
        check::stable_softmax(solution::stable_softmax)
    });
    passes("overflow", "log_sum_exp", || check::log_sum_exp(solution::log_sum_exp));
    passes("overflow", "log_softmax", || check::log_softmax(solution::log_softmax));
    passes("overflow", "cross_entropy", || {
        check::cross_entropy(solution::cross_entropy)
    });
}

#[test]
fn right_naive_softmaxes_written_differently_pass() {
    let right = |answer| {
        passes("overflow", "naive_softmax", || {
            check::naive_softmax(answer, solution::outcomes)
        });
    };
    right(|z| {
        // One multiplication for each entry, and another rounding.
        let mut a = z.mapv(|z| std::f64::consts::E.powf(z));
        a *= 1.0 / a.sum();
        a
    });
    passes("overflow", "naive_softmax", || {
        check::naive_softmax(solution::naive_softmax, || {
            let naive = |z: Array1<f64>| solution::naive_softmax(z.view());
            [
                1000_f64.exp(),
                (-1000_f64).exp(),
                naive(array![1000.0, 1001.0, 1002.0])[0],
                naive(array![-1000.0, -1001.0, -1002.0])[0],
                naive(array![1000.0, 0.0])[1],
            ]
            .map(outcome)
        })
    });
}

fn outcome(x: f64) -> Outcome {
    if x.is_nan() {
        Outcome::NaN
    } else if x.is_infinite() {
        Outcome::Infinite
    } else {
        Outcome::Zero
    }
}

#[test]
fn right_stable_softmaxes_written_differently_pass() {
    let right = right("overflow", "stable_softmax", check::stable_softmax);
    // As the hint says.
    right(|z| {
        let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
        let exp = z.mapv(|z| (z - max).exp());
        let sum = exp.sum();
        exp / sum
    });
    right(|z| solution::log_softmax(z).mapv(f64::exp));
    right(|z| {
        // 1 / Σⱼ exp(z[j] - z[i]): an infinite sum is harmless below a 1.
        z.mapv(|z_i| 1.0 / z.iter().map(|z_j| (z_j - z_i).exp()).sum::<f64>())
    });
}

#[test]
fn right_log_sum_exps_written_differently_pass() {
    let right = right("overflow", "log_sum_exp", check::log_sum_exp);
    right(|z| {
        let mut sorted = z.to_vec();
        sorted.sort_by(f64::total_cmp);
        let max = sorted.pop().expect("a score");
        max + sorted.iter().map(|z| (z - max).exp()).sum::<f64>().ln_1p()
    });
    right(|z| {
        // In one pass, score by score: ln(exp(a) + exp(b)).
        z.fold(f64::NEG_INFINITY, |sum, &z| {
            let (large, small) = (sum.max(z), sum.min(z));
            large + (small - large).exp().ln_1p()
        })
    });
}

#[test]
fn right_log_softmaxes_written_differently_pass() {
    let right = right("overflow", "log_softmax", check::log_softmax);
    // As the hint says.
    right(|z| {
        let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
        let shifted = z.mapv(|z| z - max);
        let log_sum_exp = solution::log_sum_exp(shifted.view());
        shifted - log_sum_exp
    });
    right(|z| {
        let differences = |z_i| z.mapv(|z_j| z_j - z_i);
        z.mapv(|z_i| -solution::log_sum_exp(differences(z_i).view()))
    });
}

#[test]
fn right_cross_entropies_written_differently_pass() {
    let right = right("overflow", "cross_entropy", check::cross_entropy);
    right(|z, y| solution::log_sum_exp(z.mapv(|z_j| z_j - z[y]).view()));
    right(|z, y| {
        let max = max(z);
        let sum: f64 = z.iter().rev().map(|z| (z - max).exp()).sum();
        sum.ln() + (max - z[y])
    });
}

fn max(z: ArrayView1<'_, f64>) -> f64 {
    z.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_naive_softmaxes_are_diagnosed() {
    use Outcome::{Infinite, NaN, Zero};
    let wrong =
        diagnosed(|(answer, outcomes)| check::naive_softmax(answer, outcomes));
    let outcomes = solution::outcomes;
    wrong(&["stable"], (solution::stable_softmax, outcomes));
    wrong(
        &["sum_again"],
        (
            |z| {
                let mut a = z.mapv(f64::exp);
                for i in 0..a.len() {
                    a[i] /= a.iter().sum::<f64>();
                }
                a
            },
            outcomes,
        ),
    );
    wrong(
        &["exp_1000_is_nan", "zero_by_zero_is_0"],
        (solution::naive_softmax, || [NaN, Zero, NaN, Zero, Zero]),
    );
    wrong(
        &["sigmoid", "exp_minus_1000_is_infinite"],
        (
            |z| z.mapv(|z| 0.5 + 0.5 * (z / 2.0).tanh()),
            || [Infinite, Infinite, NaN, NaN, Zero],
        ),
    );
    wrong(&[], (|_| array![0.09, 0.24, 0.67], outcomes));
}

#[test]
fn wrong_stable_softmaxes_are_diagnosed() {
    let wrong = diagnosed(check::stable_softmax);
    wrong(&["overflow"], solution::naive_softmax);
    wrong(&["maximum_of_0"], |z| {
        let mut max = f64::MIN_POSITIVE;
        for &z in z {
            if z > max {
                max = z;
            }
        }
        let exp = z.mapv(|z| (z - max).exp());
        &exp / exp.sum()
    });
    wrong(&["mean_subtracted", "epsilon_1e_7"], |z| {
        let mean = z.sum() / z.len() as f64;
        let exp: Vec<f64> = z.iter().map(|z| (z - mean).exp()).collect();
        let sum = exp.iter().sum::<f64>() + 1e-7;
        exp.iter().map(|exp| exp / sum).collect()
    });
    wrong(&["clamped_700"], |z| {
        solution::stable_softmax(z.mapv(|z| z.clamp(-700.0, 700.0)).view())
    });
}

#[test]
fn wrong_log_sum_exps_are_diagnosed() {
    let wrong = diagnosed(check::log_sum_exp);
    wrong(&["minimum", "maximum_missing"], |z| {
        let min = z.iter().copied().reduce(f64::min).expect("a score");
        z.iter().map(|z| (z - min).exp()).sum::<f64>().ln()
    });
    wrong(&["ln_of_maximum", "log_2_of_sum"], |z| {
        let max = max(z);
        max.ln() + z.iter().map(|z| (z - max).exp()).sum::<f64>().log2()
    });
}

#[test]
fn wrong_log_softmaxes_are_diagnosed() {
    let wrong = diagnosed(check::log_softmax);
    wrong(&["ln_of_softmax"], |z| solution::stable_softmax(z).ln());
    wrong(&["rounded_away"], |z| {
        let log_sum_exp = solution::log_sum_exp(z);
        z.iter().map(|z| z - log_sum_exp).collect()
    });
    wrong(&["plus_1e_7", "overflow"], |z| {
        solution::naive_softmax(z).mapv(|a| (a + 1e-7).ln())
    });
    wrong(&[], |z| solution::log_softmax(z).mapv(|ln_a| ln_a.max(-100.0)));
}

#[test]
fn wrong_cross_entropies_are_diagnosed() {
    let wrong = diagnosed(check::cross_entropy);
    wrong(&["predicted_class"], |z, _| {
        let ln_a = solution::log_softmax(z);
        ln_a.iter().map(|ln_a| -ln_a).fold(f64::INFINITY, f64::min)
    });
    wrong(&["patched"], |z, y| {
        let a = solution::stable_softmax(z)[y];
        if a == 0.0 { max(z) - z[y] } else { -a.ln() }
    });
    wrong(&["class_0", "overflow"], |z, _| {
        z.iter().map(|z| z.exp()).sum::<f64>().ln() - z[0]
    });
    wrong(&["zero_times_infinity"], |z, y| {
        let mut one_hot = Array1::zeros(z.len());
        one_hot[y] = 1.0;
        -one_hot.dot(&solution::stable_softmax(z).ln())
    });
}

/// Made with mpmath 1.3, with 700 digits because `exp(-1600)` has to survive beside
/// 1:
///
/// ```python
/// ln_sum = log(sum(exp(x) for x in z))
/// print(float(ln_sum), [float(x - ln_sum) for x in z])
/// ```
#[test]
fn the_numbers_are_those_of_exact_arithmetic() {
    for (z, log_sum_exp, log_softmax) in [
        (
            array![0.5, -2.0, 1.5],
            1.835_097_595_516_167,
            array![
                -1.335_097_595_516_167,
                -3.835_097_595_516_167_2,
                -0.335_097_595_516_167_13
            ],
        ),
        (
            array![-1000.0, -1001.0, -1002.0],
            -999.592_394_035_555_6,
            array![
                -0.407_605_964_444_380_3,
                -1.407_605_964_444_380_4,
                -2.407_605_964_444_38
            ],
        ),
        (array![-800.0, 0.0, 800.0], 800.0, array![-1600.0, -800.0, 0.0]),
        (array![1e16, 1e16], 1e16, array![-LN_2, -LN_2]),
    ] {
        let near = |a: f64, b: f64| {
            assert_relative_eq!(a, b, max_relative = 1e-15, epsilon = 1e-12);
        };
        near(solution::log_sum_exp(z.view()), log_sum_exp);
        for (y, &expected) in log_softmax.iter().enumerate() {
            near(solution::log_softmax(z.view())[y], expected);
            near(solution::cross_entropy(z.view(), y), -expected);
            near(solution::stable_softmax(z.view())[y], expected.exp());
        }
    }
}
