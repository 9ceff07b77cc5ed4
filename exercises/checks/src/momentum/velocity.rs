//! Question 3: momentum, whose velocity is kept from step to step.

use no_magic::by_hand::Layer;

use super::parameter::{SILENT, judge_steps, parameters, shapes, tall, wide};
use super::{Gradients, Velocity};
use crate::Verdict;
use crate::case::Case;

type Momentum = fn(&mut Layer, &Gradients, &mut Velocity, f64, f64);

/// `fn momentum(layer, gradients, velocity, lr, mu)`
pub fn momentum(answer: Momentum) -> Verdict {
    let (layer, gradients) = wide();
    // The learning rates change, or one inside the velocity could not be seen.
    judge_momentum(answer, &layer, &gradients, &[0.25, 0.5, 0.125], 0.625)?;
    let (layer, gradients) = tall();
    judge_momentum(answer, &layer, &gradients, &[0.1, 0.05], 0.9)
}

fn judge_momentum(
    answer: Momentum,
    layer: &Layer,
    gradients: &[Gradients],
    rates: &[f64],
    mu: f64,
) -> Verdict {
    let states = shapes(layer).run({
        let (mut layer, mut velocity) = (layer.clone(), Velocity::zeros(layer));
        let (gradients, rates) = (gradients.to_vec(), rates.to_vec());
        move || {
            let steps = gradients.iter().zip(rates).map(|(gradients, lr)| {
                answer(&mut layer, gradients, &mut velocity, lr, mu);
                (layer.clone(), velocity.clone())
            });
            steps.collect::<Vec<_>>()
        }
    })?;

    let at = |rule: OfNumber| {
        move |t: i32, w, g, v| rule(w, g, v, rates[t as usize - 1], mu)
    };
    let right = at(RIGHT);
    let mistakes = MISTAKES.map(|(rule, mistake)| (at(rule), mistake));
    let told = |case: Case, steps| {
        let rates: Vec<_> = rates[..steps].iter().map(f64::to_string).collect();
        case.note("lr", &rates.join(", then ")).number("mu", mu)
    };
    let parameters = parameters(layer, gradients);
    let layers = states.iter().map(|(layer, _)| layer);
    judge_steps(&parameters, right, &mistakes, told, layers)?;

    let (w, b) = &parameters;
    let steps = gradients.len();
    let (_, velocity) = &states[steps - 1];
    let v = w.replay(steps, right).1;
    told(w.case(steps), steps)
        .expect("velocity.w", &v)
        .unless(&-&v, OTHER_SIGN)
        .judge(&velocity.w)?;
    let v = b.replay(steps, right).1;
    told(b.case(steps), steps)
        .expect("velocity.b", &v)
        .unless(&-&v, OTHER_SIGN)
        .judge(&velocity.b)
}

const OTHER_SIGN: &str = "the layer is right, but its velocity is kept with the \
                          other sign; it is v = mu·v + g";

/// Momentum of a single number: from `(w, g, v, lr, mu)` to the new `(w, v)`.
type OfNumber = fn(f64, f64, f64, f64, f64) -> (f64, f64);

const RIGHT: OfNumber = |w, g, v, lr, mu| {
    let v = mu * v + g;
    (w - lr * v, v)
};

const MISTAKES: [(OfNumber, &str); 15] = [
    (
        |w, g, v, lr, mu| (w - lr * v, mu * v + g),
        "it does not move in the first step: either the result is not written \
         into the layer, or it moves with the velocity from before the step, \
         which is still 0",
    ),
    (
        |w, g, v, lr, mu| (w + lr * (mu * v + g), mu * v + g),
        "you went uphill: the velocity is subtracted",
    ),
    (
        |w, g, v, lr, _| (w - lr * g, v),
        "this is plain gradient descent: nothing is left of the velocity of the \
         step before; is it kept?",
    ),
    (
        |w, g, v, lr, mu| (w - (mu * v + lr * g), mu * v + lr * g),
        "the learning rate is inside your velocity; with a constant one that \
         comes to the same, but here it changes between the steps",
    ),
    (
        |w, g, v, lr, mu| (w - lr * (mu * v + lr * g), mu * v + lr * g),
        "the learning rate is applied twice, in the velocity and in the step",
    ),
    (
        |w, g, v, _, mu| (w - (mu * v + g), mu * v + g),
        "you left out the learning rate",
    ),
    (
        |w, g, v, lr, mu| {
            let v = mu * v + (1.0 - mu) * g;
            (w - lr * v, v)
        },
        "you damped the gradient with 1 - mu; here it enters the velocity whole",
    ),
    (
        |w, g, v, lr, mu| (w - lr * mu * (v + g), mu * (v + g)),
        "you multiplied the gradient by mu; mu belongs to the old velocity alone",
    ),
    (
        |w, g, v, lr, _| (w - lr * (v + g), v + g),
        "the velocity never fades: mu is missing",
    ),
    (
        |w, g, v, lr, mu| (w - lr * (g - mu * v), g - mu * v),
        "the old velocity has the wrong sign: mu times it is added",
    ),
    (
        |w, g, v, lr, mu| (w - lr * (g + mu * (mu * v + g)), mu * v + g),
        "this is Nesterov's momentum, which looks a step ahead; here the layer \
         moves with v itself",
    ),
    (
        |w, g, v, lr, mu| (w - lr * (mu * v + g + g), mu * v + g),
        "the gradient counts twice; it is in the velocity already",
    ),
    (
        |w, g, v, lr, _| (w - lr * (0.9 * v + g), 0.9 * v + g),
        "you took 0.9 for mu; use the mu that you are given",
    ),
    (
        |w, g, v, lr, mu| {
            if g == 0.0 { (w, mu * v) } else { RIGHT(w, g, v, lr, mu) }
        },
        SILENT,
    ),
    (
        |_, g, v, lr, mu| (-lr * (mu * v + g), mu * v + g),
        "you replaced the parameter by the step; the step is added to what was \
         there",
    ),
];
