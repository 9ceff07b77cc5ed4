//! A value on the tape, and what can be done with it.

use std::ops::{Add, Mul, Neg, Sub};
use std::ptr;

use ndarray::Array2;

use super::broadcast::fits;
use super::operation::Operation;
use super::tape::Tape;

/// A matrix on a [`Tape`].
///
/// A `Var` holds no matrix, only its place on the tape, so it is `Copy` like a
/// number. Each operation computes its value right away and records it. A scalar is
/// `(1, 1)`, a batch `(batch, features)`.
///
/// `+`, `-` and `*` work entry by entry. An axis of length 1 is repeated to match
/// the other side (*broadcasting*): a row is repeated for every row of a batch, a
/// column for every column, a scalar for every entry.
///
/// ```
/// use ndarray::array;
/// use no_magic::autograd::Tape;
///
/// let tape = Tape::new();
/// let x = tape.var(array![[1.0, 2.0], [3.0, 4.0]]);
/// let row = tape.var(array![[10.0, 20.0]]);
/// assert_eq!((x + row).value(), array![[11.0, 22.0], [13.0, 24.0]]);
/// assert_eq!((row - x).value(), array![[9.0, 18.0], [7.0, 16.0]]);
/// assert_eq!((x * x).value(), array![[1.0, 4.0], [9.0, 16.0]]);
/// assert_eq!((-x).value(), array![[-1.0, -2.0], [-3.0, -4.0]]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Var<'t> {
    pub(super) tape: &'t Tape,
    pub(super) index: usize,
}

impl<'t> Var<'t> {
    /// A copy of the value.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// assert_eq!(tape.var(array![[1.0, 2.0]]).value(), array![[1.0, 2.0]]);
    /// ```
    pub fn value(self) -> Array2<f64> {
        self.tape.read(|nodes| nodes[self.index].value().clone())
    }

    /// The value of a scalar.
    ///
    /// ```
    /// use no_magic::autograd::Tape;
    ///
    /// assert_eq!(Tape::new().scalar(3.0).item(), 3.0);
    /// ```
    ///
    /// # Panics
    ///
    /// If the shape is not `(1, 1)`.
    #[track_caller]
    pub fn item(self) -> f64 {
        assert!(
            self.shape() == (1, 1),
            "item: a scalar has shape (1, 1), but this value has shape {:?}",
            self.shape()
        );
        self.tape.read(|nodes| nodes[self.index].value()[(0, 0)])
    }

    /// The shape, `(rows, columns)`.
    pub fn shape(self) -> (usize, usize) {
        self.tape.read(|nodes| nodes[self.index].value().dim())
    }

    /// The matrix product `C = A B`.
    ///
    /// Shapes: `(m, k)` and `(k, n)` give `(m, n)`. Backward:
    /// `dA = dC Bᵀ`, `dB = Aᵀ dC`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 1.0]]);
    /// let w = tape.var(array![[1.0, 2.0], [3.0, 4.0]]);
    /// let z = x.matmul(w.t()); // x Wᵀ
    /// assert_eq!(z.value(), array![[3.0, 7.0]]);
    /// assert_eq!(z.sum().backward().wrt(x), array![[4.0, 6.0]]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `self` doesn't have as many columns as `other` has rows, or if the two
    /// are on different tapes.
    #[track_caller]
    pub fn matmul(self, other: Self) -> Self {
        self.check_tape("matmul", other);
        let (a, b) = (self.shape(), other.shape());
        assert!(
            a.1 == b.0,
            "matmul: the shapes {a:?} and {b:?} don't fit; the left matrix needs \
             as many columns as the right one has rows"
        );
        self.tape.record(Operation::MatMul(self.index, other.index))
    }

    /// The transpose, `B = Aᵀ`.
    ///
    /// Shapes: `(m, n)` gives `(n, m)`. Backward: `dA = dBᵀ`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// assert_eq!(tape.var(array![[1.0, 2.0]]).t().value(), array![[1.0], [2.0]]);
    /// ```
    pub fn t(self) -> Self {
        self.tape.record(Operation::Transpose(self.index))
    }

