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
        let step = |o: &mut AdamW,
                    p: &mut [ArrayViewMut1<'_, f64>],
                    g: &[Array1<f64>]| model.step(o, p, g);
        observe(step, course)
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
        no_decay: "The weight decay is missing.",
            decay = |p, _, _| p;
        decay_in_gradient:
            "The decay is added to the gradient, so it goes through m, v and the \
             division.",
            decay = |p, _, _| p,
            gradient = |g, p, o| g + &(o.weight_decay * &p);
        decay_in_gradient_as_well:
            "The decay is added to the gradient as well, so p decays twice.",
            gradient = |g, p, o| g + &(o.weight_decay * &p);
        decay_divided: "The decay is divided by √v̂ + ε together with m̂.",
            decay = |p, _, _| p,
            along = |now| now.m_hat + now.settings.weight_decay * now.p;
        decay_no_learning_rate: "The decay isn't multiplied by the learning rate.",
            decay = |p, o, _| p - o.weight_decay * p;
        decay_grows: "The decay is added, so p grows.",
            decay = |p, o, _| p + o.lr * o.weight_decay * p;
        decay_last:
            "The decay comes after the step, so it shrinks the step as well.",
            decay_last = true;
        decay_without_p: "p is missing from the decay: all numbers shrink by η λ.",
            decay = |p, o, _| p - o.lr * o.weight_decay;
        decay_of_sign: "The decay takes η λ off |p|, instead of η λ p off p.",
            decay = |p, o, _| p - o.lr * o.weight_decay * p.signum();
        decay_doubled: "The decay is twice what it should be.",
            decay = |p, o, _| p - 2.0 * o.lr * o.weight_decay * p;
        decay_divides: "The decay divides by 1 + η λ.",
            decay = |p, o, _| p / (1.0 + o.lr * o.weight_decay);
        only_first_decays: "Only the first parameter decays.",
            decay = |p, o, row| {
                if row == 0 { p - o.lr * o.weight_decay * p } else { p }
            };
        // The count
        count_per_parameter: "t counts each parameter instead of each step.",
            count = |t| t, count_in_row = 1;
        count_per_number: "t counts each number instead of each step.",
            count = |t| t, count_in_number = 1;
        count_per_parameter_as_well:
            "t counts each parameter, and each step as well.",
            count_in_row = 1;
        count_last: "t is counted after it's used, so it's 0 in the first step.",
            count = |t| t, count_at_the_end = 1;
        count_twice: "t is counted twice in each step.",
            count_at_the_end = 1;
        count_never: "t isn't counted, so it stays 0.",
            count = |t| t;
        count_not_kept: "t is t + 1 in the formulas, but stays 0 in the optimizer.",
            at_the_end = |o, before| o.t = before.t;
        count_ahead:
            "t is the number of the next step, so it's one too many at the end.",
            count = |t| t.max(1), count_at_the_end = 1;
        count_reset: "t is 1 in every step.",
            count = |_| 1;
        exponent_one_more:
            "The exponent is t + 1, although t counts this step already.",
            exponent = |t| t + 1;
        no_exponent:
            "The correction is by 1 - β in every step: the exponent t is missing.",
            exponent = |_| 1;
        no_exponent_m:
            "m is corrected by 1 - β₁ in every step: the exponent is missing.",
            correct_m = |m, o, _| m / (1.0 - o.beta1);
        no_exponent_v:
            "v is corrected by 1 - β₂ in every step: the exponent is missing.",
            correct_v = |v, o, _| v / (1.0 - o.beta2);
        // The corrections
        no_correction: "m and v aren't corrected.",
            correct_m = |m, _, _| m,
            correct_v = |v, _, _| v;
        m_not_corrected: "m isn't corrected.",
            correct_m = |m, _, _| m;
        v_not_corrected: "v isn't corrected.",
            correct_v = |v, _, _| v;
        times_t: "The correction has β times t instead of β to the power of t.",
            correct_m = |m, o, t| m / (1.0 - o.beta1 * f64::from(t)),
            correct_v = |v, o, t| v / (1.0 - o.beta2 * f64::from(t));
        correction_multiplied:
            "m and v are multiplied by 1 - βᵗ instead of divided by it.",
            correct_m = |m, o, t| m * (1.0 - o.beta1.powi(t)),
            correct_v = |v, o, t| v * (1.0 - o.beta2.powi(t));
        m_correction_multiplied:
            "m is multiplied by 1 - β₁ᵗ instead of divided by it.",
            correct_m = |m, o, t| m * (1.0 - o.beta1.powi(t));
        v_correction_multiplied:
            "v is multiplied by 1 - β₂ᵗ instead of divided by it.",
            correct_v = |v, o, t| v * (1.0 - o.beta2.powi(t));
        power_of_difference: "m and v are divided by (1 - β)ᵗ instead of 1 - βᵗ.",
            correct_m = |m, o, t| m / (1.0 - o.beta1).powi(t),
            correct_v = |v, o, t| v / (1.0 - o.beta2).powi(t);
        corrections_swapped: "m is corrected with β₂, and v with β₁.",
            correct_m = |m, o, t| m / (1.0 - o.beta2.powi(t)),
            correct_v = |v, o, t| v / (1.0 - o.beta1.powi(t));
        m_corrected_with_beta2: "m is corrected with β₂.",
            correct_m = |m, o, t| m / (1.0 - o.beta2.powi(t));
        v_corrected_with_beta1: "v is corrected with β₁.",
            correct_v = |v, o, t| v / (1.0 - o.beta1.powi(t));
        v_corrected_after_root:
            "v's correction isn't under the root: √v is divided by 1 - β₂ᵗ.",
            correct_v = |v, o, t| v / (1.0 - o.beta2.powi(t)).powi(2);
        epsilon_before_correction:
            "ε is added to √v before the correction, not after it.",
            divide = |along, now| {
                let correction = (1.0 - now.settings.beta2.powi(now.t)).sqrt();
                along / (now.v_hat.sqrt() + now.settings.epsilon / correction)
            };
        corrected_kept: "The optimizer keeps the corrected m and v.",
            keep = |now| [now.m_hat, now.v_hat];
        corrected_m_kept: "The optimizer keeps the corrected m.",
            keep = |now| [now.m_hat, now.v];
        corrected_v_kept: "The optimizer keeps the corrected v.",
            keep = |now| [now.m, now.v_hat];
        // m
        whole_gradient: "m takes the whole of g, instead of the share 1 - β₁.",
            m = |m, g, beta| beta * m + g;
        m_does_not_fade: "What was in m doesn't fade: it keeps only the share β₁.",
            m = |m, g, beta| m + (1.0 - beta) * g;
        m_sum: "m is the sum of all gradients.",
            m = |m, g, _| m + g;
        m_shares_swapped:
            "β₁ and 1 - β₁ are swapped in m: β₁ is the share of the old m.",
            m = |m, g, beta| (1.0 - beta) * m + beta * g;
        m_takes_beta: "In m, both shares are β₁.",
            m = |m, g, beta| beta * (m + g);
        m_subtracted: "(1 - β₁) g is subtracted in m.",
            m = |m, g, beta| beta * m - (1.0 - beta) * g;
        m_of_squares: "m takes g² instead of g.",
            m = |m, g, beta| beta * m + (1.0 - beta) * g * g;
        m_without_past: "m is this step's g: nothing of the old m is in it.",
            m = |_, g, _| g;
        m_from_gradient: "m starts at the first g, instead of at 0.",
            at_the_start = |o, gradients| {
                if o.v.is_empty() {
                    steps::start(o, gradients, [|g| g, |_| 0.0]);
                }
            };
        means_from_gradient:
            "m and v start at the first g and g², instead of at 0.",
            at_the_start = |o, gradients| {
                if o.v.is_empty() {
                    steps::start(o, gradients, [|g| g, |g| g * g]);
                }
            };
        shares_swapped: "β and 1 - β are swapped in m and in v.",
            m = |m, g, beta| (1.0 - beta) * m + beta * g,
            v = |v, square, beta| (1.0 - beta) * v + beta * square;
        whole_gradients: "m and v take the whole of g and g², not the share 1 - β.",
            m = |m, g, beta| beta * m + g,
            v = |v, square, beta| beta * v + square;
        betas_swapped: "β₁ and β₂ are swapped.",
            settings = |o| AdamW { beta1: o.beta2, beta2: o.beta1, ..o.clone() };
        beta1_for_both: "β₁ is used for v as well.",
            settings = |o| AdamW { beta2: o.beta1, ..o.clone() };
        beta2_for_both: "β₂ is used for m as well.",
            settings = |o| AdamW { beta1: o.beta2, ..o.clone() };
        usual_betas:
            "The betas are always 0.9 and 0.999, instead of the optimizer's.",
            settings = |o| AdamW { beta1: 0.9, beta2: 0.999, ..o.clone() };
        v_of_m: "v takes m² instead of g².",
            square = |_, _, m| m * m;
        v_of_difference: "v takes (g - m)² instead of g².",
            square = |g, i, m| (g[i] - m).powi(2);
        memories_swapped: "m and v are swapped in the optimizer.",
            at_the_start = |o, gradients| {
                if o.v.is_empty() {
                    steps::start(o, gradients, [|_| 0.0; 2]);
                }
                std::mem::swap(&mut o.m, &mut o.v);
            },
            at_the_end = |o, _| std::mem::swap(&mut o.m, &mut o.v);
        // The step
        along_gradient: "The step is along the gradient instead of m̂.",
            along = |now| now.g;
        along_old_m: "The step is along the m from before the step.",
            along = |now| now.m_before / (1.0 - now.settings.beta1.powi(now.t));
        old_means: "The step uses the m and v from before the step.",
            along = |now| now.m_before / (1.0 - now.settings.beta1.powi(now.t)),
            divide = |along, now| {
                let v = now.v_before / (1.0 - now.settings.beta2.powi(now.t));
                along / (v.sqrt() + now.settings.epsilon)
            };
        rate_falls: "The learning rate is divided by √t.",
            rate = |lr, t| lr / f64::from(t).sqrt();
        gradient_descent:
            "This is plain gradient descent with weight decay: nothing is \
             remembered.",
            along = |now| now.g,
            divide = |along, _| along,
            at_the_end = |o, before| (o.m, o.v) = (before.m, before.v);
        optimizer_copied:
            "It's a copy of the optimizer that changes, instead of the optimizer.",
            at_the_end = |optimizer, before| *optimizer = before;
        })
        .mistakes(steps::mistakes())
}
