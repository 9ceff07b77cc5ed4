//! Mistakes that several questions have in common.

use ndarray::Array1;

use super::{Model, Passed, max};
use crate::{Mistake, mistakes};

/// Mistakes in the exponentials and in their sum, which every question has.
pub(super) fn formula() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        no_exp: "exp is missing.",
            exp = |x| x;
        opposite_exponents: "The exponents have the opposite sign.",
            exp = |x| (-x).exp();
        mean: "The mean of the exponentials is taken instead of their sum.",
            sum = |exp, _| exp.mean().unwrap_or_default();
        last_alone: "The last exponential is taken instead of the sum of them all.",
            sum = |exp, _| exp[exp.len() - 1];
        last_missing: "The last exponential is missing from the sum.",
            sum = |exp, _| exp.iter().take(exp.len() - 1).sum();
        one_too_many: "The sum is too large by 1.",
            sum = |exp, _| exp.sum() + 1.0;
        epsilon_1e_7: "1e-7 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-7;
        epsilon_1e_12: "1e-12 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-12;
    }
}

/// Mistakes in how the scores are made small enough for exp.
pub(super) fn shifts() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        overflow:
            "exp is taken of the scores as they are, and overflows, or becomes 0, \
             where they are large.",
            shift = |_| 0.0;
        minimum: "The minimum is subtracted instead of the maximum.",
            shift = |z| -max(&-z);
        mean_subtracted: "The mean is subtracted instead of the maximum.",
            shift = |z| z.mean().unwrap_or_default();
        first_score: "The first score is subtracted instead of the largest.",
            shift = |z| z[0];
        maximum_of_0: "The maximum is wrong when every score is below 0.",
            shift = |z| max(z).max(0.0);
        largest_magnitude:
            "The largest |z| is subtracted, which isn't always the maximum.",
            shift = |z| max(&z.abs());
        maximum_added: "The maximum is added to the scores instead of subtracted.",
            exponent = |z, shift| z + shift;
        divided_by_maximum:
            "The scores are divided by the maximum, where you should subtract it.",
            exponent = |z, shift| z / shift;
        clamped_500: "The scores are clamped to ±500.",
            score = |z| z.clamp(-500.0, 500.0);
        clamped_700: "The scores are clamped to ±700.",
            score = |z| z.clamp(-700.0, 700.0);
    }
}

/// Mistakes of both softmax functions.
pub(super) fn softmaxes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        not_normalized: "The exponentials aren't divided by their sum.",
            softmax = |p| p.exp.clone();
        sum_of_exponents: "exp is missing from the sum.",
            sum = |_, exponents| exponents.sum();
        no_numerator: "Every entry is 1 / Σ exp(z): the numerator is missing.",
            softmax = |p| Array1::from_elem(p.exp.len(), 1.0 / p.sum);
        logarithm: "This is the logarithm of softmax.",
            softmax = |p| &p.exponents - p.ln_sum;
        sigmoid: "This is the sigmoid of each score by itself.",
            softmax = |p| p.z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
        sigmoid_of_exp:
            "This is exp / (1 + exp), the sigmoid of each score by itself.",
            softmax = |p| &p.exp / (1.0 + &p.exp);
        sum_again:
            "The sum is taken again for each entry, when those before it have \
             changed.",
            softmax = |p| {
                let mut a = p.exp.clone();
                (0..a.len()).for_each(|i| a[i] /= a.sum());
                a
            };
    }
}

/// Mistakes in the logarithm of the sum.
pub(super) fn logarithms() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        maximum_alone: "The maximum alone is taken instead of log_sum_exp.",
            sum = |exp, _| max(exp);
        no_ln: "The logarithm of the sum is missing.",
            ln = |sum| sum;
        log_2_of_sum: "The logarithm of the sum is that to the base 2.",
            ln = f64::log2;
        log_10_of_sum: "The logarithm of the sum is that to the base 10.",
            ln = f64::log10;
        minus_ln: "The logarithm of the sum has the opposite sign.",
            ln = |sum| -sum.ln();
        negative: "Your result has the opposite sign.",
            sign = -1.0;
    }
}

/// Mistakes in the logarithms of the probabilities.
pub(super) fn log_probabilities() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        ln_of_softmax:
            "You take the logarithm of a probability, which may have become 0.",
            log_softmax = |p| of_softmax(p, f64::ln);
        patched:
            "Where the probability is 0, just the maximum is subtracted from z.",
            log_softmax = |p| {
                let (ln_a, z) = (of_softmax(p, f64::ln), &p.exponents);
                Array1::from_shape_fn(z.len(), |i| {
                    if ln_a[i].is_finite() { ln_a[i] } else { z[i] }
                })
            };
        rounded_away:
            "Next to large scores, the logarithm of the sum is rounded away.",
            log_softmax = |p| &p.z - (p.shift + p.ln_sum);
        maximum_twice: "The maximum is subtracted from z twice.",
            log_softmax = |p| &p.exponents - (p.shift + p.ln_sum);
        maximum_in_sum_alone:
            "The maximum is subtracted in the sum, but not from z itself (or it is \
             added to z again).",
            log_softmax = |p| &p.z - p.ln_sum;
        maximum_in_numerator_alone:
            "The maximum is subtracted from z, but not from the scores in the sum.",
            log_softmax = |p| &p.exponents - p.z.exp().sum().ln();
        log_sum_exp_added: "log_sum_exp is added instead of subtracted.",
            log_softmax = |p| &p.z + (p.shift + p.ln_sum);
        divided: "z is divided by log_sum_exp, which you should subtract.",
            log_softmax = |p| &p.z / (p.shift + p.ln_sum);
        ratio_of_shifted:
            "The shifted scores are divided by the logarithm of the sum.",
            log_softmax = |p| &p.exponents / p.ln_sum;
        scores_alone: "log_sum_exp is missing.",
            log_softmax = |p| p.z.clone();
        no_logarithm: "The logarithm is missing.",
            log_softmax = |p| of_softmax(p, |a| a);
        ln_of_exp_alone: "The division by the sum is missing.",
            log_softmax = |p| p.exp.ln();
        plus_1e_7: "1e-7 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-7).ln());
        plus_1e_12: "1e-12 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-12).ln());
        floor_1e_12: "The probability can't fall below 1e-12.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-12).ln());
        floor_min_positive: "The probability can't fall below f64::MIN_POSITIVE.",
            log_softmax = |p| of_softmax(p, |a| a.max(f64::MIN_POSITIVE).ln());
    }
}

/// A function of the probabilities, each by itself.
pub(super) fn of_softmax(p: &Passed, function: fn(f64) -> f64) -> Array1<f64> {
    p.exp.mapv(|exp| function(exp / p.sum))
}
