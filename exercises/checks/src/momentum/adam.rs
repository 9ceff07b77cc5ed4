//! Question 4: Adam, with two moments and their correction.

use ndarray::azip;
use no_magic::by_hand::Layer;

use super::{Gradients, Moments, Settings};
use crate::{Outcome, Question, Verdict, mistakes};

type Adam = fn(&mut Layer, &Gradients, &mut Moments, &Settings);

/// `fn adam(layer, gradients, moments, settings)`
pub fn adam(answer: Adam) -> Verdict {
    question().judge(move |run| run.observe(answer))
}

/// A few steps.
#[derive(Clone)]
pub(super) struct Run {
    layer: Layer,
    moments: Moments,
    gradients: Vec<Gradients>,
    settings: Settings,
}

impl Run {
    fn observe(
        &self,
        answer: impl Fn(&mut Layer, &Gradients, &mut Moments, &Settings),
    ) -> Outcome {
        let (mut layer, mut moments) = (self.layer.clone(), self.moments.clone());
        let mut outcome = Outcome::new();
        for (step, gradients) in (1..).zip(&self.gradients) {
            answer(&mut layer, gradients, &mut moments, &self.settings);
            let after = |name| format!("{name} after step {step}");
            outcome = outcome
                .value(&after("W"), &layer.w)
                .value(&after("b"), &layer.b)
                .value(&after("moments.m_w"), &moments.m_w)
                .value(&after("moments.v_w"), &moments.v_w)
                .value(&after("moments.m_b"), &moments.m_b)
                .value(&after("moments.v_b"), &moments.v_b)
                .text(&after("moments.t"), moments.t);
        }
        outcome.text("layer.activation", format!("{:?}", layer.activation))
    }
}

/// `adam`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    w: Rule,
    b: Rule,
    count: fn(before: i32) -> i32,
}

/// How a single number moves, and what is kept of its moments.
#[derive(Clone)]
struct Rule {
    m: fn(Number) -> f64,
    v: fn(Number) -> f64,
    /// What a moment is divided by.
    correction: fn(beta: f64, t: i32) -> f64,
    m_hat: fn(Number) -> f64,
    v_hat: fn(Number) -> f64,
    divisor: fn(Number) -> f64,
    step: fn(Number) -> f64,
    update: fn(w: f64, step: f64) -> f64,
    kept: fn(Number) -> (f64, f64),
}

