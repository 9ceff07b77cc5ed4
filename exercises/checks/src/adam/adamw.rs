//! Question 3: AdamW, with its corrections and its weight decay.

use super::AdamW;
use super::rows::{Course, Rule, Step};
use crate::Verdict;
use crate::case::Case;

/// `fn adamw(optimizer, parameters, gradients)`
pub fn adamw(answer: Step<AdamW>) -> Verdict {
    // Far from the usual settings, so that each of them shows.
    judge(answer, &Course::alike(), [0.5, 0.8, 0.9, 0.25, 0.125])?;
    judge(answer, &Course::different(), [0.01, 0.9, 0.999, 1e-8, 0.1])
}

fn judge(answer: Step<AdamW>, course: &Course, settings: [f64; 5]) -> Verdict {
    let [lr, beta1, beta2, epsilon, weight_decay] = settings;
    let before = AdamW {
        lr,
        beta1,
        beta2,
        epsilon,
        weight_decay,
        t: 0,
        m: Vec::new(),
        v: Vec::new(),
    };
    let case = Case::new()
        .number("lr", lr)
        .number("beta1", beta1)
        .number("beta2", beta2)
        .number("epsilon", epsilon)
        .number("weight_decay", weight_decay);
    let states = course.run(&case, answer, &before)?;
    course.judge(&case, &states, &before, RIGHT, &MISTAKES)?;
    let (_, after) = &states[states.len() - 1];
    course.judge_memory(&case, ("m", &after.m), &before, RIGHT, |[m, _]| m)?;
    course.judge_memory(&case, ("v", &after.v), &before, RIGHT, |[_, v]| v)?;
    let steps = i32::try_from(states.len()).expect("a few steps");
    case.expect_equal("The count t", &steps, &after.t)?;
    let found =
        [after.lr, after.beta1, after.beta2, after.epsilon, after.weight_decay];
    case.expect_equal("The settings", &settings, &found)
}

type Moments = [f64; 2];

const RIGHT: Rule<Moments, AdamW> = |place, p, g, old, o| {
    let new = averaged(g, old, o);
    (moved(shrunk(p, o), corrected(new, place.t, o), o), new)
};

fn averaged(g: f64, [m, v]: Moments, o: &AdamW) -> Moments {
    [o.beta1 * m + (1.0 - o.beta1) * g, o.beta2 * v + (1.0 - o.beta2) * g * g]
}

fn corrected([m, v]: Moments, t: i32, o: &AdamW) -> Moments {
    [m / (1.0 - o.beta1.powi(t)), v / (1.0 - o.beta2.powi(t))]
}

fn shrunk(p: f64, o: &AdamW) -> f64 {
    p - o.lr * o.weight_decay * p
}

fn moved(p: f64, [m, v]: Moments, o: &AdamW) -> f64 {
    p - o.lr * m / (v.sqrt() + o.epsilon)
}

/// Adam's step from a place that is shrunk otherwise, or not at all.
fn from(t: i32, p: f64, g: f64, old: Moments, o: &AdamW) -> (f64, Moments) {
    let new = averaged(g, old, o);
    (moved(p, corrected(new, t, o), o), new)
}

