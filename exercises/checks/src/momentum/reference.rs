//! The two passes through a layer, as they should be.

use ndarray::{Array1, Array2, Axis};
use no_magic::by_hand::Activation;
use no_magic::softmax::softmax;

use super::{Gradients, Layer, Trace};

pub(super) fn forward(layer: &Layer, x: Array1<f64>) -> (Array1<f64>, Trace) {
    let z = layer.w.dot(&x) + &layer.b;
    let a = match layer.activation {
        Activation::Relu => z.mapv(|z| z.max(0.0)),
        Activation::Softmax => softmax(z.view()),
    };
    (a, Trace { x, z })
}

pub(super) fn backward(
    layer: &Layer,
    trace: &Trace,
    grad: &Array1<f64>,
) -> (Gradients, Array1<f64>) {
    let dz = match layer.activation {
        Activation::Relu => grad * &trace.z.mapv(|z| f64::from(z > 0.0)),
        Activation::Softmax => grad.clone(),
    };
    let dx = layer.w.t().dot(&dz);
    let dw = outer(&dz, &trace.x);
    (Gradients { dw, db: dz }, dx)
}

pub(super) fn outer(column: &Array1<f64>, row: &Array1<f64>) -> Array2<f64> {
    &column.view().insert_axis(Axis(1)) * row
}
