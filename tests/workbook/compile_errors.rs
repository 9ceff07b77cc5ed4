//! What the runner says about compile errors that newcomers to ndarray meet.

use crate::workbook::Workbook;

/// Each line is a mistake of its own.
const TYPES: &str = "
fn types(m: &mut Array2<f64>, a: &mut Array1<f64>, x: &Array1<f64>, lr: f64) {
    *m -= lr * &*m;
    *a -= a.clone();
    let _ = m.row(0) - 1.0;
    let _ = m.t() * &*m;
    let _ = &lr * m.clone();
    let _ = m.clone() > 0.0;
    let _: Array2<f64> = Array2::zeros(2, 3);
    let _ = m[0][1];
    let _ = a.max();
    let _ = a.iter().max();
    let _ = a.argmax();
    let _: Array2<f64> = &*a * x;
    let _ = |view: ArrayView1<f64>, f: fn(ArrayView1<f64>)| f(&*x);
    let _ = |f: fn(&Array1<f64>)| f(&m.row(0));
    let _: Array1<f64> = m.row(0);
    let _: Array1<f64> = m.mean_axis(Axis(0));
    let _ = &*m - &m.mean_axis(Axis(0));
    let _ = m.dot(x.clone());
    let _ = m.sum_axis(0);
    let _ = 2.0 / x.len();
    let _ = 2 * x;
    let _ = m.T;
    let _ = exp(x);
    let _: Array1<f64> = vec![1.0];
    let _: Array1<f64> = [1.0];
    let _ = (2.0 / 3.0).sqrt();
}
";

/// The compiler looks for these only where all types are right.
const MOVES: &str = "
struct Parameters { b: Array1<f64> }
fn field(x: &Array1<f64>, p: &Parameters) -> Array1<f64> { x + p.b }
fn gone(x: Array1<f64>) -> f64 { let y = x * 2.0; x.sum() + y.sum() }
";

#[test]
fn common_ones_are_put_in_other_words() {
    let workbook = Workbook::untouched();
    for (exercise, code) in [("shapes", TYPES), ("overflow", MOVES)] {
        let file = format!("exercises/src/{exercise}.rs");
        let uses =
            "#[allow(unused_imports)]\nuse ndarray::{Array2, ArrayView1, Axis};\n";
        let stub = workbook.read(&file).replace("use ndarray::Array2;\n", "");
        let stub =
            stub.replace("use ndarray::{Array1, Array2};", "use ndarray::Array1;");
        workbook.write(&file, &format!("{stub}{uses}{code}"));
    }
    let said: Vec<String> = ["shapes", "overflow"]
        .map(|exercise| explained(&workbook, exercise))
        .into();
    insta::assert_snapshot!(said.concat());
}

/// The marked line of each error that is put in other words, and these words.
fn explained(workbook: &Workbook, exercise: &str) -> String {
    let run = workbook.runner(exercise);
    let mut explained = String::new();
    let mut line = String::new();
    let (mut own, mut words) = (false, false);
    for shown in run.stdout.lines() {
        own |= shown.contains("--> exercises/src/");
        if let Some((number, code)) = shown.split_once(" | ")
            && own
            && number.trim().parse::<u32>().is_ok()
        {
            code.trim().clone_into(&mut line);
            own = false;
        }
        if shown.starts_with("In other words: ") {
            explained += &format!("\n{line}\n");
            words = true;
        }
        words &= !shown.is_empty();
        if words {
            explained += &format!("    {}\n", shown.trim());
        }
    }
    explained
}
