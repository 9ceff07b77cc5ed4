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
    settings: fn(Settings) -> Settings,
    w: Rule,
    b: Rule,
    moments_of_b: fn(&mut Moments) -> Vec<(&mut f64, &mut f64)>,
    /// The count afterwards, from the one before and how many numbers there are.
    count: fn(before: i32, numbers: i32) -> i32,
}

/// How a single number moves, and what is kept of its moments.
#[derive(Clone)]
struct Rule {
    /// The step's count, from the one before and how many numbers came before.
    t: fn(before: i32, index: i32) -> i32,
    m: fn(Number) -> f64,
    v: fn(Number) -> f64,
    m_hat: fn(Number) -> f64,
    v_hat: fn(Number) -> f64,
    divisor: fn(Number) -> f64,
    direction: fn(Number) -> f64,
    rate: fn(Number) -> f64,
    update: fn(Number) -> f64,
    kept_m: fn(Number) -> f64,
    kept_v: fn(Number) -> f64,
}

/// What the rule may use, as far as it's there already.
#[derive(Clone, Copy, Default)]
struct Number {
    w: f64,
    g: f64,
    old_m: f64,
    old_v: f64,
    m: f64,
    v: f64,
    m_hat: f64,
    v_hat: f64,
    divisor: f64,
    step: f64,
    t: i32,
    lr: f64,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

impl Number {
    /// What the first moment is divided by.
    fn by_m(self) -> f64 {
        1.0 - self.beta1.powi(self.t)
    }