    /// `a = max(0, z)`, entry by entry.
    ///
    /// Shapes: the same. Backward: `dz = da` where `z > 0`, and 0 elsewhere,
    /// including at `z = 0`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let z = tape.var(array![[-1.0, 0.0, 2.0]]);
    /// assert_eq!(z.relu().value(), array![[0.0, 0.0, 2.0]]);
    /// assert_eq!(z.relu().sum().backward().wrt(z), array![[0.0, 0.0, 1.0]]);
    /// ```
    pub fn relu(self) -> Self {
        self.tape.record(Operation::Relu(self.index))
    }

    /// `a = tanh z`, entry by entry.
    ///
    /// Shapes: the same. Backward: `dz = da (1 - a²)`.
    ///
    /// ```
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let z = tape.scalar(0.0);
    /// assert_eq!(z.tanh().item(), 0.0);
    /// assert_eq!(z.tanh().backward().wrt(z)[(0, 0)], 1.0);
    /// ```
    pub fn tanh(self) -> Self {
        self.tape.record(Operation::Tanh(self.index))
    }

    /// `a = exp z`, entry by entry.
    ///
    /// Shapes: the same. Backward: `dz = da · a`.
    ///
    /// ```
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let z = tape.scalar(0.0);
    /// assert_eq!(z.exp().item(), 1.0);
    /// assert_eq!(z.exp().backward().wrt(z)[(0, 0)], 1.0);
    /// ```
    pub fn exp(self) -> Self {
        self.tape.record(Operation::Exp(self.index))
    }

    /// `a = ln z`, the natural logarithm, entry by entry.
    ///
    /// Shapes: the same. Backward: `dz = da / z`. As with `f64::ln`, the logarithm
    /// of 0 is `-∞`, and the logarithm of a negative number is NaN.
    ///
    /// ```
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let z = tape.scalar(4.0);
    /// assert!((z.ln().item() - 1.386_294).abs() < 1e-6);
    /// assert_eq!(z.ln().backward().wrt(z)[(0, 0)], 0.25);
    /// ```
    pub fn ln(self) -> Self {
        self.tape.record(Operation::Ln(self.index))
    }

    /// The sum of all entries.
    ///
    /// Shapes: any shape gives `(1, 1)`. Backward: every entry gets the
    /// gradient of the sum.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum().item(), 10.0);
    /// assert_eq!(x.sum().backward().wrt(x), array![[1.0, 1.0], [1.0, 1.0]]);
    /// ```
    pub fn sum(self) -> Self {
        self.tape.record(Operation::Sum(self.index))
    }

    /// The mean of all entries.
    ///
    /// Shapes: any shape gives `(1, 1)`. Backward: every entry gets the gradient of
    /// the mean, divided by the number of entries.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean().item(), 2.5);
    /// assert_eq!(x.mean().backward().wrt(x), array![[0.25, 0.25], [0.25, 0.25]]);
    /// ```
    ///
    /// # Panics
    ///
    /// If there are no entries.
    #[track_caller]
    pub fn mean(self) -> Self {
        let shape = self.shape();
        assert!(shape.0 * shape.1 > 0, "mean: the shape {shape:?} has no entries");
        self.tape.record(Operation::Mean(self.index))
    }

    /// The logarithm of softmax, row by row:
    /// `a[i, k] = z[i, k] - ln Σⱼ exp(z[i, j])`.
    ///
    /// Shapes: the same, with an example in each row. Backward:
    /// `dz = da - softmax(z) Σⱼ da[i, j]`. It gives the right answer for any finite
    /// `z`, as [`softmax::log_softmax`](crate::softmax::log_softmax) does.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let z = tape.var(array![[0.0, -2000.0], [3.0, 3.0]]);
    /// assert_eq!(z.log_softmax().value().row(0), array![0.0, -2000.0]);
    /// assert_eq!(z.log_softmax().exp().value().row(1), array![0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    ///
    /// If there are no columns.
    #[track_caller]
    pub fn log_softmax(self) -> Self {
        let shape = self.shape();
        assert!(shape.1 > 0, "log_softmax: the shape {shape:?} has no columns");
        self.tape.record(Operation::LogSoftmax(self.index))
    }

