//! The two passes through a layer, as they should be.

use ndarray::Array1;
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::relu::relu_slope;

use super::{Gradients, Trace};

pub(super) fn forward(layer: &Layer, x: &Array1<f64>) -> (Array1<f64>, Trace) {
    let mut layer = layer.clone();
    let a = layer.forward(x);
    let (x, z) = (layer.x, layer.z);
    (a, Trace { x, z })
}

pub(super) fn backward(
    layer: &Layer,
    trace: &Trace,
    grad: &Array1<f64>,
) -> (Gradients, Array1<f64>) {
    let dz = match layer.activation {
        Activation::Relu => grad * trace.z.mapv(relu_slope),
        Activation::Softmax => grad.clone(),
    };
    let dx = layer.w.t().dot(&dz);
    let dw = outer(&dz, &trace.x);
    (Gradients { dw, db: dz }, dx)
}
