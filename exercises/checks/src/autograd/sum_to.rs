//! Back through broadcasting.

use ndarray::{Array2, Axis, Slice, array};

use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Matrix = Array2<f64>;
type Shape = (usize, usize);

/// Judges `sum_to`, `fn sum_to(gradient, shape) -> Array2<f64>`.
pub fn sum_to(answer: fn(&Matrix, Shape) -> Matrix) -> Verdict {
    question().judge(move |case| observe(answer, case))
}

/// The gradient that arrives, and the shape that was broadcast.
type Case = (Matrix, Shape);

fn observe(
    answer: impl Fn(&Matrix, Shape) -> Matrix,
    (gradient, shape): &Case,
) -> Outcome {
    Outcome::new().value("sum_to", &answer(gradient, *shape))
}

/// `sum_to`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    over_rows: fn(Shape) -> bool,
    over_columns: fn(Shape) -> bool,
    rows: fn(&Matrix) -> Matrix,
    columns: fn(&Matrix) -> Matrix,
    at_the_end: fn(sum: Matrix, gradient: &Matrix, Shape) -> Matrix,
}

const MODEL: Model = Model {
    over_rows: |shape| shape.0 == 1,
    over_columns: |shape| shape.1 == 1,
    rows: |gradient| sum(gradient, 0),
    columns: |gradient| sum(gradient, 1),
    at_the_end: |sum, _, _| sum,
};

impl Model {
    fn sum_to(&self, gradient: &Matrix, shape: Shape) -> Matrix {
        let mut sum = gradient.clone();
        if (self.over_rows)(shape) {
            sum = (self.rows)(&sum);
        }
        if (self.over_columns)(shape) {
            sum = (self.columns)(&sum);
        }
        (self.at_the_end)(sum, gradient, shape)
    }
}

fn cases() -> impl Iterator<Item = Case> {
    let by_hand = [
        (array![[1.0, 2.0], [3.0, -5.0]], (1, 2)),
        (array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]], (1, 3)),
        (array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]], (2, 1)),
        (array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]], (1, 1)),
        (array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]], (2, 3)),
    ];
    let sizes = [
        ((3, 2), (1, 2)),
        ((3, 2), (3, 1)),
        ((3, 3), (1, 3)),
        ((3, 3), (3, 1)),
        ((3, 3), (1, 1)),
        ((3, 3), (3, 3)),
        ((4, 2), (1, 1)),
        ((3, 2), (3, 2)),
        ((1, 3), (1, 3)),
        ((1, 3), (1, 1)),
        ((3, 1), (3, 1)),
        ((3, 1), (1, 1)),
        ((1, 1), (1, 1)),
    ];
    let random = (1..).zip(sizes).map(|(seed, (from, to))| {
        let gradient = Draws::new(seed).array(from);
        (gradient, to)
    });
    by_hand.into_iter().chain(random)
}

fn kinds((gradient, shape): &Case) -> Vec<(&'static str, bool)> {
    let (row, column) = (shape.0 == 1, shape.1 == 1);
    let broadcast = gradient.dim() != *shape;
    vec![
        ("something to add up", broadcast),
        ("nothing to add up", !broadcast),
        ("a row to return", broadcast && row && !column),
        ("a column to return", broadcast && column && !row),
        ("a single number to return", broadcast && row && column),
        ("a row or a single number to return", broadcast && row),
        ("a column or a single number to return", broadcast && column),
        ("a square gradient", gradient.is_square()),
        ("a gradient that isn't square", !gradient.is_square()),
    ]
}

pub(super) fn question() -> Question<Case, Model> {
    let run = |model: &Model, case: &Case| {
        observe(|gradient, shape| model.sum_to(gradient, shape), case)
    };
    Question::new("autograd.sum_to", MODEL, run)
        .given(|(gradient, shape)| {
            Given::new().value("gradient", gradient).number("shape", shape)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Which axes are summed
        rows_only: "Only the rows are added up: `shape.1` isn't used.",
            over_columns = |_| false;
        columns_only: "Only the columns are added up: `shape.0` isn't used.",
            over_rows = |_| false;
        as_it_came:
            "What you return is `gradient` as it came: nothing is added up.",
            over_rows = |_| false,
            over_columns = |_| false;
        rows_or_columns:
            "With shape `(1, 1)`, only the rows are added up: the columns aren't.",
            over_columns = |shape| shape.0 != 1 && shape.1 == 1;
        columns_or_rows:
            "With shape `(1, 1)`, only the columns are added up: the rows aren't.",
            over_rows = |shape| shape.0 == 1 && shape.1 != 1;
        otherwise_columns:
            "When `shape.0` isn't 1, the columns are always added up, whatever \
             `shape.1` is.",
            over_columns = |shape| shape.0 != 1;
        rows_always_alone:
            "The rows are always added up and the columns never, whatever `shape` \
             is.",
            over_rows = |_| true,
            over_columns = |_| false;
        axes_swapped:
            "The axes are swapped: `shape.0` decides about the columns, and \
             `shape.1` about the rows.",
            over_rows = |shape| shape.1 == 1,
            over_columns = |shape| shape.0 == 1;
        // How they are summed
        mean: "What you return is the mean of the copies instead of their sum.",
            rows = |gradient| mean(gradient, 0),
            columns = |gradient| mean(gradient, 1);
        last: "Only the last copy counts: it overwrites those before it.",
            rows = |gradient| part(gradient, 0, -1..),
            columns = |gradient| part(gradient, 1, -1..);
        without_last: "The last copy is left out of the sum.",
            rows = |gradient| sum(&part(gradient, 0, ..-1), 0),
            columns = |gradient| sum(&part(gradient, 1, ..-1), 1);
        axis_0_of_columns:
            "When `shape.1` is 1, you sum over `Axis(0)` instead of `Axis(1)`.",
            columns = |gradient| sum(gradient, 0);
        axis_1_of_rows:
            "When `shape.0` is 1, you sum over `Axis(1)` instead of `Axis(0)`.",
            rows = |gradient| sum(gradient, 1);
        rows_put_back_as_column:
            "The sum of the rows is put back as a column instead of a row.",
            rows = |gradient| gradient.sum_axis(Axis(0)).insert_axis(Axis(1));
        columns_put_back_as_row:
            "The sum of the columns is put back as a row instead of a column.",
            columns = |gradient| gradient.sum_axis(Axis(1)).insert_axis(Axis(0));
        within_rows:
            "When `shape.0` is 1, you sum within each row of `gradient`, instead \
             of adding the rows up.",
            rows = |gradient| gradient.sum_axis(Axis(1)).insert_axis(Axis(0));
        // What is returned
        total: "Every entry is the sum of all entries of `gradient`.",
            at_the_end = |_, gradient, shape| {
                Matrix::from_elem(shape, gradient.sum())
            };
        transposed: "What you return is the transpose of the right result.",
            at_the_end = |sum, _, _| sum.reversed_axes();
        })
}

fn sum(gradient: &Matrix, axis: usize) -> Matrix {
    gradient.sum_axis(Axis(axis)).insert_axis(Axis(axis))
}

fn part(gradient: &Matrix, axis: usize, which: impl Into<Slice>) -> Matrix {
    gradient.slice_axis(Axis(axis), which.into()).to_owned()
}

fn mean(gradient: &Matrix, axis: usize) -> Matrix {
    sum(gradient, axis) / gradient.len_of(Axis(axis)) as f64
}
