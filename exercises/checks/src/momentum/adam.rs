//! Question 4: Adam, with two moments and their correction.

use no_magic::by_hand::Layer;

use super::parameter::{SILENT, judge_steps, parameters, shapes, tall, wide};
use super::{Gradients, Moments, Settings};
use crate::Verdict;
use crate::case::Case;

type Adam = fn(&mut Layer, &Gradients, &mut Moments, &Settings);

/// `fn adam(layer, gradients, moments, settings)`
pub fn adam(answer: Adam) -> Verdict {
    let (layer, gradients) = wide();
    // Far from the usual settings, so that each of them shows.
    let settings = Settings { lr: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.5 };
    judge_adam(answer, &layer, &gradients, settings)?;
    let (layer, gradients) = tall();
    judge_adam(answer, &layer, &gradients, Settings::default())
}

fn judge_adam(
    answer: Adam,
    layer: &Layer,
    gradients: &[Gradients],
    settings: Settings,
) -> Verdict {
    let states = shapes(layer).run({
        let (mut layer, mut moments) = (layer.clone(), Moments::zeros(layer));
        let gradients = gradients.to_vec();
        move || {
            let steps = gradients.iter().map(|gradients| {
                answer(&mut layer, gradients, &mut moments, &settings);
                (layer.clone(), moments.clone())
            });
            steps.collect::<Vec<_>>()
        }
    })?;

    let at =
        |rule: OfNumber| move |t, w, g, moments| rule(w, g, moments, t, settings);
    let right = at(RIGHT);
    let mistakes = MISTAKES.map(|(rule, mistake)| (at(rule), mistake));
    let told = |case: Case, _| {
        case.number("lr", settings.lr)
            .number("beta1", settings.beta1)
            .number("beta2", settings.beta2)
            .number("epsilon", settings.epsilon)
    };
    let parameters = parameters(layer, gradients);
    let layers = states.iter().map(|(layer, _)| layer);
    judge_steps(&parameters, right, &mistakes, told, layers)?;

    let (w, b) = &parameters;
    let steps = gradients.len();
    let (_, yours) = &states[steps - 1];
    let case = told(w.case(steps), steps);
    let moments = w.replay(steps, right).1;
    let (m, v) = (moments.mapv(|[m, _]| m), moments.mapv(|[_, v]| v));
    case.expect("moments.m_w", &m).unless(&v, SWAPPED).judge(&yours.m_w)?;
    case.expect("moments.v_w", &v).judge(&yours.v_w)?;
    let case = told(b.case(steps), steps);
    let moments = b.replay(steps, right).1;
    let (m, v) = (moments.mapv(|[m, _]| m), moments.mapv(|[_, v]| v));
    case.expect("moments.m_b", &m).unless(&v, SWAPPED).judge(&yours.m_b)?;
    case.expect("moments.v_b", &v).judge(&yours.v_b)
}

const SWAPPED: &str =
    "the layer is right, but m and v are kept in each other's place";

/// Adam of a single number: from `(w, g, [m, v], t, settings)` to the new
/// `(w, [m, v])`.
type OfNumber = fn(f64, f64, [f64; 2], i32, Settings) -> (f64, [f64; 2]);

const RIGHT: OfNumber = |w, g, old, t, s| {
    let new = averaged(g, old, s);
    (moved(w, corrected(new, t, s), s), new)
};

fn averaged(g: f64, [m, v]: [f64; 2], s: Settings) -> [f64; 2] {
    [s.beta1 * m + (1.0 - s.beta1) * g, s.beta2 * v + (1.0 - s.beta2) * g * g]
}

fn corrected([m, v]: [f64; 2], t: i32, s: Settings) -> [f64; 2] {
    [m / (1.0 - s.beta1.powi(t)), v / (1.0 - s.beta2.powi(t))]
}

fn moved(w: f64, [m, v]: [f64; 2], s: Settings) -> f64 {
    w - s.lr * m / (v.sqrt() + s.epsilon)
}

