use approx::assert_relative_eq;
use checks::autograd::{
    self as check, Line,
    Operation::{Add, Div, Exp, Ln, Mul, Relu, Sub},
};
use ndarray::{Array1, Array2, Axis, array, s};
use no_magic::autograd::{Tape, scalar};
use no_magic::gradient_check;
use solutions::autograd as solution;

use crate::{diagnosed, passes, right};

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
}

#[test]
fn right_ways_back_written_differently_pass() {
    let right = right("autograd", "backward", check::backward);
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
}

#[test]
fn questions_are_proven() {
    crate::prove(check::questions());
}

#[test]
fn wrong_slopes_are_diagnosed() {
    let wrong = diagnosed(check::slopes);
    wrong(&["div_sign", "div_not_squared"], |operation| match operation {
        Div(a, b) => vec![b.recip(), a / b],
        _ => solution::slopes(operation),
    });
    wrong(&["mul_inputs", "exp_power"], |operation| match operation {
        Mul(a, b) => vec![a, b],
        Exp(a) => vec![a * a.exp() / std::f64::consts::E],
        _ => solution::slopes(operation),
    });
    // Differences are not exact.
    wrong(&[], |operation| match operation {
        Exp(a) => vec![((a + 1e-6).exp() - a.exp()) / 1e-6],
        _ => solution::slopes(operation),
    });
}

#[test]
fn wrong_ways_back_are_diagnosed() {
    let wrong = diagnosed(check::backward);
    wrong(&["overwritten"], |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        for (i, line) in lines[..=loss].iter().enumerate().rev() {
            line.iter().for_each(|(input, s)| gradients[*input] = s * gradients[i]);
        }
        gradients
    });
    wrong(&["queue_once"], |lines, loss| {
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        let mut order = vec![loss];
        let mut next = 0;
        while next < order.len() {
            for &(input, slope) in &lines[order[next]] {
                gradients[input] += slope * gradients[order[next]];
                if !order.contains(&input) {
                    order.push(input);
                }
            }
            next += 1;
        }
        gradients
    });
    wrong(&["gradient_alone", "ends_at_the_loss"], |lines, loss| {
        let mut paths = vec![0.0; loss + 1];
        paths[loss] = 1.0;
        for i in (0..=loss).rev() {
            lines[i].iter().for_each(|(input, _)| paths[*input] += paths[i]);
        }
        paths
    });
    // Waits for shares from lines that the loss doesn't depend on.
    wrong(&[], |lines, loss| {
        let mut missing = vec![0; lines.len()];
        lines.iter().flatten().for_each(|(input, _)| missing[*input] += 1);
        let mut gradients = vec![0.0; lines.len()];
        gradients[loss] = 1.0;
        let mut complete = vec![loss];
        while let Some(i) = complete.pop() {
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
                missing[input] -= 1;
                if missing[input] == 0 {
                    complete.push(input);
                }
            }
        }
        gradients
    });
}

#[test]
fn wrong_products_are_diagnosed() {
    let wrong = diagnosed(check::matmul_backward);
    wrong(&["da_last"], |a, b, dc| {
        let (mut da, mut db) = (Array2::zeros(a.dim()), Array2::zeros(b.dim()));
        for ((i, j), dc) in dc.indexed_iter() {
            for k in 0..a.ncols() {
                da[(i, k)] = dc * b[(k, j)];
                db[(k, j)] += a[(i, k)] * dc;
            }
        }
        (da, db)
    });
    wrong(&["da_order", "db_order"], |a, b, dc| {
        (dc.t().dot(b).reversed_axes(), a.dot(&dc.t()).reversed_axes())
    });
    wrong(&["swapped"], |a, b, dc| {
        let (bt, at) = (b.t().to_owned(), a.t().to_owned());
        (at.dot(dc), dc.dot(&bt))
    });
    // Right for square matrices alone.
    wrong(&[], |a, b, dc| {
        let n = dc.nrows();
        let square = Array2::from_shape_fn((n, n), |(i, j)| dc[(i, j)]);
        (
            square.dot(&b.slice(s![..n, ..n]).t()),
            a.slice(s![..n, ..n]).t().dot(&square),
        )
    });
    wrong(&[], |_, _, _| panic!("no idea"));
}

#[test]
fn wrong_sums_are_diagnosed() {
    let wrong = diagnosed(check::sum_to);
    wrong(&["last"], |gradient, shape| {
        let mut last = Array2::zeros(shape);
        for ((i, j), &entry) in gradient.indexed_iter() {
            last[(i % shape.0, j % shape.1)] = entry;
        }
        last
    });
    wrong(&["rows_or_columns", "mean"], |gradient, shape| {
        let mean = |axis| gradient.mean_axis(axis).unwrap().insert_axis(axis);
        match shape {
            (1, _) => mean(Axis(0)),
            (_, 1) => mean(Axis(1)),
            _ => gradient.clone(),
        }
    });
    wrong(&[], |gradient, shape| {
        solution::sum_to(gradient, shape).map(|sum| sum.clamp(-4.0, 4.0))
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
