//! The record of a computation.

use std::cell::RefCell;

use ndarray::Array2;

use super::operation::Operation;
use super::var::Var;

/// The record of a computation: every value, in order, and the operation
/// that computed it.
///
/// Make a new tape for each computation, such as a training step. Dropping a tape
/// frees everything on it.
///
/// ```
/// use ndarray::array;
/// use no_magic::autograd::Tape;
///
/// let tape = Tape::new();
/// let x = tape.var(array![[1.0, -2.0]]);
/// let loss = (x * x).sum();
/// assert_eq!(loss.item(), 5.0);
/// assert_eq!(loss.backward().wrt(x), array![[2.0, -4.0]]); // 2 x
/// ```
///
/// Source: Wengert, *A simple automatic derivative evaluation program*, 1964.
// ANCHOR: tape
#[derive(Debug, Default)]
pub struct Tape {
    nodes: RefCell<Vec<Node>>,
}

/// A line of the tape: a value, and the operation that computed it.
#[derive(Clone, Debug)]
pub struct Node {
    operation: Operation,
    value: Array2<f64>,
}
// ANCHOR_END: tape

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts an independent matrix on the tape: a weight, a bias, or an input.
    ///
    /// A batch is `(batch, features)`, a bias `(1, features)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0, 3.0]]);
    /// assert_eq!(x.shape(), (1, 3));
    /// ```
    pub fn var(&self, value: Array2<f64>) -> Var<'_> {
        self.push(Node { operation: Operation::Var, value })
    }

    /// Puts a single number on the tape, as a matrix of shape `(1, 1)`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0]]);
    /// assert_eq!((tape.scalar(10.0) * x).value(), array![[10.0, 20.0]]);
    /// ```
    pub fn scalar(&self, value: f64) -> Var<'_> {
        self.var(Array2::from_elem((1, 1), value))
    }

    /// Computes an operation, and writes it down.
    // ANCHOR: tape_record
    pub(super) fn record(&self, operation: Operation) -> Var<'_> {
        let value = operation.forward(&self.nodes.borrow());
        self.push(Node { operation, value })
    }

    fn push(&self, node: Node) -> Var<'_> {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        Var { tape: self, index: nodes.len() - 1 }
    }
    // ANCHOR_END: tape_record

    /// Calls `f` with all lines recorded so far.
    pub(super) fn read<T>(&self, f: impl FnOnce(&[Node]) -> T) -> T {
        f(&self.nodes.borrow())
    }

    /// A copy of all lines, in the order in which they were recorded.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0]]);
    /// (x * x).sum();
    /// let names: Vec<&str> =
    ///     tape.nodes().iter().map(|node| node.name()).collect();
    /// assert_eq!(names, ["var", "mul", "sum"]);
    /// assert_eq!(tape.nodes()[1].inputs(), [0, 0]);
    /// ```
    pub fn nodes(&self) -> Vec<Node> {
        self.nodes.borrow().clone()
    }
}

impl Node {
    /// The name of the method that recorded the line, such as `matmul`, or `var`
    /// for a variable.
    pub fn name(&self) -> &'static str {
        self.operation.name()
    }

    /// The lines that the value was computed from, counted from 0.
    pub fn inputs(&self) -> Vec<usize> {
        self.operation.inputs()
    }

    /// The line's value.
    pub fn value(&self) -> &Array2<f64> {
        &self.value
    }

    /// Each input's share of the gradient, given the gradient of this value.
    pub(super) fn backward(
        &self,
        nodes: &[Node],
        gradient: &Array2<f64>,
    ) -> Vec<(usize, Array2<f64>)> {
        self.operation.backward(nodes, &self.value, gradient)
    }
}
