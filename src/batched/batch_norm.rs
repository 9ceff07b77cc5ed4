//! Batch normalization: over a batch, every feature gets mean 0 and variance 1.

use ndarray::{Array1, Array2, Axis};

/// Batch normalization, feature by feature: `y = γ x̂ + β`, where
/// `x̂ = (x - mean) / √(variance + ε)`.
///
/// In training, the mean and the variance are those of the batch. Predictions use
/// running averages over the training batches instead. That way, a prediction
/// doesn't depend on the other examples in its batch.
///
/// Shapes: `x` and `y` are `(batch, features)`, everything else is `(features,)`.
///
/// ```
/// use ndarray::array;
/// use no_magic::batched::BatchNorm;
///
/// let norm = BatchNorm::new(2);
/// let y = norm.forward(&array![[1.0, 10.0], [3.0, 50.0]]);
/// assert!((y[[0, 0]] + 1.0).abs() < 1e-4 && (y[[1, 0]] - 1.0).abs() < 1e-4);
/// assert!((y[[0, 1]] + 1.0).abs() < 1e-4 && (y[[1, 1]] - 1.0).abs() < 1e-4);
/// ```
///
/// Source: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network
/// Training by Reducing Internal Covariate Shift*, 2015, algorithms 1 and 2.
// ANCHOR: batch_norm
#[derive(Clone, Debug, PartialEq)]
pub struct BatchNorm {
    /// The learned scale `γ`.
    pub gamma: Array1<f64>,
    /// The learned shift `β`.
    pub beta: Array1<f64>,
    /// The mean for predictions.
    pub running_mean: Array1<f64>,
    /// The variance for predictions.
    pub running_variance: Array1<f64>,
    /// The weight of the newest batch in the running averages, from 0 to 1.
    pub momentum: f64,
    /// `ε`, which prevents a division by zero: positive and finite.
    pub epsilon: f64,
}
// ANCHOR_END: batch_norm

impl BatchNorm {
    /// A layer with scale 1 and shift 0. The running averages start at mean 0
    /// and variance 1.
    ///
    /// As in PyTorch, `momentum` is 0.1 and `epsilon` is 1e-5.
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

    /// Forward in training, with the mean and the variance of the batch.
    ///
    /// Shapes: `x` and the result are `(batch, features)`.
    ///
    /// # Panics
    ///
    /// If `x.ncols()` is not the layer's number of features, or if the batch has
    /// fewer than two examples: the variance of a single one is always 0.
    #[track_caller]
    // ANCHOR: batch_norm_forward
    pub fn forward(&self, x: &Array2<f64>) -> Array2<f64> {
        let (x_hat, _) = self.normalize(x);
        &self.gamma * x_hat + &self.beta
    }

    /// Returns `x̂` and the deviation `√(variance + ε)`.
    #[track_caller]
    fn normalize(&self, x: &Array2<f64>) -> (Array2<f64>, Array1<f64>) {
        self.check_batch(x);
        let variance = x.var_axis(Axis(0), 0.0);
        let deviation = (variance + self.epsilon).sqrt();
        let x_hat = (x - mean(x)) / &deviation;
        (x_hat, deviation)
    }
    // ANCHOR_END: batch_norm_forward

    /// Forward for predictions, with the running mean and the running variance.
    ///
    /// Shapes: `x` and the result are `(batch, features)`. A batch may have
    /// just one example.
    ///
    /// # Panics
    ///
    /// If `x.ncols()` is not the layer's number of features.
    #[track_caller]
    // ANCHOR: batch_norm_predict
    pub fn predict(&self, x: &Array2<f64>) -> Array2<f64> {
        self.check_features(x);
        let deviation = (&self.running_variance + self.epsilon).sqrt();
        let x_hat = (x - &self.running_mean) / deviation;
        &self.gamma * x_hat + &self.beta
    }
    // ANCHOR_END: batch_norm_predict

