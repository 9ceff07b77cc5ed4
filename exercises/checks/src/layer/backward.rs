//! The backward pass: what it hands on, and the step that it takes.

use ndarray::{Array, Array1, Array2, Dimension, Zip, array};
use no_magic::outer::outer;
use no_magic::relu::relu;
use no_magic::softmax::softmax;

use super::{Activation, Layer, case, suspect_shapes};
use crate::Verdict;
use crate::case::{Case, Expectation};

/// `fn backward(layer, grad, lr) -> dx`
pub type Backward = fn(&mut Layer, &Array1<f64>, f64) -> Array1<f64>;

/// Judges `backward`.
pub fn backward(answer: Backward) -> Verdict {
    for (w, b, x, grad, lr) in [
        (
            array![[1.0, -2.0], [3.0, 0.5]],
            array![4.5, -6.0],
            array![1.0, 2.0],
            array![-2.0, 1.0],
            0.25,
        ),
        // z = [0, -2.75, 5.5]
        (
            array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]],
            array![1.0, 0.25, 0.5],
            array![-2.0, -1.0],
            array![4.0, -3.0, 0.5],
            0.1,
        ),
        (
            array![[2.0, -1.0, 0.5, 1.0]],
            array![-0.5],
            array![1.0, 0.0, -2.0, 1.5],
            array![-1.5],
            0.4,
        ),
    ] {
        let before = layer(w, b, Activation::Relu, x);
        Step { before, grad, lr }.judge(answer)?;
    }
    for (w, b, x, grad, lr) in [
        (
            array![[1.0, 0.0, -1.0], [0.5, 2.0, 1.0]],
            array![0.25, -1.0],
            array![1.0, -1.0, 0.5],
            array![0.75, -0.75],
            0.2,
        ),
        (
            array![[2.0, 1.0], [-1.0, 0.5], [0.0, -1.0]],
            array![0.0, 1.0, -0.5],
            array![0.5, 1.0],
            array![0.5, -0.75, 0.25],
            0.05,
        ),
    ] {
        let before = layer(w, b, Activation::Softmax, x);
        Step { before, grad, lr }.judge(answer)?;
    }
    Ok(())
}

/// A layer that has just seen `x`.
fn layer(
    w: Array2<f64>,
    b: Array1<f64>,
    activation: Activation,
    x: Array1<f64>,
) -> Layer {
    let mut layer = Layer::from_parts(w, b, activation);
    layer.forward(&x);
    layer
}

/// What backward is given.
struct Step {
    before: Layer,
    grad: Array1<f64>,
    lr: f64,
}

impl Step {
    fn judge(&self, answer: Backward) -> Verdict {
        let before = &self.before;
        let case = case(before)
            .input("x", &before.x)
            .input("z", &before.z)
            .input("grad", &self.grad)
            .number("lr", self.lr);
        let (dx, after) = case
            .run({
                let (mut layer, grad, lr) =
                    (before.clone(), self.grad.clone(), self.lr);
                move || (answer(&mut layer, &grad, lr), layer)
            })
            .map_err(|feedback| suspect_shapes(before, feedback))?;
        self.judge_dx(&case, &dx)
            .and_then(|()| self.judge_w(&case, &after.w))
            .and_then(|()| self.judge_b(&case, &after.b))
            .map_err(|feedback| suspect_shapes(before, feedback))?;
        leaves_the_rest(&case, before, &after)
    }

    fn judge_dx(&self, case: &Case, yours: &Array1<f64>) -> Verdict {
        let (w, dz) = (&self.before.w, self.dz());
        let updated = w - &(self.lr * outer(&dz, &self.before.x));
        let dx = self.before.clone().backward(&self.grad, self.lr);
        let mut expectation = case
            .expect("dx", &dx)
            .unless(
                &updated.t().dot(&dz),
                "you took W after its update; the loss was made with the W from \
                 before",
            )
            .unless(&-&dx, "the sign: the minus belongs to the update alone")
            .unless(
                &(self.lr * &dx),
                "the learning rate belongs to the update, not to dx",
            )
            .unless(&dz, "this is dz; the layer before needs dx = Wᵀ dz")
            .unless(&Array1::zeros(dx.len()), "all zeros: is dx ever filled in?");
        if w.is_square() {
            expectation = expectation
                .unless(&w.dot(&dz), "you took W; on the way back it is Wᵀ")
                .unless(
                    &updated.dot(&dz),
                    "you took W; on the way back it is Wᵀ, from before the update",
                );
        }
        self.unless_dz_is_wrong(expectation, |dz| w.t().dot(dz)).judge(yours)
    }

