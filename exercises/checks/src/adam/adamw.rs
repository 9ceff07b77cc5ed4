//! Question 3: AdamW, with its corrections and its weight decay.

use ndarray::{Array1, ArrayViewMut1};

use super::AdamW;
use super::steps::{self, ADAMW, Course, Model, Step};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn adamw(optimizer, parameters, gradients)`
pub fn adamw(answer: Step<AdamW>) -> Verdict {
    question().judge(move |course| observe(answer, course))
}

fn observe(
    answer: impl Fn(&mut AdamW, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]),
    course: &Course,
) -> Outcome {
    let before = course.settings.clone();
    let (outcome, after) = course.observe(before, answer, |o| {
        vec![("optimizer.m", &o.m), ("optimizer.v", &o.v)]
    });
    outcome
        .value("optimizer.t", &f64::from(after.t))
        .kept("optimizer.lr", &after.lr)
        .kept("optimizer.beta1", &after.beta1)
        .kept("optimizer.beta2", &after.beta2)
        .kept("optimizer.epsilon", &after.epsilon)
        .kept("optimizer.weight_decay", &after.weight_decay)
}

pub(super) fn question() -> Question<Course, Model> {
    let run = |model: &Model, course: &Course| {
        observe(|o, p, g| model.step(o, p, g), course)
    };
    Question::new("adam.adamw", ADAMW, run)
        .given(|course| {
            let o = &course.settings;
            let settings = Given::new()
                .number("lr", o.lr)
                .number("beta1", o.beta1)
                .number("beta2", o.beta2)
                .number("epsilon", o.epsilon)
                .number("weight_decay", o.weight_decay)
                .number("t at first", o.t)
                .note("m and v at first", "no rows");
            course.given(settings)
        })
        .kinds(|course| {
            let decay = course.settings.weight_decay;
            let mut kinds = course.kinds();
            kinds.push(("weight decay", decay > 0.0));
            kinds.push(("no weight decay", decay == 0.0));
            kinds
        })
        .cases(steps::courses())
        .mistakes(mistakes! { Model;
        // Weight decay
        no_decay:
            "The weight decay is missing: `η λ p` is never subtracted from `p`.",
            decay = |p, _| p;
        decay_in_gradient:
            "`λ p` is added to the gradient, so the decay goes through `m`, `v` \
             and the division.",
            decay = |p, _| p,
            gradient = |g, p, o| g + o.weight_decay * p;
        decay_divided:
            "`λ p` is added to `m̂`, so the decay is divided by `√v̂ + ε` as well.",
            decay = |p, _| p,
            along = |now| now.m_hat + now.settings.weight_decay * now.p;
        decay_no_learning_rate: "The decay isn't multiplied by the learning rate.",
            decay = |p, o| p - o.weight_decay * p;
        decay_grows:
            "The decay is added instead of subtracted, so it pushes `p` away from \
             0.",
            decay = |p, o| p + o.lr * o.weight_decay * p;
        decay_last:
            "The decay comes after the step, so it shrinks the step as well.",
            decay_last = true;
        decay_without_p:
            "`p` is missing from the decay: `η λ` is subtracted from every number.",
            decay = |p, o| p - o.lr * o.weight_decay;
        // The count
        count_per_parameter: "`t` counts each parameter instead of each step.",
            count = |t| t,
            count_in_row = 1;
        count_last:
            "`t` is counted after it's used, so it's still 0 in the first step.",
            settings = |o| AdamW { t: o.t - 1, ..o.clone() };
        count_never: "The steps aren't counted: `t` stays 0.",
            count = |t| t;
        count_not_kept: "The corrections use `t + 1`, but `optimizer.t` stays 0.",
            at_the_end = |o, before| o.t = before.t;
        exponent_one_more:
            "The exponent is `t + 1`, although `t` already counts this step.",
            settings = |o| AdamW { t: o.t + 1, ..o.clone() };
        no_exponent:
            "The corrections divide by 1 - β₁ and 1 - β₂ in every step: the \
             exponent `t` is missing.",
            settings = |o| AdamW { t: 1, ..o.clone() };
        // The corrections
        m_not_corrected: "The step uses `m` instead of the corrected `m̂`.",
            correct_m = |m, _| m;
        v_not_corrected: "The step uses `v` instead of the corrected `v̂`.",
            correct_v = |v, _| v;
        times_t:
            "The corrections multiply β₁ and β₂ by `t` instead of raising them to \
             the power `t`.",
            correct_m = |m, o| m / (1.0 - o.beta1 * f64::from(o.t)),
            correct_v = |v, o| v / (1.0 - o.beta2 * f64::from(o.t));
        power_of_difference:
            "`m` and `v` are divided by `(1 - β)ᵗ` instead of `1 - βᵗ`.",
            correct_m = |m, o| m / (1.0 - o.beta1).powi(o.t),
            correct_v = |v, o| v / (1.0 - o.beta2).powi(o.t);
        v_corrected_with_beta1: "`v` is corrected with β₁ instead of β₂.",
            correct_v = |v, o| v / (1.0 - o.beta1.powi(o.t));
        epsilon_before_correction:
            "ε is added to `√v` before the correction instead of to `√v̂`.",
            divide = |along, now| {
                let settings = now.settings;
                let correction = (1.0 - settings.beta2.powi(settings.t)).sqrt();
                along / (now.v_hat.sqrt() + settings.epsilon / correction)
            };
        corrected_kept:
            "The optimizer keeps the corrected `m̂` and `v̂` instead of `m` and \
             `v`.",
            keep = |_, corrected| corrected;
        // m
        whole_gradient: "`m` takes all of `g`: the factor 1 - β₁ is missing.",
            m = |m, g, beta| beta * m + g;
        m_does_not_fade: "The old `m` never fades: it isn't multiplied by β₁.",
            m = |m, g, beta| m + (1.0 - beta) * g;
        m_shares_swapped:
            "β₁ and 1 - β₁ are swapped in `m`: β₁ is the share of the old `m`.",
            m = |m, g, beta| (1.0 - beta) * m + beta * g;
        m_of_squares: "`m` takes `g²` instead of `g`.",
            m = |m, g, beta| beta * m + (1.0 - beta) * g * g;
        betas_swapped: "β₁ and β₂ are swapped: β₁ belongs to `m`, and β₂ to `v`.",
            settings = |o| AdamW { beta1: o.beta2, beta2: o.beta1, ..o.clone() };
        beta1_for_both: "`v` and its correction use β₁ instead of β₂.",
            settings = |o| AdamW { beta2: o.beta1, ..o.clone() };
        // The step
        along_gradient: "The step goes along the gradient `g` instead of `m̂`.",
            along = |now| now.g;
        })
        .mistakes(steps::mistakes())
}
