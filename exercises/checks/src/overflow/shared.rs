//! Mistakes that several questions have in common.

use std::f64::consts::{LN_2, LN_10};

use ndarray::{Array1, array};

use super::{Model, Passed, max, softmax};
use crate::{Mistake, mistakes};

/// Mistakes in the exponentials and in their sum, which every question has.
pub(super) fn formula() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        no_exp: "exp is missing.",
            exp = |x| x;
        powers_of_2: "These are powers of 2, not of e.",
            exp = f64::exp2;
        powers_of_10: "These are powers of 10, not of e.",
            exp = |x| 10_f64.powf(x);
        opposite_exponents: "The exponents have the opposite sign.",
            exp = |x| (-x).exp();
        absolute_scores: "The scores lose their signs.",
            score = f64::abs;
        mean: "The mean of the exponentials is taken instead of their sum.",
            sum = |exp, _| exp.mean().unwrap_or_default();
        first_alone:
            "The first exponential is taken instead of the sum of them all.",
            sum = |exp, _| exp[0];
        last_alone: "The last exponential is taken instead of the sum of them all.",
            sum = |exp, _| exp[exp.len() - 1];
        first_missing: "The first exponential is missing from the sum.",
            sum = |exp, _| exp.iter().skip(1).sum();
        last_missing: "The last exponential is missing from the sum.",
            sum = |exp, _| exp.iter().take(exp.len() - 1).sum();
        one_too_many: "The sum is too large by 1.",
            sum = |exp, _| exp.sum() + 1.0;
        number_of_scores:
            "The number of scores is taken instead of the sum of the exponentials.",
            sum = |exp, _| exp.len() as f64;
        exp_of_sum:
            "The exponentials are multiplied, or exp is taken of the sum of all z.",
            sum = |_, exponents| exponents.sum().exp();
        root_of_squares:
            "The root of the sum of squares is taken instead of the sum.",
            sum = |exp, _| exp.pow2().sum().sqrt();
        epsilon_1e_7: "1e-7 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-7;
        epsilon_1e_8: "1e-8 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-8;
        epsilon_1e_9: "1e-9 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-9;
        epsilon_1e_10: "1e-10 is added to the sum.",
            sum = |exp, _| exp.sum() + 1e-10;
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
        sum_subtracted:
            "The sum of the scores is subtracted instead of the maximum.",
            shift = |z| z.sum();
        first_score: "The first score is subtracted instead of the largest.",
            shift = |z| z[0];
        last_score: "The last score is subtracted instead of the largest.",
            shift = |z| z[z.len() - 1];
        maximum_without_first: "The maximum leaves out the first score.",
            shift = |z| max(&z.iter().skip(1).copied().collect());
        maximum_without_last: "The maximum leaves out the last score.",
            shift = |z| z.iter().take(z.len() - 1).fold(z[0], |max, z| max.max(*z));
        last_rise:
            "The search for the maximum compares a score with the one before it.",
            shift = |z| {
                let rises = z.windows(2).into_iter().filter(|w| w[1] > w[0]);
                rises.last().map_or(z[0], |w| w[1])
            };
        maximum_of_0: "The maximum is wrong when every score is below 0.",
            shift = |z| max(z).max(0.0);
        largest_magnitude:
            "The largest |z| is subtracted, which isn't always the maximum.",
            shift = |z| max(&z.abs());
        index: "What is subtracted is the index of the maximum, not the maximum.",
            shift = |z| {
                z.iter().position(|&z_i| z_i == max(z)).unwrap_or_default() as f64
            };
        maximum_added: "The maximum is added to the scores instead of subtracted.",
            exponent = |z, shift| z + shift;
        subtracted_twice: "The maximum is subtracted from the scores twice.",
            exponent = |z, shift| z - 2.0 * shift;
        divided_by_maximum:
            "The scores are divided by the maximum, where you should subtract it.",
            exponent = |z, shift| z / shift;
        subtracted_after_exp: "The maximum is subtracted after exp, not before it.",
            exponent = |z, shift| z.exp() - shift,
            exp = |x| x;
        negative_scores: "The scores have the opposite sign.",
            score = |z| -z;
        clamped_20: "The scores are clamped to ±20.",
            score = |z| z.clamp(-20.0, 20.0);
        clamped_50: "The scores are clamped to ±50.",
            score = |z| z.clamp(-50.0, 50.0);
        clamped_100: "The scores are clamped to ±100.",
            score = |z| z.clamp(-100.0, 100.0);
        clamped_500: "The scores are clamped to ±500.",
            score = |z| z.clamp(-500.0, 500.0);
        clamped_700: "The scores are clamped to ±700.",
            score = |z| z.clamp(-700.0, 700.0);
        clamped_709: "The scores are clamped to ±709.",
            score = |z| z.clamp(-709.0, 709.0);
        capped_700: "Scores above 700 are cut off.",
            score = |z| z.min(700.0);
        capped_709: "Scores above 709 are cut off.",
            score = |z| z.min(709.0);
        capped_exp: "An exponential that overflows becomes the largest f64.",
            shift = |_| 0.0,
            exp = |x| x.exp().min(f64::MAX);
    }
}

