//! The slopes of each operation.

use std::f64::consts::{E, LN_2, LN_10};

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

fn inputs_and_result(operation: Operation) -> (Vec<f64>, f64) {
    match operation {
        Add(a, b) => (vec![a, b], a + b),
        Sub(a, b) => (vec![a, b], a - b),
        Mul(a, b) => (vec![a, b], a * b),
        Div(a, b) => (vec![a, b], a / b),
        Relu(a) => (vec![a], a.max(0.0)),
        Exp(a) => (vec![a], a.exp()),
        Ln(a) => (vec![a], a.ln()),
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
    let (inputs, _) = inputs_and_result(operation);
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
        ("two inputs", inputs.len() == 2),
        ("one input", inputs.len() == 1),
        ("an input of 0", inputs.contains(&0.0)),
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
        add_as_mul: "A sum gets the slopes of a product.",
            add = |a, b| vec![b, a];
        add_inputs: "A sum gets its own inputs as slopes.",
            add = |a, b| vec![a, b];
        add_result: "What a sum gets is the sum itself instead of two slopes.",
            add = |a, b| vec![a + b];
        add_one_slope: "A sum gets one slope, but it has two inputs.",
            add = |_, _| vec![1.0];
        sub_as_add: "Both slopes of a difference are 1, as in a sum.",
            sub = |_, _| vec![1.0, 1.0];
        sub_reversed: "The slopes of a difference have the opposite sign.",
            sub = |_, _| vec![-1.0, 1.0];
        sub_negative: "Both slopes of a difference are -1.",
            sub = |_, _| vec![-1.0, -1.0];
        sub_as_mul: "A difference gets the slopes of a product.",
            sub = |a, b| vec![b, a];
        sub_as_negative_mul:
            "A difference gets the slopes of a product, the second with a minus.",
            sub = |a, b| vec![b, -a];
        sub_inputs: "A difference gets its own inputs as slopes.",
            sub = |a, b| vec![a, b];
        // Products
        mul_inputs: "Each factor of a product gets itself as its slope.",
            mul = |a, b| vec![a, b];
        mul_as_add: "Both slopes of a product are 1, as in a sum.",
            mul = |_, _| vec![1.0, 1.0];
        mul_result:
            "What a product gets is the product itself instead of two slopes.",
            mul = |a, b| vec![a * b];
        mul_one_slope: "A product gets one slope, but it has two inputs.",
            mul = |_, b| vec![b];
        mul_summed: "The two slopes of a product are added up into one.",
            mul = |a, b| vec![a + b];
        mul_sign: "The second slope of a product has the opposite sign.",
            mul = |a, b| vec![b, -a];
        mul_nan:
            "A slope of a product is NaN at a factor of 0. Is it divided by that \
             factor?",
            mul = |a, b| vec![a * b / a, a * b / b];
        // Quotients, in b
        div_sign: "The slope of a / b in b has the opposite sign.",
            div_b_sign = 1.0;
        div_not_squared: "In the slope of a / b in b, the b below isn't squared.",
            div_b_denominator = |_, b| b;
        div_square_multiplied:
            "In the slope of a / b in b, b² is multiplied instead of divided.",
            div_b_denominator = |_, b| 1.0 / (b * b);
        div_not_divided: "The slope of a / b in b is -a: it isn't divided by b².",
            div_b_denominator = |_, _| 1.0;
        div_a_missing:
            "The slope of a / b in b doesn't depend on a, but it should.",
            div_b_numerator = |_, _| 1.0;
        div_b_constant: "The slope of a / b in b is 0, as if b were a constant.",
            div_b_numerator = |_, _| 0.0;
        div_b_reciprocal: "The slope of a / b in b is 1 / a.",
            div_b_sign = 1.0,
            div_b_numerator = |_, _| 1.0,
            div_b_denominator = |a, _| a;
        // Quotients, in a
        div_a_is_b: "The slope of a / b in a is b, as in a product.",
            div_a = |_, b| b;
        div_a_one: "The slope of a / b in a is 1.",
            div_a = |_, _| 1.0;
        div_a_squared_b: "In the slope of a / b in a, b is squared.",
            div_a = |_, b| 1.0 / (b * b);
        div_a_over_a: "The slope of a / b in a is 1 / a.",
            div_a = |a, _| 1.0 / a;
        div_nan: "The slope of a / b in a is NaN when a is 0. Is it divided by a?",
            div_a = |a, b| a / b / a;
        // Quotients, in both
        div_as_mul: "A quotient gets the slopes of a product.",
            div_a = |_, b| b,
            div_b_sign = 1.0,
            div_b_denominator = |_, _| 1.0;
        div_reversed: "The two slopes of a quotient are in the wrong order.",
            div_a = |a, b| -a / (b * b),
            div_b_sign = 1.0,
            div_b_numerator = |_, _| 1.0,
            div_b_denominator = |_, b| b;
        div_swapped: "These are the slopes of b / a instead of a / b.",
            div_a = |a, b| -b / (a * a),
            div_b_sign = 1.0,
            div_b_numerator = |_, _| 1.0,
            div_b_denominator = |a, _| a;
        div_summed: "The two slopes of a quotient are added up into one.",
            at_the_end = |operation, slopes| match operation {
                Div(..) => vec![slopes.iter().sum()],
                _ => slopes,
            };
        div_one_slope: "A quotient gets one slope, but it has two inputs.",
            at_the_end = |operation, slopes| match operation {
                Div(..) => slopes[..1].to_vec(),
                _ => slopes,
            };
        // ReLU
        relu_at_0: "ReLU's slope at 0 is 1, but the workbook takes 0 there.",
            relu = |a| step(a >= 0.0);
        relu_half_at_0: "ReLU's slope at 0 is 1/2, but the workbook takes 0 there.",
            relu = |a| vec![if a == 0.0 { 0.5 } else { step(a > 0.0)[0] }];
        relu_nan: "ReLU's slope is NaN at 0. Is there a division of 0 by 0?",
            relu = |a| vec![a.max(0.0) / a];
        relu_always_1: "ReLU's slope is 1 everywhere.",
            relu = |_| vec![1.0];
        relu_always_0: "ReLU's slope is 0 everywhere.",
            relu = |_| vec![0.0];
        relu_itself: "The slope of ReLU is ReLU itself.",
            relu = |a| vec![a.max(0.0)];
        relu_mirrored: "ReLU's slope is 1 below 0 and 0 above: it's upside down.",
            relu = |a| step(a < 0.0);
        relu_mirrored_at_0:
            "ReLU's slope is 1 below 0 and at 0, and 0 above: it's upside down.",
            relu = |a| step(a <= 0.0);
        relu_signum:
            "ReLU's slope is -1 below 0 and 1 at 0: it's the input's signum.",
            relu = |a| vec![a.signum()];
        relu_leaky: "This is the slope of the leaky ReLU: it isn't 0 below 0.",
            relu = |a| vec![if a > 0.0 { 1.0 } else { 0.01 }];
        relu_no_slope: "Where ReLU is silent, the list of slopes is empty.",
            relu = |a| if a > 0.0 { vec![1.0] } else { Vec::new() };
        // exp
        exp_input: "The slope of exp is its input.",
            exp = |a| a;
        exp_power: "The slope of exp is a · exp(a - 1), the rule for a power of a.",
            exp = |a| a * (a - 1.0).exp();
        exp_times_a: "The slope of exp has an extra factor a.",
            exp = |a| a * a.exp();
        exp_is_1: "The slope of exp is 1.",
            exp = |_| 1.0;
        exp_is_e: "The slope of exp is the constant e.",
            exp = |_| E;
        exp_linear:
            "The slope of exp is e · a: e is multiplied, not raised to a power.",
            exp = |a| E * a;
        exp_sign: "The slope of exp has the opposite sign.",
            exp = |a| -a.exp();
        exp_of_minus_a: "The slope of exp is exp(-a).",
            exp = |a| (-a).exp();
        exp_of_result:
            "The slope of exp is exp of the result: exp is applied twice.",
            exp = |a| a.exp().exp();
        exp_base_2: "The slope of exp is a power of 2 instead of e.",
            exp = f64::exp2;
        // ln
        ln_itself: "The slope of ln is ln itself.",
            ln = f64::ln;
        ln_of_result: "The slope of ln is 1 / ln a: it divides by the result.",
            ln = |a| 1.0 / a.ln();
        ln_input: "The slope of ln is its input a, which isn't inverted.",
            ln = |a| a;
        ln_exp: "The slope of ln is exp(a).",
            ln = f64::exp;
        ln_base_10: "This is the slope of the logarithm to the base 10.",
            ln = |a| 1.0 / (a * LN_10);
        ln_base_2: "This is the slope of the logarithm to the base 2.",
            ln = |a| 1.0 / (a * LN_2);
        ln_second: "The slope of ln is -1 / a², which is the slope of 1 / a.",
            ln = |a| -1.0 / (a * a);
        ln_squared: "The slope of ln is 1 / a²: a is squared.",
            ln = |a| 1.0 / (a * a);
        ln_sign: "The slope of ln has the opposite sign.",
            ln = |a| -1.0 / a;
        ln_is_1: "The slope of ln is 1.",
            ln = |_| 1.0;
        exp_and_ln_swapped: "The slopes of exp and ln are swapped.",
            exp = |a| 1.0 / a,
            ln = f64::exp;
        // All
        negative: "Every slope has the opposite sign.",
            at_the_end = |_, slopes| slopes.iter().map(|slope| -slope).collect();
        reversed: "The slopes are in the wrong order.",
            at_the_end = |_, slopes| slopes.into_iter().rev().collect();
        result: "What you return is the result of the operation.",
            at_the_end = |operation, _| vec![inputs_and_result(operation).1];
        results: "Every slope is the result of the operation.",
            at_the_end = |operation, slopes| {
                vec![inputs_and_result(operation).1; slopes.len()]
            };
        inputs: "What you return are the inputs.",
            at_the_end = |operation, _| inputs_and_result(operation).0;
        zeros: "Every slope is 0.",
            at_the_end = |_, slopes| vec![0.0; slopes.len()];
        ones: "Every slope is 1.",
            at_the_end = |_, slopes| vec![1.0; slopes.len()];
        first_alone: "Only the first input gets a slope.",
            at_the_end = |_, slopes| slopes[..1].to_vec();
        summed: "The slopes are added up into one.",
            at_the_end = |_, slopes| vec![slopes.iter().sum()];
        })
}
