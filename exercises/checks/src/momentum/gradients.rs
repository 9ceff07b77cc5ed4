//! Question 1: a backward that changes nothing.

use ndarray::{Array1, Array2, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::relu::relu;
use no_magic::softmax::softmax;

use super::{Gradients, Trace};
use crate::draws::Draws;
use crate::layer::masked;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Backward = fn(&Layer, &Trace, &Array1<f64>) -> (Gradients, Array1<f64>);

/// `fn gradients(layer, trace, grad) -> (Gradients, Array1<f64>)`
pub fn gradients(answer: Backward) -> Verdict {
    question().judge(move |pass| pass.observe(answer))
}

/// The arguments of an answer.
#[derive(Clone)]
pub(super) struct Pass {
    layer: Layer,
    trace: Trace,
    grad: Array1<f64>,
}

impl Pass {
    fn new(mut layer: Layer, x: &Array1<f64>, grad: Array1<f64>) -> Self {
        layer.forward(x);
        let trace = Trace { x: layer.x.clone(), z: layer.z.clone() };
        // The layer keeps the `x` and `z` of another example, so an answer that
        // reads them gives different results.
        layer.x.mapv_inplace(|x| 0.5 - 2.0 * x);
        layer.z.mapv_inplace(|z| 1.0 - z);
        Self { layer, trace, grad }
    }

    fn observe(
        &self,
        answer: impl Fn(&Layer, &Trace, &Array1<f64>) -> (Gradients, Array1<f64>),
    ) -> Outcome {
        let (gradients, dx) = answer(&self.layer, &self.trace, &self.grad);
        Outcome::new()
            .value("db", &gradients.db)
            .value("dW", &gradients.dw)
            .value("dx", &dx)
    }
}

/// `gradients`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    x: fn(&Layer, &Trace) -> Array1<f64>,
    z: fn(&Layer, &Trace) -> Array1<f64>,
    relu: fn(grad: &Array1<f64>, z: &Array1<f64>) -> Array1<f64>,
    softmax: fn(grad: &Array1<f64>, z: &Array1<f64>) -> Array1<f64>,
    dz: fn(Array1<f64>) -> Array1<f64>,
    db: fn(&Passed<'_>) -> Array1<f64>,
    dw: fn(&Passed<'_>) -> Array2<f64>,
    dx: fn(&Passed<'_>) -> Array1<f64>,
}

/// What the parts of the model can read.
struct Passed<'a> {
    layer: &'a Layer,
    x: Array1<f64>,
    grad: &'a Array1<f64>,
    dz: Array1<f64>,
}

pub(super) const MODEL: Model = Model {
    x: |_, trace| trace.x.clone(),
    z: |_, trace| trace.z.clone(),
    relu: |grad, z| masked(grad, z, |z| z > 0.0),
    softmax: |grad, _| grad.clone(),
    dz: |dz| dz,
    db: |p| p.dz.clone(),
    dw: |p| outer(&p.dz, &p.x),
    dx: |p| p.layer.w.t().dot(&p.dz),
};

impl Model {
    pub(super) fn gradients(
        &self,
        layer: &Layer,
        trace: &Trace,
        grad: &Array1<f64>,
    ) -> (Gradients, Array1<f64>) {
        let (x, z) = ((self.x)(layer, trace), (self.z)(layer, trace));
        let dz = (self.dz)(match layer.activation {
            Activation::Relu => (self.relu)(grad, &z),
            Activation::Softmax => (self.softmax)(grad, &z),
        });
        let passed = Passed { layer, x, grad, dz };
        let (dw, db) = ((self.dw)(&passed), (self.db)(&passed));
        (Gradients { dw, db }, (self.dx)(&passed))
    }
}

fn cases() -> impl Iterator<Item = Pass> {
    // z = [0, -2.75, 5.5]
    let by_hand = Pass::new(
        Layer::from_parts(
            array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]],
            array![1.0, 0.25, 0.5],
            Activation::Relu,
        ),
        &array![-2.0, -1.0],
        array![4.0, -3.0, 0.5],
    );
    let sizes = [(2, 2), (3, 2), (1, 4), (3, 1), (3, 3), (4, 5)];
    let both = [Activation::Relu, Activation::Softmax];
    let kinds = both.into_iter().flat_map(move |a| sizes.map(|size| (a, size)));
    let random = (1..).zip(kinds).map(|(seed, (activation, (n_out, n_in)))| {
        let mut draws = Draws::new(seed);
        let (w, b) = (draws.array((n_out, n_in)), draws.array(n_out));
        let layer = Layer::from_parts(w, b, activation);
        Pass::new(layer, &draws.array(n_in), draws.array(n_out))
    });
    [by_hand].into_iter().chain(random)
}

