//! Question 2: RMSprop, which divides by what it remembers.

use super::RmsProp;
use super::rows::{Course, Rule, Step};
use crate::Verdict;
use crate::case::Case;

/// `fn rmsprop(optimizer, parameters, gradients)`
pub fn rmsprop(answer: Step<RmsProp>) -> Verdict {
    // Far from the usual settings, so that each of them shows.
    judge(answer, &Course::alike(), [0.5, 0.75, 0.25])?;
    judge(answer, &Course::different(), [0.01, 0.99, 1e-8])
}

fn judge(
    answer: Step<RmsProp>,
    course: &Course,
    [lr, beta, epsilon]: [f64; 3],
) -> Verdict {
    let before = RmsProp { lr, beta, epsilon, v: Vec::new() };
    let case = Case::new()
        .number("lr", lr)
        .number("beta", beta)
        .number("epsilon", epsilon);
    let states = course.run(&case, answer, &before)?;
    course.judge(&case, &states, &before, RIGHT, &MISTAKES)?;
    let (_, after) = &states[states.len() - 1];
    course.judge_memory(&case, ("v", &after.v), &before, RIGHT, |v| v)?;
    let settings = |o: &RmsProp| [o.lr, o.beta, o.epsilon];
    case.expect_equal("The settings", &settings(&before), &settings(after))
}

const RIGHT: Rule<f64, RmsProp> = |_, p, g, v, o| {
    let v = mean(v, g, o);
    (p - o.lr * g / (v.sqrt() + o.epsilon), v)
};

fn mean(v: f64, g: f64, o: &RmsProp) -> f64 {
    o.beta * v + (1.0 - o.beta) * g * g
}

const MISTAKES: [(Rule<f64, RmsProp>, &str); 18] = [
    (
        |_, p, g, v, o| (p, mean(v, g, o)),
        "nothing moves: either the step is not written into the parameters, or \
         the memory has no rows yet, and zip ends where the shorter one does",
    ),
    (
        |place, p, g, v, o| {
            if place.row == 0 { RIGHT(place, p, g, v, o) } else { (p, v) }
        },
        "only the first parameter moves; go through all of them",
    ),
    (
        |_, p, g, v, o| (p - o.lr * g / (v.sqrt() + o.epsilon), mean(v, g, o)),
        "you divided by v from before the step, which is still 0 at first; the \
         new gradient goes into v before it is used",
    ),
    (
        |place, p, g, v, o| {
            let (moved, v) = RIGHT(place, p, g, v, o);
            (2.0 * p - moved, v)
        },
        "you went uphill: the step is subtracted",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - o.lr * g / (v + o.epsilon).sqrt(), v)
        },
        "epsilon is inside the root; it is added to the root",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - o.lr * g / v.sqrt(), v)
        },
        "epsilon is missing; where every gradient was 0, you divide 0 by 0",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - o.lr * g / (v + o.epsilon), v)
        },
        "you left out the root: v is a mean of squares",
    ),
    (
        |_, p, g, v, o| {
            let v = o.beta * v + (1.0 - o.beta) * g;
            (p - o.lr * g / (v.sqrt() + o.epsilon), v)
        },
        "v takes the square of the gradient",
    ),
    (
        |_, p, g, v, o| {
            let v = v + g * g;
            (p - o.lr * g / (v.sqrt() + o.epsilon), v)
        },
        "nothing fades: this is Adagrad, whose v only grows, and whose steps only \
         get shorter",
    ),
    (
        |_, p, g, v, o| {
            let v = o.beta * v + g * g;
            (p - o.lr * g / (v.sqrt() + o.epsilon), v)
        },
        "the new square enters v with the weight 1 - beta; you added it whole",
    ),
    (
        |_, p, g, v, o| {
            let v = (1.0 - o.beta) * v + o.beta * g * g;
            (p - o.lr * g / (v.sqrt() + o.epsilon), v)
        },
        "beta and 1 - beta are swapped: beta is what stays of the old v",
    ),
    (
        |place, p, g, _, o| RIGHT(place, p, g, 0.0, o),
        "nothing is left of the steps before; v has to be kept in the optimizer, \
         and made only once",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - g / (v.sqrt() + o.epsilon), v)
        },
        "you left out the learning rate",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - o.lr / (v.sqrt() + o.epsilon), v)
        },
        "the gradient itself is missing; it says which way to go",
    ),
    (
        |_, p, g, v, o| (p - o.lr * g, v),
        "this is plain gradient descent; nothing is divided by what is remembered",
    ),
    (
        |_, p, g, v, o| (p - o.lr * g / (g.abs() + o.epsilon), v),
        "you divided by the size of this gradient alone; v remembers those before \
         as well",
    ),
    (
        |_, p, g, v, o| {
            let v = mean(v, g, o);
            (p - o.lr * g * (v.sqrt() + o.epsilon), v)
        },
        "you multiplied where it has to be divided; large gradients need short \
         steps",
    ),
    (
        |place, _, g, v, o| RIGHT(place, 0.0, g, v, o),
        "you replaced the parameter by the step; the step is added to what was \
         there",
    ),
];