    /// What the second moment is divided by.
    fn by_v(self) -> f64 {
        1.0 - self.beta2.powi(self.t)
    }
}

const RULE: Rule = Rule {
    t: |before, _| before + 1,
    m: |n| n.beta1 * n.old_m + (1.0 - n.beta1) * n.g,
    v: |n| n.beta2 * n.old_v + (1.0 - n.beta2) * n.g * n.g,
    m_hat: |n| n.m / n.by_m(),
    v_hat: |n| n.v / n.by_v(),
    divisor: |n| n.v_hat.sqrt() + n.epsilon,
    direction: |n| n.m_hat / n.divisor,
    rate: |n| n.lr,
    update: |n| n.w - n.step,
    kept_m: |n| n.m,
    kept_v: |n| n.v,
};

const MODEL: Model = Model {
    settings: |settings| settings,
    w: RULE,
    b: RULE,
    moments_of_b: |moments| moments.m_b.iter_mut().zip(&mut moments.v_b).collect(),
    count: |before, _| before + 1,
};

impl Rule {
    fn apply(
        &self,
        w: &mut f64,
        g: f64,
        (m, v): (&mut f64, &mut f64),
        t: i32,
        settings: Settings,
    ) {
        let Settings { lr, beta1, beta2, epsilon } = settings;
        let known = Number { w: *w, g, old_m: *m, old_v: *v, ..Number::default() };
        let mut n = Number { t, lr, beta1, beta2, epsilon, ..known };
        n.m = (self.m)(n);
        n.v = (self.v)(n);
        n.m_hat = (self.m_hat)(n);
        n.v_hat = (self.v_hat)(n);
        n.divisor = (self.divisor)(n);
        n.step = (self.rate)(n) * (self.direction)(n);
        *w = (self.update)(n);
        (*m, *v) = ((self.kept_m)(n), (self.kept_v)(n));
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
        let (settings, before) = ((self.settings)(*settings), moments.t);
        let mut index = 0;
        azip!((
            w in &mut layer.w,
            &g in &gradients.dw,
            m in &mut moments.m_w,
            v in &mut moments.v_w,
        ) {
            self.w.apply(w, g, (m, v), (self.w.t)(before, index), settings);
            index += 1;
        });
        let numbers = layer.b.iter_mut().zip(&gradients.db);
        for ((b, &g), moments) in numbers.zip((self.moments_of_b)(moments)) {
            self.b.apply(b, g, moments, (self.b.t)(before, index), settings);
            index += 1;
        }
        moments.t = (self.count)(before, index);
    }
}

fn cases() -> impl Iterator<Item = Run> {
    // Most are far from the usual settings, so that each of them shows.
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
        .kinds(|Run { layer, moments, gradients, settings }| {
            let mut kinds = super::kinds(layer);
            kinds.extend([
                ("moments of 0 at first", moments.t == 0),
                ("moments of earlier steps", moments.t > 0),
                ("a single step", gradients.len() == 1),
                ("several steps", gradients.len() > 1),
                ("the paper's settings", *settings == Settings::default()),
                ("unusual settings", *settings != Settings::default()),
            ]);
            kinds
        })
        .cases(cases())
        .mistakes(rule_mistakes! {
        // The step
        unchanged: "The parameter doesn't move.",
            update = |n| n.w;
        untouched: "Neither the parameter nor its moments change.",
            update = |n| n.w,
            kept_m = |n| n.old_m,
            kept_v = |n| n.old_v;
        uphill: "The parameter moves uphill.",
            update = |n| n.w + n.step;
        no_learning_rate: "The learning rate is missing.",
            rate = |_| 1.0;
        learning_rate_twice: "The learning rate is in the step twice.",
            rate = |n| n.lr * n.lr;
        divided_by_learning_rate: "The step is divided by the learning rate.",
            rate = |n| 1.0 / n.lr;
        learning_rate_fixed: "The learning rate is fixed at 0.001.",
            rate = |_| 0.001;
        step_alone: "The parameter is replaced by the step.",
            update = |n| -n.step;
        learning_rate_on_everything:
            "The learning rate multiplies the parameter as well.",
            update = |n| n.lr * n.w - n.step;
        weight_decay:
            "The parameter shrinks as well, as in AdamW with a decay of 0.01.",
            update = |n| n.w - n.step - n.lr * 0.01 * n.w;
        stays_without_gradient:
            "Where the gradient is 0, the parameter stays, despite its moments.",
            update = |n| if n.g == 0.0 { n.w } else { n.w - n.step };
        along_gradient_alone: "The step is lr g, as in plain gradient descent.",
            direction = |n| n.g;
        first_moment_alone: "The step is lr m̂: it isn't divided by the root.",
            direction = |n| n.m_hat;
        multiplied: "m̂ is multiplied by √v̂ + epsilon instead of divided.",
            direction = |n| n.m_hat * n.divisor;
        upside_down: "The fraction is upside down: √v̂ + epsilon is divided by m̂.",
            direction = |n| n.divisor / n.m_hat;
        epsilon_in_quotient: "epsilon is added to m̂ / √v̂ instead of √v̂.",
            divisor = |n| n.v_hat.sqrt(),
            direction = |n| n.m_hat / n.divisor + n.epsilon;
        epsilon_after_division:
            "epsilon is added after the division: the parentheses are missing.",
            divisor = |n| n.v_hat.sqrt(),
            update = |n| n.w - (n.step + n.epsilon);
        no_epsilon: "epsilon is missing.",
            divisor = |n| n.v_hat.sqrt();
        epsilon_inside: "epsilon is inside the root: √(v̂ + epsilon).",
            divisor = |n| (n.v_hat + n.epsilon).sqrt();
        epsilon_maximum:
            "The divisor is the larger of √v̂ and epsilon, not their sum.",
            divisor = |n| n.v_hat.sqrt().max(n.epsilon);
        epsilon_root: "The root is taken of epsilon as well: √v̂ + √epsilon.",
            divisor = |n| n.v_hat.sqrt() + n.epsilon.sqrt();
        epsilon_of_tensorflow:
            "epsilon is added to √v before the correction, as in TensorFlow.",
            divisor = |n| (n.v.sqrt() + n.epsilon) / n.by_v().sqrt();
        no_root: "The root is missing.",
            divisor = |n| n.v_hat + n.epsilon;
        root_then_correction:
            "The root is taken before the correction: √v / (1 - beta2^t).",
            divisor = |n| n.v.sqrt() / n.by_v() + n.epsilon;
        along_gradient: "The gradient is in the place of m̂, as in RMSProp.",
            m_hat = |n| n.g;
        nadam: "m̂ looks one step ahead. This is NAdam, Nesterov's form of Adam.",
            m_hat = |n| (n.beta1 * n.m + (1.0 - n.beta1) * n.g) / n.by_m();
        sign_alone: "The step uses only the sign of m̂, not its size.",
            m_hat = |n| n.m.signum();
        // The correction
        not_corrected: "Neither moment is corrected.",
            m_hat = |n| n.m,
            v_hat = |n| n.v;
        m_not_corrected: "m isn't corrected.",
            m_hat = |n| n.m;
        v_not_corrected: "v isn't corrected.",
            v_hat = |n| n.v;
        counted_late: "The correction uses the count from before this step.",
            t = |before, _| before;
        correction_of_step_1: "The correction is always that of step 1: 1 - beta.",
            t = |_, _| 1;
        correction_times_count:
            "beta is multiplied by the count; the count is beta's exponent.",
            m_hat = |n| n.m / (1.0 - n.beta1 * f64::from(n.t)),
            v_hat = |n| n.v / (1.0 - n.beta2 * f64::from(n.t));
        m_correction_times_count:
            "beta1 is multiplied by the count; the count is beta1's exponent.",
            m_hat = |n| n.m / (1.0 - n.beta1 * f64::from(n.t));
        v_correction_times_count:
            "beta2 is multiplied by the count; the count is beta2's exponent.",
            v_hat = |n| n.v / (1.0 - n.beta2 * f64::from(n.t));
        m_correction_of_step_1: "m is always divided by 1 - beta1.",
            m_hat = |n| n.m / (1.0 - n.beta1);
        v_correction_of_step_1: "v is always divided by 1 - beta2.",
            v_hat = |n| n.v / (1.0 - n.beta2);
        correction_power: "The correction is beta^t instead of 1 - beta^t.",
            m_hat = |n| n.m / n.beta1.powi(n.t),
            v_hat = |n| n.v / n.beta2.powi(n.t);
        correction_power_outside:
            "The correction is (1 - beta)^t: the exponent belongs to beta alone.",
            m_hat = |n| n.m / (1.0 - n.beta1).powi(n.t),
            v_hat = |n| n.v / (1.0 - n.beta2).powi(n.t);
        correction_multiplied:
            "The moments are multiplied by the correction instead of divided.",
            m_hat = |n| n.m * n.by_m(),
            v_hat = |n| n.v * n.by_v();
        m_correction_multiplied:
            "m is multiplied by the correction instead of divided.",
            m_hat = |n| n.m * n.by_m();
        v_correction_multiplied:
            "v is multiplied by the correction instead of divided.",
            v_hat = |n| n.v * n.by_v();
        corrections_of_beta1: "v is corrected with beta1.",
            v_hat = |n| n.v / n.by_m();
        corrections_of_beta2: "m is corrected with beta2.",
            m_hat = |n| n.m / n.by_v();
        corrections_swapped: "beta1 and beta2 are swapped in the corrections.",
            m_hat = |n| n.m / n.by_v(),
            v_hat = |n| n.v / n.by_m();
        v_corrected_from_m: "v̂ is made from m.",
            v_hat = |n| n.m / n.by_v();
        old_moments: "The step uses the moments from before their update.",
            m_hat = |n| n.old_m / n.by_m(),
            v_hat = |n| n.old_v / n.by_v();
        old_m: "The step uses m from before its update.",
            m_hat = |n| n.old_m / n.by_m();
        old_v: "The step uses v from before its update.",
            v_hat = |n| n.old_v / n.by_v();
        // The moments
        not_squared: "v takes the gradient as it is instead of its square.",
            v = |n| n.beta2 * n.old_v + (1.0 - n.beta2) * n.g;
        factor_squared: "1 - beta2 is squared together with the gradient.",
            v = |n| n.beta2 * n.old_v + ((1.0 - n.beta2) * n.g).powi(2);
        m_squared_in_v: "v takes the square of m instead of the gradient's.",
            v = |n| n.beta2 * n.old_v + (1.0 - n.beta2) * n.m * n.m;
        deviation_in_v: "v takes the square of g - m, as in AdaBelief.",
            v = |n| n.beta2 * n.old_v + (1.0 - n.beta2) * (n.g - n.m).powi(2);
        squared_in_m: "m takes the gradient's square.",
            m = |n| n.beta1 * n.old_m + (1.0 - n.beta1) * n.g * n.g;
        gradient_subtracted: "m subtracts the gradient.",
            m = |n| n.beta1 * n.old_m - (1.0 - n.beta1) * n.g;
        whole: "The gradient enters both moments whole, without 1 - beta.",
            m = |n| n.beta1 * n.old_m + n.g,
            v = |n| n.beta2 * n.old_v + n.g * n.g;
        whole_in_m: "The gradient enters m whole, without 1 - beta1.",
            m = |n| n.beta1 * n.old_m + n.g;
        whole_in_v: "The gradient's square enters v whole, without 1 - beta2.",
            v = |n| n.beta2 * n.old_v + n.g * n.g;
        weights_swapped: "beta and 1 - beta are swapped in both moments.",
            m = |n| (1.0 - n.beta1) * n.old_m + n.beta1 * n.g,
            v = |n| (1.0 - n.beta2) * n.old_v + n.beta2 * n.g * n.g;
        weights_swapped_in_m: "beta1 and 1 - beta1 are swapped in m.",
            m = |n| (1.0 - n.beta1) * n.old_m + n.beta1 * n.g;
        weights_swapped_in_v: "beta2 and 1 - beta2 are swapped in v.",
            v = |n| (1.0 - n.beta2) * n.old_v + n.beta2 * n.g * n.g;
        never_fading:
            "The moments never fade: the old ones aren't multiplied by beta.",
            m = |n| n.old_m + (1.0 - n.beta1) * n.g,
            v = |n| n.old_v + (1.0 - n.beta2) * n.g * n.g;
        sums: "The moments are sums: neither beta nor 1 - beta is there.",
            m = |n| n.old_m + n.g,
            v = |n| n.old_v + n.g * n.g;
        sum_in_v: "v is the sum of all squares, as in AdaGrad.",
            v = |n| n.old_v + n.g * n.g;
        beta1_in_v: "v is averaged with beta1.",
            v = |n| n.beta1 * n.old_v + (1.0 - n.beta1) * n.g * n.g;
        beta2_in_m: "m is averaged with beta2.",
            m = |n| n.beta2 * n.old_m + (1.0 - n.beta2) * n.g;
        betas_swapped_in_moments: "beta1 and beta2 are swapped in the moments.",
            m = |n| n.beta2 * n.old_m + (1.0 - n.beta2) * n.g,
            v = |n| n.beta1 * n.old_v + (1.0 - n.beta1) * n.g * n.g;
        moments_reset: "m and v begin from 0 in each step.",
            m = |n| (1.0 - n.beta1) * n.g,
            v = |n| (1.0 - n.beta2) * n.g * n.g;
        // What is kept
        not_kept: "The new m and v aren't written into moments.",
            kept_m = |n| n.old_m,
            kept_v = |n| n.old_v;
        m_not_kept: "The new m isn't written into moments.",
            kept_m = |n| n.old_m;
        v_not_kept: "The new v isn't written into moments.",
            kept_v = |n| n.old_v;
        corrected_kept:
            "The corrected moments are kept, and corrected again next time.",
            kept_m = |n| n.m_hat,
            kept_v = |n| n.v_hat;
        corrected_m_kept: "The corrected m is kept, and corrected again next time.",
            kept_m = |n| n.m_hat;
        corrected_v_kept: "The corrected v is kept, and corrected again next time.",
            kept_v = |n| n.v_hat;
        kept_swapped: "m and v are kept in each other's place.",
            m = |n| n.beta1 * n.old_v + (1.0 - n.beta1) * n.g,
            v = |n| n.beta2 * n.old_m + (1.0 - n.beta2) * n.g * n.g,
            kept_m = |n| n.v,
            kept_v = |n| n.m;
        skipped_without_gradient:
            "Where the gradient is 0, nothing happens, despite the moments.",
            update = |n| if n.g == 0.0 { n.w } else { n.w - n.step },
            kept_m = |n| if n.g == 0.0 { n.old_m } else { n.m },
            kept_v = |n| if n.g == 0.0 { n.old_v } else { n.v };
        })
        .mistakes(mistakes! { Model;
        // The count
        not_counted: "The step isn't counted: moments.t stays as it is.",
            w = Rule { t: |before, _| before, ..RULE },
            b = Rule { t: |before, _| before, ..RULE },
            count = |before, _| before;
        count_not_kept: "The new count isn't written into moments.t.",
            count = |before, _| before;
        count_reset: "moments.t is 0 again after the step.",
            count = |_, _| 0;
        count_set_to_1: "moments.t is set to 1 in each step.",
            w = Rule { t: |_, _| 1, ..RULE },
            b = Rule { t: |_, _| 1, ..RULE },
            count = |_, _| 1;
        counted_twice: "The step is counted twice, for W and again for b.",
            b = Rule { t: |before, _| before + 2, ..RULE },
            count = |before, _| before + 2;
        counted_per_number: "The step is counted again for each number.",
            w = Rule { t: |before, index| before + 1 + index, ..RULE },
            b = Rule { t: |before, index| before + 1 + index, ..RULE },
            count = |before, numbers| before + numbers;
        // The settings
        betas_swapped: "beta1 and beta2 are swapped.",
            settings = |s| Settings { beta1: s.beta2, beta2: s.beta1, ..s };
        beta1_twice: "beta1 is used in the place of beta2.",
            settings = |s| Settings { beta2: s.beta1, ..s };
        beta2_twice: "beta2 is used in the place of beta1.",
            settings = |s| Settings { beta1: s.beta2, ..s };
        papers_settings:
            "The settings are the paper's, not the ones that you're given.",
            settings = |_| Settings::default();
        papers_settings_but_lr:
            "All settings but lr are the paper's, not the ones that you're given.",
            settings = |s| Settings { lr: s.lr, ..Settings::default() };
        papers_betas:
            "beta1 and beta2 are the paper's, not the ones that you're given.",
            settings = |s| Settings { beta1: 0.9, beta2: 0.999, ..s };
        papers_epsilon: "epsilon is 1e-8, not the one that you're given.",
            settings = |s| Settings { epsilon: 1e-8, ..s };
        // The memory
        b_with_moments_of_w: "b moves with the moments of W.",
            moments_of_b =
                |moments| moments.m_w.iter_mut().zip(&mut moments.v_w).collect();
        plain: "This is plain gradient descent, without any moments.",
            w = PLAIN,
            b = PLAIN,
            count = |before, _| before;
        })
}

/// Gradient descent, which remembers nothing.
const PLAIN: Rule =
    Rule { direction: |n| n.g, kept_m: |n| n.old_m, kept_v: |n| n.old_v, ..RULE };
