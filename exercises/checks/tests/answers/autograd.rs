use std::collections::VecDeque;

use approx::assert_relative_eq;
use checks::autograd::{
    self as check, Line,
    Operation::{self, Add, Div, Exp, Ln, Mul, Relu, Sub},
};
use checks::judge;
use ndarray::{Array1, Array2, Axis, array, s};
use no_magic::autograd::{Tape, scalar};
use no_magic::gradient_check;
use solutions::autograd as solution;

use crate::{passes, right, wrong};

#[test]
fn solutions_pass() {
    passes("autograd", "slopes", || check::slopes(solution::slopes));
    passes("autograd", "backward", || check::backward(solution::backward));
    passes("autograd", "matmul_backward", || {
        check::matmul_backward(solution::matmul_backward)
    });
    passes("autograd", "sum_to", || check::sum_to(solution::sum_to));
}

#[test]
fn right_slopes_written_differently_pass() {
    let right = right("autograd", "slopes", check::slopes);
    right(|operation| match operation {
        Add(_, _) => [1.0, 1.0].to_vec(),
        Sub(_, _) => [1.0, -1.0].to_vec(),
        Mul(a, b) => [b, a].to_vec(),
        Div(a, b) => [b.powi(-1), -(a / b) / b].to_vec(),
        Relu(a) => [f64::from(u8::from(a > 0.0))].to_vec(),
        Exp(a) => [std::f64::consts::E.powf(a)].to_vec(),
        Ln(a) => [a.recip()].to_vec(),
    });
    right(|operation| {
        if let Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) = operation {
            let second = match operation {
                Add(..) => 1.0,
                Sub(..) => -1.0,
                Mul(..) => a,
                _ => -a * b.powi(-2),
            };
            let first = match operation {
                Mul(..) => b,
                Div(..) => 1.0 / b,
                _ => 1.0,
            };
            return vec![first, second];
        }
        match operation {
            Relu(a) if a <= 0.0 => vec![0.0],
            Exp(a) => vec![1.0 / (-a).exp()],
            Ln(a) => vec![(-a.ln()).exp()],
            _ => vec![1.0],
        }
    });
}

#[test]
fn right_ways_back_written_differently_pass() {
    let right = right("autograd", "backward", check::backward);
    // As the hint says.
    right(|lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for i in (0..=loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    // From the very end: what stands after the loss has a gradient of 0 to hand on.
    right(|lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] += 1.0;
        for (i, line) in lines.iter().enumerate().rev() {
            let gradient = gradients[i];
            line.iter()
                .rev()
                .for_each(|(input, slope)| gradients[*input] += gradient * slope);
        }
        gradients
    });
    // Each line collects from all that used it.
    right(|lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        for i in (0..lines.len()).rev() {
            let mut gradient = f64::from(u8::from(i == loss));
            for (user, line) in lines.iter().enumerate() {
                let uses = line.iter().filter(|(input, _)| *input == i);
                gradient +=
                    uses.map(|(_, slope)| slope * gradients[user]).sum::<f64>();
            }
            gradients[i] = gradient;
        }
        gradients
    });
    // With the gradient in the hand, path by path.
    right(|lines, loss| {
        fn visit(lines: &[Line], gradients: &mut [f64], i: usize, arrives: f64) {
            gradients[i] += arrives;
            for &(input, slope) in &lines[i] {
                visit(lines, gradients, input, arrives * slope);
            }
        }
        let mut gradients = vec![0.0; lines.len()];
        visit(lines, &mut gradients, loss, 1.0);
        gradients
    });
    // Forward, from each line in turn: how the change of one number spreads.
    right(|lines, loss| {
        let spread = |from: usize| {
            let mut changes = vec![0.0; lines.len()];
            for (i, line) in lines.iter().enumerate() {
                let arriving =
                    line.iter().map(|&(input, slope)| slope * changes[input]);
                changes[i] =
                    arriving.sum::<f64>() + if i == from { 1.0 } else { 0.0 };
            }
            changes[loss]
        };
        (0..lines.len()).map(spread).collect()
    });
}

