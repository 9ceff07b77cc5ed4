//! Steps of an optimizer: RMSprop is AdamW without its corrections and its decay.

use ndarray::{Array1, ArrayViewMut1};

use super::AdamW;
use crate::draws::Draws;
use crate::question::Mistake;
use crate::value::inline_text;
use crate::{Given, Outcome, mistakes};

/// An optimizer's step.
pub(super) type Step<O> = fn(&mut O, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]);

/// A row for each parameter.
type Rows<'a> = &'a [Array1<f64>];

/// Parameters, and their gradients from step to step.
#[derive(Clone)]
pub(super) struct Course {
    pub settings: AdamW,
    parameters: Vec<Array1<f64>>,
    gradients: Vec<Vec<Array1<f64>>>,
}

impl Course {
    /// Takes all steps; `memory` lists what the optimizer remembers.
    pub fn observe<O>(
        &self,
        mut optimizer: O,
        answer: impl Fn(&mut O, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]),
        memory: fn(&O) -> Vec<(&str, Rows<'_>)>,
    ) -> (Outcome, O) {
        let mut parameters = self.parameters.clone();
        let mut outcome = Outcome::new();
        for (step, gradients) in (1..).zip(&self.gradients) {
            let mut views: Vec<_> =
                parameters.iter_mut().map(|p| p.view_mut()).collect();
            answer(&mut optimizer, &mut views, gradients);
            let rows = [("parameters", parameters.as_slice())];
            for (name, rows) in rows.into_iter().chain(memory(&optimizer)) {
                for (i, row) in rows.iter().enumerate() {
                    outcome = outcome
                        .value(&format!("{name}[{i}] after step {step}"), row);
                }
            }
        }
        (outcome, optimizer)
    }

    /// The settings of an optimizer, and then what it's given.
    pub fn given(&self, settings: Given) -> Given {
        let rows = |rows: &[Array1<f64>]| {
            rows.iter().map(inline_text).collect::<Vec<_>>().join(", ")
        };
        let given = settings.note("parameters", &rows(&self.parameters));
        (1..).zip(&self.gradients).fold(given, |given, (step, gradients)| {
            given.note(&format!("gradients in step {step}"), &rows(gradients))
        })
    }

    pub fn kinds(&self) -> Vec<(&'static str, bool)> {
        let single = self.parameters.len() == 1;
        let zero = self.gradients.iter().flatten().flatten().any(|&g| g == 0.0);
        vec![
            ("a single step", self.gradients.len() == 1),
            ("several steps", self.gradients.len() > 1),
            ("a single parameter", single),
            ("several parameters", !single),
            ("a gradient of 0", zero),
            ("no gradient of 0", !zero),
        ]
    }
}

/// A few courses of many kinds. Their settings are far from the usual ones, so that
/// each setting shows.
pub(super) fn courses() -> impl Iterator<Item = Course> {
    let courses = [
        (vec![3], 1, [0.5, 0.8, 0.75, 0.25, 0.125]),
        (vec![3], 3, [0.5, 0.8, 0.75, 0.25, 0.125]),
        (vec![2, 2], 3, [0.5, 0.8, 0.75, 0.25, 0.125]),
        (vec![3, 1, 2], 2, [0.3, 0.7, 0.9, 0.5, 0.2]),
        (vec![1, 2], 3, [0.2, 0.6, 0.5, 0.125, 0.0]),
        (vec![3, 3, 3], 4, [0.05, 0.95, 0.6, 0.01, 0.5]),
        (vec![4, 2, 1, 3], 3, [0.4, 0.3, 0.8, 1.0, 0.3]),
    ];
    (1..).zip(courses).map(|(seed, (lengths, steps, settings))| {
        let mut draws = Draws::new(seed);
        let mut rows = || -> Vec<Array1<f64>> {
            lengths.iter().map(|&n| draws.array(n)).collect()
        };
        let parameters = rows();
        let mut gradients: Vec<_> = (0..steps).map(|_| rows()).collect();
        // If the last row has two numbers, one of its gradients is always 0.
        for g in gradients.iter_mut().filter_map(|rows| rows.last_mut()) {
            if g.len() == 2 {
                g[1] = 0.0;
            }
        }
        Course { settings: optimizer(settings), parameters, gradients }
    })
}