/// Mistakes of both softmax functions.
pub(super) fn softmaxes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        not_normalized: "The exponentials aren't divided by their sum.",
            softmax = |p| p.exp.clone();
        multiplied: "The exponentials are multiplied by their sum.",
            softmax = |p| &p.exp * p.sum;
        sum_returned: "What you return is the sum alone.",
            softmax = |p| array![p.sum];
        sum_of_exponents: "exp is missing from the sum.",
            sum = |_, exponents| exponents.sum();
        exp_m1: "This is exp(z) - 1.",
            exp = f64::exp_m1;
        no_numerator: "Every entry is 1 / Σ exp(z): the numerator is missing.",
            softmax = |p| Array1::from_elem(p.exp.len(), 1.0 / p.sum);
        upside_down: "The fraction is upside down.",
            softmax = |p| p.sum / &p.exp;
        one_minus: "What you return is 1 minus softmax.",
            softmax = |p| 1.0 - &p.exp / p.sum;
        logarithm: "This is the logarithm of softmax.",
            softmax = |p| &p.exponents - p.ln_sum;
        sigmoid: "This is the sigmoid of each score by itself.",
            softmax = |p| p.z.mapv(|z| 1.0 / (1.0 + (-z).exp()));
        sigmoid_of_exp:
            "This is exp / (1 + exp), the sigmoid of each score by itself.",
            softmax = |p| &p.exp / (1.0 + &p.exp);
        one_hot: "The largest score gets everything.",
            softmax = |p| p.z.mapv(|z| f64::from(u8::from(z == max(&p.z))));
        applied_twice: "Softmax is applied twice.",
            softmax = |p| softmax(&(&p.exp / p.sum));
        odds: "Each entry is divided by the sum of the others, without itself.",
            softmax = |p| p.exp.mapv(|exp| exp / (p.sum - exp));
        running_sum:
            "Each entry is divided by the sum so far, not by the whole sum.",
            softmax = |p| {
                let running = p.exp.iter().scan(0.0, |sum, exp| {
                    *sum += exp;
                    Some(*sum)
                });
                &p.exp / &running.collect::<Array1<f64>>()
            };
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
        base_2: "The logarithm is that to the base 2.",
            unit = LN_2;
        base_10: "The logarithm is that to the base 10.",
            unit = LN_10;
        negative: "Your result has the opposite sign.",
            unit = -1.0;
        ln_twice: "The logarithm of the sum is taken twice.",
            ln = |sum| sum.ln().ln();
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
        zero_replaced: "A probability of 0 becomes f64::MIN_POSITIVE.",
            log_softmax = |p| {
                of_softmax(p, |a| if a > 0.0 { a } else { f64::MIN_POSITIVE }.ln())
            };
        infinity_replaced: "A logarithm of minus infinity becomes f64::MIN.",
            log_softmax = |p| of_softmax(p, |a| a.ln().max(f64::MIN));
        zeroed: "Where the probability is 0, its logarithm is set to 0.",
            log_softmax = |p| of_softmax(p, |a| if a > 0.0 { a.ln() } else { 0.0 });
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
        pairwise:
            "exp is taken of z[j] - z[i], and overflows where z[i] is low.",
            log_softmax = |p| {
                p.z.mapv(|z_i| -p.z.mapv(|z_j| (z_j - z_i).exp()).sum().ln())
            };
        minimum_taken_out:
            "The minimum is taken out first, which leaves large scores large.",
            log_softmax = |p| {
                let z = &p.z + max(&-&p.z);
                &z - (max(&z) + (&z - max(&z)).exp().sum().ln())
            };
        mean_taken_out:
            "The mean is taken out first, which leaves large scores large.",
            log_softmax = |p| {
                let z = &p.z - p.z.mean().unwrap_or_default();
                &z - (max(&z) + (&z - max(&z)).exp().sum().ln())
            };
        log_sum_exp_added: "log_sum_exp is added instead of subtracted.",
            log_softmax = |p| &p.z + (p.shift + p.ln_sum);
        divided: "z is divided by log_sum_exp, which you should subtract.",
            log_softmax = |p| &p.z / (p.shift + p.ln_sum);
        ratio_of_shifted:
            "The shifted scores are divided by the logarithm of the sum.",
            log_softmax = |p| &p.exponents / p.ln_sum;
        ln_of_z: "The logarithm of z is taken, where z itself is that of exp(z).",
            log_softmax = |p| p.z.ln() - (p.shift + p.ln_sum);
        scores_alone: "log_sum_exp is missing.",
            log_softmax = |p| p.z.clone();
        no_logarithm: "The logarithm is missing.",
            log_softmax = |p| of_softmax(p, |a| a);
        ln_of_exp_alone: "The division by the sum is missing.",
            log_softmax = |p| p.exp.ln();
        one_minus: "This is the logarithm of 1 minus the probability.",
            log_softmax = |p| of_softmax(p, |a| (1.0 - a).ln());
        ln_1p: "This is the logarithm of 1 plus the probability.",
            log_softmax = |p| of_softmax(p, f64::ln_1p);
        log_sigmoid: "This is the logarithm of each score's own sigmoid.",
            log_softmax = |p| p.z.mapv(|z| (1.0 / (1.0 + (-z).exp())).ln());
        plus_1e_7: "1e-7 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-7).ln());
        plus_1e_8: "1e-8 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-8).ln());
        plus_1e_9: "1e-9 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-9).ln());
        plus_1e_10: "1e-10 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-10).ln());
        plus_1e_12: "1e-12 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-12).ln());
        plus_1e_15: "1e-15 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-15).ln());
        plus_1e_300: "1e-300 is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + 1e-300).ln());
        plus_machine_epsilon:
            "f64::EPSILON is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + f64::EPSILON).ln());
        plus_min_positive:
            "f64::MIN_POSITIVE is added to the probability before the logarithm.",
            log_softmax = |p| of_softmax(p, |a| (a + f64::MIN_POSITIVE).ln());
        floor_1e_7: "The probability can't fall below 1e-7.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-7).ln());
        floor_1e_8: "The probability can't fall below 1e-8.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-8).ln());
        floor_1e_9: "The probability can't fall below 1e-9.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-9).ln());
        floor_1e_10: "The probability can't fall below 1e-10.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-10).ln());
        floor_1e_12: "The probability can't fall below 1e-12.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-12).ln());
        floor_1e_15: "The probability can't fall below 1e-15.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-15).ln());
        floor_1e_300: "The probability can't fall below 1e-300.",
            log_softmax = |p| of_softmax(p, |a| a.max(1e-300).ln());
        floor_machine_epsilon: "The probability can't fall below f64::EPSILON.",
            log_softmax = |p| of_softmax(p, |a| a.max(f64::EPSILON).ln());
        floor_min_positive: "The probability can't fall below f64::MIN_POSITIVE.",
            log_softmax = |p| of_softmax(p, |a| a.max(f64::MIN_POSITIVE).ln());
        clamped_1e_7: "The probability is clamped between 1e-7 and 1 - 1e-7.",
            log_softmax = |p| of_softmax(p, |a| a.clamp(1e-7, 1.0 - 1e-7).ln());
        clamped_1e_12: "The probability is clamped between 1e-12 and 1 - 1e-12.",
            log_softmax = |p| of_softmax(p, |a| a.clamp(1e-12, 1.0 - 1e-12).ln());
        exponent_floor: "The shifted scores can't fall below -700.",
            exponent = |z, shift| (z - shift).max(-700.0);
    }
}

/// A function of the probabilities, each by itself.
pub(super) fn of_softmax(p: &Passed, function: fn(f64) -> f64) -> Array1<f64> {
    p.exp.mapv(|exp| function(exp / p.sum))
}
