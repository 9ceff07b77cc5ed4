//! Question 2: RMSprop, which divides by what it remembers.

use ndarray::{Array1, ArrayViewMut1};

use super::steps::{self, ADAMW, Course, Model, Step};
use super::{AdamW, RmsProp};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn rmsprop(optimizer, parameters, gradients)`
pub fn rmsprop(answer: Step<RmsProp>) -> Verdict {
    question().judge(move |course| observe(answer, course))
}

fn observe(
    answer: impl Fn(&mut RmsProp, &mut [ArrayViewMut1<'_, f64>], &[Array1<f64>]),
    course: &Course,
) -> Outcome {
    let AdamW { lr, beta2: beta, epsilon, .. } = course.settings;
    let before = RmsProp { lr, beta, epsilon, v: Vec::new() };
    let (outcome, after) =
        course.observe(before, answer, |o| vec![("optimizer.v", &o.v)]);
    outcome
        .kept("optimizer.lr", &after.lr)
        .kept("optimizer.beta", &after.beta)
        .kept("optimizer.epsilon", &after.epsilon)
}

/// RMSprop is AdamW with the gradient in the place of its mean, and without the
/// rest.
const MODEL: Model = Model {
    correct_m: |m, _, _| m,
    correct_v: |v, _, _| v,
    decay: |p, _, _| p,
    ..ADAMW
};

impl Model {
    fn rmsprop(
        &self,
        optimizer: &mut RmsProp,
        parameters: &mut [ArrayViewMut1<'_, f64>],
        gradients: &[Array1<f64>],
    ) {
        let RmsProp { lr, beta, epsilon, .. } = *optimizer;
        let mut adamw = steps::optimizer([lr, 0.0, beta, epsilon, 0.0]);
        adamw.m = optimizer.v.iter().map(|v| Array1::zeros(v.len())).collect();
        adamw.v.clone_from(&optimizer.v);
        self.step(&mut adamw, parameters, gradients);
        optimizer.v = adamw.v;
    }
}

pub(super) fn question() -> Question<Course, Model> {
    let run = |model: &Model, course: &Course| {
        let step = |o: &mut RmsProp,
                    p: &mut [ArrayViewMut1<'_, f64>],
                    g: &[Array1<f64>]| model.rmsprop(o, p, g);
        observe(step, course)
    };
    Question::new("adam.rmsprop", MODEL, run)
        .given(|course| {
            let AdamW { lr, beta2, epsilon, .. } = course.settings;
            let settings = Given::new()
                .number("lr", lr)
                .number("beta", beta2)
                .number("epsilon", epsilon)
                .note("v at first", "no rows");
            course.given(settings)
        })
        .kinds(Course::kinds)
        .cases(steps::courses())
        .mistakes(mistakes! { Model;
        gradient_descent: "This is plain gradient descent: nothing is remembered.",
            divide = |along, _| along,
            at_the_end = |optimizer, _| optimizer.v.clear();
        usual_beta: "β is always 0.9, instead of `optimizer.beta`.",
            settings = |o| AdamW { beta2: 0.9, ..o.clone() };
        usual_beta_0_99: "β is always 0.99, instead of `optimizer.beta`.",
            settings = |o| AdamW { beta2: 0.99, ..o.clone() };
        usual_learning_rate:
            "The learning rate is always 0.01, instead of `optimizer.lr`.",
            rate = |_, _| 0.01;
        })
        .mistakes(steps::mistakes())
}