const MISTAKES: [(OfNumber, &str); 29] = [
    (
        |w, g, old, t, s| (moved(w, corrected(old, t, s), s), averaged(g, old, s)),
        "it does not move in the first step: either the result is not written \
         into the layer, or it moves with the moments from before the step, which \
         are still 0",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (2.0 * w - moved(w, corrected(new, t, s), s), new)
        },
        "you went uphill: the step is subtracted",
    ),
    (
        |w, g, old, _, s| {
            let new = averaged(g, old, s);
            (moved(w, new, s), new)
        },
        "the moments are not corrected; they start at 0 and are too small at first",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (moved(w, [new[0], corrected(new, t, s)[1]], s), new)
        },
        "the first moment is not corrected; it starts at 0 and is too small at \
         first",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (moved(w, [corrected(new, t, s)[0], new[1]], s), new)
        },
        "the second moment is not corrected; it starts at 0 and is too small at \
         first",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            let [m, v] = corrected(new, t, s);
            (w - s.lr * m / (v + s.epsilon).sqrt(), new)
        },
        "epsilon is inside the root; it is added to the root",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            let [m, v] = corrected(new, t, s);
            (w - s.lr * m / v.sqrt(), new)
        },
        "epsilon is missing; where every gradient was 0, you divide 0 by 0",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            let [m, v] = corrected(new, t, s);
            (w - s.lr * m / (v + s.epsilon), new)
        },
        "you left out the root of the second moment",
    ),
    (
        |w, g, old, t, s| {
            let s = Settings { beta1: s.beta2, beta2: s.beta1, ..s };
            RIGHT(w, g, old, t, s)
        },
        "beta1 and beta2 are swapped; beta1 belongs to the first moment",
    ),
    (
        |w, g, [m, v], t, s| {
            let [m, _] = averaged(g, [m, v], s);
            let new = [m, s.beta2 * v + (1.0 - s.beta2) * g];
            (moved(w, corrected(new, t, s), s), new)
        },
        "the second moment takes the square of the gradient",
    ),
    (
        |w, g, [m, v], t, s| {
            let [_, v] = averaged(g, [m, v], s);
            let new = [s.beta1 * m + (1.0 - s.beta1) * g * g, v];
            (moved(w, corrected(new, t, s), s), new)
        },
        "the first moment takes the gradient as it is, not its square",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (moved(w, corrected(new, t - 1, s), s), new)
        },
        "in the first step you divided by 1 - beta^0, which is 0; count the step \
         before you use the count",
    ),
    (
        |w, g, old, _, s| (RIGHT(w, g, [0.0; 2], 1, s).0, old),
        "nothing is left of the steps before; what you compute has to be written \
         into moments",
    ),
    (
        |w, g, _, t, s| RIGHT(w, g, [0.0; 2], t, s),
        "m and v start from 0 in each step; they have to be kept in moments",
    ),
    (
        |w, g, old, _, s| {
            let new = averaged(g, old, s);
            (moved(w, corrected(new, 1, s), s), new)
        },
        "the correction stays as in step 1; does the count go on, and is it the \
         exponent of beta?",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (moved(w, corrected(new, 2 * t, s), s), new)
        },
        "the step is counted twice; W and b share one count",
    ),
    (
        |w, g, old, t, s| {
            let new @ [m, v] = averaged(g, old, s);
            let t = f64::from(t);
            (moved(w, [m / (1.0 - s.beta1 * t), v / (1.0 - s.beta2 * t)], s), new)
        },
        "you multiplied beta by the count; the count is its exponent",
    ),
    (
        |w, g, old, t, s| {
            let new @ [m, v] = averaged(g, old, s);
            (moved(w, [m / s.beta1.powi(t), v / s.beta2.powi(t)], s), new)
        },
        "you divided by beta^t; the correction is 1 - beta^t",
    ),
    (
        |w, g, old, t, s| {
            let new @ [m, v] = averaged(g, old, s);
            let [m, v] = [m * (1.0 - s.beta1.powi(t)), v * (1.0 - s.beta2.powi(t))];
            (moved(w, [m, v], s), new)
        },
        "you multiplied by the correction; it divides, and so makes the moments \
         larger",
    ),
    (
        |w, g, old, t, s| {
            let new = corrected(averaged(g, old, s), t, s);
            (moved(w, new, s), new)
        },
        "you kept the corrected moments; the correction is for this step alone, \
         and m and v go on without it",
    ),
    (
        |w, g, [m, v], t, s| {
            let new = [s.beta1 * m + g, s.beta2 * v + g * g];
            (moved(w, corrected(new, t, s), s), new)
        },
        "the new gradient enters a moment with the weight 1 - beta; you added it \
         whole",
    ),
    (
        |w, g, old, t, s| {
            let other =
                Settings { beta1: 1.0 - s.beta1, beta2: 1.0 - s.beta2, ..s };
            let new = averaged(g, old, other);
            (moved(w, corrected(new, t, s), s), new)
        },
        "beta and 1 - beta are swapped: beta is what stays of the old moment",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            let lr = s.lr * (1.0 - s.beta2.powi(t)).sqrt();
            let [m, _] = corrected(new, t, s);
            (w - lr * m / (new[1].sqrt() + s.epsilon), new)
        },
        "epsilon is added to a root that is not corrected yet, as in the paper's \
         shortcut; algorithm 1 corrects first",
    ),
    (
        |w, g, old, t, s| {
            let new = averaged(g, old, s);
            (moved(w, [g, corrected(new, t, s)[1]], s), new)
        },
        "this steps along the gradient, as RMSProp does; Adam steps along its \
         first moment",
    ),
    (
        |w, g, old, t, s| RIGHT(w, g, old, t, Settings { lr: 1.0, ..s }),
        "you left out the learning rate",
    ),
    (
        |w, g, old, t, s| {
            RIGHT(w, g, old, t, Settings { lr: s.lr, ..Settings::default() })
        },
        "these are the paper's numbers; use the settings that you are given",
    ),
    (
        |w, g, old, _, s| (w - s.lr * g, old),
        "this is plain gradient descent; the moments are not used",
    ),
    (
        |w, g, old, t, s| {
            let (moved, new) = RIGHT(w, g, old, t, s);
            (if g == 0.0 { w } else { moved }, new)
        },
        SILENT,
    ),
    (
        |_, g, old, t, s| RIGHT(0.0, g, old, t, s),
        "you replaced the parameter by the step; the step is added to what was \
         there",
    ),
];
