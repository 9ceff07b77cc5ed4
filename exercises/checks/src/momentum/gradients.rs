//! Question 1: a backward that changes nothing.

use ndarray::{Array, Array1, Array2, Dimension, Zip, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::relu::{relu, relu_slope};
use no_magic::softmax::softmax;

use super::reference::{backward, forward};
use super::{Gradients, Trace};
use crate::Verdict;
use crate::case::Case;
use crate::comparison::difference;

type Backward = fn(&Layer, &Trace, &Array1<f64>) -> (Gradients, Array1<f64>);

/// `fn gradients(layer, trace, grad) -> (Gradients, Array1<f64>)`
pub fn gradients(answer: Backward) -> Verdict {
    for (mut layer, x, grad) in [
        // Square, so that a transpose that is wrong still gives numbers.
        (
            Layer::from_parts(
                array![[1.0, -2.0, 0.5], [2.0, 1.0, -1.0], [0.0, 3.0, 1.0]],
                array![1.5, -4.0, -3.0],
                Activation::Relu,
            ),
            array![2.0, 1.0, -2.0],
            array![2.0, -3.0, 1.5],
        ),
        // With a z of 0.
        (
            Layer::from_parts(
                array![[1.0, -1.0, 2.0], [0.5, 2.0, -1.0]],
                array![0.0, -6.0],
                Activation::Relu,
            ),
            array![2.0, 4.0, 1.0],
            array![3.0, -0.5],
        ),
        (
            Layer::from_parts(
                array![[1.0, 2.0], [-1.0, 0.5], [0.0, -3.0]],
                array![0.5, 0.0, -1.0],
                Activation::Softmax,
            ),
            array![0.5, -1.0],
            array![0.25, -0.75, 0.5],
        ),
        (
            Layer::from_parts(
                array![[1.0, -2.0, 0.5, 3.0]],
                array![-1.0],
                Activation::Relu,
            ),
            array![1.0, 0.0, -2.0, 1.0],
            array![-4.0],
        ),
    ] {
        let (_, trace) = forward(&layer, &x);
        // What the layer keeps is of another example, so that an answer that reads
        // it is noticed.
        layer.forward(&Array1::from_elem(x.len(), 7.0));
        let case = Case::new()
            .number("activation", layer.activation)
            .input("W", &layer.w)
            .input("x", &trace.x)
            .input("z", &trace.z)
            .input("grad", &grad);
        let (yours, dx) = case.run({
            let (layer, trace, grad) = (layer.clone(), trace.clone(), grad.clone());
            move || answer(&layer, &trace, &grad)
        })?;
        let pass = Pass { case, layer, trace, grad };
        pass.judge_db(&yours.db)?;
        pass.judge_dw(&yours.dw)?;
        pass.judge_dx(&dx)?;
    }
    Ok(())
}

/// What an answer was given.
struct Pass {
    case: Case,
    layer: Layer,
    trace: Trace,
    grad: Array1<f64>,
}

impl Pass {
    fn dz(&self) -> Array1<f64> {
        backward(&self.layer, &self.trace, &self.grad).0.db
    }

    fn judge_db(&self, yours: &Array1<f64>) -> Verdict {
        let (dz, grad, z) = (self.dz(), &self.grad, &self.trace.z);
        let masked = |z: &Array1<f64>, on: fn(f64) -> bool| {
            Zip::from(grad).and(z).map_collect(|&g, &z| if on(z) { g } else { 0.0 })
        };
        let where_z = |on| masked(z, on);
        let a = softmax(z);
        let through_softmax = &a * &(grad - a.dot(grad));
        self.case
            .expect("db", &dz)
            .unless(&Array1::zeros(dz.len()), ZEROS)
            .unless(
                &where_z(|z| z > 0.0),
                "this layer is softmax, and grad is dL/dz already: nothing is \
                 masked",
            )
            .unless(
                &where_z(|z| z >= 0.0),
                "at z = 0 the slope is taken as 0: the mask is z > 0",
            )
            .unless(
                grad,
                "this is grad, from before the ReLU; db is dz, which is 0 where z \
                 is not above 0",
            )
            .unless(
                &through_softmax,
                "this layer is softmax, and grad is dL/dz already: the derivative \
                 of softmax is in it",
            )
            .unless(
                &where_z(|z| z < 0.0),
                "the mask is the wrong way round: the gradient comes through \
                 where z > 0",
            )
            .unless(
                &grad.mapv(|g| g.max(0.0)),
                "the mask looks at grad; it has to look at z",
            )
            .unless(
                &(grad * z.mapv(relu)),
                "you multiplied by relu(z); its slope is 1 or 0",
            )
            .unless(&masked(&self.layer.z, |z| z > 0.0), KEPT)
            .unless(
                &z.mapv(relu_slope),
                "this is the slope of the ReLU alone; it multiplies grad",
            )
            .unless(&-&dz, SIGN)
            .unless(
                &array![dz.sum()],
                "you summed over the outputs; each has a bias of its own, and its \
                 own gradient",
            )
            .judge(yours)
            .map_err(|feedback| feedback.likely(is_multiple(yours, &dz), SCALED))
    }

    fn judge_dw(&self, yours: &Array2<f64>) -> Verdict {
        let (dz, x, z) = (self.dz(), &self.trace.x, &self.trace.z);
        let dw = outer(&dz, x);
        let judged = self
            .case
            .expect("dW", &dw)
            .unless(&Array2::zeros(dw.dim()), ZEROS)
            .unless(
                &outer(x, &dz),
                "you took outer(x, dz), which is the transpose; the rows of dW \
                 belong to dz",
            )
            .unless(
                &outer(&self.grad, x),
                "you took grad where dz belongs: the ReLU comes first",
            )
            .unless(&outer(&dz, &self.layer.x), KEPT)
            .unless(
                &outer(&dz, z),
                "you took z where x belongs: a weight is multiplied by what came \
                 into the layer",
            )
            .unless(
                &outer(&dz, &z.mapv(relu)),
                "you took the output where x belongs: a weight is multiplied by \
                 what came into the layer",
            )
            .unless(&-&dw, SIGN)
            .judge(yours);
        let w = &self.layer.w;
        let updated = yours.dim() == w.dim() && is_multiple(&(w - yours), &dw);
        judged.map_err(|feedback| {
            feedback.likely(is_multiple(yours, &dw), SCALED).likely(
                updated,
                "these are weights after an update; return the gradient alone, \
                 and leave the update to an optimizer",
            )
        })
    }

    fn judge_dx(&self, yours: &Array1<f64>) -> Verdict {
        let (dz, x, w) = (self.dz(), &self.trace.x, &self.layer.w);
        let dx = w.t().dot(&dz);
        let mut expectation = self
            .case
            .expect("dx", &dx)
            .unless(&Array1::zeros(dx.len()), ZEROS)
            .unless(&dz, "this is dz; it still has to go back through W")
            .unless(
                &w.t().dot(&self.grad),
                "you took grad where dz belongs: the ReLU comes first",
            )
            .unless(
                &(&dx * &x.mapv(|x| f64::from(x > 0.0))),
                "you masked dx by x; the layer before takes care of its own \
                 activation",
            )
            .unless(
                &w.t().dot(&self.trace.z),
                "you sent z back; it is dz that goes back through W",
            )
            .unless(&-&dx, SIGN);
        if w.is_square() {
            expectation = expectation
                .unless(&w.dot(&dz), "you took W dz; on the way back it is Wᵀ dz");
        }
        let judged = expectation.judge(yours);
        // With W - lr outer(dz, x) in the place of W, dx is off by lr (dz · dz) x.
        let updated = yours.dim() == dx.dim() && is_multiple(&(&dx - yours), x);
        judged.map_err(|feedback| {
            feedback.likely(is_multiple(yours, &dx), SCALED).likely(
                updated,
                "dx was taken after an update; it belongs to the weights that \
                 forward used",
            )
        })
    }
}

const ZEROS: &str = "all zeros: is the result ever filled in?";

const KEPT: &str = "you read layer.x or layer.z, which belong to another example; \
                    the x and z of this example are in the trace";

const SIGN: &str =
    "the sign: the minus comes with the update, not with the gradient";

const SCALED: &str =
    "this is the gradient times a number; a learning rate belongs into the update";

/// Whether `yours` is a multiple of `expected`, but not 0. A single number is one
/// of any other.
fn is_multiple<D: Dimension>(
    yours: &Array<f64, D>,
    expected: &Array<f64, D>,
) -> bool {
    if expected.iter().filter(|&&x| x != 0.0).count() < 2 {
        return false;
    }
    let square: f64 = expected.iter().map(|x| x * x).sum();
    let product: f64 = expected.iter().zip(yours).map(|(x, y)| x * y).sum();
    let factor = product / square;
    factor != 0.0 && difference(&(expected * factor), yours).is_none()
}