/// What the rule can read, as far as it's computed yet.
#[derive(Clone, Copy, Default)]
struct Number {
    g: f64,
    old_m: f64,
    old_v: f64,
    m: f64,
    v: f64,
    by_m: f64,
    by_v: f64,
    m_hat: f64,
    v_hat: f64,
    divisor: f64,
    lr: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

const RULE: Rule = Rule {
    m: |n| n.beta1 * n.old_m + (1.0 - n.beta1) * n.g,
    v: |n| n.beta2 * n.old_v + (1.0 - n.beta2) * n.g * n.g,
    correction: |beta, t| 1.0 - beta.powi(t),
    m_hat: |n| n.m / n.by_m,
    v_hat: |n| n.v / n.by_v,
    divisor: |n| n.v_hat.sqrt() + n.epsilon,
    step: |n| n.lr * n.m_hat / n.divisor,
    update: |w, step| w - step,
    kept: |n| (n.m, n.v),
};

const MODEL: Model = Model { w: RULE, b: RULE, count: |before| before + 1 };

impl Rule {
    fn apply(
        &self,
        w: &mut f64,
        g: f64,
        (m, v): (&mut f64, &mut f64),
        t: i32,
        Settings { lr, beta1, beta2, epsilon }: Settings,
    ) {
        let known = Number { lr, beta1, beta2, epsilon, ..Number::default() };
        let mut n = Number { g, old_m: *m, old_v: *v, ..known };
        n.m = (self.m)(n);
        n.v = (self.v)(n);
        (n.by_m, n.by_v) =
            ((self.correction)(beta1, t), (self.correction)(beta2, t));
        n.m_hat = (self.m_hat)(n);
        n.v_hat = (self.v_hat)(n);
        n.divisor = (self.divisor)(n);
        *w = (self.update)(*w, (self.step)(n));
        (*m, *v) = (self.kept)(n);
    }
}

impl Model {
    fn adam(
        &self,
        layer: &mut Layer,
        gradients: &Gradients,
        moments: &mut Moments,
        settings: &Settings,
    ) {
        let t = moments.t + 1;
        azip!((
            w in &mut layer.w,
            &g in &gradients.dw,
            m in &mut moments.m_w,
            v in &mut moments.v_w,
        ) self.w.apply(w, g, (m, v), t, *settings));
        azip!((
            b in &mut layer.b,
            &g in &gradients.db,
            m in &mut moments.m_b,
            v in &mut moments.v_b,
        ) self.b.apply(b, g, (m, v), t, *settings));
        moments.t = (self.count)(moments.t);
    }
}

fn cases() -> impl Iterator<Item = Run> {
    // Most are far from the usual settings, so that each setting shows.
    let unusual = [
        Settings { lr: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 0.5 },
        Settings { lr: 0.25, beta1: 0.5, beta2: 0.75, epsilon: 2.0 },
        // So small that even 1 - 6 beta is above 0.
        Settings { lr: 0.5, beta1: 0.1, beta2: 0.125, epsilon: 0.25 },
        Settings::default(),
    ];
    let runs = super::runs().zip(unusual.into_iter().cycle()).enumerate();
    runs.map(|(i, ((layer, gradients, mut draws), settings))| {
        let mut moments = Moments::zeros(&layer);
        if i % 4 == 3 {
            moments.t = 3;
            moments.m_w = draws.array(layer.w.dim());
            moments.v_w = draws.array(layer.w.dim()).abs();
            moments.m_b = draws.array(layer.b.dim());
            moments.v_b = draws.array(layer.b.dim()).abs();
        }
        Run { layer, moments, gradients, settings }
    })
}

pub(super) fn question() -> Question<Run, Model> {
    let run = |model: &Model, run: &Run| {
        run.observe(|layer, gradients, moments, settings| {
            model.adam(layer, gradients, moments, settings);
        })
    };
    Question::new("momentum.adam", MODEL, run)
        .given(|Run { layer, moments, gradients, settings }| {
            let given = super::given(layer, gradients)
                .number("lr", settings.lr)
                .number("beta1", settings.beta1)
                .number("beta2", settings.beta2)
                .number("epsilon", settings.epsilon);
            if moments.t == 0 {
                return given.note("moments", "all 0 at first");
            }
            given
                .number("moments.t", moments.t)
                .value("moments.m_w", &moments.m_w)
                .value("moments.v_w", &moments.v_w)
                .value("moments.m_b", &moments.m_b)
                .value("moments.v_b", &moments.v_b)
        })
        .kinds(|run| super::kinds(&run.layer))
        .cases(cases())
        .mistakes(rule_mistakes! {
        // The step
        unchanged: "The moments change, but the parameters don't move.",
            update = |w, _| w;
        untouched: "Neither the parameters nor their moments change.",
            update = |w, _| w,
            kept = |n| (n.old_m, n.old_v);
        uphill:
            "The parameters move uphill: the step is added instead of subtracted.",
            update = |w, step| w + step;
        no_learning_rate: "The step isn't multiplied by `lr`.",
            step = |n| n.m_hat / n.divisor;
        first_moment_alone:
            "The step is `lr m̂`: it isn't divided by `√v̂ + epsilon`.",
            step = |n| n.lr * n.m_hat;
        epsilon_after_division:
            "`epsilon` is added after the division: parentheses are missing around \
             `√v̂ + epsilon`.",
            step = |n| n.lr * n.m_hat / n.v_hat.sqrt() + n.epsilon;
        no_epsilon: "`epsilon` isn't added to `√v̂`.",
            divisor = |n| n.v_hat.sqrt();
        epsilon_inside:
            "`epsilon` is inside the root: the step is divided by `√(v̂ + \
             epsilon)`.",
            divisor = |n| (n.v_hat + n.epsilon).sqrt();
        epsilon_of_tensorflow:
            "`epsilon` is added to `√v` before the correction, as in TensorFlow.",
            divisor = |n| (n.v.sqrt() + n.epsilon) / n.by_v.sqrt();
        no_root: "The root is missing: the step is divided by `v̂ + epsilon`.",
            divisor = |n| n.v_hat + n.epsilon;
        // The correction
        not_corrected: "The step uses `m` and `v` without their corrections.",
            correction = |_, _| 1.0;
        m_not_corrected: "The step uses `m` instead of the corrected `m̂`.",
            m_hat = |n| n.m;
        v_not_corrected: "The step uses `v` instead of the corrected `v̂`.",
            v_hat = |n| n.v;
        counted_late:
            "The corrections use the `t` from before this step, so it's one too \
             small.",
            correction = |beta, t| 1.0 - beta.powi(t - 1);
        correction_of_step_1:
            "The corrections divide by `1 - beta` in every step: the exponent `t` \
             is missing.",
            correction = |beta, _| 1.0 - beta;
        correction_times_count:
            "The corrections multiply `beta` by `t` instead of raising it to the \
             power `t`.",
            correction = |beta, t| 1.0 - beta * f64::from(t);
        correction_power:
            "The moments are divided by `beta^t` instead of `1 - beta^t`.",
            correction = |beta, t| beta.powi(t);
        corrections_of_beta1: "`v` is corrected with `beta1` instead of `beta2`.",
            v_hat = |n| n.v / n.by_m;
        old_moments: "The step uses the old `m` and `v`, from before their update.",
            m_hat = |n| n.old_m / n.by_m,
            v_hat = |n| n.old_v / n.by_v;
        // The moments
        not_squared: "`v` takes the gradient itself instead of its square.",
            v = |n| n.beta2 * n.old_v + (1.0 - n.beta2) * n.g;
        whole_in_m:
            "`m` takes the whole gradient: the factor `1 - beta1` is missing.",
            m = |n| n.beta1 * n.old_m + n.g;
        whole_in_v:
            "`v` takes the whole square of the gradient: the factor `1 - beta2` is \
             missing.",
            v = |n| n.beta2 * n.old_v + n.g * n.g;
        weights_swapped:
            "The factors `beta` and `1 - beta` are swapped in both moments.",
            m = |n| (1.0 - n.beta1) * n.old_m + n.beta1 * n.g,
            v = |n| (1.0 - n.beta2) * n.old_v + n.beta2 * n.g * n.g;
        never_fading:
            "The moments never fade: the old `m` and `v` aren't multiplied by \
             `beta1` and `beta2`.",
            m = |n| n.old_m + (1.0 - n.beta1) * n.g,
            v = |n| n.old_v + (1.0 - n.beta2) * n.g * n.g;
        beta1_in_v: "`v` is averaged with `beta1` instead of `beta2`.",
            v = |n| n.beta1 * n.old_v + (1.0 - n.beta1) * n.g * n.g;
        // What is kept
        not_kept: "The new `m` and `v` aren't written into `moments`.",
            kept = |n| (n.old_m, n.old_v);
        corrected_kept:
            "The corrected `m̂` and `v̂` are kept in `moments`, so the next step \
             corrects them again.",
            kept = |n| (n.m_hat, n.v_hat);
        })
        .mistakes(mistakes! { Model;
        not_counted: "The step isn't counted: `moments.t` stays as it is.",
            w = Rule { correction: |beta, t| 1.0 - beta.powi(t - 1), ..RULE },
            b = Rule { correction: |beta, t| 1.0 - beta.powi(t - 1), ..RULE },
            count = |before| before;
        count_not_kept:
            "The corrections use the new count, but it isn't written into \
             `moments.t`.",
            count = |before| before;
        counted_twice:
            "The step is counted twice in `moments.t`: for `W`, and again for `b`.",
            b = Rule { correction: |beta, t| 1.0 - beta.powi(t + 1), ..RULE },
            count = |before| before + 2;
        })
}
