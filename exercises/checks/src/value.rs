//! What an answer can return: numbers in a shape.

use ndarray::{ArrayBase, Data, Dimension};

/// Something that can be compared number by number.
pub trait Value {
    /// The shape; empty for a single number.
    fn shape(&self) -> Vec<usize>;
    /// The numbers, row after row.
    fn numbers(&self) -> Vec<f64>;
}

impl Value for f64 {
    fn shape(&self) -> Vec<usize> {
        Vec::new()
    }

    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
}

impl<S: Data<Elem = f64>, D: Dimension> Value for ArrayBase<S, D> {
    fn shape(&self) -> Vec<usize> {
        self.shape().to_vec()
    }

    fn numbers(&self) -> Vec<f64> {
        self.iter().copied().collect()
    }
}

/// Numbers in a shape, whatever they came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    shape: Vec<usize>,
    numbers: Vec<f64>,
}

impl Numbers {
    /// The numbers of a value.
    pub fn of(value: &impl Value) -> Self {
        Self { shape: value.shape(), numbers: value.numbers() }
    }
}

impl Value for Numbers {
    fn shape(&self) -> Vec<usize> {
        self.shape.clone()
    }

    fn numbers(&self) -> Vec<f64> {
        self.numbers.clone()
    }
}

/// Writes a shape as Rust and NumPy do: `(3,)`, `(2, 3)`.
pub fn shape_text(shape: &[usize]) -> String {
    match shape {
        [] => "a single number".to_owned(),
        [n] => format!("({n},)"),
        _ => {
            let sizes: Vec<String> =
                shape.iter().map(ToString::to_string).collect();
            format!("({})", sizes.join(", "))
        }
    }
}

/// The index of the number at `position`, such as `[1, 0]`; empty for a single
/// number.
pub fn index_text(position: usize, shape: &[usize]) -> String {
    let mut rest = position;
    let mut index: Vec<String> = Vec::new();
    for &size in shape.iter().rev() {
        index.push((rest % size).to_string());
        rest /= size;
    }
    index.reverse();
    if index.is_empty() { String::new() } else { format!("[{}]", index.join(", ")) }
}

/// Writes a value on one line if it is short, and abbreviates it if it is long.
pub fn inline_text(value: &impl Value) -> String {
    const MOST: usize = 12;
    let shape = value.shape();
    let numbers: Vec<String> =
        value.numbers().into_iter().map(|x| format!("{x:?}")).collect();
    match shape.as_slice() {
        [] => numbers[0].clone(),
        _ if numbers.len() > MOST => {
            format!(
                "{} numbers of shape {}: [{}, …]",
                numbers.len(),
                shape_text(&shape),
                numbers[..4].join(", ")
            )
        }
        [_, columns] if *columns > 0 => {
            let rows: Vec<String> = numbers
                .chunks(*columns)
                .map(|row| format!("[{}]", row.join(", ")))
                .collect();
            format!("[{}]", rows.join(", "))
        }
        _ => format!("[{}]", numbers.join(", ")),
    }
}
