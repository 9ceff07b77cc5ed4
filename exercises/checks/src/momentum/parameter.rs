//! A parameter on its way through several steps, as an optimizer should take it, or
//! a mistake.

use ndarray::{Array, Dimension, Ix1, Ix2, Zip, array};
use no_magic::by_hand::{Activation, Layer};

use super::Gradients;
use crate::Verdict;
use crate::case::Case;
use crate::comparison::difference;
use crate::value::shape_text;

/// A layer with more inputs than outputs, and gradients for a few steps.
pub(super) fn wide() -> (Layer, Vec<Gradients>) {
    let layer = Layer::from_parts(
        array![[1.0, -3.0, 0.5], [0.0, 4.0, -1.0]],
        array![0.5, -2.0],
        Activation::Relu,
    );
    // One gradient is 0 for once, and one is always 0.
    let gradients = vec![
        Gradients {
            dw: array![[2.0, -4.0, 0.5], [1.0, -0.5, 0.0]],
            db: array![1.0, -2.0],
        },
        Gradients {
            dw: array![[3.0, 1.0, -2.0], [0.0, -3.0, 0.0]],
            db: array![3.0, 0.5],
        },
        Gradients {
            dw: array![[1.0, 1.0, -2.0], [4.0, -1.0, 0.0]],
            db: array![-1.0, 2.0],
        },
    ];
    (layer, gradients)
}

/// A layer with more outputs than inputs, and gradients for a few steps.
pub(super) fn tall() -> (Layer, Vec<Gradients>) {
    let layer = Layer::from_parts(
        array![[2.0], [-1.0], [0.5]],
        array![0.0, 1.0, -1.0],
        Activation::Softmax,
    );
    let gradients = vec![
        Gradients { dw: array![[0.5], [-1.0], [0.25]], db: array![0.5, -1.0, 0.5] },
        Gradients { dw: array![[1.0], [1.0], [-2.0]], db: array![-0.25, 0.0, 1.0] },
    ];
    (layer, gradients)
}

/// The case in which an answer takes all of its steps.
pub(super) fn shapes(layer: &Layer) -> Case {
    Case::new()
        .note("shape of W", &shape_text(layer.w.shape()))
        .note("shape of b", &shape_text(layer.b.shape()))
}

/// How an optimizer moves a single number: from `(t, w, g, memory)` to the new
/// `(w, memory)`.
///
/// Steps `t` count from 1, and the memory is zero at first.
pub(super) trait Rule<M>: Fn(i32, f64, f64, M) -> (f64, M) + Copy {}

impl<M, F: Fn(i32, f64, f64, M) -> (f64, M) + Copy> Rule<M> for F {}

/// A layer's `W` or `b`, and its gradients from step to step.
pub(super) struct Parameter<'a, D> {
    name: &'a str,
    start: &'a Array<f64, D>,
    gradients: Vec<&'a Array<f64, D>>,
}

/// A layer's `W` and `b`.
pub(super) fn parameters<'a>(
    layer: &'a Layer,
    gradients: &'a [Gradients],
) -> (Parameter<'a, Ix2>, Parameter<'a, Ix1>) {
    let w = Parameter {
        name: "W",
        start: &layer.w,
        gradients: gradients.iter().map(|gradients| &gradients.dw).collect(),
    };
    let b = Parameter {
        name: "b",
        start: &layer.b,
        gradients: gradients.iter().map(|gradients| &gradients.db).collect(),
    };
    (w, b)
}

impl<D: Dimension> Parameter<'_, D> {
    /// Tells where the parameter starts, and the gradients of the first steps.
    pub(super) fn case(&self, steps: usize) -> Case {
        let name = self.name;
        let start = Case::new()
            .number("steps taken", steps)
            .input(&format!("{name} at first"), self.start);
        let gradients = (1..).zip(&self.gradients).take(steps);
        gradients.fold(start, |case, (step, gradient)| {
            case.input(&format!("d{name}, step {step}"), *gradient)
        })
    }

    /// Where a rule takes the parameter in some steps, and what is remembered of it
    /// then.
    pub(super) fn replay<M: Copy + Default>(
        &self,
        steps: usize,
        rule: impl Rule<M>,
    ) -> (Array<f64, D>, Array<M, D>) {
        let memory = Array::from_elem(self.start.raw_dim(), M::default());
        self.replay_from(memory, steps, rule)
    }

    fn replay_from<M: Copy>(
        &self,
        mut memory: Array<M, D>,
        steps: usize,
        rule: impl Rule<M>,
    ) -> (Array<f64, D>, Array<M, D>) {
        let mut values = self.start.clone();
        for (t, gradient) in (1..).zip(&self.gradients).take(steps) {
            Zip::from(&mut values).and(&mut memory).and(*gradient).for_each(
                |value, memory, &g| {
                    (*value, *memory) = rule(t, *value, g, *memory);
                },
            );
        }
        (values, memory)
    }

    fn judge<M: Copy + Default>(
        &self,
        case: &Case,
        steps: usize,
        right: impl Rule<M>,
        mistakes: &[(impl Rule<M>, &str)],
        yours: &Array<f64, D>,
    ) -> Verdict {
        let expected = self.replay(steps, right).0;
        let mut expectation = case.expect(self.name, &expected);
        for &(rule, mistake) in mistakes {
            expectation = expectation.unless(&self.replay(steps, rule).0, mistake);
        }
        expectation.judge(yours)
    }
}

/// Judges `W` and `b` after each step; `told` adds to a case what else the answer
/// was given.
pub(super) fn judge_steps<'a, M: Copy + Default>(
    (w, b): &(Parameter<'_, Ix2>, Parameter<'_, Ix1>),
    right: impl Rule<M>,
    mistakes: &[(impl Rule<M>, &str)],
    told: impl Fn(Case, usize) -> Case,
    yours: impl Iterator<Item = &'a Layer>,
) -> Verdict {
    // A first step of b with the memory of W, which had its own step just before.
    let memory = w.replay(1, right).1.into_iter();
    let memory = memory.take(b.start.len()).collect();
    let mixed_up = b.replay_from(memory, 1, right).0;
    for (steps, yours) in (1..).zip(yours) {
        w.judge(&told(w.case(steps), steps), steps, right, mistakes, &yours.w)?;
        b.judge(&told(b.case(steps), steps), steps, right, mistakes, &yours.b)
            .map_err(|feedback| {
                let mixed_up = difference(&mixed_up, &yours.b).is_none();
                feedback.likely(
                    mixed_up,
                    "b moved with what is remembered of W; b has a memory of its \
                     own",
                )
            })?;
    }
    Ok(())
}

/// A mistake of every optimizer with a memory.
pub(super) const SILENT: &str = "where the gradient is 0, nothing moved; what is \
                                 remembered still moves the layer on";
