//! Rows of numbers on their way through several steps, as an optimizer should take
//! them, or a mistake.

use ndarray::{Array1, ArrayViewMut1};

use crate::Verdict;
use crate::case::Case;
use crate::comparison::difference;
use crate::feedback::Feedback;

/// An optimizer's step.
pub(super) type Step<O> = fn(&mut O, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]);

/// The number of the step, from 1; the parameter's index, and how many parameters
/// there are.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) t: i32,
    pub(super) row: usize,
    pub(super) rows: usize,
}

/// What a step makes of a single number: from `(place, p, g, memory, settings)` to
/// the new `(p, memory)`. The memory is zero at first.
pub(super) type Rule<M, O> = fn(Place, f64, f64, M, &O) -> (f64, M);

/// Parameters, and their gradients from step to step.
pub(super) struct Course {
    starts: Vec<Array1<f64>>,
    gradients: Vec<Vec<Array1<f64>>>,
}

/// What is left after a step: the parameters, and the optimizer.
pub(super) type State<O> = (Vec<Array1<f64>>, O);

impl Course {
    /// Two parameters of the same length. One gradient is 0 for once, and one is
    /// always 0.
    pub(super) fn alike() -> Self {
        let row = |numbers: [f64; 2]| Array1::from_iter(numbers);
        Self {
            starts: vec![row([1.0, -3.0]), row([0.5, 4.0])],
            gradients: vec![
                vec![row([2.0, -0.5]), row([-4.0, 0.0])],
                vec![row([0.0, 3.0]), row([1.0, 0.0])],
                vec![row([1.0, -2.0]), row([3.0, 0.0])],
            ],
        }
    }

    /// Three parameters of different lengths.
    pub(super) fn different() -> Self {
        let rows = |a: [f64; 3], b: f64, c: [f64; 2]| {
            vec![
                Array1::from_iter(a),
                Array1::from_elem(1, b),
                Array1::from_iter(c),
            ]
        };
        Self {
            starts: rows([2.0, -1.0, 0.5], -2.0, [0.25, 1.0]),
            gradients: vec![
                rows([0.5, -1.0, 0.25], 2.0, [-0.5, 4.0]),
                rows([1.0, 1.0, -2.0], -0.5, [0.125, 3.0]),
            ],
        }
    }

