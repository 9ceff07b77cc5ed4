//! Question 3: momentum, whose velocity is kept from step to step.

use ndarray::azip;
use no_magic::by_hand::Layer;

use super::{Gradients, Velocity};
use crate::{Outcome, Question, Verdict, mistakes};

type Momentum = fn(&mut Layer, &Gradients, &mut Velocity, f64, f64);

/// `fn momentum(layer, gradients, velocity, lr, mu)`
pub fn momentum(answer: Momentum) -> Verdict {
    question().judge(move |run| run.observe(answer))
}

/// A few steps, each with a learning rate of its own: with a constant one, it would
/// make no difference whether it's part of the velocity.
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
        for (step, (gradients, &lr)) in
            (1..).zip(self.gradients.iter().zip(&self.rates))
        {
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

    fn starts_at_rest(&self) -> bool {
        self.velocity == Velocity::zeros(&self.layer)
    }
}

/// `momentum`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    w: Rule,
    b: Rule,
    velocity_of_b: fn(&mut Velocity) -> Vec<&mut f64>,
}

/// How a single number moves, and what is kept as its velocity.
#[derive(Clone)]
struct Rule {
    faded: fn(Number) -> f64,
    gained: fn(Number) -> f64,
    direction: fn(Number) -> f64,
    rate: fn(Number) -> f64,
    update: fn(Number) -> f64,
    kept: fn(Number) -> f64,
}

/// What the rule may use, as far as it's there already: `v` is the new velocity.
#[derive(Clone, Copy, Default)]
struct Number {
    w: f64,
    g: f64,
    old: f64,
    gained: f64,
    v: f64,
    step: f64,
    lr: f64,
    mu: f64,
}

const RULE: Rule = Rule {
    faded: |n| n.mu * n.old,
    gained: |n| n.g,
    direction: |n| n.v,
    rate: |n| n.lr,
    update: |n| n.w - n.step,
    kept: |n| n.v,
};

const MODEL: Model = Model {
    w: RULE,
    b: RULE,
    velocity_of_b: |velocity| velocity.b.iter_mut().collect(),
};

