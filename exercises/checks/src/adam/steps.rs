//! Steps of an optimizer: RMSprop is AdamW without its corrections and its decay.

use ndarray::{Array1, ArrayView1, ArrayViewMut1, array};

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
    /// Takes all steps; `memory` says what is in the optimizer.
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
        let lengths = || self.parameters.iter().map(Array1::len);
        let equal = lengths().all(|length| length == self.parameters[0].len());
        let single = self.parameters.len() == 1;
        let zero = self.gradients.iter().flatten().flatten().any(|&g| g == 0.0);
        vec![
            ("a single step", self.gradients.len() == 1),
            ("several steps", self.gradients.len() > 1),
            ("a single parameter", single),
            ("several parameters", !single),
            ("parameters of equal length", equal),
            ("parameters of different lengths", !equal),
            ("a gradient of 0", zero),
            ("no gradient of 0", !zero),
            ("a small epsilon", self.settings.epsilon < 1e-3),
            ("a large epsilon", self.settings.epsilon > 1e-3),
        ]
    }
}

/// A few steps of many kinds. Their settings are far from the usual ones, so that
/// each of them shows, but for the last.
pub(super) fn courses() -> impl Iterator<Item = Course> {
    let course = |settings, parameters, gradients| Course {
        settings: optimizer(settings),
        parameters,
        gradients,
    };
    let settings = [0.5, 0.8, 0.75, 0.25, 0.125];
    let one = vec![array![1.0, -3.0]];
    let gradients = vec![
        vec![array![2.0, -0.5], array![-4.0, 0.0]],
        vec![array![0.0, 3.0], array![1.0, 0.0]],
        vec![array![1.0, -2.0], array![3.0, 0.0]],
    ];
    let of_first = |step: &Vec<Array1<f64>>| vec![step[0].clone()];
    let by_hand = [
        course(settings, one.clone(), vec![of_first(&gradients[0])]),
        course(settings, one, gradients.iter().map(of_first).collect()),
        course(settings, vec![array![1.0, -3.0], array![0.5, 4.0]], gradients),
    ];
    let random = [
        (vec![3, 1, 2], 2, [0.3, 0.7, 0.9, 0.5, 0.2]),
        (vec![1, 2], 3, [0.2, 0.6, 0.5, 0.125, 0.0]),
        (vec![3, 3, 3], 4, [0.05, 0.95, 0.6, 0.01, 0.5]),
        (vec![4, 2, 1, 3], 3, [0.4, 0.3, 0.8, 1.0, 0.3]),
        (vec![2, 3], 2, [0.01, 0.9, 0.999, 1e-8, 0.1]),
    ];
    let random =
        (1..).zip(random).map(move |(seed, (lengths, steps, settings))| {
            let mut draws = Draws::new(seed);
            let mut rows = || lengths.iter().map(|&n| draws.array(n)).collect();
            let parameters = rows();
            course(settings, parameters, (0..steps).map(|_| rows()).collect())
        });
    by_hand.into_iter().chain(random)
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
    pub at_the_start: fn(&mut AdamW, &[Array1<f64>]),
    pub at_the_end: fn(&mut AdamW, before: AdamW),
    /// What counts as a step.
    pub count: fn(t: i32) -> i32,
    pub count_in_row: i32,
    pub count_in_number: i32,
    pub count_at_the_end: i32,
    /// Which parameters and numbers move, and with which memory.
    pub row: fn(row: usize, rows: usize) -> bool,
    pub number: fn(i: usize, len: usize, g: f64) -> bool,
    pub memory: fn(row: usize, v: Rows<'_>, gradients: Rows<'_>) -> usize,
    /// The means.
    pub settings: fn(&AdamW) -> AdamW,
    pub gradient:
        fn(g: &Array1<f64>, p: ArrayView1<'_, f64>, &AdamW) -> Array1<f64>,
    pub m: fn(m: f64, g: f64, beta: f64) -> f64,
    pub square: fn(g: &Array1<f64>, i: usize, m: f64) -> f64,
    pub v: fn(v: f64, square: f64, beta: f64) -> f64,
    pub exponent: fn(t: i32) -> i32,
    pub correct_m: fn(m: f64, &AdamW, t: i32) -> f64,
    pub correct_v: fn(v: f64, &AdamW, t: i32) -> f64,
    pub keep: fn(&Now<'_>) -> [f64; 2],
    /// The step.
    pub along: fn(&Now<'_>) -> f64,
    pub rate: fn(lr: f64, t: i32) -> f64,
    pub divide: fn(along: f64, &Now<'_>) -> f64,
    pub update: fn(p: f64, step: f64) -> f64,
    pub decay: fn(p: f64, &AdamW, row: usize) -> f64,
    pub decay_last: bool,
}

/// What the parts may use of a number.
pub(super) struct Now<'a> {
    pub settings: &'a AdamW,
    pub t: i32,
    pub p: f64,
    pub g: f64,
    pub m_before: f64,
    pub v_before: f64,
    pub m: f64,
    pub v: f64,
    pub m_hat: f64,
    pub v_hat: f64,
}

pub(super) const ADAMW: Model = Model {
    at_the_start: |optimizer, gradients| {
        if optimizer.v.is_empty() {
            start(optimizer, gradients, [|_| 0.0; 2]);
        }
    },
    at_the_end: |_, _| (),
    count: |t| t + 1,
    count_in_row: 0,
    count_in_number: 0,
    count_at_the_end: 0,
    row: |_, _| true,
    number: |_, _, _| true,
    memory: |row, _, _| row,
    settings: AdamW::clone,
    gradient: |g, _, _| g.clone(),
    m: |m, g, beta| beta * m + (1.0 - beta) * g,
    square: |g, i, _| g[i] * g[i],
    v: |v, square, beta| beta * v + (1.0 - beta) * square,
    exponent: |t| t,
    correct_m: |m, o, t| m / (1.0 - o.beta1.powi(t)),
    correct_v: |v, o, t| v / (1.0 - o.beta2.powi(t)),
    keep: |now| [now.m, now.v],
    along: |now| now.m_hat,
    rate: |lr, _| lr,
    divide: |along, now| along / (now.v_hat.sqrt() + now.settings.epsilon),
    update: |p, step| p - step,
    decay: |p, o, _| p - o.lr * o.weight_decay * p,
    decay_last: false,
};

/// Fills the memory with what is made of the first gradients.
pub(super) fn start(
    optimizer: &mut AdamW,
    gradients: &[Array1<f64>],
    [m, v]: [fn(f64) -> f64; 2],
) {
    optimizer.m = gradients.iter().map(|g| g.mapv(m)).collect();
    optimizer.v = gradients.iter().map(|g| g.mapv(v)).collect();
}

fn add_rows(optimizer: &mut AdamW, gradients: &[Array1<f64>]) {
    let rows = || gradients.iter().map(|g| Array1::zeros(g.len()));
    optimizer.m.extend(rows());
    optimizer.v.extend(rows());
}

impl Model {
    pub fn step(
        &self,
        optimizer: &mut AdamW,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        let before = optimizer.clone();
        (self.at_the_start)(optimizer, gradients);
        optimizer.t = (self.count)(optimizer.t);
        let rows = gradients.len().min(optimizer.v.len());
        for row in (0..rows).filter(|&row| (self.row)(row, rows)) {
            optimizer.t += self.count_in_row;
            let p = &mut parameters[row];
            let gradient = (self.gradient)(&gradients[row], p.view(), optimizer);
            let memory = (self.memory)(row, &optimizer.v, gradients);
            let len = p.len().min(optimizer.v[memory].len());
            let moves = |i: &usize| (self.number)(*i, p.len(), gradient[*i]);
            for i in (0..len).filter(moves).collect::<Vec<_>>() {
                optimizer.t += self.count_in_number;
                self.step_number(optimizer, memory, &gradient, i, row, &mut p[i]);
            }
        }
        optimizer.t += self.count_at_the_end;
        (self.at_the_end)(optimizer, before);
    }

    fn step_number(
        &self,
        optimizer: &mut AdamW,
        memory: usize,
        gradient: &Array1<f64>,
        i: usize,
        row: usize,
        p: &mut f64,
    ) {
        let settings = &(self.settings)(optimizer);
        let (m_before, v_before) = (optimizer.m[memory][i], optimizer.v[memory][i]);
        let (g, t) = (gradient[i], (self.exponent)(optimizer.t));
        let m = (self.m)(m_before, g, settings.beta1);
        let v = (self.v)(v_before, (self.square)(gradient, i, m), settings.beta2);
        let m_hat = (self.correct_m)(m, settings, t);
        let v_hat = (self.correct_v)(v, settings, t);
        let now =
            Now { settings, t, p: *p, g, m_before, v_before, m, v, m_hat, v_hat };
        [optimizer.m[memory][i], optimizer.v[memory][i]] = (self.keep)(&now);
        let along = (self.rate)(settings.lr, t) * (self.along)(&now);
        let step = (self.divide)(along, &now);
        *p = if self.decay_last {
            (self.decay)((self.update)(*p, step), settings, row)
        } else {
            (self.update)((self.decay)(*p, settings, row), step)
        };
    }
}

/// The mistakes that are made in both optimizers.
pub(super) fn mistakes() -> impl IntoIterator<Item = Mistake<Model>> {
    mistakes! { Model;
        // Which numbers move
        nothing_moves: "No parameter moves.",
            update = |p, _| p, decay = |p, _, _| p;
        memory_never_made:
            "Nothing happens. Is the memory still empty, so that `zip` ends at \
             once?",
            at_the_start = |_, _| ();
        only_first: "Only the first parameter moves.",
            row = |row, _| row == 0;
        only_last: "Only the last parameter moves.",
            row = |row, rows| row + 1 == rows;
        first_skipped: "The first parameter never moves.",
            row = |row, _| row > 0;
        last_skipped: "The last parameter never moves.",
            row = |row, rows| row + 1 < rows;
        only_first_number: "Only the first number of each parameter moves.",
            number = |i, _, _| i == 0;
        last_number_skipped: "The last number of each parameter never moves.",
            number = |i, len, _| i + 1 < len;
        only_where_g_is_not_0:
            "Where the gradient is 0, nothing happens, but the means should fade \
             there, too.",
            number = |_, _, g| g != 0.0;
        // The memory
        rows_as_long_as_first:
            "Every row of the memory is as long as the first parameter.",
            at_the_start = |optimizer, gradients| {
                if optimizer.v.is_empty() {
                    let first = vec![gradients[0].clone(); gradients.len()];
                    start(optimizer, &first, [|_| 0.0; 2]);
                }
            };
        memory_of_first: "All parameters use the memory of the first.",
            memory = |row, v, gradients| {
                assert_eq!(gradients[row].len(), v[0].len(), "rows that don't fit");
                0
            };
        rows_added:
            "The memory gets new rows in every step, but uses the first ones.",
            at_the_start = add_rows;
        rows_added_and_used:
            "The memory gets new rows in every step, and uses these.",
            at_the_start = add_rows,
            memory = |row, v, gradients| v.len() - gradients.len() + row;
        memory_reset: "The memory starts at 0 again in every step.",
            at_the_start = |optimizer, gradients| {
                start(optimizer, gradients, [|_| 0.0; 2]);
            };
        memory_from_1: "The memory starts at 1 instead of 0.",
            at_the_start = |optimizer, gradients| {
                if optimizer.v.is_empty() {
                    start(optimizer, gradients, [|_| 1.0; 2]);
                }
            };
        v_from_square: "v starts at the first g², instead of at 0.",
            at_the_start = |optimizer, gradients| {
                if optimizer.v.is_empty() {
                    start(optimizer, gradients, [|_| 0.0, |g| g * g]);
                }
            };
        memory_not_kept:
            "The memory isn't written into the optimizer, which still has no rows \
             after the step.",
            at_the_end = |optimizer, _| {
                optimizer.m.clear();
                optimizer.v.clear();
            };
        first_step_kept:
            "Only what is remembered in the first step is written into the \
             optimizer.",
            at_the_end = |optimizer, before| {
                if !before.v.is_empty() {
                    (optimizer.m, optimizer.v) = (before.m, before.v);
                }
            };
        // v
        no_square: "v takes the gradient instead of its square.",
            square = |g, i, _| g[i];
        magnitude: "v takes |g| instead of g².",
            square = |g, i, _| g[i].abs();
        row_mean:
            "A parameter has the same v for all of its numbers: the mean of g².",
            square = |g, _, _| g.pow2().sum() / g.len() as f64;
        row_sum:
            "A parameter has the same v for all of its numbers: the sum of g².",
            square = |g, _, _| g.pow2().sum();
        whole_square: "v takes the whole of g², instead of the share 1 - β.",
            v = |v, square, beta| beta * v + square;
        v_does_not_fade: "What was in v doesn't fade: it keeps only the share β.",
            v = |v, square, beta| v + (1.0 - beta) * square;
        adagrad: "This is Adagrad, whose v is the sum of all squares.",
            v = |v, square, _| v + square;
        v_shares_swapped:
            "β and 1 - β are swapped in v: β is the share of the old v.",
            v = |v, square, beta| (1.0 - beta) * v + beta * square;
        v_takes_beta: "In v, both shares are β.",
            v = |v, square, beta| beta * (v + square);
        v_faded_only: "The new square doesn't enter v.",
            v = |v, _, beta| beta * v;
        share_squared: "(1 - β) g is squared as a whole, instead of g alone.",
            v = |v, square, beta| beta * v + (1.0 - beta).powi(2) * square;
        v_without_past: "v is this step's g²: nothing of the old v is in it.",
            v = |_, square, _| square;
        v_subtracted: "(1 - β) g² is subtracted in v.",
            v = |v, square, beta| beta * v - (1.0 - beta) * square;
        // The step
        old_v: "The step is divided by the old √v, from before the step.",
            divide = |along, now| {
                along / (now.v_before.sqrt() + now.settings.epsilon)
            };
        this_gradient:
            "The step is divided by the size of this gradient instead of √v.",
            divide = |along, now| along / (now.g.abs() + now.settings.epsilon);
        epsilon_inside: "ε is inside the root.",
            divide = |along, now| along / (now.v_hat + now.settings.epsilon).sqrt();
        epsilon_twice: "ε is both inside and outside the root.",
            divide = |along, now| {
                let epsilon = now.settings.epsilon;
                along / ((now.v_hat + epsilon).sqrt() + epsilon)
            };
        no_epsilon: "ε is missing.",
            divide = |along, now| along / now.v_hat.sqrt();
        epsilon_subtracted: "ε is subtracted from the root.",
            divide = |along, now| along / (now.v_hat.sqrt() - now.settings.epsilon);
        epsilon_as_minimum:
            "ε only replaces √v where that is smaller, instead of being added to \
             it.",
            divide = |along, now| {
                along / now.v_hat.sqrt().max(now.settings.epsilon)
            };
        epsilon_added_to_step:
            "ε is added to the fraction instead of to the root: parentheses are \
             missing.",
            divide = |along, now| along / now.v_hat.sqrt() + now.settings.epsilon;
        no_root: "The root is missing.",
            divide = |along, now| along / (now.v_hat + now.settings.epsilon);
        multiplied: "The step is multiplied by the root instead of divided by it.",
            divide = |along, now| along * (now.v_hat.sqrt() + now.settings.epsilon);
        not_divided: "The step isn't divided by anything: v has no part in it.",
            divide = |along, _| along;
        no_gradient: "The gradient itself is missing from the step.",
            along = |_| 1.0;
        no_learning_rate: "The learning rate is missing from the step.",
            rate = |_, _| 1.0;
        learning_rate_twice: "The learning rate is in the step twice.",
            rate = |lr, _| lr * lr;
        uphill: "The parameters move uphill: the step is added.",
            update = |p, step| p + step;
        step_alone:
            "The parameters are replaced by the step, instead of changed by it.",
            update = |_, step| -step;
        usual_epsilon: "ε is always 1e-8, instead of `optimizer.epsilon`.",
            settings = |o| AdamW { epsilon: 1e-8, ..o.clone() };
    }
}
