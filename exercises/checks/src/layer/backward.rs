//! The backward pass: what it passes back, and the step it takes.

use ndarray::{Array1, Array2, Zip, array};
use no_magic::outer::outer;
use no_magic::relu::relu;
use no_magic::softmax::softmax;

use super::{Activation, Layer, masked};
use crate::{Given, Outcome, Question, Verdict, mistakes};

/// `fn backward(layer, grad, lr) -> dx`
pub type Backward = fn(&mut Layer, &Array1<f64>, f64) -> Array1<f64>;

/// Judges `backward`.
pub fn backward(answer: Backward) -> Verdict {
    question().judge(move |step| step.observe(answer))
}

/// What backward is given: a layer that has just seen `x`, a gradient, and a
/// learning rate.
#[derive(Clone)]
pub(super) struct Step {
    layer: Layer,
    grad: Array1<f64>,
    lr: f64,
}

impl Step {
    fn new(mut layer: Layer, x: &Array1<f64>, grad: Array1<f64>, lr: f64) -> Self {
        layer.forward(x);
        Self { layer, grad, lr }
    }

    fn observe(
        &self,
        answer: impl Fn(&mut Layer, &Array1<f64>, f64) -> Array1<f64>,
    ) -> Outcome {
        let mut layer = self.layer.clone();
        let dx = answer(&mut layer, &self.grad, self.lr);
        Outcome::new()
            .value("dx", &dx)
            .value("W", &layer.w)
            .value("b", &layer.b)
            .kept("layer.x", &layer.x)
            .kept("layer.z", &layer.z)
            .text("layer.activation", format!("{:?}", layer.activation))
    }
}