impl Rule {
    fn apply(&self, w: &mut f64, g: f64, velocity: &mut f64, lr: f64, mu: f64) {
        let mut n =
            Number { w: *w, g, old: *velocity, lr, mu, ..Number::default() };
        n.gained = (self.gained)(n);
        n.v = (self.faded)(n) + n.gained;
        n.step = (self.rate)(n) * (self.direction)(n);
        (*w, *velocity) = ((self.update)(n), (self.kept)(n));
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
        azip!((
            w in &mut layer.w,
            &g in &gradients.dw,
            v in &mut velocity.w,
        ) self.w.apply(w, g, v, lr, mu));
        let numbers = layer.b.iter_mut().zip(&gradients.db);
        for ((b, &g), v) in numbers.zip((self.velocity_of_b)(velocity)) {
            self.b.apply(b, g, v, lr, mu);
        }
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
            if run.starts_at_rest() {
                return given.note("velocity", "0 at first");
            }
            given
                .value("velocity.w", &run.velocity.w)
                .value("velocity.b", &run.velocity.b)
        })
        .kinds(|run| {
            let mut kinds = super::kinds(&run.layer);
            kinds.push(("a velocity of 0 at first", run.starts_at_rest()));
            kinds.push(("a velocity at first", !run.starts_at_rest()));
            kinds.push(("a single step", run.gradients.len() == 1));
            kinds.push(("several steps", run.gradients.len() > 1));
            kinds
        })
        .cases(cases())
        .mistakes(rule_mistakes! {
        // The step
        unchanged: "The parameter doesn't move.",
            update = |n| n.w;
        untouched: "Neither the parameter nor its velocity changes.",
            update = |n| n.w,
            kept = |n| n.old;
        uphill: "The parameter moves uphill.",
            update = |n| n.w + n.step;
        no_learning_rate: "The learning rate is missing.",
            rate = |_| 1.0;
        divided_by_learning_rate: "The step is divided by the learning rate.",
            rate = |n| 1.0 / n.lr;
        learning_rate_twice: "The learning rate is in the step twice.",
            rate = |n| n.lr * n.lr;
        step_alone: "The parameter is replaced by the step.",
            update = |n| -n.step;
        velocity_alone: "The parameter is replaced by its velocity.",
            update = |n| n.v;
        learning_rate_on_everything:
            "The learning rate multiplies the parameter as well.",
            update = |n| n.lr * n.w - n.step;
        stays_without_gradient:
            "Where the gradient is 0, the parameter stays, despite its velocity.",
            update = |n| if n.g == 0.0 { n.w } else { n.w - n.step };
        old_velocity: "The step uses the velocity from before its update.",
            direction = |n| n.old;
        old_velocity_faded:
            "The step is taken before the gradient gets into the velocity.",
            direction = |n| n.mu * n.old;
        along_gradient: "The step is along the gradient; the velocity isn't used.",
            direction = |n| n.g;
        nesterov: "This is Nesterov's step, along g + mu v instead of v.",
            direction = |n| n.gained + n.mu * n.v;
        gradient_twice:
            "The gradient counts twice: in v, and once more in the step.",
            direction = |n| n.v + n.g;
        velocity_twice:
            "The old velocity counts twice: in v, and once more in the step.",
            direction = |n| n.v + n.mu * n.old;
        faded_again: "The step multiplies the new velocity by mu once more.",
            direction = |n| n.mu * n.v;
        step_damped: "The step is multiplied by 1 - mu.",
            direction = |n| (1.0 - n.mu) * n.v;
        sign_alone: "The step uses only the velocity's sign, not its size.",
            direction = |n| n.v.signum();
        // The velocity
        inside:
            "The learning rate is inside the velocity: v = mu v + lr g, w -= v.",
            gained = |n| n.lr * n.g,
            rate = |_| 1.0;
        sutskever: "This is Sutskever's form: v = mu v - lr g, w += v.",
            gained = |n| -n.lr * n.g,
            rate = |_| 1.0,
            update = |n| n.w + n.step;
        sutskever_uphill: "v = mu v - lr g goes with w += v, not w -= v.",
            gained = |n| -n.lr * n.g,
            rate = |_| 1.0;
        inside_and_outside:
            "The learning rate is in the velocity, and in the step again.",
            gained = |n| n.lr * n.g;
        step_kept: "What you keep as the velocity is the step, lr (mu v + g).",
            faded = |n| n.lr * n.mu * n.old,
            gained = |n| n.lr * n.g,
            rate = |_| 1.0;
        opposite_sign: "The velocity is kept with the opposite sign: v = mu v - g.",
            gained = |n| -n.g,
            update = |n| n.w + n.step;
        gradient_subtracted: "The gradient is subtracted from the velocity.",
            gained = |n| -n.g;
        velocity_subtracted: "The old velocity is subtracted instead of added.",
            faded = |n| -n.mu * n.old;
        averaged: "The gradient is multiplied by 1 - mu, as in a running mean.",
            gained = |n| (1.0 - n.mu) * n.g;
        averaged_swapped:
            "mu multiplies the gradient, and 1 - mu the old velocity.",
            faded = |n| (1.0 - n.mu) * n.old,
            gained = |n| n.mu * n.g;
        one_minus_mu: "The old velocity is multiplied by 1 - mu instead of mu.",
            faded = |n| (1.0 - n.mu) * n.old;
        mu_on_both: "mu multiplies the gradient as well.",
            gained = |n| n.mu * n.g;
        mu_on_gradient: "mu multiplies the gradient instead of the old velocity.",
            faded = |n| n.old,
            gained = |n| n.mu * n.g;
        mu_missing: "The velocity never fades: mu is missing.",
            faded = |n| n.old;
        mu_fixed: "mu is fixed at 0.9.",
            faded = |n| 0.9 * n.old;
        gradient_missing: "The gradient never gets into the velocity.",
            gained = |_| 0.0;
        velocity_fades_with_learning_rate:
            "The velocity fades with the learning rate instead of mu.",
            faded = |n| n.lr * n.old;
        mu_and_learning_rate_swapped: "mu and lr are swapped.",
            faded = |n| n.lr * n.old,
            rate = |n| n.mu;
        averaged_from_first:
            "v is a running mean of the gradients, starting at the first.",
            gained = |n| if n.old == 0.0 { n.g } else { (1.0 - n.mu) * n.g };
        // What is kept
        forgotten: "The old velocity is lost: v is just the gradient.",
            faded = |_| 0.0;
        not_kept: "The new velocity isn't written into velocity.",
            kept = |n| n.old;
        plain: "This is plain gradient descent, without any velocity.",
            direction = |n| n.g,
            kept = |n| n.old;
        cleared: "The velocity is 0 again after each step.",
            kept = |_| 0.0;
        gradient_kept: "What you keep as the velocity is the gradient.",
            kept = |n| n.g;
        faded_after: "The velocity fades after the step, not before it.",
            faded = |n| n.old,
            kept = |n| n.mu * n.v;
        faded_twice: "The velocity fades once more after the step.",
            kept = |n| n.mu * n.v;
        skipped_without_gradient:
            "Where the gradient is 0, nothing happens, despite the velocity.",
            update = |n| if n.g == 0.0 { n.w } else { n.w - n.step },
            kept = |n| if n.g == 0.0 { n.old } else { n.v };
        })
        .mistakes(mistakes! { Model;
        b_with_velocity_of_w: "b moves with the velocity of W.",
            velocity_of_b = |velocity| velocity.w.iter_mut().collect();
        })
}
