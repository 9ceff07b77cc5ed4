//! The operations: how to compute each one, and how a gradient flows
//! back through it.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::tape::Node;
use crate::relu::{relu, relu_slope};
use crate::softmax::{log_softmax, softmax};

/// An operation, with the indices of its inputs on the tape.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Var,
    MatMul(usize, usize),
    Transpose(usize),
    Add(usize, usize),
    Sub(usize, usize),
    Mul(usize, usize),
    Neg(usize),
    Relu(usize),
    Tanh(usize),
    Exp(usize),
    Ln(usize),
    Sum(usize),
    Mean(usize),
    LogSoftmax(usize),
    Pick(usize, Vec<usize>),
}

use Operation::*;

impl Operation {
    /// The name of the method that records it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Var => "var",
            MatMul(..) => "matmul",
            Transpose(_) => "t",
            Add(..) => "add",
            Sub(..) => "sub",
            Mul(..) => "mul",
            Neg(_) => "neg",
            Relu(_) => "relu",
            Tanh(_) => "tanh",
            Exp(_) => "exp",
            Ln(_) => "ln",
            Sum(_) => "sum",
            Mean(_) => "mean",
            LogSoftmax(_) => "log_softmax",
            Pick(..) => "pick",
        }
    }

    pub(super) fn inputs(&self) -> Vec<usize> {
        match *self {
            Var => vec![],
            MatMul(a, b) | Add(a, b) | Sub(a, b) | Mul(a, b) => vec![a, b],
            Transpose(a)
            | Neg(a)
            | Relu(a)
            | Tanh(a)
            | Exp(a)
            | Ln(a)
            | Sum(a)
            | Mean(a)
            | LogSoftmax(a)
            | Pick(a, _) => vec![a],
        }
    }

    /// Computes the value from the values of the inputs.
    pub(super) fn forward(&self, nodes: &[Node]) -> Array2<f64> {
        let value = |i: usize| nodes[i].value();
        match *self {
            Var => unreachable!("a variable's value is given, not computed"),
            MatMul(a, b) => product(value(a).view(), value(b).view()),
            Transpose(a) => value(a).t().to_owned(),
            Add(a, b) => value(a) + value(b),
            Sub(a, b) => value(a) - value(b),
            Mul(a, b) => value(a) * value(b),
            Neg(a) => -value(a),
            Relu(a) => value(a).mapv(relu),
            Tanh(a) => value(a).mapv(libm::tanh),
            Exp(a) => value(a).mapv(libm::exp),
            Ln(a) => value(a).mapv(libm::log),
            Sum(a) => scalar(value(a).sum()),
            Mean(a) => scalar(value(a).sum() / value(a).len() as f64),
            LogSoftmax(a) => map_rows(value(a), log_softmax),
            Pick(a, ref labels) => pick(value(a), labels),
        }
    }

    /// Each input's share of the gradient: `dA` and `dB`, computed from `dC`, the
    /// gradient of the result `C`.
    ///
    /// If an input was broadcast, its share still has the shape of the result.
    // ANCHOR: operation_backward
    pub(super) fn backward(
        &self,
        nodes: &[Node],
        c: &Array2<f64>,
        dc: &Array2<f64>,
    ) -> Vec<(usize, Array2<f64>)> {
        let value = |i: usize| nodes[i].value();
        match *self {
            Var => vec![],
            MatMul(a, b) => vec![
                (a, product(dc.view(), value(b).t())),
                (b, product(value(a).t(), dc.view())),
            ],
            Transpose(a) => vec![(a, dc.t().to_owned())],
            Add(a, b) => vec![(a, dc.clone()), (b, dc.clone())],
            Sub(a, b) => vec![(a, dc.clone()), (b, -dc)],
            Mul(a, b) => vec![(a, dc * value(b)), (b, dc * value(a))],
            Neg(a) => vec![(a, -dc)],
            Relu(a) => vec![(a, dc * value(a).mapv(relu_slope))],
            Tanh(a) => vec![(a, dc * (1.0 - c * c))],
            Exp(a) => vec![(a, dc * c)],
            Ln(a) => vec![(a, dc / value(a))],
            Sum(a) => vec![(a, spread(dc, value(a), 1.0))],
            Mean(a) => vec![(a, spread(dc, value(a), value(a).len() as f64))],
            LogSoftmax(a) => {
                let sums = dc.sum_axis(Axis(1)).insert_axis(Axis(1));
                vec![(a, dc - map_rows(value(a), softmax) * sums)]
            }
            Pick(a, ref labels) => vec![(a, unpick(dc, value(a), labels))],
        }
    }
    // ANCHOR_END: operation_backward
}

/// `A B`: each row of `A` times each column of `B`.
///
/// Each sum is taken in the same order as in Part I, so the bits are the same.
fn product(a: ArrayView2<'_, f64>, b: ArrayView2<'_, f64>) -> Array2<f64> {
    let rows = a.as_standard_layout();
    let columns = b.t();
    let columns = columns.as_standard_layout();
    let shape = (a.nrows(), b.ncols());
    Array2::from_shape_fn(shape, |(i, j)| rows.row(i).dot(&columns.row(j)))
}

fn scalar(value: f64) -> Array2<f64> {
    Array2::from_elem((1, 1), value)
}

/// Gives every entry of `a` the same gradient: that of a scalar, divided by `n`.
fn spread(dc: &Array2<f64>, a: &Array2<f64>, n: f64) -> Array2<f64> {
    Array2::from_elem(a.dim(), dc[(0, 0)] / n)
}

fn map_rows(
    z: &Array2<f64>,
    f: impl Fn(&Array1<f64>) -> Array1<f64>,
) -> Array2<f64> {
    let mut result = Array2::zeros(z.dim());
    for (mut to, from) in result.rows_mut().into_iter().zip(z.rows()) {
        to.assign(&f(&from.to_owned()));
    }
    result
}

fn pick(a: &Array2<f64>, labels: &[usize]) -> Array2<f64> {
    let shape = (labels.len(), 1);
    Array2::from_shape_fn(shape, |(i, _)| a[(i, labels[i])])
}

fn unpick(dc: &Array2<f64>, a: &Array2<f64>, labels: &[usize]) -> Array2<f64> {
    let mut da = Array2::zeros(a.dim());
    for (i, &label) in labels.iter().enumerate() {
        da[(i, label)] = dc[(i, 0)];
    }
    da
}