/// `backward`, in parts.
#[derive(Clone)]
pub(super) struct Model {
    relu: fn(grad: &Array1<f64>, z: &Array1<f64>) -> Array1<f64>,
    softmax: fn(grad: &Array1<f64>, z: &Array1<f64>) -> Array1<f64>,
    dx: fn(&Passed<'_>) -> Array1<f64>,
    dw: fn(&Passed<'_>) -> Array2<f64>,
    db: fn(&Passed<'_>) -> Array1<f64>,
    update_w: fn(w: f64, dw: f64, lr: f64) -> f64,
    update_b: fn(b: f64, db: f64, lr: f64) -> f64,
    at_the_end: fn(&mut Layer, &Passed<'_>),
}

/// What the parts may use.
struct Passed<'a> {
    layer: &'a Layer,
    w_after: Array2<f64>,
    grad: &'a Array1<f64>,
    dz: Array1<f64>,
    lr: f64,
}

const MODEL: Model = Model {
    relu: |grad, z| masked(grad, z, |z| z > 0.0),
    softmax: |grad, _| grad.clone(),
    dx: |p| p.layer.w.t().dot(&p.dz),
    dw: |p| outer(&p.dz, &p.layer.x),
    db: |p| p.dz.clone(),
    update_w: |w, dw, lr| w - lr * dw,
    update_b: |b, db, lr| b - lr * db,
    at_the_end: |_, _| (),
};

impl Model {
    fn backward(
        &self,
        layer: &mut Layer,
        grad: &Array1<f64>,
        lr: f64,
    ) -> Array1<f64> {
        let dz = match layer.activation {
            Activation::Relu => (self.relu)(grad, &layer.z),
            Activation::Softmax => (self.softmax)(grad, &layer.z),
        };
        let before = layer.clone();
        let w_after = Array2::zeros(layer.w.dim());
        let mut passed = Passed { layer: &before, w_after, grad, dz, lr };
        let update_w = |w: &f64, dw: &f64| (self.update_w)(*w, *dw, lr);
        let update_b = |b: &f64, db: &f64| (self.update_b)(*b, *db, lr);
        layer.w =
            Zip::from(&before.w).and(&(self.dw)(&passed)).map_collect(update_w);
        layer.b =
            Zip::from(&before.b).and(&(self.db)(&passed)).map_collect(update_b);
        passed.w_after.clone_from(&layer.w);
        (self.at_the_end)(layer, &passed);
        (self.dx)(&passed)
    }
}

fn cases() -> impl Iterator<Item = Step> {
    // z = [1.5, -2] and [0, -2.75, 5.5]
    let relu = |w, b| Layer::from_parts(w, b, Activation::Relu);
    let by_hand = [
        Step::new(
            relu(array![[1.0, -2.0], [3.0, 0.5]], array![4.5, -6.0]),
            &array![1.0, 2.0],
            array![-2.0, 1.0],
            0.25,
        ),
        Step::new(
            relu(
                array![[1.0, -1.0], [0.5, 2.0], [-3.0, 1.0]],
                array![1.0, 0.25, 0.5],
            ),
            &array![-2.0, -1.0],
            array![4.0, -3.0, 0.5],
            0.1,
        ),
    ];
    let random = super::layers().zip([0.5, 0.2, 0.05].into_iter().cycle());
    by_hand.into_iter().chain(random.map(|((layer, mut draws), lr)| {
        let (x, grad) = (draws.array(layer.n_in()), draws.array(layer.n_out()));
        Step::new(layer, &x, grad, lr)
    }))
}

fn kinds(step: &Step) -> Vec<(&'static str, bool)> {
    let (layer, z) = (&step.layer, &step.layer.z);
    let relu = layer.activation == Activation::Relu;
    let mut kinds = super::kinds(layer);
    kinds.extend([
        ("a z of exactly 0", z.iter().any(|&z| z == 0.0)),
        ("a silent unit", relu && z.iter().any(|&z| z <= 0.0)),
        ("no silent unit", !relu || z.iter().all(|&z| z > 0.0)),
    ]);
    kinds
}

pub(super) fn question() -> Question<Step, Model> {
    let run = |model: &Model, step: &Step| {
        step.observe(|layer, grad, lr| model.backward(layer, grad, lr))
    };
    Question::new("layer.backward", MODEL, run)
        .given(|step| {
            let Step { layer, grad, lr } = step;
            let layer_given: Given = super::given(layer);
            layer_given
                .value("x", &layer.x)
                .value("z", &layer.z)
                .value("grad", grad)
                .number("lr", lr)
        })
        .kinds(kinds)
        .cases(cases())
        .mistakes(mistakes! { Model;
        // dz
        no_mask:
            "In a ReLU layer, `dz` is just `grad`: the mask `z > 0` is missing.",
            relu = |grad, _| grad.clone();
        mask_at_0: "The mask lets `grad` through where `z` is exactly 0.",
            relu = |grad, z| masked(grad, z, |z| z >= 0.0);
        mask_inverted:
            "The mask is the wrong way around: it keeps `grad` where `z` is 0 or \
             below, and drops it where `z` is above 0.",
            relu = |grad, z| masked(grad, z, |z| z <= 0.0);
        mask_from_grad:
            "The mask asks where `grad` is above 0 instead of where `z` is.",
            relu = |grad, _| masked(grad, grad, |grad| grad > 0.0);
        times_a:
            "In a ReLU layer, `grad` is multiplied by the output `max(0, z)` \
             instead of ReLU's slope.",
            relu = |grad, z| grad * z.mapv(relu);
        times_z:
            "In a ReLU layer, `grad` is multiplied by `z` instead of ReLU's slope.",
            relu = |grad, z| grad * z;
        mask_alone:
            "In a ReLU layer, `dz` is just the mask of zeros and ones: `grad` is \
             missing.",
            relu = |_, z| z.mapv(|z| f64::from(u8::from(z > 0.0)));
        leaky:
            "Where `z` isn't above 0, ReLU's slope is 0.01, as in the leaky ReLU.",
            relu = |grad, z| grad * z.mapv(|z| if z > 0.0 { 1.0 } else { 0.01 });
        softmax_masked: "ReLU's mask is applied in a softmax layer, too.",
            softmax = |grad, z| masked(grad, z, |z| z > 0.0);
        softmax_slope_again:
            "In a softmax layer, `grad` is multiplied by softmax's Jacobian, but \
             `grad` is `dL/dz` already.",
            softmax = |grad, z| {
                let a = softmax(z);
                &a * &(grad - a.dot(grad))
            };
        softmax_times_a:
            "In a softmax layer, `grad` is multiplied by the probabilities, but \
             `grad` is `dL/dz` already.",
            softmax = |grad, z| grad * softmax(z);
        softmax_times_a_1_minus_a:
            "In a softmax layer, `grad` is multiplied by `a * (1 - a)`, but `grad` \
             is `dL/dz` already.",
            softmax = |grad, z| {
                let a = softmax(z);
                grad * &a * (1.0 - &a)
            };
        // dx
        dx_after_update:
            "`dx` is computed after the update, from weights that have already \
             changed.",
            dx = |p| p.w_after.t().dot(&p.dz);
        dx_not_transposed: "`dx` is `W dz`: `W` isn't transposed.",
            dx = |p| p.layer.w.dot(&p.dz);
        dx_negative: "`dx` has the opposite sign.",
            dx = |p| -p.layer.w.t().dot(&p.dz);
        dx_times_lr:
            "`dx` is multiplied by `lr`, which belongs only in the update.",
            dx = |p| p.layer.w.t().dot(&p.dz) * p.lr;
        dx_from_grad: "`dx` is computed from `grad` instead of `dz`.",
            dx = |p| p.layer.w.t().dot(p.grad);
        dx_is_dz: "`backward` returns `dz` instead of `dx`.",
            dx = |p| p.dz.clone();
        dx_is_grad: "`backward` returns `grad` instead of `dx`.",
            dx = |p| p.grad.clone();
        dx_is_db: "The sum of all biases is added to every entry of `dx`.",
            dx = |p| p.layer.w.t().dot(&p.dz) + p.layer.b.sum();
        dx_is_0: "Every entry of `dx` is 0.",
            dx = |p| Array1::zeros(p.layer.x.len());
        // dW and db
        dw_transposed:
            "`dW` is transposed: it's `outer(x, dz)` instead of `outer(dz, x)`.",
            dw = |p| outer(&p.layer.x, &p.dz);
        dw_from_a:
            "`dW` is built from the layer's output instead of its input `x`.",
            dw = |p| outer(&p.dz, &activated(p.layer));
        dw_from_z: "`dW` is built from `z` instead of `x`.",
            dw = |p| outer(&p.dz, &p.layer.z);
        dw_from_grad: "`dW` is built from `grad` instead of `dz`.",
            dw = |p| outer(p.grad, &p.layer.x);
        dw_without_x:
            "`x` is missing from `dW`, so all weights of a row take the same step.",
            dw = |p| outer(&p.dz, &Array1::ones(p.layer.x.len()));
        db_from_grad: "`db` is `grad` instead of `dz`.",
            db = |p| p.grad.clone();
        db_sum: "Every entry of `db` is the sum of `dz`.",
            db = |p| Array1::from_elem(p.dz.len(), p.dz.sum());
        db_mean: "Every entry of `db` is the mean of `dz`.",
            db = |p| {
                let n = p.dz.len();
                Array1::from_elem(n, p.dz.sum() / n as f64)
            };
        db_times_b: "`db` is multiplied by `b`.",
            db = |p| &p.dz * &p.layer.b;
        // The update
        uphill:
            "`W` and `b` move uphill: their steps are added instead of subtracted.",
            update_w = |w, dw, lr| w + lr * dw,
            update_b = |b, db, lr| b + lr * db;
        w_uphill: "`W` moves uphill: its step is added instead of subtracted.",
            update_w = |w, dw, lr| w + lr * dw;
        b_uphill: "`b` moves uphill: its step is added instead of subtracted.",
            update_b = |b, db, lr| b + lr * db;
        no_learning_rate: "`lr` is missing from the steps of `W` and `b`.",
            update_w = |w, dw, _| w - dw,
            update_b = |b, db, _| b - db;
        w_no_learning_rate: "`lr` is missing from the step of `W`.",
            update_w = |w, dw, _| w - dw;
        b_no_learning_rate: "`lr` is missing from the step of `b`.",
            update_b = |b, db, _| b - db;
        w_unchanged: "`backward` doesn't update `W`.",
            update_w = |w, _, _| w;
        b_unchanged: "`backward` doesn't update `b`.",
            update_b = |b, _, _| b;
        not_updated: "`backward` updates neither `W` nor `b`.",
            update_w = |w, _, _| w,
            update_b = |b, _, _| b;
        step_taken_twice:
            "`W` and `b` move twice as far as they should, as if the update ran \
             twice.",
            update_w = |w, dw, lr| w - 2.0 * lr * dw,
            update_b = |b, db, lr| b - 2.0 * lr * db;
        learning_rate_twice:
            "The steps of `W` and `b` are multiplied by `lr` twice.",
            update_w = |w, dw, lr| w - lr * lr * dw,
            update_b = |b, db, lr| b - lr * lr * db;
        divided_by_learning_rate:
            "The steps of `W` and `b` are divided by `lr` instead of multiplied.",
            update_w = |w, dw, lr| w - dw / lr,
            update_b = |b, db, lr| b - db / lr;
        step_alone:
            "`W` and `b` are replaced by their steps, `-lr dW` and `-lr db`.",
            update_w = |_, dw, lr| -lr * dw,
            update_b = |_, db, lr| -lr * db;
        gradient_alone: "`W` and `b` are replaced by their gradients.",
            update_w = |_, dw, _| dw,
            update_b = |_, db, _| db;
        weight_decay:
            "`W` and `b` also shrink: they are multiplied by `1 - lr` in the \
             update.",
            update_w = |w, dw, lr| w - lr * (dw + w),
            update_b = |b, db, lr| b - lr * (db + b);
        // The rest of the layer
        z_overwritten:
            "`layer.z` holds ReLU's mask afterwards, but it should stay as it was.",
            at_the_end = |layer, _| {
                if layer.activation == Activation::Relu {
                    layer.z.mapv_inplace(|z| f64::from(u8::from(z > 0.0)));
                }
            };
        z_is_dz: "`layer.z` holds `dz` afterwards, but it should stay as it was.",
            at_the_end = |layer, p| layer.z.clone_from(&p.dz);
        z_cleared:
            "`layer.z` is all zeros afterwards, but it should stay as it was.",
            at_the_end = |layer, _| layer.z.fill(0.0);
        z_recomputed:
            "`layer.z` is computed again with the new weights, but it should stay \
             as it was.",
            at_the_end = |layer, _| layer.z = layer.w.dot(&layer.x) + &layer.b;
        x_is_dx: "`layer.x` holds `dx` afterwards, but it should stay as it was.",
            at_the_end = |layer, p| layer.x = p.layer.w.t().dot(&p.dz);
        })
}

fn activated(layer: &Layer) -> Array1<f64> {
    match layer.activation {
        Activation::Relu => layer.z.mapv(relu),
        Activation::Softmax => softmax(&layer.z),
    }
}