#[test]
fn right_products_written_differently_pass() {
    let right = right("autograd", "matmul_backward", check::matmul_backward);
    right(|a, b, dc| {
        let (mut da, mut db) = (Array2::zeros(a.dim()), Array2::zeros(b.dim()));
        for ((i, j), dc) in dc.indexed_iter() {
            for k in 0..a.ncols() {
                da[(i, k)] += dc * b[(k, j)];
                db[(k, j)] += a[(i, k)] * dc;
            }
        }
        (da, db)
    });
    // Twice transposed: (A B)ᵀ = Bᵀ Aᵀ.
    right(|a, b, dc| {
        let da = b.dot(&dc.t()).reversed_axes();
        let db = dc.t().dot(a).reversed_axes();
        (da, db)
    });
    // An outer product for each row of A and of dC, as in the layer of Part I.
    right(|a, b, dc| {
        let mut db = Array2::zeros(b.dim());
        for (x, dz) in a.rows().into_iter().zip(dc.rows()) {
            db += &(&x.insert_axis(Axis(1)) * &dz);
        }
        let rows: Vec<Array1<f64>> =
            dc.rows().into_iter().map(|dz| b.dot(&dz)).collect();
        let da = Array2::from_shape_fn(a.dim(), |(i, k)| rows[i][k]);
        (da, db)
    });
}

#[test]
fn right_sums_written_differently_pass() {
    let right = right("autograd", "sum_to", check::sum_to);
    right(|gradient, shape| {
        let mut sum = Array2::zeros(shape);
        for ((i, j), entry) in gradient.indexed_iter() {
            sum[(i.min(shape.0 - 1), j.min(shape.1 - 1))] += entry;
        }
        sum
    });
    right(|gradient, shape| match shape {
        _ if shape == gradient.dim() => gradient.clone(),
        (1, 1) => array![[gradient.sum()]],
        (1, _) => gradient.sum_axis(Axis(0)).insert_axis(Axis(0)),
        _ => gradient.sum_axis(Axis(1)).insert_axis(Axis(1)),
    });
    // A product with ones is a sum.
    right(|gradient, shape| {
        let (rows, columns) = gradient.dim();
        let left = Array2::from_shape_fn((shape.0, rows), |(to, from)| {
            f64::from(u8::from(shape.0 == 1 || to == from))
        });
        let right = Array2::from_shape_fn((columns, shape.1), |(from, to)| {
            f64::from(u8::from(shape.1 == 1 || to == from))
        });
        left.dot(&gradient.dot(&right))
    });
}

/// The solution's slopes, but for what a mistake says.
fn but(operation: Operation, mistake: Option<Vec<f64>>) -> Vec<f64> {
    mistake.unwrap_or_else(|| solution::slopes(operation))
}

