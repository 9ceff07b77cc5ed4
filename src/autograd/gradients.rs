//! The way back: from the loss to every gradient.

use std::ptr;

use ndarray::Array2;

use super::broadcast::sum_to;
use super::tape::Tape;
use super::var::Var;

impl<'t> Var<'t> {
    /// Computes the gradient of this scalar with respect to the whole tape.
    ///
    /// Walks the tape once, from this scalar back to the start. Everything computed
    /// from a value stands later on the tape. So when the walk reaches the value,
    /// its gradient is complete.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(array![[1.0, 2.0, 3.0]]);
    /// let loss = (x * x).mean();
    /// assert_eq!(loss.backward().wrt(x), array![[1.0, 2.0, 3.0]] * (2.0 / 3.0));
    /// ```
    ///
    /// Source: Linnainmaa, *Taylor expansion of the accumulated
    /// rounding error*, 1976.
    ///
    /// # Panics
    ///
    /// If the shape is not `(1, 1)`.
    #[track_caller]
    // ANCHOR: backward
    pub fn backward(self) -> Gradients<'t> {
        assert!(
            self.shape() == (1, 1),
            "backward needs a scalar of shape (1, 1), but this value has shape \
             {:?}; take its sum or its mean first",
            self.shape()
        );
        self.tape.read(|nodes| {
            let mut gradients = vec![None; nodes.len()];
            gradients[self.index] = Some(Array2::ones((1, 1)));

            for i in (0..=self.index).rev() {
                // No path leads from here to the loss.
                let Some(gradient) = gradients[i].clone() else {
                    continue;
                };
                let shares = nodes[i].backward(nodes, &gradient);
                for (input, share) in shares {
                    let shape = nodes[input].value().dim();
                    add_to(&mut gradients[input], sum_to(share, shape));
                }
            }
            Gradients { tape: self.tape, gradients }
        })
    }
    // ANCHOR_END: backward
}

fn add_to(gradient: &mut Option<Array2<f64>>, share: Array2<f64>) {
    match gradient {
        Some(gradient) => *gradient += &share,
        None => *gradient = Some(share),
    }
}

/// The gradients of a loss with respect to every value on its tape.
///
/// Each call of [`Var::backward`] returns new gradients, so there's nothing to
/// reset before the next call.
#[derive(Clone, Debug)]
pub struct Gradients<'t> {
    tape: &'t Tape,
    gradients: Vec<Option<Array2<f64>>>,
}

impl Gradients<'_> {
    /// The gradient with respect to `var`, in the shape of `var`. It is all zeros
    /// if the loss doesn't depend on `var`.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::autograd::Tape;
    ///
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(array![[1.0, 2.0]]), tape.var(array![[3.0], [4.0]]));
    /// let gradients = x.sum().backward();
    /// assert_eq!(gradients.wrt(x), array![[1.0, 1.0]]);
    /// assert_eq!(gradients.wrt(y), array![[0.0], [0.0]]);
    /// ```
    ///
    /// # Panics
    ///
    /// If `var` is on a different tape.
    #[track_caller]
    pub fn wrt(&self, var: Var<'_>) -> Array2<f64> {
        assert!(
            ptr::eq(self.tape, var.tape),
            "wrt: the variable is on a different tape"
        );
        match self.gradients.get(var.index) {
            Some(Some(gradient)) => gradient.clone(),
            _ => Array2::zeros(var.shape()),
        }
    }
}
