//! The slopes of each operation.

use ndarray::Array1;

use super::Operation::{self, Add, Div, Exp, Ln, Mul, Relu, Sub};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// Judges `slopes`, `fn slopes(operation) -> Vec<f64>`.
pub fn slopes(answer: fn(Operation) -> Vec<f64>) -> Verdict {
    question().judge(move |&operation| observe(answer, operation))
}

fn observe(
    answer: impl Fn(Operation) -> Vec<f64>,
    operation: Operation,
) -> Outcome {
    let slopes = answer(operation);
    Outcome::new()
        .text("the number of slopes", slopes.len())
        .value("slope", &Array1::from_vec(slopes))
}

/// `slopes`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    add: fn(f64, f64) -> Vec<f64>,
    sub: fn(f64, f64) -> Vec<f64>,
    mul: fn(f64, f64) -> Vec<f64>,
    div_a: fn(f64, f64) -> f64,
    div_b_sign: f64,
    div_b_numerator: fn(f64, f64) -> f64,
    div_b_denominator: fn(f64, f64) -> f64,
    relu: fn(f64) -> Vec<f64>,
    exp: fn(f64) -> f64,
    ln: fn(f64) -> f64,
    at_the_end: fn(Operation, Vec<f64>) -> Vec<f64>,
}

const MODEL: Model = Model {
    add: |_, _| vec![1.0, 1.0],
    sub: |_, _| vec![1.0, -1.0],
    mul: |a, b| vec![b, a],
    div_a: |_, b| 1.0 / b,
    div_b_sign: -1.0,
    div_b_numerator: |a, _| a,
    div_b_denominator: |_, b| b * b,
    relu: |a| step(a > 0.0),
    exp: f64::exp,
    ln: |a| 1.0 / a,
    at_the_end: |_, slopes| slopes,
};

impl Model {
    fn slopes(&self, operation: Operation) -> Vec<f64> {
        let slopes = match operation {
            Add(a, b) => (self.add)(a, b),
            Sub(a, b) => (self.sub)(a, b),
            Mul(a, b) => (self.mul)(a, b),
            Div(a, b) => {
                let (over, under) =
                    ((self.div_b_numerator)(a, b), (self.div_b_denominator)(a, b));
                vec![(self.div_a)(a, b), self.div_b_sign * over / under]
            }
            Relu(a) => (self.relu)(a),
            Exp(a) => vec![(self.exp)(a)],
            Ln(a) => vec![(self.ln)(a)],
        };
        (self.at_the_end)(operation, slopes)
    }
}

fn step(grows: bool) -> Vec<f64> {
    vec![f64::from(u8::from(grows))]
}

fn result(operation: Operation) -> f64 {
    match operation {
        Add(a, b) => a + b,
        Sub(a, b) => a - b,
        Mul(a, b) => a * b,
        Div(a, b) => a / b,
        Relu(a) => a.max(0.0),
        Exp(a) => a.exp(),
        Ln(a) => a.ln(),
    }
}

fn cases() -> impl Iterator<Item = Operation> {
    let by_hand = [
        Add(2.0, 5.0),
        Sub(2.0, 5.0),
        Mul(3.0, -2.0),
        Mul(0.0, 5.0),
        Div(6.0, 4.0),
        Div(-3.0, 0.5),
        Div(0.0, 2.0),
        Relu(2.5),
        Relu(-1.5),
        Relu(0.0),
        Exp(1.5),
        Exp(-2.0),
        Ln(4.0),
        Ln(0.5),
    ];
    let random = (1..=2).flat_map(|seed| {
        let mut draws = Draws::new(seed);
        let two: [fn(f64, f64) -> Operation; 4] = [Add, Sub, Mul, Div];
        let two = two.map(|operation| operation(draws.number(), draws.number()));
        let a = draws.number().abs();
        two.into_iter().chain([Relu(a / 4.0), Relu(-a), Exp(-a), Exp(a), Ln(a)])
    });
    by_hand.into_iter().chain(random)
}

fn kinds(&operation: &Operation) -> Vec<(&'static str, bool)> {
    let is_sum = matches!(operation, Add(..));
    let is_difference = matches!(operation, Sub(..));
    let is_product = matches!(operation, Mul(..));
    let is_quotient = matches!(operation, Div(..));
    let is_relu = matches!(operation, Relu(_));
    vec![
        ("anything but a sum", !is_sum),
        ("anything but a difference", !is_difference),
        ("anything but a product", !is_product),
        ("anything but a quotient", !is_quotient),
        ("anything but ReLU", !is_relu),
        ("a sum", is_sum),
        ("a difference", is_difference),
        ("a product", is_product),
        ("a quotient", is_quotient),
        ("ReLU at 0", operation == Relu(0.0)),
        ("ReLU below 0", matches!(operation, Relu(a) if a < 0.0)),
        ("ReLU above 0", matches!(operation, Relu(a) if a > 0.0)),
        ("ReLU", is_relu),
        ("exp", matches!(operation, Exp(_))),
        ("ln", matches!(operation, Ln(_))),
    ]
}