const MISTAKES: [(Rule<Moments, AdamW>, &str); 33] = [
    (
        |place, p, g, old, o| from(place.t, p, g, old, o),
        "the weight decay is missing",
    ),
    (
        |place, p, g, old, o| from(place.t, p, g + o.weight_decay * p, old, o),
        "the decay went into the gradient, and from there into m and v, where the \
         division touches it; AdamW shrinks p apart from them",
    ),
    (
        |place, p, g, old, o| from(place.t, p - o.weight_decay * p, g, old, o),
        "the decay is not multiplied by the learning rate",
    ),
    (
        |place, p, g, old, o| {
            from(place.t, p + o.lr * o.weight_decay * p, g, old, o)
        },
        "the parameter grows; the decay shrinks it",
    ),
    (
        |place, p, g, old, o| {
            let (moved, new) = from(place.t, p, g, old, o);
            (shrunk(moved, o), new)
        },
        "you shrank the step as well; the decay takes its share of p as it was \
         before the step",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            let [m, v] = corrected(new, place.t, o);
            (moved(p, [m + o.weight_decay * p, v], o), new)
        },
        "the decay is divided by the root of v as well; it stands apart from the \
         fraction",
    ),
    (
        |place, p, g, old, o| {
            let p = if place.row == 0 { shrunk(p, o) } else { p };
            from(place.t, p, g, old, o)
        },
        "only the first parameter decays; an optimizer treats all alike",
    ),
    (
        |place, p, g, old, o| {
            if place.row == 0 { RIGHT(place, p, g, old, o) } else { (p, old) }
        },
        "only the first parameter moves; go through all of them",
    ),
    (
        |_, p, g, old, o| (p, averaged(g, old, o)),
        "nothing moves: either the step is not written into the parameters, or \
         the memory has no rows yet, and zip ends where the shorter one does",
    ),
    (
        |place, p, g, old, o| {
            (
                moved(shrunk(p, o), corrected(old, place.t, o), o),
                averaged(g, old, o),
            )
        },
        "it moves with m and v from before the step, which are still 0 at first",
    ),
    (
        |place, p, g, old, o| {
            let (moved, new) = RIGHT(place, p, g, old, o);
            (2.0 * shrunk(p, o) - moved, new)
        },
        "you went uphill: the step is subtracted",
    ),
    (
        |_, p, g, old, o| {
            let new = averaged(g, old, o);
            (moved(shrunk(p, o), new, o), new)
        },
        "m and v are not corrected; they start at 0 and are too small at first",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            (moved(shrunk(p, o), [new[0], corrected(new, place.t, o)[1]], o), new)
        },
        "m is not corrected; it starts at 0 and is too small at first",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            (moved(shrunk(p, o), [corrected(new, place.t, o)[0], new[1]], o), new)
        },
        "v is not corrected; it starts at 0 and is too small at first",
    ),
    (
        |place, p, g, old, o| {
            let t = (place.t - 1) * count(place.rows) + count(place.row) + 1;
            from(t, shrunk(p, o), g, old, o)
        },
        "the step is counted again for each parameter; all of them share one count",
    ),
    (
        |place, p, g, old, o| from(place.t - 1, shrunk(p, o), g, old, o),
        "in the first step you divided by 1 - beta^0, which is 0; count the step \
         before you use the count",
    ),
    (
        |_, p, g, old, o| from(1, shrunk(p, o), g, old, o),
        "the correction stays as in step 1; does the count go on, and is it the \
         exponent of beta?",
    ),
    (
        |place, p, g, _, o| from(place.t, shrunk(p, o), g, [0.0; 2], o),
        "nothing is left of the steps before; m and v have to be kept in the \
         optimizer, and made only once",
    ),
    (
        |place, p, g, old, o| {
            let new @ [m, v] = averaged(g, old, o);
            let t = f64::from(place.t);
            let corrected = [m / (1.0 - o.beta1 * t), v / (1.0 - o.beta2 * t)];
            (moved(shrunk(p, o), corrected, o), new)
        },
        "you multiplied beta by the count; the count is its exponent",
    ),
    (
        |place, p, g, old, o| {
            let new = corrected(averaged(g, old, o), place.t, o);
            (moved(shrunk(p, o), new, o), new)
        },
        "you kept the corrected m and v; the correction is for this step alone",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            let [m, v] = corrected(new, place.t, o);
            (shrunk(p, o) - o.lr * m / (v + o.epsilon).sqrt(), new)
        },
        "epsilon is inside the root; it is added to the root",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            let [m, v] = corrected(new, place.t, o);
            (shrunk(p, o) - o.lr * m / v.sqrt(), new)
        },
        "epsilon is missing; where every gradient was 0, you divide 0 by 0",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            let [m, v] = corrected(new, place.t, o);
            (shrunk(p, o) - o.lr * m / (v + o.epsilon), new)
        },
        "you left out the root: v is a mean of squares",
    ),
    (
        |place, p, g, [m, v], o| {
            let [m, _] = averaged(g, [m, v], o);
            let new = [m, o.beta2 * v + (1.0 - o.beta2) * g];
            (moved(shrunk(p, o), corrected(new, place.t, o), o), new)
        },
        "v takes the square of the gradient",
    ),
    (
        |place, p, g, [m, v], o| {
            let new = [o.beta1 * m + g, o.beta2 * v + g * g];
            (moved(shrunk(p, o), corrected(new, place.t, o), o), new)
        },
        "the new gradient enters with the weight 1 - beta; you added it whole",
    ),
    (
        |place, p, g, old, o| {
            let swapped = AdamW { beta1: o.beta2, beta2: o.beta1, ..o.clone() };
            from(place.t, shrunk(p, o), g, old, &swapped)
        },
        "beta1 and beta2 are swapped; beta1 belongs to m",
    ),
    (
        |place, p, g, old, o| {
            let usual = AdamW { beta1: 0.9, beta2: 0.999, ..o.clone() };
            from(place.t, shrunk(p, o), g, old, &usual)
        },
        "these are the usual 0.9 and 0.999; use the betas that you are given",
    ),
    (
        |place, p, g, old, o| {
            let complement =
                AdamW { beta1: 1.0 - o.beta1, beta2: 1.0 - o.beta2, ..o.clone() };
            let new = averaged(g, old, &complement);
            (moved(shrunk(p, o), corrected(new, place.t, o), o), new)
        },
        "beta and 1 - beta are swapped: beta is what stays of the old mean",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            (moved(shrunk(p, o), [g, corrected(new, place.t, o)[1]], o), new)
        },
        "this steps along the gradient, as RMSprop does; Adam steps along m",
    ),
    (
        |place, p, g, old, o| {
            let new = averaged(g, old, o);
            let [m, v] = corrected(new, place.t, o);
            (shrunk(p, o) - m / (v.sqrt() + o.epsilon), new)
        },
        "the learning rate is in the decay, but not in the step",
    ),
    (
        |_, p, g, old, o| (shrunk(p, o) - o.lr * g, old),
        "this is plain gradient descent with weight decay; m and v are not used",
    ),
    (
        |place, p, g, old, o| {
            let (moved, new) = RIGHT(place, p, g, old, o);
            (if g == 0.0 { p } else { moved }, new)
        },
        "where the gradient is 0, nothing moved; m still moves it on, and the \
         decay shrinks it",
    ),
    (
        |place, _, g, old, o| from(place.t, 0.0, g, old, o),
        "you replaced the parameter by the step; the step is added to what was \
         there",
    ),
];

fn count(rows: usize) -> i32 {
    i32::try_from(rows).expect("a few rows")
}