    /// Picks one entry from each row: from row `i`, the entry in
    /// column `labels[i]`.
    ///
    /// Shapes: `(batch, classes)` gives `(batch, 1)`. Backward: each picked entry
    /// gets its gradient, and all others get 0.
    ///
    /// With `pick`, cross-entropy is `-z.log_softmax().pick(labels).mean()`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0], [3.0, 4.0]]);
    /// let picked = x.pick(&[1, 0]);
    /// assert_eq!(picked.value(), array![[2.0], [3.0]]);
    /// assert_eq!(picked.sum().backward().wrt(x), array![[0.0, 1.0], [1.0, 0.0]]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `labels.len()` is not the number of rows, or if a label is not below the
    /// number of columns.
    #[track_caller]
    pub fn pick(self, labels: &[usize]) -> Self {
        let (rows, columns) = self.shape();
        assert!(
            labels.len() == rows,
            "pick: each of the {rows} rows needs one label, but labels.len() is {}",
            labels.len()
        );
        if let Some(i) = labels.iter().position(|&label| label >= columns) {
            panic!(
                "pick: labels[{i}] is {}, but with {columns} columns it must be \
                 below {columns}",
                labels[i]
            );
        }
        self.tape.record(Operation::Pick(self.index, labels.to_vec()))
    }

    /// Records an operation on two variables, entry by entry, with broadcasting.
    #[track_caller]
    fn entrywise(self, other: Self, op: fn(usize, usize) -> Operation) -> Self {
        let operation = op(self.index, other.index);
        let name = operation.name();
        self.check_tape(name, other);
        let (a, b) = (self.shape(), other.shape());
        assert!(
            fits(a, b),
            "{name}: the shapes {a:?} and {b:?} don't fit; along each axis, the \
             lengths must be equal, or one of them must be 1"
        );
        self.tape.record(operation)
    }

    #[track_caller]
    fn check_tape(self, name: &str, other: Self) {
        assert!(
            ptr::eq(self.tape, other.tape),
            "{name}: the two variables are on different tapes"
        );
    }
}

/// `C = A + B`, entry by entry, with broadcasting. Backward: `dA = dC`, `dB = dC`.
///
/// # Panics
///
/// If the shapes don't fit, or if the two values are on different tapes.
impl Add for Var<'_> {
    type Output = Self;

    #[track_caller]
    fn add(self, other: Self) -> Self {
        self.entrywise(other, Operation::Add)
    }
}

/// `C = A - B`, entry by entry, with broadcasting. Backward: `dA = dC`, `dB = -dC`.
///
/// # Panics
///
/// If the shapes don't fit, or if the two values are on different tapes.
impl Sub for Var<'_> {
    type Output = Self;

    #[track_caller]
    fn sub(self, other: Self) -> Self {
        self.entrywise(other, Operation::Sub)
    }
}

/// `C = A · B`, entry by entry, with broadcasting. Backward: `dA = dC · B`,
/// `dB = dC · A`.
///
/// # Panics
///
/// If the shapes don't fit, or if the two values are on different tapes.
impl Mul for Var<'_> {
    type Output = Self;

    #[track_caller]
    fn mul(self, other: Self) -> Self {
        self.entrywise(other, Operation::Mul)
    }
}

/// `B = -A`. Backward: `dA = -dB`.
impl Neg for Var<'_> {
    type Output = Self;

    fn neg(self) -> Self {
        self.tape.record(Operation::Neg(self.index))
    }
}
