//! A tape for plain numbers: the whole idea on one screen.
//!
//! Each operation writes down which numbers went in, and how fast its result
//! changes with each of them. On the way back, these slopes are multiplied along
//! each path, and the products of all paths are added up. That's the chain rule.
//!
//! ```
//! use no_magic::autograd::scalar::Tape;
//!
//! let tape = Tape::new();
//! let (w, x, b) = (tape.var(3.0), tape.var(2.0), tape.var(-1.0));
//! let a = (w * x + b).relu();
//! assert_eq!(a.value(), 5.0);
//!
//! let gradients = a.backward();
//! assert_eq!(gradients.wrt(w), 2.0); // x
//! assert_eq!(gradients.wrt(x), 3.0); // w
//! assert_eq!(gradients.wrt(b), 1.0);
//! ```
//!
//! Source: Griewank and Walther, *Evaluating Derivatives*, second edition,
//! 2008, section 3.2.

use std::cell::RefCell;
use std::ops::{Add, Mul};
use std::ptr;

use crate::relu::{relu, relu_slope};

/// The record of a computation, with one line for each number.
// ANCHOR: scalar_tape
#[derive(Debug, Default)]
pub struct Tape {
    lines: RefCell<Vec<Line>>,
}

/// The index of each input, with the slope of the result in that input.
type Line = Vec<(usize, f64)>;

/// A number on a tape. It is `Copy`, just like an `f64`.
#[derive(Clone, Copy, Debug)]
pub struct Var<'t> {
    tape: &'t Tape,
    index: usize,
    value: f64,
}
// ANCHOR_END: scalar_tape

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an independent number on the tape.
    ///
    /// ```
    /// use no_magic::autograd::scalar::Tape;
    ///
    /// assert_eq!(Tape::new().var(3.0).value(), 3.0);
    /// ```
    pub fn var(&self, value: f64) -> Var<'_> {
        self.record(value, &[])
    }

    #[track_caller]
    fn record<'t>(&'t self, value: f64, inputs: &[(Var<'t>, f64)]) -> Var<'t> {
        assert!(
            inputs.iter().all(|(input, _)| ptr::eq(input.tape, self)),
            "the two numbers are on different tapes"
        );
        let line = inputs.iter().map(|(input, slope)| (input.index, *slope));
        let mut lines = self.lines.borrow_mut();
        lines.push(line.collect());
        Var { tape: self, index: lines.len() - 1, value }
    }
}

/// `a + b`. Its slope is 1 in `a` and in `b`.
///
/// # Panics
///
/// If the two numbers are on different tapes.
impl Add for Var<'_> {
    type Output = Self;

    #[track_caller]
    fn add(self, b: Self) -> Self {
        let value = self.value + b.value;
        self.tape.record(value, &[(self, 1.0), (b, 1.0)])
    }
}

/// `a · b`. Its slope is `b` in `a`, and `a` in `b`.
///
/// # Panics
///
/// If the two numbers are on different tapes.
// ANCHOR: scalar_mul
impl Mul for Var<'_> {
    type Output = Self;

    #[track_caller]
    fn mul(self, b: Self) -> Self {
        let value = self.value * b.value;
        self.tape.record(value, &[(self, b.value), (b, self.value)])
    }
}
// ANCHOR_END: scalar_mul

impl<'t> Var<'t> {
    /// The number itself.
    pub fn value(self) -> f64 {
        self.value
    }

    /// `max(0, a)`. Its slope is 1 where `a > 0`, and 0 elsewhere.
    ///
    /// ```
    /// use no_magic::autograd::scalar::Tape;
    ///
    /// let tape = Tape::new();
    /// let a = tape.var(-2.0);
    /// assert_eq!(a.relu().value(), 0.0);
    /// assert_eq!(a.relu().backward().wrt(a), 0.0);
    /// ```
    pub fn relu(self) -> Self {
        let slope = relu_slope(self.value);
        self.tape.record(relu(self.value), &[(self, slope)])
    }

    /// Computes how fast this number changes with each number on the tape, in one
    /// walk from here back to the start.
    ///
    /// ```
    /// use no_magic::autograd::scalar::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(3.0);
    /// let y = x * x; // x is used twice, and its two slopes add up
    /// assert_eq!(y.backward().wrt(x), 6.0);
    /// ```
    // ANCHOR: scalar_backward
    pub fn backward(self) -> Gradients<'t> {
        let lines = self.tape.lines.borrow();
        let mut gradients = vec![0.0; lines.len()];
        gradients[self.index] = 1.0;
        for i in (0..=self.index).rev() {
            if gradients[i] == 0.0 {
                continue; // Nothing to pass back.
            }
            for &(input, slope) in &lines[i] {
                gradients[input] += slope * gradients[i];
            }
        }
        Gradients { tape: self.tape, gradients }
    }
    // ANCHOR_END: scalar_backward
}

/// How fast one number changes with each number on its tape.
#[derive(Clone, Debug)]
pub struct Gradients<'t> {
    tape: &'t Tape,
    gradients: Vec<f64>,
}

impl Gradients<'_> {
    /// The gradient with respect to `var`. It is 0 if `var` has no effect.
    ///
    /// ```
    /// use no_magic::autograd::scalar::Tape;
    ///
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(3.0), tape.var(4.0));
    /// let gradients = (x * x).backward();
    /// assert_eq!(gradients.wrt(x), 6.0);
    /// assert_eq!(gradients.wrt(y), 0.0);
    /// ```
    ///
    /// # Panics
    ///
    /// If `var` is on a different tape.
    #[track_caller]
    pub fn wrt(&self, var: Var<'_>) -> f64 {
        assert!(
            ptr::eq(self.tape, var.tape),
            "wrt: the variable is on a different tape"
        );
        // A number that was recorded after backward has no entry.
        self.gradients.get(var.index).copied().unwrap_or(0.0)
    }
}
