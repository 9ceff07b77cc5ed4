use std::f64::consts::LN_2;

use approx::assert_relative_eq;
use checks::overflow::{self as check, Outcome};
use ndarray::{Array1, ArrayView1, array};
use solutions::overflow as solution;

use crate::{passes, rejects, right, wrong};

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
        let mut sum = 0.0;
        for &z in z {
            sum += z.exp();
        }
        z.iter().map(|z| z.exp() / sum).collect()
    });
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
    right(|z| {
        let max = max(z);
        let mut a = z.to_vec();
        let mut sum = 0.0;
        for a in a.iter_mut().rev() {
            *a = (*a - max).exp();
            sum += *a;
        }
        a.iter_mut().for_each(|a| *a /= sum);
        Array1::from_vec(a)
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
        let max = max(z);
        let ln_sum = z.iter().map(|z| (z - max).exp()).sum::<f64>().ln();
        z.mapv(|z| (z - max) - ln_sum)
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

fn min(z: ArrayView1<'_, f64>) -> f64 {
    z.iter().copied().fold(f64::INFINITY, f64::min)
}

/// `exp(z - by) / Σ exp(z - by)`
fn shifted(z: ArrayView1<'_, f64>, by: f64) -> Array1<f64> {
    solution::naive_softmax(z.mapv(|z| z - by).view())
}

#[test]
fn wrong_naive_softmaxes() {
    let wrong = |mistake, named, answer| {
        rejects("overflow", "naive_softmax", mistake, named, || {
            check::naive_softmax(answer, solution::outcomes)
        });
    };
    wrong("it is stable already", true, solution::stable_softmax);
    wrong("the sum is forgotten", true, |z| z.mapv(f64::exp));
    wrong("the mean for the sum", true, |z| z.mapv(f64::exp) / z.len() as f64);
    wrong("exp is forgotten", true, |z| &z / z.sum());
    wrong("powers of 2", true, |z| {
        let powers = z.mapv(f64::exp2);
        &powers / powers.sum()
    });
    wrong("the sign is flipped", true, |z| solution::naive_softmax((-&z).view()));
    wrong("the numbers typed in", true, |_| {
        array![
            0.090_030_573_170_380_46,
            0.244_728_471_054_797_6,
            0.665_240_955_774_821_9
        ]
    });
    wrong("the sum alone", false, |z| array![z.mapv(f64::exp).sum()]);
}

#[test]
fn wrong_outcomes() {
    use Outcome::{Infinite, NaN, Zero};
    let wrong = |mistake, outcomes| {
        rejects("overflow", "naive_softmax", mistake, true, || {
            check::naive_softmax(solution::naive_softmax, outcomes)
        });
    };
    wrong("exp of 1000 is not a number", || [NaN, Zero, NaN, NaN, Zero]);
    wrong("exp of minus 1000 is minus infinity", || {
        [Infinite, Infinite, NaN, NaN, Zero]
    });
    wrong("infinity by infinity is infinite", || {
        [Infinite, Zero, Infinite, NaN, Zero]
    });
    wrong("zero by zero is zero", || [Infinite, Zero, NaN, Zero, Zero]);
    wrong("one by infinity is not a number", || [Infinite, Zero, NaN, NaN, NaN]);
}

#[test]
fn wrong_stable_softmaxes() {
    let wrong = wrong("overflow", "stable_softmax", check::stable_softmax);
    wrong("it is naive", true, solution::naive_softmax);
    wrong("the minimum is subtracted", true, |z| shifted(z, min(z)));
    wrong("the mean is subtracted", true, |z| {
        shifted(z, z.mean().expect("a score"))
    });
    wrong("the maximum is added", true, |z| shifted(z, -max(z)));
    wrong("the maximum starts from 0", true, |z| {
        shifted(z, z.fold(0.0, |max: f64, &z| max.max(z)))
    });
    wrong("the maximum of the absolute scores", true, |z| {
        shifted(z, max(z.abs().view()))
    });
    wrong("the maximum divides", true, |z| shifted((&z / max(z)).view(), 0.0));
    wrong("scores are cut off", true, |z| {
        shifted(z.mapv(|z| z.clamp(-500.0, 500.0)).view(), 0.0)
    });
    wrong("NaN becomes zero", true, |z| {
        shifted(z, 0.0).mapv(|a| if a.is_nan() { 0.0 } else { a })
    });
    wrong("the sum is forgotten", true, |z| {
        let max = max(z);
        z.mapv(|z| (z - max).exp())
    });
    wrong("a small number beside the sum", true, |z| {
        let max = max(z);
        let exp = z.mapv(|z| (z - max).exp());
        &exp / (exp.sum() + 1e-7)
    });
    wrong("sigmoids", true, |z| z.mapv(|z| 1.0 / (1.0 + (-z).exp())));
    wrong("the logarithm", true, solution::log_softmax);
}

#[test]
fn wrong_log_sum_exps() {
    let wrong = wrong("overflow", "log_sum_exp", check::log_sum_exp);
    wrong("it is naive", true, |z| sum_exp(z, 0.0).ln());
    wrong("the maximum is not added back", true, |z| sum_exp(z, max(z)).ln());
    wrong("the maximum is subtracted twice", true, |z| {
        sum_exp(z, max(z)).ln() - max(z)
    });
    wrong("the maximum is added inside", true, |z| {
        max(z) + sum_exp(z, -max(z)).ln()
    });
    wrong("the maximum starts from 0", true, |z| {
        let max = max(z).max(0.0);
        max + sum_exp(z, max).ln()
    });
    wrong("the maximum is a factor", true, |z| max(z) * sum_exp(z, max(z)).ln());
    wrong("the logarithm is forgotten", true, |z| max(z) + sum_exp(z, max(z)));
    wrong("the sum of the logarithms", true, |z| {
        z.iter().map(|z| z.exp().ln()).sum()
    });
    wrong("the maximum alone", true, max);
    wrong("the mean for the sum", true, |z| {
        max(z) + (sum_exp(z, max(z)) / z.len() as f64).ln()
    });
    wrong("1 too many", true, |z| max(z) + sum_exp(z, max(z)).ln_1p());
    wrong("base 10", true, |z| max(z) + sum_exp(z, max(z)).log10());
    wrong("a constant", true, |_| 2.407_605_964_444_38);
}

/// `Σ exp(z - by)`
fn sum_exp(z: ArrayView1<'_, f64>, by: f64) -> f64 {
    z.mapv(|z| (z - by).exp()).sum()
}

#[test]
fn wrong_log_softmaxes() {
    let wrong = wrong("overflow", "log_softmax", check::log_softmax);
    wrong("the logarithm of softmax", true, |z| {
        solution::stable_softmax(z).mapv(f64::ln)
    });
    wrong("the logarithm of the naive softmax", true, |z| {
        solution::naive_softmax(z).ln()
    });
    wrong("a small number inside the logarithm", true, |z| {
        solution::stable_softmax(z).mapv(|a| (a + 1e-7).ln())
    });
    wrong("a floor under the probability", true, |z| {
        solution::stable_softmax(z).mapv(|a| a.max(1e-300).ln())
    });
    wrong("a naive log sum exp", true, |z| {
        let ln_sum = sum_exp(z, 0.0).ln();
        z.mapv(|z| z - ln_sum)
    });
    wrong("rounded away beside large scores", true, |z| {
        let log_sum_exp = solution::log_sum_exp(z);
        z.mapv(|z| z - log_sum_exp)
    });
    wrong("the sign is flipped", true, |z| -solution::log_softmax(z));
    wrong("log sum exp is added", true, |z| &z + solution::log_sum_exp(z));
    wrong("log sum exp divides", true, |z| &z / solution::log_sum_exp(z));
    wrong("the maximum alone", true, |z| &z - max(z));
    wrong("softmax itself", true, solution::stable_softmax);
    wrong("base 10", true, |z| solution::log_softmax(z) / std::f64::consts::LN_10);
    wrong("log sum exp alone", false, |z| array![solution::log_sum_exp(z)]);
}

#[test]
fn wrong_cross_entropies() {
    let wrong = wrong("overflow", "cross_entropy", check::cross_entropy);
    wrong("the sign is flipped", true, |z, y| solution::log_softmax(z)[y]);
    wrong("the logarithm of the probability", true, |z, y| {
        -solution::stable_softmax(z)[y].ln()
    });
    wrong("the logarithm of the naive probability", true, |z, y| {
        -solution::naive_softmax(z)[y].ln()
    });
    wrong("a small number inside the logarithm", true, |z, y| {
        -(solution::stable_softmax(z)[y] + 1e-7).ln()
    });
    wrong("a floor under the probability", true, |z, y| {
        -solution::stable_softmax(z)[y].max(1e-300).ln()
    });
    wrong("the logarithm is forgotten", true, |z, y| {
        1.0 - solution::stable_softmax(z)[y]
    });
    wrong("all classes are summed", true, |z, _| -solution::log_softmax(z).sum());
    wrong("the mean of all classes", true, |z, _| {
        -solution::log_softmax(z).mean().expect("a class")
    });
    wrong("always class 0", true, |z, _| -solution::log_softmax(z)[0]);
    wrong("the predicted class", true, |z, _| solution::log_sum_exp(z) - max(z));
    wrong("naive", true, |z, y| sum_exp(z, 0.0).ln() - z[y]);
    wrong("the score alone", true, |z, y| -z[y]);
    wrong("rounded away beside large scores", true, |z, y| {
        solution::log_sum_exp(z) - z[y]
    });
    wrong("a constant", true, |_, _| 0.407_605_964_444_38);
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