    fn judge_w(&self, case: &Case, yours: &Array2<f64>) -> Verdict {
        let (w, x, dz, lr) = (&self.before.w, &self.before.x, self.dz(), self.lr);
        let dw = outer(&dz, x);
        let expected = w - &(lr * &dw);
        let mut expectation =
            unless_update_is_wrong(case.expect("W", &expected), w, &dw, lr).unless(
                &(w - &(lr * outer(&dz, &Array1::ones(x.len())))),
                "you left out x: dW = outer(dz, x)",
            );
        if w.is_square() {
            let z = &self.before.z;
            expectation = expectation
                .unless(
                    &(w - &(lr * outer(x, &dz))),
                    "you took outer(x, dz); the rows of dW belong to dz",
                )
                .unless(
                    &(w - &(lr * outer(&dz, &z.mapv(relu)))),
                    "you took a in place of x: each weight was multiplied by an \
                     input",
                )
                .unless(
                    &(w - &(lr * outer(&dz, z))),
                    "you took z in place of x: each weight was multiplied by an \
                     input",
                );
        }
        self.unless_dz_is_wrong(expectation, |dz| w - &(lr * outer(dz, x)))
            .judge(yours)
    }

    fn judge_b(&self, case: &Case, yours: &Array1<f64>) -> Verdict {
        let (b, dz, lr) = (&self.before.b, self.dz(), self.lr);
        let expected = b - &(lr * &dz);
        let expectation =
            unless_update_is_wrong(case.expect("b", &expected), b, &dz, lr);
        self.unless_dz_is_wrong(expectation, |dz| b - &(lr * dz)).judge(yours)
    }

    fn dz(&self) -> Array1<f64> {
        match self.before.activation {
            Activation::Relu => self.masked(|z| z > 0.0),
            Activation::Softmax => self.grad.clone(),
        }
    }

    fn masked(&self, passes: impl Fn(f64) -> bool) -> Array1<f64> {
        Zip::from(&self.grad)
            .and(&self.before.z)
            .map_collect(|&grad, &z| if passes(z) { grad } else { 0.0 })
    }

    /// Adds what the mistakes in `dz` make of the value that `gives` computes from
    /// it.
    fn unless_dz_is_wrong<'a, D: Dimension>(
        &self,
        expectation: Expectation<'a, Array<f64, D>>,
        gives: impl Fn(&Array1<f64>) -> Array<f64, D>,
    ) -> Expectation<'a, Array<f64, D>> {
        let (grad, z) = (&self.grad, &self.before.z);
        match self.before.activation {
            Activation::Relu => expectation
                .unless(
                    &gives(grad),
                    "ReLU's slope is missing: where z is not above 0, dz is 0",
                )
                .unless(
                    &gives(&self.masked(|z| z >= 0.0)),
                    "at z = 0 the slope is 0 here; ask whether z is above 0",
                )
                .unless(
                    &gives(&self.masked(|z| z < 0.0)),
                    "the wrong half: ReLU's slope is 1 where z is above 0",
                )
                .unless(
                    &gives(&(grad * z.mapv(relu))),
                    "you multiplied by a; ReLU's slope is 1 or 0",
                )
                .unless(
                    &gives(&(grad * z)),
                    "you multiplied by z; ReLU's slope is 1 or 0",
                ),
            Activation::Softmax => {
                let a = softmax(z);
                expectation
                    .unless(
                        &gives(&self.masked(|z| z > 0.0)),
                        "this is ReLU's mask; for a softmax layer grad is dz \
                         already",
                    )
                    .unless(
                        &gives(&(&a * &(grad - a.dot(grad)))),
                        "softmax's slope, once more; for a softmax layer grad is \
                         dz already",
                    )
                    .unless(
                        &gives(&(grad * &a)),
                        "you multiplied by a; for a softmax layer grad is dz \
                         already",
                    )
            }
        }
    }
}

fn leaves_the_rest(case: &Case, before: &Layer, after: &Layer) -> Verdict {
    const ONLY_READS: &str =
        "backward reads what forward has kept, and leaves it as it is";
    case.expect("layer.x", &before.x)
        .judge(&after.x)
        .and_then(|()| case.expect("layer.z", &before.z).judge(&after.z))
        .and_then(|()| {
            case.expect_equal(
                "The activation",
                &before.activation,
                &after.activation,
            )
        })
        .map_err(|feedback| feedback.likely(true, ONLY_READS))
}

/// Adds what mistakes make of a step by which weights or a bias change.
fn unless_update_is_wrong<'a, D: Dimension>(
    expectation: Expectation<'a, Array<f64, D>>,
    before: &Array<f64, D>,
    gradient: &Array<f64, D>,
    lr: f64,
) -> Expectation<'a, Array<f64, D>> {
    let after = |rate: f64| {
        Zip::from(before).and(gradient).map_collect(|p, g| p - rate * g)
    };
    expectation
        .unless(
            before,
            "it is unchanged: the update has to reach both W and b of the layer \
             itself",
        )
        .unless(&after(-lr), "you went uphill: gradient descent subtracts")
        .unless(&after(1.0), "you left out the learning rate")
        .unless(&after(2.0 * lr), "the step is taken twice")
        .unless(&after(lr * lr), "the learning rate is in there twice")
        .unless(&after(1.0 / lr), "you divided by the learning rate")
        .unless(
            &gradient.mapv(|g| -lr * g),
            "this is the step alone; add it to what was there",
        )
        .unless(gradient, "this is the gradient itself; take a step against it")
}