#[test]
fn wrong_slopes() {
    let wrong = wrong("autograd", "slopes", check::slopes);
    macro_rules! wrong {
        ($mistake:literal, $($pattern:pat => $slopes:expr),+) => {
            wrong($mistake, true, |operation| {
                but(operation, match operation {
                    $($pattern => Some($slopes.to_vec()),)+
                    _ => None,
                })
            });
        };
    }
    wrong!("a sum as a product", Add(a, b) => [b, a]);
    wrong!("the results", Add(a, b) => [a + b]);
    wrong!("the inputs", Add(a, b) => [a, b], Mul(a, b) => [a, b]);
    wrong!("one slope for two inputs", Add(..) => [1.0]);
    wrong!("both terms of a difference grow it", Sub(..) => [1.0, 1.0]);
    wrong!("the slopes of a difference in reverse", Sub(..) => [-1.0, 1.0]);
    wrong!("each factor has its own value", Mul(a, b) => [a, b]);
    wrong!("a product as a sum", Mul(..) => [1.0, 1.0]);
    wrong!("the sign of a quotient", Div(a, b) => [1.0 / b, a / (b * b)]);
    wrong!("b is not squared", Div(a, b) => [1.0 / b, -a / b]);
    wrong!("a is left out of a quotient", Div(_, b) => [1.0 / b, -1.0 / (b * b)]);
    wrong!("a quotient as a product", Div(a, b) => [b, a]);
    wrong!("relu has the slope 1 everywhere", Relu(_) => [1.0]);
    wrong!("relu at 0", Relu(a) => [if a >= 0.0 { 1.0 } else { 0.0 }]);
    wrong!("relu itself", Relu(a) => [a.max(0.0)]);
    wrong!("relu mirrored", Relu(a) => [if a < 0.0 { 1.0 } else { 0.0 }]);
    wrong!("relu with 0 / 0", Relu(a) => [f64::midpoint(a / a.abs(), 1.0)]);
    wrong!("exp has the slope of its input", Exp(a) => [a]);
    wrong!("exp as a power", Exp(a) => [a * (a - 1.0).exp()]);
    wrong!("ln of the result", Ln(a) => [1.0 / a.ln()]);
    wrong!("ln itself", Ln(a) => [a.ln()]);
    wrong!("ln to the base 10", Ln(a) => [1.0 / (a * std::f64::consts::LN_10)]);
    wrong!("the slope after that of ln", Ln(a) => [-1.0 / (a * a)]);
    wrong("always 1", true, |operation| match operation {
        Relu(_) | Exp(_) | Ln(_) => vec![1.0],
        _ => vec![1.0, 1.0],
    });
    wrong("all zeros", true, |operation| {
        vec![0.0; solution::slopes(operation).len()]
    });
    wrong("the numbers typed in", true, |operation| {
        but(operation, matches!(operation, Mul(..)).then(|| vec![-2.0, 3.0]))
    });
    wrong("the sign is flipped", true, |operation| {
        solution::slopes(operation).iter().map(|slope| -slope).collect()
    });
    wrong("a leaky relu", false, |operation| {
        let leaks = matches!(operation, Relu(a) if a < 0.0);
        but(operation, leaks.then(|| vec![0.01]))
    });
}

/// The way back, with another rule for what an input gets.
fn walk(
    lines: &[Line],
    loss: usize,
    share: impl Fn(f64, f64, f64) -> f64,
) -> Vec<f64> {
    let mut gradients = vec![0.0; lines.len()];
    gradients[loss] = 1.0;
    for i in (0..=loss).rev() {
        for &(input, slope) in &lines[i] {
            gradients[input] = share(gradients[input], slope, gradients[i]);
        }
    }
    gradients
}

#[test]
fn wrong_ways_back() {
    let wrong = wrong("autograd", "backward", check::backward);
    wrong("the last share replaces the others", true, |lines, loss| {
        walk(lines, loss, |_, slope, gradient| slope * gradient)
    });
    wrong("from the first line to the last", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for (i, line) in lines.iter().enumerate() {
            for &(input, slope) in line {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    wrong("the gradient of the loss is 0", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        for i in (0..=loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    wrong("the loss is left out of the walk", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for i in (0..loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    wrong("from the inputs to the result", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for i in (0..=loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[i] += slope * gradients[input];
            }
        }
        gradients
    });
    wrong("slopes add up along a path", true, |lines, loss| {
        walk(lines, loss, |so_far, slope, gradient| so_far + slope + gradient)
    });
    wrong("the slope alone", true, |lines, loss| {
        walk(lines, loss, |so_far, slope, _| so_far + slope)
    });
    wrong("the gradient without the slope", true, |lines, loss| {
        walk(lines, loss, |so_far, _, gradient| so_far + gradient)
    });
    wrong("every line starts at 1", true, |lines, loss| {
        let mut gradients = vec![1.0; lines.len()];
        for i in (0..=loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    wrong("shares multiply", true, |lines, loss| {
        let mut gradients = vec![1.0; lines.len()];
        for i in (0..=loss).rev() {
            for &(input, slope) in &lines[i] {
                gradients[input] *= slope * gradients[i];
            }
        }
        gradients
    });
    wrong("only the first input", true, |lines, loss| {
        let first = |line: &Line| line.iter().take(1).copied().collect();
        solution::backward(&lines.iter().map(first).collect::<Vec<Line>>(), loss)
    });
    wrong("only the last input", true, |lines, loss| {
        let last = |line: &Line| line.last().into_iter().copied().collect();
        solution::backward(&lines.iter().map(last).collect::<Vec<Line>>(), loss)
    });
    wrong("whoever waits longest hands on", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        let mut waiting = VecDeque::from([loss]);
        while let Some(i) = waiting.pop_front() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
                waiting.push_back(input);
            }
        }
        gradients
    });
    wrong("whoever came last hands on", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        let mut waiting = vec![loss];
        while let Some(i) = waiting.pop() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
                waiting.push(input);
            }
        }
        gradients
    });
    wrong("right for a tree only", true, |lines, loss| {
        fn visit(lines: &[Line], gradients: &mut [f64], i: usize) {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
                visit(lines, gradients, input);
            }
        }
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        visit(lines, &mut gradients, loss);
        gradients
    });
    wrong("a share for each input only once", true, |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for i in (0..=loss).rev() {
            let mut line = lines[i].clone();
            line.dedup_by_key(|(input, _)| *input);
            for (input, slope) in line {
                gradients[input] += slope * gradients[i];
            }
        }
        gradients
    });
    wrong("always from the last line", true, |lines, _| {
        solution::backward(lines, lines.len() - 1)
    });
    wrong("nothing after the loss", true, |lines, loss| {
        solution::backward(&lines[..=loss], loss)
    });
    wrong("in the order of the way back", true, |lines, loss| {
        solution::backward(lines, loss).into_iter().rev().collect()
    });
    wrong("the sign is flipped", true, |lines, loss| {
        solution::backward(lines, loss).iter().map(|gradient| -gradient).collect()
    });
    wrong("the mean of the shares", true, |lines, loss| {
        let mut uses = vec![0.0; lines.len()];
        for &(input, _) in lines[..=loss].iter().flatten() {
            uses[input] += 1.0;
        }
        let gradients = solution::backward(lines, loss);
        gradients
            .iter()
            .zip(uses)
            .map(|(gradient, uses)| gradient / f64::max(uses, 1.0))
            .collect()
    });
}

