//! Mistakes that several questions have in common.

use ndarray::Array1;

use super::{Model, Passed, max};
use crate::{Mistake, mistakes};

/// Mistakes in the exponentials and in their sum, which every question has.
pub(super) fn formula() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        no_exp: "`exp` is never applied to the scores.",
            exp = |x| x;
        opposite_exponents: "The exponents have the opposite sign.",
            exp = |x| (-x).exp();
        mean: "The exponentials are averaged instead of summed.",
            sum = |exp, _| exp.mean().unwrap_or_default();
        last_alone:
            "The sum is just the last exponential: the others aren't added.",
            sum = |exp, _| exp[exp.len() - 1];
        last_missing: "The last exponential is missing from the sum.",
            sum = |exp, _| exp.iter().take(exp.len() - 1).sum();
        one_too_many: "The sum of the exponentials is too large by 1.",
            sum = |exp, _| exp.sum() + 1.0;
        epsilon_1e_7: "`1e-7` is added to the sum of the exponentials.",
            sum = |exp, _| exp.sum() + 1e-7;
        epsilon_1e_12: "`1e-12` is added to the sum of the exponentials.",
            sum = |exp, _| exp.sum() + 1e-12;
    }
}

/// Mistakes in how the scores are made small enough for exp.
pub(super) fn shifts() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        overflow:
            "The maximum isn't subtracted from the scores, so `exp` becomes \
             infinite or 0 when they are far from 0.",
            shift = |_| 0.0;
        minimum: "The smallest score is subtracted instead of the largest.",
            shift = |z| -max(&-z);
        mean_subtracted:
            "The mean of the scores is subtracted instead of the largest score.",
            shift = |z| z.mean().unwrap_or_default();
        first_score: "The first score is subtracted instead of the largest.",
            shift = |z| z[0];
        maximum_of_0:
            "When every score is below 0, the maximum comes out as 0. That shows \
             once the scores are so low that every `exp` is 0.",
            shift = |z| max(z).max(0.0);
        largest_magnitude:
            "The largest `|z|` is subtracted instead of the largest `z`.",
            shift = |z| max(&z.abs());
        maximum_added: "The maximum is added to the scores instead of subtracted.",
            exponent = |z, shift| z + shift;
        divided_by_maximum:
            "The scores are divided by the maximum, which should be subtracted \
             from them.",
            exponent = |z, shift| z / shift;
        clamped_500:
            "The scores are clamped to ±500, which changes all scores beyond that.",
            score = |z| z.clamp(-500.0, 500.0);
        clamped_700:
            "The scores are clamped to ±700, which changes all scores beyond that.",
            score = |z| z.clamp(-700.0, 700.0);
    }
}

/// Mistakes of both softmax functions.
pub(super) fn softmaxes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        not_normalized: "The exponentials aren't divided by their sum.",
            softmax = |p| p.exp.clone();
        sum_of_exponents: "`exp` is missing from the sum in the denominator.",
            sum = |_, exponents| exponents.sum();
        no_numerator:
            "The numerator is missing: every entry is 1 divided by the sum.",
            softmax = |p| Array1::from_elem(p.exp.len(), 1.0 / p.sum);
        logarithm: "The result is the logarithm of softmax.",
            softmax = |p| &p.exponents - p.ln_sum;
        sigmoid:
            "Each score goes through the sigmoid by itself, instead of softmax.",
            softmax = |p| p.z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
        sigmoid_of_exp:
            "Each exponential is divided by 1 plus itself, as in the sigmoid, \
             instead of by the sum.",
            softmax = |p| &p.exp / (1.0 + &p.exp);
        sum_again:
            "The sum is computed again for each entry, after earlier entries have \
             already been divided.",
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
        maximum_alone: "The maximum takes the place of `ln Σ exp(z)`.",
            sum = |exp, _| max(exp);
        no_ln: "The sum is used without taking its logarithm.",
            ln = |sum| sum;
        log_2_of_sum: "The sum's logarithm has base 2 instead of e.",
            ln = f64::log2;
        log_10_of_sum: "The sum's logarithm has base 10 instead of e.",
            ln = f64::log10;
        minus_ln: "The logarithm of the sum has the opposite sign.",
            ln = |sum| -sum.ln();
        negative: "The result has the opposite sign.",
            sign = -1.0;
    }
}

/// Mistakes in the logarithms of the probabilities.
pub(super) fn log_probabilities() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        ln_of_softmax:
            "The logarithm is taken of a probability, which may have become 0.",
            log_softmax = |p| of_softmax(p, f64::ln);
        patched:
            "Where a probability is 0, its logarithm is replaced by `z - max`.",
            log_softmax = |p| {
                let (ln_a, z) = (of_softmax(p, f64::ln), &p.exponents);
                Array1::from_shape_fn(z.len(), |i| {
                    if ln_a[i].is_finite() { ln_a[i] } else { z[i] }
                })
            };
        rounded_away:
            "`log_sum_exp(z)` is subtracted from `z`, but the `ln` in it is \
             rounded away next to a score like `1e16`.",
            log_softmax = |p| &p.z - (p.shift + p.ln_sum);
        maximum_twice:
            "The maximum is subtracted twice: from `z`, and again as part of \
             `log_sum_exp(z)`.",
            log_softmax = |p| &p.exponents - (p.shift + p.ln_sum);
        maximum_in_sum_alone:
            "The maximum is subtracted inside the sum, but `z` itself still \
             includes it.",
            log_softmax = |p| &p.z - p.ln_sum;
        maximum_in_numerator_alone:
            "The maximum is subtracted from `z`, but not from the scores in the \
             sum.",
            log_softmax = |p| &p.exponents - p.z.exp().sum().ln();
        log_sum_exp_added: "`log_sum_exp` is added to `z` instead of subtracted.",
            log_softmax = |p| &p.z + (p.shift + p.ln_sum);
        divided:
            "The scores are divided by `log_sum_exp`, which should be subtracted \
             from them.",
            log_softmax = |p| &p.z / (p.shift + p.ln_sum);
        ratio_of_shifted:
            "The shifted scores are divided by the logarithm of the sum, which \
             should be subtracted from them.",
            log_softmax = |p| &p.exponents / p.ln_sum;
        scores_alone: "`log_sum_exp` is never subtracted from the scores.",
            log_softmax = |p| p.z.clone();
        no_logarithm: "The logarithm of the probabilities is missing.",
            log_softmax = |p| of_softmax(p, |a| a);
        ln_of_exp_alone:
            "The exponentials aren't divided by their sum before the logarithm is \
             taken.",
            log_softmax = |p| p.exp.ln();
        plus_1e_7:
            "`1e-7` is added to the probability before the logarithm is taken.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-7).ln());
        plus_1e_12:
            "`1e-12` is added to the probability before the logarithm is taken.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-12).ln());
        floor_1e_12: "Probabilities below `1e-12` are raised to `1e-12`.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-12).ln());
        floor_min_positive:
            "Probabilities below `f64::MIN_POSITIVE` are raised to it.",
            log_softmax = |p| of_softmax(p, |a| a.max(f64::MIN_POSITIVE).ln());
    }
}

/// A function of the probabilities, each by itself.
pub(super) fn of_softmax(p: &Passed, function: fn(f64) -> f64) -> Array1<f64> {
    p.exp.mapv(|exp| function(exp / p.sum))
}