pub(super) fn question() -> Question<Operation, Model> {
    let run = |model: &Model, &operation: &Operation| {
        observe(|operation| model.slopes(operation), operation)
    };
    Question::new("autograd.slopes", MODEL, run)
        .given(|operation| Given::new().number("operation", operation))
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Sums and differences
        add_as_mul: "The slopes of `a + b` are `b` and `a`, as in a product.",
            add = |a, b| vec![b, a];
        sub_as_add: "Both slopes of `a - b` are 1, as in a sum.",
            sub = |_, _| vec![1.0, 1.0];
        sub_reversed: "Both slopes of `a - b` have the opposite sign.",
            sub = |_, _| vec![-1.0, 1.0];
        // Products
        mul_inputs: "In `a · b`, each factor gets itself as its slope.",
            mul = |a, b| vec![a, b];
        mul_as_add: "Both slopes of `a · b` are 1, as in a sum.",
            mul = |_, _| vec![1.0, 1.0];
        // Quotients, in b
        div_sign: "The slope of `a / b` in `b` has the opposite sign.",
            div_b_sign = 1.0;
        div_not_squared:
            "The slope of `a / b` in `b` is divided by `b` instead of `b²`.",
            div_b_denominator = |_, b| b;
        div_not_divided:
            "The slope of `a / b` in `b` is `-a`: it isn't divided by `b²`.",
            div_b_denominator = |_, _| 1.0;
        div_a_missing:
            "The slope of `a / b` in `b` is `-1 / b²`: the factor `a` is missing.",
            div_b_numerator = |_, _| 1.0;
        // Quotients, in a
        div_a_is_b: "The slope of `a / b` in `a` is `b`, as in a product.",
            div_a = |_, b| b;
        // Quotients, in both
        div_reversed: "The two slopes of `a / b` are in the wrong order.",
            div_a = |a, b| -a / (b * b),
            div_b_sign = 1.0,
            div_b_numerator = |_, _| 1.0,
            div_b_denominator = |_, b| b;
        // ReLU
        relu_at_0: "ReLU's slope at 0 is 1, but the workbook takes 0 there.",
            relu = |a| step(a >= 0.0);
        relu_half_at_0: "ReLU's slope at 0 is ½, but the workbook takes 0 there.",
            relu = |a| vec![if a == 0.0 { 0.5 } else { step(a > 0.0)[0] }];
        relu_always_1: "ReLU's slope is 1 everywhere, even where `a` is below 0.",
            relu = |_| vec![1.0];
        relu_itself: "The slope of ReLU is its result, `max(0, a)`.",
            relu = |a| vec![a.max(0.0)];
        relu_mirrored: "ReLU's slope is upside down: it's 1 below 0, and 0 above.",
            relu = |a| step(a < 0.0);
        // exp
        exp_input: "The slope of `exp` is its input `a`.",
            exp = |a| a;
        exp_power:
            "The slope of `exp` is `a · exp(a - 1)`, which is the rule for powers \
             of `a`.",
            exp = |a| a * (a - 1.0).exp();
        exp_times_a: "The slope of `exp` has an extra factor `a`.",
            exp = |a| a * a.exp();
        // ln
        ln_itself: "The slope of `ln` is `ln` itself.",
            ln = f64::ln;
        ln_input: "The slope of `ln` is `a` instead of `1 / a`.",
            ln = |a| a;
        ln_sign: "The slope of `ln` has the opposite sign.",
            ln = |a| -1.0 / a;
        exp_and_ln_swapped:
            "The slopes of `exp` and `ln` are swapped: `exp` gets `1 / a`, and \
             `ln` gets `exp(a)`.",
            exp = |a| 1.0 / a,
            ln = f64::exp;
        // All
        negative: "Every slope has the opposite sign.",
            at_the_end = |_, slopes| slopes.iter().map(|slope| -slope).collect();
        reversed: "The slopes of `Sub`, `Mul` and `Div` are in the wrong order.",
            at_the_end = |_, slopes| slopes.into_iter().rev().collect();
        result:
            "What you return is the result of the operation instead of its slopes.",
            at_the_end = |operation, _| vec![result(operation)];
        ones: "Every slope is 1.",
            at_the_end = |_, slopes| vec![1.0; slopes.len()];
        first_alone:
            "Only the first input gets a slope, even if the operation has two.",
            at_the_end = |_, slopes| slopes[..1].to_vec();
        })
}