#[test]
fn wrong_products() {
    let wrong = wrong("autograd", "matmul_backward", check::matmul_backward);
    wrong("no transpose of B", true, |a, b, dc| (dc.dot(b), a.t().dot(dc)));
    wrong("no transpose of A", true, |a, b, dc| (dc.dot(&b.t()), a.dot(dc)));
    wrong("dA in the wrong order", true, |a, b, dc| (b.t().dot(dc), a.t().dot(dc)));
    wrong("dB in the wrong order", true, |a, b, dc| {
        (dc.dot(&b.t()), dc.dot(&a.t()))
    });
    wrong("dB in the wrong order and no transpose", true, |a, b, dc| {
        (dc.dot(&b.t()), dc.dot(a))
    });
    wrong("dA is transposed", true, |a, b, dc| (b.dot(&dc.t()), a.t().dot(dc)));
    wrong("dB is transposed", true, |a, b, dc| (dc.dot(&b.t()), dc.t().dot(a)));
    wrong("dA and dB are swapped", true, |a, b, dc| {
        (a.t().dot(dc), dc.dot(&b.t()))
    });
    wrong("each from its own matrix", true, |a, b, dc| {
        (dc.dot(&a.t()), b.t().dot(dc))
    });
    wrong("dB from B", true, |_, b, dc| (dc.dot(&b.t()), b.t().dot(dc)));
    wrong("dC is left out", true, |a, b, dc| {
        let ones = Array2::ones(dc.dim());
        (ones.dot(&b.t()), a.t().dot(&ones))
    });
    wrong("the slopes of numbers", true, |a, b, _| {
        (b.t().to_owned(), a.t().to_owned())
    });
    wrong("entry by entry", true, |a, b, dc| (dc * b, dc * a));
    wrong("dC as it came", true, |a, _, dc| (dc.clone(), a.t().dot(dc)));
    wrong("the sign of dB is flipped", true, |a, b, dc| {
        (dc.dot(&b.t()), -a.t().dot(dc))
    });
    wrong("all zeros", true, |a, b, _| {
        (Array2::zeros(a.dim()), Array2::zeros(b.dim()))
    });
    wrong("the numbers typed in", true, |_, _, _| {
        (array![[8.0, -7.5], [-8.5, 12.125]], array![[1.75, 7.0], [1.75, -7.0]])
    });
    wrong("right for square matrices only", true, |a, b, dc| {
        let n = dc.nrows();
        let square = Array2::from_shape_fn((n, n), |(i, j)| dc[(i, j)]);
        (
            square.dot(&b.slice(s![..n, ..n]).t()),
            a.slice(s![..n, ..n]).t().dot(&square),
        )
    });
    wrong("the mean over the rows", true, |a, b, dc| {
        (dc.dot(&b.t()), a.t().dot(dc) / a.nrows() as f64)
    });
}

