//! Batch normalization: every feature with mean 0 and variance 1 over the batch.

use ndarray::{Array1, Array2, ArrayView2, Axis, azip};

/// `y = γ x̂ + β` with `x̂ = (x - mean) / √(variance + ε)`, feature by feature.
///
/// In training, mean and variance are those of the batch. For predictions they are running means of
/// what training has seen, so that a prediction does not depend on its neighbors in the batch.
///
/// Shapes: `x` and `y` are `(batch, features)`, everything else `(features,)`.
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::BatchNorm;
///
/// let norm = BatchNorm::new(2);
/// let (y, _) = norm.forward(array![[1.0, 10.0], [3.0, 50.0]].view());
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-4 && (y[[1, 0]] - 1.0).abs() < 1e-4);
/// assert!((y[[0, 1]] + 1.0).abs() < 1e-4 && (y[[1, 1]] - 1.0).abs() < 1e-4);
/// ```
///
/// Source: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing
/// Internal Covariate Shift*, 2015, algorithms 1 and 2.
// ANCHOR: batch_norm
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// The scale that is learned.
    pub gamma: Array1<f64>,
    /// The shift that is learned.
    pub beta: Array1<f64>,
    /// The mean for predictions.
    pub running_mean: Array1<f64>,
    /// The variance for predictions.
    pub running_variance: Array1<f64>,
    /// How much a batch counts for the running means.
    pub momentum: f64,
    /// What keeps the division from zero.
    pub epsilon: f64,
}

/// What forward keeps for backward.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNormTrace {
    mean: Array1<f64>,
    variance: Array1<f64>,
    x_hat: Array2<f64>,
}
// ANCHOR_END: batch_norm

impl BatchNorm {
    /// Scale 1, shift 0, and running means that have seen nothing yet: 0 and 1.
    ///
    /// As in PyTorch, a batch counts for 0.1 of the running means, and `ε` is 1e-5.
    pub fn new(features: usize) -> Self {
        Self {
            gamma: Array1::ones(features),
            beta: Array1::zeros(features),
            running_mean: Array1::zeros(features),
            running_variance: Array1::ones(features),
            momentum: 0.1,
            epsilon: 1e-5,
        }
    }

    /// Forward in training, with the statistics of the batch.
    ///
    /// # Panics
    ///
    /// If the batch is empty, or has not as many features as the layer.
    #[track_caller]
    // ANCHOR: batch_norm_forward
    pub fn forward(
        &self,
        x: ArrayView2<'_, f64>,
    ) -> (Array2<f64>, BatchNormTrace) {
        let mean = x.mean_axis(Axis(0)).expect("an example");
        let variance = x.var_axis(Axis(0), 0.0);
        let deviation = variance.mapv(|v| (v + self.epsilon).sqrt());
        let x_hat = (&x - &mean) / deviation;
        let y = &x_hat * &self.gamma + &self.beta;
        (y, BatchNormTrace { mean, variance, x_hat })
    }
    // ANCHOR_END: batch_norm_forward

    /// Forward for predictions, with the running statistics.
    // ANCHOR: batch_norm_predict
    pub fn predict(&self, x: ArrayView2<'_, f64>) -> Array2<f64> {
        let deviation =
            self.running_variance.mapv(|v| (v + self.epsilon).sqrt());
        (&x - &self.running_mean) / deviation * &self.gamma + &self.beta
    }
    // ANCHOR_END: batch_norm_predict

    /// The gradients `dγ` and `dβ`, and `dx`.
    ///
    /// Every output depends on every input of its feature, because each moves the mean and the variance.
    /// With `dx̂ = γ dy`, and means over the batch:
    ///
    /// ```text
    /// dx = (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)) / √(variance + ε)
    /// ```
    ///
    /// Shapes: `dy` and `dx` are `(batch, features)`, the others `(features,)`.
    // ANCHOR: batch_norm_backward
    pub fn backward(
        &self,
        trace: &BatchNormTrace,
        dy: ArrayView2<'_, f64>,
    ) -> (Array1<f64>, Array1<f64>, Array2<f64>) {
        let BatchNormTrace { variance, x_hat, .. } = trace;
        let batch = dy.nrows() as f64;
        let dbeta = dy.sum_axis(Axis(0));
        let dgamma = (&dy * x_hat).sum_axis(Axis(0));
        let scale =
            &self.gamma / variance.mapv(|v| (v + self.epsilon).sqrt());
        let dx =
            (&dy - &dbeta / batch - x_hat * &(&dgamma / batch)) * scale;
        (dgamma, dbeta, dx)
    }
    // ANCHOR_END: batch_norm_backward

    /// Moves the running statistics towards those of a batch. The variance is the unbiased one, over
    /// `batch - 1`.
    // ANCHOR: batch_norm_observe
    pub fn observe(&mut self, trace: &BatchNormTrace) {
        let batch = trace.x_hat.nrows() as f64;
        let unbiased = batch / (batch - 1.0).max(1.0);
        let share = self.momentum;
        azip!((r in &mut self.running_mean, &m in &trace.mean) {
            *r += share * (m - *r);
        });
        azip!((r in &mut self.running_variance, &v in &trace.variance) {
            *r += share * (v * unbiased - *r);
        });
    }
    // ANCHOR_END: batch_norm_observe
}
