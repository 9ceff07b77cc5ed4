//! Question 3: momentum, whose velocity is kept from step to step.

use ndarray::azip;
use no_magic::by_hand::Layer;

use super::{Gradients, Velocity};
use crate::{Outcome, Question, Verdict};

type Momentum = fn(&mut Layer, &Gradients, &mut Velocity, f64, f64);

/// `fn momentum(layer, gradients, velocity, lr, mu)`
pub fn momentum(answer: Momentum) -> Verdict {
    question().judge(move |run| run.observe(answer))
}

/// A few steps, each with a learning rate of its own. With a constant learning rate
/// we couldn't tell whether it's part of the velocity.
#[derive(Clone)]
pub(super) struct Run {
    layer: Layer,
    velocity: Velocity,
    gradients: Vec<Gradients>,
    rates: Vec<f64>,
    mu: f64,
}

impl Run {
    fn observe(
        &self,
        answer: impl Fn(&mut Layer, &Gradients, &mut Velocity, f64, f64),
    ) -> Outcome {
        let (mut layer, mut velocity) = (self.layer.clone(), self.velocity.clone());
        let mut outcome = Outcome::new();
        let steps = self.gradients.iter().zip(&self.rates);
        for (step, (gradients, &lr)) in (1..).zip(steps) {
            answer(&mut layer, gradients, &mut velocity, lr, self.mu);
            let after = |name| format!("{name} after step {step}");
            outcome = outcome
                .value(&after("W"), &layer.w)
                .value(&after("b"), &layer.b)
                .value(&after("velocity.w"), &velocity.w)
                .value(&after("velocity.b"), &velocity.b);
        }
        outcome.text("layer.activation", format!("{:?}", layer.activation))
    }
}

/// `momentum`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    w: Rule,
    b: Rule,
}

/// How a single number moves, and what is kept as its velocity.
#[derive(Clone)]
struct Rule {
    faded: fn(Number) -> f64,
    gained: fn(Number) -> f64,
    step: fn(Number) -> f64,
    update: fn(w: f64, step: f64) -> f64,
    kept: fn(Number) -> f64,
}

/// What the rule can read, as far as it's computed yet. `v` is the new velocity.
#[derive(Clone, Copy)]
struct Number {
    g: f64,
    old: f64,
    v: f64,
    lr: f64,
    mu: f64,
}

const RULE: Rule = Rule {
    faded: |n| n.mu * n.old,
    gained: |n| n.g,
    step: |n| n.lr * n.v,
    update: |w, step| w - step,
    kept: |n| n.v,
};

const MODEL: Model = Model { w: RULE, b: RULE };

impl Rule {
    fn apply(&self, w: &mut f64, g: f64, velocity: &mut f64, lr: f64, mu: f64) {
        let mut n = Number { g, old: *velocity, v: 0.0, lr, mu };
        n.v = (self.faded)(n) + (self.gained)(n);
        *w = (self.update)(*w, (self.step)(n));
        *velocity = (self.kept)(n);
    }
}

impl Model {
    fn momentum(
        &self,
        layer: &mut Layer,
        gradients: &Gradients,
        velocity: &mut Velocity,
        lr: f64,
        mu: f64,
    ) {
        azip!((w in &mut layer.w, &g in &gradients.dw, v in &mut velocity.w)
            self.w.apply(w, g, v, lr, mu));
        azip!((b in &mut layer.b, &g in &gradients.db, v in &mut velocity.b)
            self.b.apply(b, g, v, lr, mu));
    }
}

fn cases() -> impl Iterator<Item = Run> {
    let mus = [0.5, 0.625, 0.9, 0.75].into_iter().cycle();
    let runs = super::runs().zip(mus).enumerate();
    runs.map(|(i, ((layer, gradients, mut draws), mu))| {
        let mut velocity = Velocity::zeros(&layer);
        if i % 3 == 2 {
            velocity.w = draws.array(layer.w.dim());
            velocity.b = draws.array(layer.b.dim());
        }
        let rates = [0.25, 0.5, 0.125, 0.05].into_iter().cycle();
        let rates = rates.skip(i).take(gradients.len()).collect();
        Run { layer, velocity, gradients, rates, mu }
    })
}