#[test]
fn a_product_that_does_not_fit_is_explained() {
    let mistake = |answer| {
        let check = || check::matmul_backward(answer);
        judge("autograd", "matmul_backward", check).unwrap_err().mistake
    };
    let no_transpose = mistake(|a, b, dc| {
        let da = if b.is_square() { dc.dot(&b.t()) } else { dc.dot(b) };
        (da, a.t().dot(dc))
    });
    assert!(no_transpose.unwrap().starts_with("these two don't fit"));
    assert_eq!(mistake(|_, _, _| panic!("no idea")), None);
}

#[test]
fn wrong_sums() {
    let wrong = wrong("autograd", "sum_to", check::sum_to);
    wrong("the mean of the rows", true, |gradient, shape| {
        let copies = gradient.len() / (shape.0 * shape.1);
        solution::sum_to(gradient, shape) / copies as f64
    });
    wrong("within each row", true, |gradient, shape| {
        if shape.0 == 1 && gradient.is_square() {
            gradient.sum_axis(Axis(1)).insert_axis(Axis(0))
        } else {
            solution::sum_to(gradient, shape)
        }
    });
    wrong("the axes are mixed up", true, |gradient, shape| {
        let sum = solution::sum_to(&gradient.t().to_owned(), shape);
        if sum.dim() == shape { sum } else { sum.reversed_axes() }
    });
    wrong("over the columns for a row", true, |gradient, shape| {
        if shape.0 == 1 {
            gradient.sum_axis(Axis(1)).insert_axis(Axis(1))
        } else {
            solution::sum_to(gradient, shape)
        }
    });
    wrong("the first copy", true, |gradient, shape| {
        gradient.slice(s![..shape.0, ..shape.1]).to_owned()
    });
    wrong("the last copy", true, |gradient, shape| {
        let mut last = Array2::zeros(shape);
        for ((i, j), &entry) in gradient.indexed_iter() {
            last[(i % shape.0, j % shape.1)] = entry;
        }
        last
    });
    wrong("a row that lies along the other axis", true, |gradient, shape| {
        solution::sum_to(gradient, shape).reversed_axes()
    });
    wrong("as it came", true, |gradient, _| gradient.clone());
    wrong("everything is summed", true, |gradient, shape| {
        Array2::from_elem(shape, gradient.sum())
    });
    wrong("a single number", true, |gradient, _| array![[gradient.sum()]]);
    wrong("rows only", true, |gradient, shape| {
        solution::sum_to(gradient, (shape.0, gradient.ncols()))
    });
    wrong("always a row", true, |gradient, _| {
        gradient.sum_axis(Axis(0)).insert_axis(Axis(0))
    });
    wrong("one axis at most", true, |gradient, shape| {
        if shape.0 == 1 {
            gradient.sum_axis(Axis(0)).insert_axis(Axis(0))
        } else {
            solution::sum_to(gradient, shape)
        }
    });
    wrong("all zeros", true, |_, shape| Array2::zeros(shape));
    wrong("the sign is flipped", true, |gradient, shape| {
        -solution::sum_to(gradient, shape)
    });
    wrong("the numbers typed in", true, |_, _| array![[4.0, -3.0]]);
    wrong("the largest share", false, |gradient, shape| {
        let mut largest = Array2::from_elem(shape, f64::NEG_INFINITY);
        for ((i, j), &entry) in gradient.indexed_iter() {
            let largest = &mut largest[(i % shape.0, j % shape.1)];
            *largest = largest.max(entry);
        }
        largest
    });
}

