//! Exercise `momentum`, answered.

use checks::momentum::{Gradients, Layer, Moments, Settings, Trace, Velocity};
use ndarray::{Array1, Axis, Zip, azip};
use no_magic::by_hand::Activation;

/// The gradients of a layer's parameters, and `dx` for the layer before. Nothing changes.
///
/// `grad` is `dL/da`; for a softmax layer it is `dL/dz`, because the gradient of softmax and
/// cross-entropy is taken together, upstream.
pub fn gradients(
    layer: &Layer,
    trace: &Trace,
    grad: &Array1<f64>,
) -> (Gradients, Array1<f64>) {
    let dz = match layer.activation {
        Activation::Relu => Zip::from(grad)
            .and(&trace.z)
            .map_collect(|&g, &z| if z > 0.0 { g } else { 0.0 }),
        Activation::Softmax => grad.clone(),
    };
    // With a layer that can't change, it no longer matters what is computed first.
    let dx = layer.w.t().dot(&dz);
    let dw = &dz.view().insert_axis(Axis(1)) * &trace.x;
    (Gradients { dw, db: dz }, dx)
}

/// A step of plain gradient descent: `W -= lr dW`, `b -= lr db`.
pub fn sgd(layer: &mut Layer, gradients: &Gradients, lr: f64) {
    layer.w.scaled_add(-lr, &gradients.dw);
    layer.b.scaled_add(-lr, &gradients.db);
}

/// A step with momentum: `v = mu v + g`, then `w -= lr v`, for every weight and bias.
///
/// `velocity` is what the steps before have left, and what the next one will find.
pub fn momentum(
    layer: &mut Layer,
    gradients: &Gradients,
    velocity: &mut Velocity,
    lr: f64,
    mu: f64,
) {
    velocity.w *= mu;
    velocity.w += &gradients.dw;
    velocity.b *= mu;
    velocity.b += &gradients.db;
    // The learning rate stays outside the velocity, so that a new one counts at once.
    layer.w.scaled_add(-lr, &velocity.w);
    layer.b.scaled_add(-lr, &velocity.b);
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
    // Once a step, not once a parameter; and before the count is used.
    moments.t += 1;
    let t = moments.t;
    azip!((w in &mut layer.w, &g in &gradients.dw, m in &mut moments.m_w, v in &mut moments.v_w) {
        *w -= adam_step(g, m, v, t, settings);
    });
    azip!((b in &mut layer.b, &g in &gradients.db, m in &mut moments.m_b, v in &mut moments.v_b) {
        *b -= adam_step(g, m, v, t, settings);
    });
}

/// Adam's rule is the same for each number, so it is written for a single one.
fn adam_step(g: f64, m: &mut f64, v: &mut f64, t: i32, settings: &Settings) -> f64 {
    let Settings {
        lr,
        beta1,
        beta2,
        epsilon,
    } = *settings;
    *m = beta1 * *m + (1.0 - beta1) * g;
    *v = beta2 * *v + (1.0 - beta2) * g * g;
    // The corrected moments are for this step alone; what is kept stays as it is.
    let m_hat = *m / (1.0 - beta1.powi(t));
    let v_hat = *v / (1.0 - beta2.powi(t));
    lr * m_hat / (v_hat.sqrt() + epsilon)
}
