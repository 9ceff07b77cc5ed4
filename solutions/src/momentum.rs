//! Exercise `momentum`, answered.

use checks::momentum::{Gradients, Moments, Settings, Trace, Velocity};
use ndarray::{Array1, azip};
use no_magic::by_hand::{Activation, Layer};
use no_magic::outer::outer;
use no_magic::relu::relu_slope;

/// The gradients of a layer's parameters, and `dx` for the layer before. Nothing
/// changes.
///
/// `grad` is `dL/da`; for a softmax layer it is `dL/dz`, because the gradient of
/// softmax and cross-entropy is taken together, upstream. `x` and `z` are in the
/// trace: the ones that the layer keeps belong to another example.
pub fn gradients(
    layer: &Layer,
    trace: &Trace,
    grad: &Array1<f64>,
) -> (Gradients, Array1<f64>) {
    let dz = match layer.activation {
        // The trace's z, not the layer's: another example may have gone through it
        // since.
        Activation::Relu => grad * trace.z.mapv(relu_slope),
        Activation::Softmax => grad.clone(),
    };
    // The layer can't change here, so the order of these lines no longer matters.
    let dw = outer(&dz, &trace.x);
    let dx = layer.w.t().dot(&dz);
    (Gradients { dw, db: dz }, dx)
}

/// A step of plain gradient descent: `W -= lr dW`, `b -= lr db`.
pub fn sgd(layer: &mut Layer, gradients: &Gradients, lr: f64) {
    // These are the two lines that ended the lesson's backward.
    layer.w -= &(lr * &gradients.dw);
    layer.b -= &(lr * &gradients.db);
}

/// A step with momentum: `v = mu v + g`, then `w -= lr v`, for every weight and
/// bias.
///
/// `velocity` is what the steps before have left, and what the next one will find.
pub fn momentum(
    layer: &mut Layer,
    gradients: &Gradients,
    velocity: &mut Velocity,
    lr: f64,
    mu: f64,
) {
    velocity.w = mu * &velocity.w + &gradients.dw;
    velocity.b = mu * &velocity.b + &gradients.db;
    // The learning rate stays out of the velocity, so that a new rate takes effect
    // at once.
    layer.w -= &(lr * &velocity.w);
    layer.b -= &(lr * &velocity.b);
}

/// A step of Adam, for every weight and bias.
///
/// In step `t`, which counts from 1:
///
/// ```text
/// m = beta1 m + (1 - beta1) g
/// v = beta2 v + (1 - beta2) g²
/// m̂ = m / (1 - beta1^t)
/// v̂ = v / (1 - beta2^t)
/// w -= lr m̂ / (√v̂ + epsilon)
/// ```
///
/// `moments` keeps `t`, `m` and `v` from step to step; at first they are 0.
pub fn adam(
    layer: &mut Layer,
    gradients: &Gradients,
    moments: &mut Moments,
    settings: &Settings,
) {
    // Count once per step, not once per parameter, and before using the count.
    moments.t += 1;
    let t = moments.t;
    azip!((
        w in &mut layer.w,
        &g in &gradients.dw,
        m in &mut moments.m_w,
        v in &mut moments.v_w,
    ) {
        *w -= adam_step(g, m, v, t, settings);
    });
    azip!((
        b in &mut layer.b,
        &g in &gradients.db,
        m in &mut moments.m_b,
        v in &mut moments.v_b,
    ) {
        *b -= adam_step(g, m, v, t, settings);
    });
}

/// Adam's rule is the same for every number, so we write it for a single one.
fn adam_step(g: f64, m: &mut f64, v: &mut f64, t: i32, settings: &Settings) -> f64 {
    let Settings { lr, beta1, beta2, epsilon } = *settings;
    *m = beta1 * *m + (1.0 - beta1) * g;
    *v = beta2 * *v + (1.0 - beta2) * g * g;
    // Only this step uses the corrected moments. The ones we keep stay uncorrected.
    let m_hat = *m / (1.0 - beta1.powi(t));
    let v_hat = *v / (1.0 - beta2.powi(t));
    lr * m_hat / (v_hat.sqrt() + epsilon)
}
