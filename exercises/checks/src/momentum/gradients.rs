//! Question 1: a backward that changes nothing.

use ndarray::{Array1, Array2, Axis, Zip, array};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::relu::relu;
use no_magic::softmax::softmax;

use super::{Gradients, Trace};
use crate::draws::Draws;
use crate::{Given, Outcome, Question, Verdict, mistakes};

type Backward = fn(&Layer, &Trace, &Array1<f64>) -> (Gradients, Array1<f64>);

/// `fn gradients(layer, trace, grad) -> (Gradients, Array1<f64>)`
pub fn gradients(answer: Backward) -> Verdict {
    question().judge(move |pass| pass.observe(answer))
}

/// What an answer is given.
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
        // What the layer keeps is of another example, so that an answer that reads
        // it is noticed.
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

/// What the parts may use.
struct Passed<'a> {
    layer: &'a Layer,
    x: Array1<f64>,
    z: Array1<f64>,
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
        let passed = Passed { layer, x, z, grad, dz };
        let (dw, db) = ((self.dw)(&passed), (self.db)(&passed));
        (Gradients { dw, db }, (self.dx)(&passed))
    }
}

fn masked(
    grad: &Array1<f64>,
    z: &Array1<f64>,
    passes: impl Fn(f64) -> bool,
) -> Array1<f64> {
    let pass = |&grad: &f64, &z: &f64| if passes(z) { grad } else { 0.0 };
    Zip::from(grad).and(z).map_collect(pass)
}

fn cases() -> impl Iterator<Item = Pass> {
    // z = [1.5, -2] and [0, -2.75, 5.5]
    let relu = |w, b| Layer::from_parts(w, b, Activation::Relu);
    let by_hand = [
        Pass::new(
            relu(array![[1.0, -2.0], [3.0, 0.5]], array![4.5, -6.0]),
            &array![1.0, 2.0],
            array![-2.0, 1.0],
        ),
        Pass::new(
            relu(
                array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]],
                array![1.0, 0.25, 0.5],
            ),
            &array![-2.0, -1.0],
            array![4.0, -3.0, 0.5],
        ),
    ];
    let sizes = [(2, 2), (3, 2), (1, 4), (3, 1), (3, 3), (4, 5)];
    let both = [Activation::Relu, Activation::Softmax];
    let kinds = both.into_iter().flat_map(move |a| sizes.map(|size| (a, size)));
    let random = (1..).zip(kinds).map(|(seed, (activation, (n_out, n_in)))| {
        let mut draws = Draws::new(seed);
        let (w, b) = (draws.array((n_out, n_in)), draws.array(n_out));
        let layer = Layer::from_parts(w, b, activation);
        Pass::new(layer, &draws.array(n_in), draws.array(n_out))
    });
    by_hand.into_iter().chain(random)
}