    /// Returns the gradients `dγ` and `dβ` of the parameters, and `dx`.
    ///
    /// Every output depends on every input of its feature, because each input moves
    /// the mean and the variance. With `dx̂ = γ dy` and with means over the batch:
    ///
    /// ```text
    /// dx = (dx̂ - mean(dx̂) - x̂ mean(dx̂ x̂)) / √(variance + ε)
    /// ```
    ///
    /// Shapes: `x` is the input of forward; `dy` and `dx` are `(batch, features)`,
    /// `dγ` and `dβ` are `(features,)`.
    ///
    /// # Panics
    ///
    /// Where [`forward`](Self::forward) panics, and if `dy` doesn't have
    /// the shape of `x`.
    #[track_caller]
    // ANCHOR: batch_norm_backward
    pub fn backward(
        &self,
        x: &Array2<f64>,
        dy: &Array2<f64>,
    ) -> (Array1<f64>, Array1<f64>, Array2<f64>) {
        check_same_shape(x, dy);
        let (x_hat, deviation) = self.normalize(x);
        let dgamma = (dy * &x_hat).sum_axis(Axis(0));
        let dbeta = dy.sum_axis(Axis(0));

        let dx_hat = &self.gamma * dy;
        let shift = mean(&dx_hat);
        let stretch = mean(&(&dx_hat * &x_hat));
        let dx = (dx_hat - shift - x_hat * stretch) / deviation;
        (dgamma, dbeta, dx)
    }
    // ANCHOR_END: batch_norm_backward

    /// Moves the running mean and variance toward those of a batch:
    /// `r = (1 - momentum) r + momentum s`, where `s` is the batch's value.
    ///
    /// For the variance, `s` is the unbiased estimate, which divides by `batch - 1`
    /// and not by `batch`.
    ///
    /// Shapes: `x` is the input of forward, `(batch, features)`.
    ///
    /// # Panics
    ///
    /// Where [`forward`](Self::forward) panics.
    #[track_caller]
    // ANCHOR: batch_norm_observe
    pub fn observe(&mut self, x: &Array2<f64>) {
        self.check_batch(x);
        let unbiased = x.var_axis(Axis(0), 1.0);
        let new = self.momentum;
        let old = 1.0 - new;
        self.running_mean = old * &self.running_mean + new * mean(x);
        self.running_variance = old * &self.running_variance + new * unbiased;
    }
    // ANCHOR_END: batch_norm_observe

    #[track_caller]
    fn check_features(&self, x: &Array2<f64>) {
        let features = self.gamma.len();
        assert!(
            x.ncols() == features,
            "gamma has length {features}, but x has shape {:?}",
            x.dim()
        );
        assert!(
            (0.0..=1.0).contains(&self.momentum),
            "momentum is {:?}; it must be between 0 and 1",
            self.momentum
        );
        assert!(
            self.epsilon > 0.0 && self.epsilon.is_finite(),
            "epsilon is {:?}; it must be positive and finite",
            self.epsilon
        );
        for (name, length) in [
            ("beta", self.beta.len()),
            ("running_mean", self.running_mean.len()),
            ("running_variance", self.running_variance.len()),
        ] {
            assert!(
                length == features,
                "gamma has length {features}, but {name} has length {length}"
            );
        }
    }

    #[track_caller]
    fn check_batch(&self, x: &Array2<f64>) {
        self.check_features(x);
        assert!(
            x.nrows() >= 2,
            "batch normalization can't train on a batch of {}; it needs at least 2 \
             examples, because the variance of a single one is 0",
            x.nrows()
        );
    }
}

/// The mean of each column.
fn mean(x: &Array2<f64>) -> Array1<f64> {
    x.mean_axis(Axis(0)).expect("the batch isn't empty")
}

#[track_caller]
fn check_same_shape(x: &Array2<f64>, dy: &Array2<f64>) {
    assert!(
        x.dim() == dy.dim(),
        "x has shape {:?}, but dy has shape {:?}",
        x.dim(),
        dy.dim()
    );
}