pub(super) fn question() -> Question<Run, Model> {
    let run = |model: &Model, run: &Run| {
        run.observe(|layer, gradients, velocity, lr, mu| {
            model.momentum(layer, gradients, velocity, lr, mu);
        })
    };
    Question::new("momentum.momentum", MODEL, run)
        .given(|run| {
            let rates: Vec<_> = run.rates.iter().map(f64::to_string).collect();
            let given = super::given(&run.layer, &run.gradients)
                .note("lr", &rates.join(", then "))
                .number("mu", run.mu);
            if run.velocity == Velocity::zeros(&run.layer) {
                return given.note("velocity", "0 at first");
            }
            given
                .value("velocity.w", &run.velocity.w)
                .value("velocity.b", &run.velocity.b)
        })
        .kinds(|run| super::kinds(&run.layer))
        .cases(cases())
        .mistakes(rule_mistakes! {
        // The step
        unchanged: "The velocity changes, but the parameters don't move.",
            update = |w, _| w;
        untouched: "Neither the parameters nor their velocity change.",
            update = |w, _| w,
            kept = |n| n.old;
        uphill:
            "The parameters move uphill: the step is added instead of subtracted.",
            update = |w, step| w + step;
        no_learning_rate: "The step isn't multiplied by `lr`.",
            step = |n| n.v;
        old_velocity: "The step uses the old velocity, from before its update.",
            step = |n| n.lr * n.old;
        old_velocity_faded:
            "The step is taken before the gradient is added to the velocity.",
            step = |n| n.lr * n.mu * n.old;
        along_gradient:
            "The step follows the gradient and doesn't use the velocity.",
            step = |n| n.lr * n.g;
        nesterov:
            "The step is Nesterov's: it goes along `g + mu v` instead of `v`.",
            step = |n| n.lr * (n.g + n.mu * n.v);
        // The velocity
        inside:
            "The learning rate is inside the velocity: your code computes `v = mu \
             v + lr g`, then `w -= v`.",
            gained = |n| n.lr * n.g,
            step = |n| n.v;
        sutskever:
            "Your code has Sutskever's form: `v = mu v - lr g`, then `w += v`.",
            gained = |n| -n.lr * n.g,
            step = |n| n.v,
            update = |w, step| w + step;
        sutskever_uphill:
            "The velocity `v = mu v - lr g` already points downhill, but it's \
             subtracted from the parameters.",
            gained = |n| -n.lr * n.g,
            step = |n| n.v;
        inside_and_outside:
            "The gradient is multiplied by `lr` twice: in the velocity, and again \
             in the step.",
            gained = |n| n.lr * n.g;
        opposite_sign:
            "The velocity is kept with the opposite sign: your code computes `v = \
             mu v - g`, then `w += lr v`.",
            gained = |n| -n.g,
            update = |w, step| w + step;
        gradient_subtracted:
            "The gradient is subtracted from the velocity instead of added to it.",
            gained = |n| -n.g;
        averaged: "The gradient is multiplied by `1 - mu`, as in a running mean.",
            gained = |n| (1.0 - n.mu) * n.g;
        one_minus_mu: "The old velocity is multiplied by `1 - mu` instead of `mu`.",
            faded = |n| (1.0 - n.mu) * n.old;
        mu_on_both:
            "The gradient is multiplied by `mu`, as well as the old velocity.",
            gained = |n| n.mu * n.g;
        mu_missing: "The velocity never fades: it isn't multiplied by `mu`.",
            faded = |n| n.old;
        // What is kept
        forgotten:
            "The old velocity is lost: the new velocity is just the gradient.",
            faded = |_| 0.0;
        not_kept: "The new velocity isn't written into `velocity`.",
            kept = |n| n.old;
        faded_after:
            "The velocity is multiplied by `mu` after the step, instead of before \
             the gradient is added.",
            faded = |n| n.old,
            kept = |n| n.mu * n.v;
        })
}