fn kinds(pass: &Pass) -> Vec<(&'static str, bool)> {
    let z = &pass.trace.z;
    let mut kinds = super::kinds(&pass.layer);
    let relu = pass.layer.activation == Activation::Relu;
    kinds.extend([
        ("a z of exactly 0", z.iter().any(|&z| z == 0.0)),
        ("a silent unit", relu && z.iter().any(|&z| z <= 0.0)),
        ("no silent unit", !relu || z.iter().all(|&z| z > 0.0)),
    ]);
    kinds
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
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // Where x and z come from
        kept_x_and_z:
            "layer.x and layer.z belong to another example. Look at the trace.",
            x = |layer, _| layer.x.clone(),
            z = |layer, _| layer.z.clone();
        kept_x: "layer.x belongs to another example. Look at the trace.",
            x = |layer, _| layer.x.clone();
        kept_z: "layer.z belongs to another example. Look at the trace.",
            z = |layer, _| layer.z.clone();
        z_without_bias: "The z that you compute again lacks the bias.",
            z = |layer, trace| layer.w.dot(&trace.x);
        z_of_kept_x:
            "z is computed again from layer.x, which is another example's.",
            z = |layer, _| layer.w.dot(&layer.x) + &layer.b;
        // dz
        no_mask: "ReLU's slope is missing.",
            relu = |grad, _| grad.clone();
        mask_at_0: "At z = 0 the gradient passes through.",
            relu = |grad, z| masked(grad, z, |z| z >= 0.0);
        mask_inverted:
            "The gradient passes where the unit is silent, and stops elsewhere.",
            relu = |grad, z| masked(grad, z, |z| z <= 0.0);
        mask_from_grad: "The mask looks at grad instead of z.",
            relu = |grad, _| masked(grad, grad, |grad| grad > 0.0);
        mask_not_0: "The gradient passes wherever z isn't 0.",
            relu = |grad, z| masked(grad, z, |z| z != 0.0);
        times_a: "grad is multiplied by ReLU's output instead of its slope.",
            relu = |grad, z| grad * z.mapv(relu);
        times_z: "grad is multiplied by z instead of ReLU's slope.",
            relu = |grad, z| grad * z;
        mask_alone: "dz is the mask alone, without grad.",
            relu = |_, z| z.mapv(|z| f64::from(u8::from(z > 0.0)));
        leaky: "This is the slope of the leaky ReLU.",
            relu = |grad, z| grad * z.mapv(|z| if z > 0.0 { 1.0 } else { 0.01 });
        softmax_masked: "ReLU's mask is applied to a softmax layer as well.",
            softmax = |grad, z| masked(grad, z, |z| z > 0.0);
        softmax_slope_again:
            "The slope of softmax is applied, but grad already includes it.",
            softmax = |grad, z| {
                let a = softmax(z);
                &a * &(grad - a.dot(grad))
            };
        softmax_times_a: "grad is multiplied by the probabilities.",
            softmax = |grad, z| grad * softmax(z);
        softmax_times_a_1_minus_a:
            "grad is multiplied by a (1 - a), the diagonal of softmax's Jacobian.",
            softmax = |grad, z| {
                let a = softmax(z);
                grad * &a * (1.0 - &a)
            };
        softmax_minus_grad: "For a softmax layer, dz is softmax(z) - grad.",
            softmax = |grad, z| softmax(z) - grad;
        softmax_a: "For a softmax layer, dz is softmax(z), without grad.",
            softmax = |_, z| softmax(z);
        softmax_0: "For a softmax layer, all gradients are 0.",
            softmax = |grad, _| Array1::zeros(grad.len());
        negative: "All signs are opposite. The minus belongs in the update.",
            dz = |dz| -dz;
        divided_by_outputs: "All gradients are divided by the number of outputs.",
            dz = |dz| &dz / dz.len() as f64;
        // db
        db_from_grad: "db is grad instead of dz.",
            db = |p| p.grad.clone();
        db_sum: "Every entry of db is the sum of dz.",
            db = |p| Array1::from_elem(p.dz.len(), p.dz.sum());
        db_summed: "db is the sum of dz, a single entry.",
            db = |p| array![p.dz.sum()];
        db_mean: "Every entry of db is the mean of dz.",
            db = |p| Array1::from_elem(p.dz.len(), p.dz.sum() / p.dz.len() as f64);
        db_from_dw: "db is made of the row sums of dW.",
            db = |p| &p.dz * p.x.sum();
        db_negative: "db has the opposite sign.",
            db = |p| -&p.dz;
        db_is_0: "db is all zeros.",
            db = |p| Array1::zeros(p.dz.len());
        db_is_1: "db is all ones.",
            db = |p| Array1::ones(p.dz.len());
        // dW
        dw_transposed: "dW is transposed.",
            dw = |p| outer(&p.x, &p.dz);
        dw_from_a: "dW is built from the layer's output instead of its input.",
            dw = |p| outer(&p.dz, &activated(p));
        dw_from_z: "dW is built from z instead of x.",
            dw = |p| outer(&p.dz, &p.z);
        dw_from_relu_of_x: "dW is built from x without its negative entries.",
            dw = |p| outer(&p.dz, &p.x.mapv(relu));
        dw_from_grad: "dW is built from grad instead of dz.",
            dw = |p| outer(p.grad, &p.x);
        dw_without_x: "x is missing from dW.",
            dw = |p| outer(&p.dz, &Array1::ones(p.x.len()));
        dw_without_dz: "dz is missing from dW.",
            dw = |p| outer(&Array1::ones(p.dz.len()), &p.x);
        dw_negative: "dW has the opposite sign.",
            dw = |p| -outer(&p.dz, &p.x);
        dw_divided_by_outputs: "dW is divided by the number of outputs.",
            dw = |p| outer(&p.dz, &p.x) / p.dz.len() as f64;
        dw_is_0: "dW is all zeros.",
            dw = |p| Array2::zeros(p.layer.w.dim());
        dw_is_w: "What you return as dW is W.",
            dw = |p| p.layer.w.clone();
        dw_first_row: "Only the first row of dW is filled in.",
            dw = |p| {
                let mut dw = outer(&p.dz, &p.x);
                dw.slice_axis_mut(Axis(0), (1..).into()).fill(0.0);
                dw
            };
        // dx
        dx_not_transposed: "dx is computed with W instead of its transpose.",
            dx = |p| p.layer.w.dot(&p.dz);
        dx_negative: "dx has the opposite sign.",
            dx = |p| -p.layer.w.t().dot(&p.dz);
        dx_from_grad: "dx is computed from grad instead of dz.",
            dx = |p| p.layer.w.t().dot(p.grad);
        dx_from_z: "dx is computed from z instead of dz.",
            dx = |p| p.layer.w.t().dot(&p.z);
        dx_from_a: "dx is computed from the layer's output instead of dz.",
            dx = |p| p.layer.w.t().dot(&activated(p));
        dx_from_dw: "dx is computed with dW instead of W.",
            dx = |p| outer(&p.x, &p.dz).dot(&p.dz);
        dx_is_dz: "What you return as dx is dz.",
            dx = |p| p.dz.clone();
        dx_is_grad: "What you return as dx is grad.",
            dx = |p| p.grad.clone();
        dx_is_x: "What you return as dx is x.",
            dx = |p| p.x.clone();
        dx_masked_by_x:
            "dx is masked by x. The layer before takes care of its own activation.",
            dx = |p| masked(&p.layer.w.t().dot(&p.dz), &p.x, |x| x > 0.0);
        dx_times_x: "dx is multiplied by x.",
            dx = |p| p.layer.w.t().dot(&p.dz) * &p.x;
        dx_with_new_w: "dx is computed with W - dW instead of W.",
            dx = |p| (&p.layer.w - outer(&p.dz, &p.x)).t().dot(&p.dz);
        dx_first_row: "dx uses only the first row of W.",
            dx = |p| &p.layer.w.row(0) * p.dz[0];
        dx_last_row:
            "dx keeps only the last output's share: each output overwrites it.",
            dx = |p| &p.layer.w.row(p.dz.len() - 1) * p.dz[p.dz.len() - 1];
        dx_is_0: "dx is all zeros.",
            dx = |p| Array1::zeros(p.x.len());
        })
}

fn activated(passed: &Passed<'_>) -> Array1<f64> {
    match passed.layer.activation {
        Activation::Relu => passed.z.mapv(relu),
        Activation::Softmax => softmax(&passed.z),
    }
}