/// Compares with finite differences of `f` at `p`.
#[track_caller]
fn agrees_with_differences(
    gradient: &Array1<f64>,
    f: impl FnMut(&Array1<f64>) -> f64,
    p: &Array1<f64>,
) {
    gradient_check::check("gradient", f, p, gradient, 1e-6)
        .unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn slopes_agree_with_finite_differences() {
    for operation in [
        Add(2.0, 5.0),
        Sub(2.0, 5.0),
        Mul(3.0, -2.0),
        Div(6.0, 4.0),
        Div(-3.0, 0.5),
        Relu(2.5),
        Relu(-1.5),
        Exp(1.5),
        Exp(-2.0),
        Ln(4.0),
        Ln(0.5),
    ] {
        let inputs = match operation {
            Add(a, b) | Sub(a, b) | Mul(a, b) | Div(a, b) => array![a, b],
            Relu(a) | Exp(a) | Ln(a) => array![a],
        };
        let value = |p: &Array1<f64>| match operation {
            Add(..) => p[0] + p[1],
            Sub(..) => p[0] - p[1],
            Mul(..) => p[0] * p[1],
            Div(..) => p[0] / p[1],
            Relu(_) => p[0].max(0.0),
            Exp(_) => p[0].exp(),
            Ln(_) => p[0].ln(),
        };
        let slopes = Array1::from_vec(solution::slopes(operation));
        agrees_with_differences(&slopes, value, &inputs);
    }
}

/// By hand, as fractions; the two of `exp` with mpmath 1.3: `exp(mpf(3) / 2)`,
/// `exp(-2)`.
#[test]
fn slopes_are_those_worked_out_by_hand() {
    for (operation, slopes) in [
        (Add(2.0, 5.0), vec![1.0, 1.0]),
        (Sub(2.0, 5.0), vec![1.0, -1.0]),
        (Mul(3.0, -2.0), vec![-2.0, 3.0]),
        (Mul(0.0, 5.0), vec![5.0, 0.0]),
        (Div(6.0, 4.0), vec![1.0 / 4.0, -3.0 / 8.0]),
        (Div(-3.0, 0.5), vec![2.0, 12.0]),
        (Relu(2.5), vec![1.0]),
        (Relu(0.0), vec![0.0]),
        (Relu(-1.5), vec![0.0]),
        (Exp(1.5), vec![4.481_689_070_338_065]),
        (Exp(-2.0), vec![0.135_335_283_236_612_7]),
        (Ln(4.0), vec![1.0 / 4.0]),
        (Ln(0.5), vec![2.0]),
    ] {
        let found = Array1::from_vec(solution::slopes(operation));
        assert_relative_eq!(found, Array1::from_vec(slopes), max_relative = 1e-15);
    }
}

/// The tape of `loss = (w · x + b)² + (w · x + b)`, with `w = 2`, `x = 3`,
/// `b = -1`.
fn square_and_more() -> Vec<Line> {
    vec![
        vec![],
        vec![],
        vec![],
        vec![(0, 3.0), (1, 2.0)],
        vec![(3, 1.0), (2, 1.0)],
        vec![(4, 5.0), (4, 5.0)],
        vec![(5, 1.0), (4, 1.0)],
    ]
}

/// By hand: with `z = w · x + b = 5`, `dz` is `2 z + 1 = 11`, and then `dw = 11 x`,
/// `dx = 11 w`.
#[test]
fn a_way_back_is_that_worked_out_by_hand() {
    let gradients = solution::backward(&square_and_more(), 6);
    assert_eq!(gradients, [33.0, 22.0, 11.0, 11.0, 11.0, 1.0, 1.0]);
}

#[test]
fn a_way_back_agrees_with_finite_differences() {
    let gradients = solution::backward(&square_and_more(), 6);
    let loss = |p: &Array1<f64>| {
        let z = p[0] * p[1] + p[2];
        z * z + z
    };
    let variables = Array1::from_vec(gradients[..3].to_vec());
    agrees_with_differences(&variables, loss, &array![2.0, 3.0, -1.0]);
}

#[test]
fn a_way_back_is_that_of_the_chapters_tape() {
    let tape = scalar::Tape::new();
    let (w, x, b) = (tape.var(2.0), tape.var(3.0), tape.var(-1.0));
    let product = w * x;
    let z = product + b;
    let square = z * z;
    let loss = square + z;
    let gradients = loss.backward();
    let chapter =
        [w, x, b, product, z, square, loss].map(|line| gradients.wrt(line));
    assert_eq!(solution::backward(&square_and_more(), 6), chapter);
}

/// Made with Python, the matrices as lists of rows:
///
/// ```python
/// dot = lambda x, y: sum(a * b for a, b in zip(x, y))
/// product = lambda x, y: [[dot(r, c) for c in zip(*y)] for r in x]
/// print(product(dC, list(zip(*B))), product(list(zip(*A)), dC))
/// ```
#[test]
fn products_are_those_worked_out_separately() {
    let (da, db) = solution::matmul_backward(
        &array![[1.0, 0.0, -2.0], [0.5, 3.0, 1.0]],
        &array![[2.0, 1.0], [0.0, -3.0], [4.0, 0.5]],
        &array![[1.0, -1.0], [0.5, 2.0]],
    );
    assert_eq!(da, array![[1.0, 3.0, 3.5], [3.0, -6.0, 3.0]]);
    assert_eq!(db, array![[1.25, 0.0], [1.5, 6.0], [-1.5, 4.0]]);
}

#[test]
fn products_agree_with_finite_differences_and_the_chapters_tape() {
    let a = array![[1.0, 0.0, -2.0], [0.5, 3.0, 1.0]];
    let b = array![[2.0, 1.0], [0.0, -3.0], [4.0, 0.5]];
    let dc = array![[1.0, -1.0], [0.5, 2.0]];
    let (da, db) = solution::matmul_backward(&a, &b, &dc);

    // A loss of which dC is the gradient: Σ C · dC.
    let loss = |a: &Array2<f64>, b: &Array2<f64>| (a.dot(b) * &dc).sum();
    let matrix = |p: &Array1<f64>, like: &Array2<f64>| {
        p.clone().into_shape_with_order(like.dim()).unwrap()
    };
    agrees_with_differences(&flat(&da), |p| loss(&matrix(p, &a), &b), &flat(&a));
    agrees_with_differences(&flat(&db), |p| loss(&a, &matrix(p, &b)), &flat(&b));

    let tape = Tape::new();
    let (a, b, dc) = (tape.var(a), tape.var(b), tape.var(dc));
    let gradients = (a.matmul(b) * dc).sum().backward();
    assert_relative_eq!(da, gradients.wrt(a), max_relative = 1e-15);
    assert_relative_eq!(db, gradients.wrt(b), max_relative = 1e-15);
}

fn flat(matrix: &Array2<f64>) -> Array1<f64> {
    matrix.iter().copied().collect()
}

/// By hand: the sums of the columns `1, 4`, `-2, 3` and `0.5, -1`, of the two rows,
/// and of all.
#[test]
fn sums_are_those_worked_out_by_hand() {
    let gradient = array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]];
    let sum_to = |shape| solution::sum_to(&gradient, shape);
    assert_eq!(sum_to((1, 3)), array![[5.0, 1.0, -0.5]]);
    assert_eq!(sum_to((2, 1)), array![[-0.5], [6.0]]);
    assert_eq!(sum_to((1, 1)), array![[5.5]]);
    assert_eq!(sum_to((2, 3)), gradient);
}

#[test]
fn sums_agree_with_finite_differences_and_the_chapters_tape() {
    let gradient = array![[1.0, -2.0, 0.5], [4.0, 3.0, -1.0]];
    for shape in [(1, 3), (2, 1), (1, 1), (2, 3)] {
        let value = Array2::from_elem(shape, 0.25);
        let sum = solution::sum_to(&gradient, shape);
        let loss = |p: &Array1<f64>| {
            let value = p.clone().into_shape_with_order(shape).unwrap();
            (&gradient * &value.broadcast(gradient.dim()).unwrap()).sum()
        };
        agrees_with_differences(&flat(&sum), loss, &flat(&value));

        let tape = Tape::new();
        let (value, other) = (tape.var(value), tape.var(gradient.clone()));
        let gradients = (value * other).sum().backward();
        assert_relative_eq!(sum, gradients.wrt(value), max_relative = 1e-15);
    }
}
