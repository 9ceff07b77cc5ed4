//! The largest difference of each case, rounded up, as a table in Markdown.

use std::collections::BTreeMap;

use crate::comparison::Difference;

/// The cases, in the order of the book.
pub const CASES: [&str; 12] = [
    "Part I",
    "Batches",
    "Momentum",
    "Nesterov's momentum",
    "Momentum and weight decay",
    "Adam",
    "AdamW",
    "Halved learning rate",
    "Cosine learning rate",
    "Dropout",
    "Batch normalization",
    "Autograd",
];

/// The largest difference by case and lateness: after a step, and after 10 and
/// 1,000.
pub type Largest = BTreeMap<(String, bool), f64>;

/// At least the rounding of one number, so that luck promises nothing.
pub fn largest(differences: &[Difference]) -> Largest {
    let mut largest = Largest::new();
    for difference in differences {
        let key = (difference.case().to_owned(), difference.is_late());
        let place = largest.entry(key).or_insert(f64::EPSILON);
        *place = place.max(difference.relative);
    }
    largest
}

pub fn to_markdown(numpy: &Largest, pytorch: &Largest) -> String {
    let mut text = String::from(
        "| | NumPy, 1 step | NumPy, 1,000 steps | PyTorch, 1 step | PyTorch, \
         1,000 steps |\n|---|---|---|---|---|\n",
    );
    for case in CASES {
        let cell =
            |library: &Largest, late| round_up(library[&(case.to_owned(), late)]);
        text += &format!(
            "| {case} | {} | {} | {} | {} |\n",
            cell(numpy, false),
            cell(numpy, true),
            cell(pytorch, false),
            cell(pytorch, true),
        );
    }
    text
}

/// What the table says in this column and the next.
pub fn from_markdown(text: &str, column: usize) -> Largest {
    let mut largest = Largest::new();
    for line in text.lines().skip(2) {
        let cells: Vec<&str> =
            line.trim_matches('|').split('|').map(str::trim).collect();
        let number = |i: usize| cells[i].parse().expect("a number such as 2e-15");
        largest.insert((cells[0].to_owned(), false), number(column));
        largest.insert((cells[0].to_owned(), true), number(column + 1));
    }
    largest
}

/// One digit, and never less than the number: 1.2e-15 becomes `2e-15`.
pub fn round_up(number: f64) -> String {
    let rounded = format!("{number:.0e}");
    if rounded.parse::<f64>().expect("just written") >= number {
        return rounded;
    }
    let (digit, exponent) =
        rounded.split_once('e').expect("a digit and an exponent");
    let digit: u32 = digit.parse().expect("a digit");
    let exponent: i32 = exponent.parse().expect("an exponent");
    if digit == 9 {
        format!("1e{}", exponent + 1)
    } else {
        format!("{}e{exponent}", digit + 1)
    }
}

#[test]
fn a_promise_is_rounded_up_to_one_digit() {
    let numbers =
        [1.2e-15, 1.9e-15, 2e-15, 9.5e-16, 9.1e-16, 3.0000001e-9, f64::EPSILON];
    let rounded = ["2e-15", "2e-15", "2e-15", "1e-15", "1e-15", "4e-9", "3e-16"];
    assert_eq!(numbers.map(round_up), rounded);
}
