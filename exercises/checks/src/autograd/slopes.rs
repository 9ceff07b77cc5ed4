//! Question 1: the slopes of each operation.

use std::f64::consts::LN_10;

use ndarray::Array1;

use super::Operation::{self, Add, Div, Exp, Ln, Mul, Relu, Sub};
use crate::Verdict;
use crate::case::Case;

const OPERATIONS: [Operation; 15] = [
    Add(2.0, 5.0),
    Add(-1.0, 0.5),
    Sub(2.0, 5.0),
    Sub(-1.0, 0.5),
    Mul(3.0, -2.0),
    Mul(0.0, 5.0),
    Div(6.0, 4.0),
    Div(-3.0, 0.5),
    Relu(2.5),
    Relu(-1.5),
    Relu(0.0),
    Exp(1.5),
    Exp(-2.0),
    Ln(4.0),
    Ln(0.5),
];

/// `fn slopes(operation) -> Vec<f64>`
pub fn slopes(answer: fn(Operation) -> Vec<f64>) -> Verdict {
    for operation in OPERATIONS {
        let case = Case::new().number("operation", operation);
        let yours = Array1::from_vec(case.run(move || answer(operation))?);
        let expected = Array1::from_vec(expected(operation));
        let mistakes = mistakes(operation).into_iter().chain(common(operation));
        let expectation = mistakes.fold(
            case.expect("slope", &expected),
            |expectation, (gives, mistake)| {
                expectation.unless(&Array1::from_vec(gives), mistake)
            },
        );
        expectation.judge(&yours).map_err(|feedback| {
            feedback
                .likely(
                    yours.len() != expected.len(),
                    "give one slope for each number that goes in, in their order",
                )
                .likely(
                    yours.iter().any(|slope| slope.is_nan()),
                    "a division of 0 by 0; compare with 0 instead",
                )
        })?;
    }
    Ok(())
}

fn expected(operation: Operation) -> Vec<f64> {
    match operation {
        Add(..) => vec![1.0, 1.0],
        Sub(..) => vec![1.0, -1.0],
        Mul(a, b) => vec![b, a],
        Div(a, b) => vec![1.0 / b, -a / (b * b)],
        Relu(a) => vec![f64::from(a > 0.0)],
        Exp(a) => vec![a.exp()],
        Ln(a) => vec![1.0 / a],
    }
}

type Mistake = (Vec<f64>, &'static str);

fn mistakes(operation: Operation) -> Vec<Mistake> {
    match operation {
        Add(a, b) => vec![(
            vec![b, a],
            "these are the slopes of a product; if a grows by 1, by how much does \
             a sum grow?",
        )],
        Sub(..) => {
            vec![(vec![1.0, 1.0], "the sign: what does a - b do when b grows?")]
        }
        Mul(a, b) => vec![
            (
                vec![a, b],
                "each factor has its own value as its slope; if a grows by 1, by \
                 how much does the product grow?",
            ),
            (
                vec![1.0, 1.0],
                "these are the slopes of a sum; if a grows by 1, by how much does \
                 a product grow?",
            ),
        ],
        Div(a, b) => vec![
            (
                vec![1.0 / b, a / (b * b)],
                "the sign of the second slope: what does a / b do when b grows?",
            ),
            (
                vec![1.0 / b, -a / b],
                "a power of b is missing; the slope of 1 / b is -1 / b²",
            ),
            (
                vec![1.0 / b, -1.0 / (b * b)],
                "you left a out of the second slope; a / b is a · (1 / b)",
            ),
            (
                vec![1.0 / b, a],
                "the second slope is that of a product; here b divides",
            ),
            (
                vec![1.0 / b, 1.0 / a],
                "the first slope is right; b is below the line, so the second \
                 needs a rule of its own",
            ),
            (vec![b, a], "these are the slopes of a product; here b divides"),
        ],
        Relu(a) if a > 0.0 => vec![
            (vec![a], "this is ReLU itself; how steep is it above 0?"),
            (
                vec![0.0],
                "above 0 the result grows with the input; how steep is that?",
            ),
        ],
        Relu(a) if a < 0.0 => vec![(
            vec![1.0],
            "below 0 the result stays 0, whatever goes in; how steep is that?",
        )],
        Relu(_) => vec![(
            vec![1.0],
            "at 0 there is a kink; there the workbook takes the slope 0, so \
             compare with >, not >=",
        )],
        Exp(a) => vec![
            (
                vec![a],
                "this is the input; exp is everywhere as steep as it is high",
            ),
            (
                vec![a * (a - 1.0).exp()],
                "this is the rule for powers of a; here a is the exponent",
            ),
        ],
        Ln(a) => vec![
            (vec![1.0 / a.ln()], "you took the result where the input belongs"),
            (vec![a.exp()], "exp undoes ln, but its slope is another"),
            (
                vec![1.0 / (a * LN_10)],
                "this is the slope of the logarithm to the base 10; ln is the \
                 natural one",
            ),
            (vec![-1.0 / (a * a)], "this is the slope of 1 / a, not of ln a"),
        ],
    }
}

/// What can go wrong with any operation.
fn common(operation: Operation) -> Vec<Mistake> {
    let (inputs, result) = match operation {
        Add(a, b) => (vec![a, b], a + b),
        Sub(a, b) => (vec![a, b], a - b),
        Mul(a, b) => (vec![a, b], a * b),
        Div(a, b) => (vec![a, b], a / b),
        Relu(a) => (vec![a], a.max(0.0)),
        Exp(a) => (vec![a], a.exp()),
        Ln(a) => (vec![a], a.ln()),
    };
    let slopes = expected(operation);
    let reversed = slopes.iter().rev().copied().collect();
    let negated = slopes.iter().map(|slope| -slope).collect();
    vec![
        (
            reversed,
            "the slopes are in the wrong order: first that of the first input",
        ),
        (
            negated,
            "the sign: the result grows where yours says that it shrinks, and the \
             other way round",
        ),
        (vec![result], RESULT),
        (vec![result; inputs.len()], RESULT),
        (
            vec![0.0; inputs.len()],
            "a slope of 0 says that the input makes no difference",
        ),
        (
            inputs,
            "these are the numbers that go in; a slope says how fast the result \
             changes with them",
        ),
    ]
}

const RESULT: &str = "this is the result itself; a slope says how fast it changes";