    /// Runs the answer through all steps; returns what is left after each.
    pub(super) fn run<O: Clone + Send + 'static>(
        &self,
        case: &Case,
        answer: Step<O>,
        optimizer: &O,
    ) -> Result<Vec<State<O>>, Box<Feedback>> {
        let lengths: Vec<usize> = self.starts.iter().map(Array1::len).collect();
        let case =
            case.clone().note("lengths of parameters", &format!("{lengths:?}"));
        let (mut rows, mut optimizer) = (self.starts.clone(), optimizer.clone());
        let gradients = self.gradients.clone();
        let states = case.run(move || {
            let steps = gradients.iter().map(|gradients| {
                let mut views: Vec<_> =
                    rows.iter_mut().map(|row| row.view_mut()).collect();
                answer(&mut optimizer, &mut views, gradients);
                (rows.clone(), optimizer.clone())
            });
            steps.collect()
        });
        states.map_err(|feedback| {
            let panic = feedback.comparison.first();
            let no_rows = panic.is_some_and(|panic| panic.contains("the len is 0"));
            feedback.likely(no_rows, NO_ROWS)
        })
    }

    /// Judges all parameters after each step.
    ///
    /// In the first step many mistakes look alike, so one is named only if it
    /// explains all steps.
    pub(super) fn judge<M: Copy + Default, O>(
        &self,
        told: &Case,
        states: &[State<O>],
        settings: &O,
        right: Rule<M, O>,
        mistakes: &[(Rule<M, O>, &str)],
    ) -> Verdict {
        for (steps, (rows, _)) in (1..).zip(states) {
            for (row, yours) in rows.iter().enumerate() {
                let name = format!("parameters[{row}]");
                let expected = self.replay(row, steps, settings, right).0;
                let verdict = self
                    .case(told, row, steps)
                    .expect(&name, &expected)
                    .judge(yours);
                verdict.map_err(|feedback| {
                    let of_first = self.with_memory_of_first(row, settings, right);
                    let shared =
                        steps == 1 && difference(&of_first, yours).is_none();
                    mistakes
                        .iter()
                        .filter(|(rule, _)| self.explains(states, settings, *rule))
                        .fold(feedback, |feedback, (_, mistake)| {
                            feedback.likely(true, mistake)
                        })
                        .likely(shared, SHARED)
                })?;
            }
        }
        Ok(())
    }

    /// Whether a rule takes all parameters where they were after each step.
    fn explains<M: Copy + Default, O>(
        &self,
        states: &[State<O>],
        settings: &O,
        rule: Rule<M, O>,
    ) -> bool {
        (1..).zip(states).all(|(steps, (rows, _))| {
            rows.iter().enumerate().all(|(row, yours)| {
                let gives = self.replay(row, steps, settings, rule).0;
                difference(&gives, yours).is_none()
            })
        })
    }

    /// Judges what is remembered of each parameter in the end.
    pub(super) fn judge_memory<M: Copy + Default, O>(
        &self,
        told: &Case,
        (name, yours): (&str, &[Array1<f64>]),
        settings: &O,
        right: Rule<M, O>,
        part: fn(M) -> f64,
    ) -> Verdict {
        let rows = self.starts.len();
        if yours.len() != rows {
            let found = yours.len();
            return Err(told.wrong(format!(
                "The parameters are right, but optimizer.{name} should have \
                 {rows} rows of numbers, one for each parameter, and has {found}."
            )));
        }
        for (row, yours) in yours.iter().enumerate() {
            let steps = self.gradients.len();
            let memory = self.replay(row, steps, settings, right).1;
            self.case(told, row, steps)
                .expect(&format!("optimizer.{name}[{row}]"), &memory.mapv(part))
                .judge(yours)?;
        }
        Ok(())
    }

    fn case(&self, told: &Case, row: usize, steps: usize) -> Case {
        let start = told
            .clone()
            .number("steps taken", steps)
            .input(&format!("parameters[{row}] at first"), &self.starts[row]);
        let gradients = (1..).zip(&self.gradients).take(steps);
        gradients.fold(start, |case, (step, gradients)| {
            case.input(&format!("gradients[{row}], step {step}"), &gradients[row])
        })
    }

    /// Where a rule takes a parameter in some steps, and what is remembered of it
    /// then.
    fn replay<M: Copy + Default, O>(
        &self,
        row: usize,
        steps: usize,
        settings: &O,
        rule: Rule<M, O>,
    ) -> (Array1<f64>, Array1<M>) {
        let mut memory = Array1::from_elem(self.starts[row].len(), M::default());
        let mut values = self.starts[row].clone();
        for (t, gradients) in (1..).zip(&self.gradients).take(steps) {
            let place = self.place(t, row);
            ndarray::azip!((
                p in &mut values,
                m in &mut memory,
                &g in &gradients[row],
            ) {
                (*p, *m) = rule(place, *p, g, *m, settings);
            });
        }
        (values, memory)
    }

    /// A first step with what the first parameter has just left in the memory.
    fn with_memory_of_first<M: Copy + Default, O>(
        &self,
        row: usize,
        settings: &O,
        rule: Rule<M, O>,
    ) -> Array1<f64> {
        let memory = self.replay(0, 1, settings, rule).1;
        let numbers = self.starts[row].iter().zip(&self.gradients[0][row]);
        let moved = numbers.zip(memory).map(|((&p, &g), memory)| {
            rule(self.place(1, row), p, g, memory, settings).0
        });
        moved.collect()
    }

    fn place(&self, t: i32, row: usize) -> Place {
        let rows = self.starts.len();
        Place { t, row, rows }
    }
}

const NO_ROWS: &str = "before the first step the memory has no rows; make one for \
                       each parameter then";

const SHARED: &str = "it moved with what is remembered of parameters[0]; each \
                      parameter has a memory of its own";
