//! Exercise `layer`, answered.

use ndarray::{Array1, Array2};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::random::standard_normal;
use rand::rngs::ChaCha8Rng;

/// He's initial weights: `W ~ N(0, 1) · sqrt(2 / n_in)`, of shape `(n_out, n_in)`.
///
/// All randomness comes from `rng`.
pub fn he_weights(n_in: usize, n_out: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    // Each unit adds up n_in products. The more there are, the smaller each one has
    // to be.
    let scale = (2.0 / n_in as f64).sqrt();
    Array2::from_shape_simple_fn((n_out, n_in), || standard_normal(rng) * scale)
}

/// `a = activation(z)` with `z = W x + b`; keeps `x` and `z` in the layer.
///
/// Shapes: `x` is `(n_in,)`, the result `(n_out,)`. Right for any finite `z`.
pub fn forward(layer: &mut Layer, x: &Array1<f64>) -> Array1<f64> {
    // Backward needs x for dW, and z to see where ReLU's slope is 1.
    layer.x = x.clone();
    layer.z = layer.w.dot(x) + &layer.b;
    match layer.activation {
        Activation::Relu => layer.z.mapv(relu),
        Activation::Softmax => softmax(&layer.z),
    }
}

fn relu(z: f64) -> f64 {
    // Not z.max(0.0), which would turn a NaN into a 0 and hide that something
    // broke.
    if z < 0.0 { 0.0 } else { z }
}

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    // Once the maximum is subtracted, the largest exponent is 0, so nothing
    // overflows.
    let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    let exp = (z - max).exp();
    let sum = exp.sum();
    exp / sum
}

/// Takes the gradient back through the layer, and takes one step of gradient
/// descent.
///
/// `grad` is `dL/da`, and for a softmax layer already `dL/dz`. The result is
/// `dL/dx`, for the weights as they were in forward. `w` and `b` take a step with
/// the learning rate `lr`; the rest of the layer stays as it is.
///
/// Shapes: `grad` is `(n_out,)`, the result `(n_in,)`.
pub fn backward(layer: &mut Layer, grad: &Array1<f64>, lr: f64) -> Array1<f64> {
    let dz = match layer.activation {
        // The slope is 1 above 0 and 0 everywhere else, so a silent unit learns
        // nothing.
        Activation::Relu => grad * layer.z.mapv(relu_slope),
        // For softmax, grad is dL/dz already.
        Activation::Softmax => grad.clone(),
    };
    let dw = outer(&dz, &layer.x);
    let db = &dz;
    // Compute dx before the update: the loss came from these weights, not from the
    // new ones.
    let dx = layer.w.t().dot(&dz);

    // Gradients point uphill, so a step downhill subtracts them.
    layer.w -= &(lr * dw);
    layer.b -= &(lr * db);
    dx
}

fn relu_slope(z: f64) -> f64 {
    // At exactly 0 there's a kink and no slope. By custom, we take 0.
    if z > 0.0 { 1.0 } else { 0.0 }
}