pub(super) fn question() -> Question<Pass, Model> {
    let run = |model: &Model, pass: &Pass| {
        pass.observe(|layer, trace, grad| model.gradients(layer, trace, grad))
    };
    Question::new("momentum.gradients", MODEL, run)
        .given(|Pass { layer, trace, grad }| {
            Given::new()
                .number("activation", layer.activation)
                .value("W", &layer.w)
                .value("b", &layer.b)
                .value("trace.x", &trace.x)
                .value("trace.z", &trace.z)
                .value("grad", grad)
        })
        .kinds(|Pass { layer, trace, .. }| {
            let mut kinds = super::kinds(layer);
            kinds.push(("a z of exactly 0", trace.z.iter().any(|&z| z == 0.0)));
            kinds
        })
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Where x and z come from
        kept_x:
            "`dW` is built from `layer.x`, which belongs to another example. Look \
             at the trace.",
            x = |layer, _| layer.x.clone();
        kept_z:
            "The mask is built from `layer.z`, which belongs to another example. \
             Look at the trace.",
            z = |layer, _| layer.z.clone();
        // dz
        no_mask: "ReLU's slope is missing: `dz` is just `grad`.",
            relu = |grad, _| grad.clone();
        mask_at_0:
            "The gradient passes where `z` is exactly 0, but ReLU's slope is 0 \
             there.",
            relu = |grad, z| masked(grad, z, |z| z >= 0.0);
        mask_inverted:
            "The mask is inverted: the gradient passes where `z <= 0`, and stops \
             where `z > 0`.",
            relu = |grad, z| masked(grad, z, |z| z <= 0.0);
        mask_from_grad:
            "The mask keeps the entries where `grad > 0` instead of those where `z \
             > 0`.",
            relu = |grad, _| masked(grad, grad, |grad| grad > 0.0);
        times_a: "`grad` is multiplied by ReLU's output instead of its slope.",
            relu = |grad, z| grad * z.mapv(relu);
        times_z: "`grad` is multiplied by `z` instead of ReLU's slope.",
            relu = |grad, z| grad * z;
        mask_alone:
            "`dz` is just the mask of zeros and ones: it isn't multiplied by \
             `grad`.",
            relu = |_, z| z.mapv(|z| f64::from(u8::from(z > 0.0)));
        softmax_masked: "A softmax layer gets ReLU's mask as well.",
            softmax = |grad, z| masked(grad, z, |z| z > 0.0);
        softmax_slope_again:
            "In a softmax layer, `grad` is multiplied by softmax's slope, but \
             `grad` already includes it.",
            softmax = |grad, z| {
                let a = softmax(z);
                &a * &(grad - a.dot(grad))
            };
        negative:
            "`dW`, `db` and `dx` all have the opposite sign. The minus belongs in \
             the update.",
            dz = |dz| -dz;
        // db and dW
        db_from_grad: "`db` is `grad` instead of `dz`.",
            db = |p| p.grad.clone();
        dw_transposed: "`dW` is `outer(x, dz)`, which is transposed.",
            dw = |p| outer(&p.x, &p.dz);
        dw_from_grad: "`dW` is built from `grad` instead of `dz`.",
            dw = |p| outer(p.grad, &p.x);
        dw_is_0: "`dW` is all zeros.",
            dw = |p| Array2::zeros(p.layer.w.dim());
        db_is_0: "`db` is all zeros.",
            db = |p| Array1::zeros(p.dz.len());
        db_sum: "Every entry of `db` is the sum of all of `dz`.",
            db = |p| Array1::from_elem(p.dz.len(), p.dz.sum());
        // dx
        dx_not_transposed: "`dx` is computed with `W` instead of its transpose.",
            dx = |p| p.layer.w.dot(&p.dz);
        dx_from_grad: "`dx` is computed from `grad` instead of `dz`.",
            dx = |p| p.layer.w.t().dot(p.grad);
        dx_is_dz: "What you return as `dx` is `dz`.",
            dx = |p| p.dz.clone();
        dx_masked_by_x:
            "`dx` is masked where `x <= 0`, but the layer before takes care of its \
             own activation.",
            dx = |p| masked(&p.layer.w.t().dot(&p.dz), &p.x, |x| x > 0.0);
        dx_last_row:
            "`dx` holds only the last output's share: each share overwrites those \
             before it.",
            dx = |p| &p.layer.w.row(p.dz.len() - 1) * p.dz[p.dz.len() - 1];
        })
}
