//! The way back: from the loss to every gradient.

use std::ptr;

use ndarray::Array2;

use super::broadcast::sum_to;
use super::tape::Tape;
use super::var::Var;

impl<'t> Var<'t> {
    /// The gradient of this scalar with respect to everything on the tape.
    ///
    /// Goes through the tape once, from here to the start. Whatever was computed
    /// from a value stands later on the tape, so when the value's turn comes, its
    /// gradient is complete.
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
    /// # Panics
    ///
    /// If the shape is not `(1, 1)`: a gradient belongs to one number.
    ///
    /// Source: Linnainmaa, *Taylor expansion of the accumulated rounding error*,
    /// 1976.
    #[track_caller]
    // ANCHOR: backward
    pub fn backward(self) -> Gradients<'t> {
        assert!(
            self.shape() == (1, 1),
            "backward needs a scalar, of shape (1, 1), not {:?}; take its sum or \
             its mean first",
            self.shape()
        );
        self.tape.read(|nodes| {
            let mut gradients = vec![None; nodes.len()];
            gradients[self.index] = Some(Array2::ones((1, 1)));

            for i in (0..=self.index).rev() {
                // No way leads from here to the loss.
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

/// The gradient of a loss with respect to everything on its tape.
///
/// It is a value of its own. Nothing has to be cleared before the next one.
#[derive(Clone, Debug)]
pub struct Gradients<'t> {
    tape: &'t Tape,
    gradients: Vec<Option<Array2<f64>>>,
}

impl Gradients<'_> {
    /// The gradient with respect to `var`, of its shape; zeros if the loss does not
    /// depend on it.
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
    /// If `var` is on another tape.
    #[track_caller]
    pub fn wrt(&self, var: Var<'_>) -> Array2<f64> {
        assert!(
            ptr::eq(self.tape, var.tape),
            "wrt: the variable is on another tape"
        );
        match self.gradients.get(var.index) {
            Some(Some(gradient)) => gradient.clone(),
            _ => Array2::zeros(var.shape()),
        }
    }
}