/// An optimizer that hasn't taken a step yet.
pub(super) fn optimizer(
    [lr, beta1, beta2, epsilon, weight_decay]: [f64; 5],
) -> AdamW {
    let (m, v) = (Vec::new(), Vec::new());
    AdamW { lr, beta1, beta2, epsilon, weight_decay, t: 0, m, v }
}

/// A step, in parts.
#[derive(Clone)]
pub(super) struct Model {
    /// What happens to the optimizer before the first and after the last parameter.
    pub at_the_start: fn(&mut AdamW, Rows<'_>),
    pub at_the_end: fn(&mut AdamW, before: AdamW),
    /// How the steps are counted.
    pub count: fn(t: i32) -> i32,
    pub count_in_row: i32,
    /// The means.
    pub settings: fn(&AdamW) -> AdamW,
    pub gradient: fn(g: f64, p: f64, &AdamW) -> f64,
    pub m: fn(m: f64, g: f64, beta: f64) -> f64,
    pub square: fn(g: f64) -> f64,
    pub v: fn(v: f64, square: f64, beta: f64) -> f64,
    pub correct_m: fn(m: f64, &AdamW) -> f64,
    pub correct_v: fn(v: f64, &AdamW) -> f64,
    pub keep: fn(mean: f64, corrected: f64) -> f64,
    /// The step.
    pub along: fn(&Now<'_>) -> f64,
    pub rate: fn(lr: f64) -> f64,
    pub divide: fn(along: f64, &Now<'_>) -> f64,
    pub update: fn(p: f64, step: f64) -> f64,
    pub decay: fn(p: f64, &AdamW) -> f64,
    pub decay_last: bool,
}

/// What the parts of the model can read of a number.
pub(super) struct Now<'a> {
    pub settings: &'a AdamW,
    pub p: f64,
    pub g: f64,
    pub old_v: f64,
    pub m_hat: f64,
    pub v_hat: f64,
}

pub(super) const ADAMW: Model = Model {
    at_the_start: |optimizer, gradients| {
        if optimizer.v.is_empty() {
            start(optimizer, gradients);
        }
    },
    at_the_end: |_, _| (),
    count: |t| t + 1,
    count_in_row: 0,
    settings: AdamW::clone,
    gradient: |g, _, _| g,
    m: |m, g, beta| beta * m + (1.0 - beta) * g,
    square: |g| g * g,
    v: |v, square, beta| beta * v + (1.0 - beta) * square,
    correct_m: |m, o| m / (1.0 - o.beta1.powi(o.t)),
    correct_v: |v, o| v / (1.0 - o.beta2.powi(o.t)),
    keep: |mean, _| mean,
    along: |now| now.m_hat,
    rate: |lr| lr,
    divide: |along, now| along / (now.v_hat.sqrt() + now.settings.epsilon),
    update: |p, step| p - step,
    decay: |p, o| p - o.lr * o.weight_decay * p,
    decay_last: false,
};

/// Fills the memory with zeros.
fn start(optimizer: &mut AdamW, rows: Rows<'_>) {
    optimizer.m = rows.iter().map(|row| Array1::zeros(row.len())).collect();
    optimizer.v.clone_from(&optimizer.m);
}

impl Model {
    pub fn step(
        &self,
        optimizer: &mut AdamW,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: Rows<'_>,
    ) {
        let before = optimizer.clone();
        (self.at_the_start)(optimizer, gradients);
        optimizer.t = (self.count)(optimizer.t);
        let [mut m, mut v] =
            [&mut optimizer.m, &mut optimizer.v].map(std::mem::take);
        // `zip` ends where the first of its rows ends.
        let memory = m.iter_mut().zip(&mut v);
        for ((p, g), (m, v)) in parameters.iter_mut().zip(gradients).zip(memory) {
            optimizer.t += self.count_in_row;
            let settings = (self.settings)(optimizer);
            for ((p, &g), (m, v)) in p.iter_mut().zip(g).zip(m.iter_mut().zip(v)) {
                self.number(&settings, g, [p, m, v]);
            }
        }
        (optimizer.m, optimizer.v) = (m, v);
        (self.at_the_end)(optimizer, before);
    }

    /// Changes a number and its memory.
    fn number(&self, settings: &AdamW, g: f64, [p, m, v]: [&mut f64; 3]) {
        let g = (self.gradient)(g, *p, settings);
        let old_v = *v;
        *m = (self.m)(*m, g, settings.beta1);
        *v = (self.v)(*v, (self.square)(g), settings.beta2);
        let m_hat = (self.correct_m)(*m, settings);
        let v_hat = (self.correct_v)(*v, settings);
        let now = Now { settings, p: *p, g, old_v, m_hat, v_hat };
        let along = (self.rate)(settings.lr) * (self.along)(&now);
        let step = (self.divide)(along, &now);
        *p = if self.decay_last {
            (self.decay)((self.update)(*p, step), settings)
        } else {
            (self.update)((self.decay)(*p, settings), step)
        };
        [*m, *v] = [(self.keep)(*m, m_hat), (self.keep)(*v, v_hat)];
    }
}

/// The mistakes that learners make in both optimizers.
pub(super) fn mistakes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        // Which numbers move
        memory_never_made:
            "No parameter changes. Is the memory still empty, so that `zip` ends \
             at once?",
            at_the_start = |_, _| ();
        // The memory
        rows_as_long_as_first:
            "Every row of the memory is as long as the first parameter, instead of \
             its own parameter.",
            at_the_start = |optimizer, gradients| {
                if optimizer.v.is_empty() {
                    let first = vec![gradients[0].clone(); gradients.len()];
                    start(optimizer, &first);
                }
            };
        memory_reset: "The memory starts at 0 again in every step.",
            at_the_start = |optimizer, gradients| {
                start(optimizer, gradients);
            };
        memory_not_kept:
            "The memory isn't written into the optimizer, which still has no rows \
             after the step.",
            at_the_end = |optimizer, _| {
                optimizer.m.clear();
                optimizer.v.clear();
            };
        first_step_kept:
            "Only the first step writes its memory into the optimizer: the later \
             steps leave it as it is.",
            at_the_end = |optimizer, before| {
                if !before.v.is_empty() {
                    (optimizer.m, optimizer.v) = (before.m, before.v);
                }
            };
        // v
        no_square: "`v` takes the gradient instead of its square.",
            square = |g| g;
        whole_square: "`v` takes all of `g²`: its factor, 1 - β, is missing.",
            v = |v, square, beta| beta * v + square;
        v_does_not_fade: "The old `v` never fades: it isn't multiplied by β.",
            v = |v, square, beta| v + (1.0 - beta) * square;
        adagrad:
            "`v` is the sum of all squares, as in Adagrad, instead of a fading \
             mean.",
            v = |v, square, _| v + square;
        v_shares_swapped:
            "β and 1 - β are swapped in `v`: β is the share of the old `v`.",
            v = |v, square, beta| (1.0 - beta) * v + beta * square;
        // The step
        old_v:
            "The step is divided by the root of the old `v`, from before its \
             update.",
            divide = |along, now| {
                along / (now.old_v.sqrt() + now.settings.epsilon)
            };
        epsilon_inside: "ε is added inside the root instead of outside it.",
            divide = |along, now| along / (now.v_hat + now.settings.epsilon).sqrt();
        no_epsilon: "ε is missing: it isn't added to the root.",
            divide = |along, now| along / now.v_hat.sqrt();
        epsilon_added_to_step:
            "ε is added to the fraction instead of to the root: parentheses are \
             missing.",
            divide = |along, now| along / now.v_hat.sqrt() + now.settings.epsilon;
        no_root:
            "The root is missing: the step is divided by the mean of the squares \
             itself.",
            divide = |along, now| along / (now.v_hat + now.settings.epsilon);
        not_divided: "The step isn't divided by anything: `v` isn't used.",
            divide = |along, _| along;
        no_learning_rate: "The step isn't multiplied by the learning rate.",
            rate = |_| 1.0;
        uphill:
            "The parameters move uphill: the step is added instead of subtracted.",
            update = |p, step| p + step;
    }
}
