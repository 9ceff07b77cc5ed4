//! Exercise `layer`, answered.

use checks::layer::{Activation, Layer};
use ndarray::{Array1, Array2, Axis};
use no_magic::random::standard_normal;
use rand::rngs::ChaCha8Rng;

/// He's initial weights: `W ~ N(0, 1) · sqrt(2 / n_in)`, of shape `(n_out, n_in)`.
///
/// All randomness comes from `rng`.
pub fn he_weights(n_in: usize, n_out: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    // A unit adds up n_in products: the more there are, the smaller each has to be.
    let scale = (2.0 / n_in as f64).sqrt();
    Array2::from_shape_simple_fn((n_out, n_in), || standard_normal(rng) * scale)
}

/// `a = activation(z)` with `z = W x + b`; keeps `x` and `z` in the layer.
///
/// Shapes: `x` is `(n_in,)`, the result `(n_out,)`. Right for any finite `z`.
pub fn forward(layer: &mut Layer, x: &Array1<f64>) -> Array1<f64> {
    // Backward asks for x to form dW, and for z to know where ReLU has a slope.
    layer.x = x.clone();
    layer.z = layer.w.dot(x) + &layer.b;
    match layer.activation {
        Activation::Relu => layer.z.mapv(|z| z.max(0.0)),
        Activation::Softmax => softmax(&layer.z),
    }
}

fn softmax(z: &Array1<f64>) -> Array1<f64> {
    // With the maximum taken out, the largest exponent is 0, and nothing overflows.
    let max = z.fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    let exp = z.mapv(|z| (z - max).exp());
    let sum = exp.sum();
    exp / sum
}

/// Takes the gradient back through the layer, and takes one step of gradient descent.
///
/// `grad` is `dL/da`, and for a softmax layer already `dL/dz`. The result is `dL/dx`, for the
/// weights as they were in forward. `w` and `b` take a step with the learning rate `lr`; the rest
/// of the layer stays as it is.
///
/// Shapes: `grad` is `(n_out,)`, the result `(n_in,)`.
pub fn backward(layer: &mut Layer, grad: &Array1<f64>, lr: f64) -> Array1<f64> {
    let dz = match layer.activation {
        // The slope is 1 above 0, and 0 everywhere else: a silent unit learns nothing.
        Activation::Relu => grad * &layer.z.mapv(|z| if z > 0.0 { 1.0 } else { 0.0 }),
        Activation::Softmax => grad.clone(),
    };
    // Before the update: the loss was made with these weights, not with the next ones.
    let dx = layer.w.t().dot(&dz);
    // dz as a column times x as a row is the outer product.
    let dw = &dz.view().insert_axis(Axis(1)) * &layer.x;
    layer.w.scaled_add(-lr, &dw);
    layer.b.scaled_add(-lr, &dz);
    dx
}
