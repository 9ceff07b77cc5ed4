//! The training step, the epoch, and the accuracy.

use ndarray::Array2;
use rand::Rng;

use super::{Batches, Network, Optimizer, mean_cross_entropy};
use crate::dataset::Dataset;
use crate::softmax::argmax;

impl Network {
    /// Takes one step on a batch, and returns its mean loss before the step.
    ///
    /// Shapes: `x` is `(batch, n_in)`, and `y` has one label for each row.
    ///
    /// ```
    /// use ndarray::array;
    /// use no_magic::batched::{Layer, Linear, Network, Sgd};
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let linear =
    ///     Linear { w: array![[0.0, 0.0], [0.0, 0.0]], b: array![0.0, 0.0] };
    /// let mut network = Network { layers: vec![Layer::Linear(linear)] };
    /// let mut sgd = Sgd::new(1.0);
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    ///
    /// let x = array![[1.0, 0.0], [0.0, 1.0]];
    /// let loss = network.train_step(&mut sgd, &x, &[0, 1], &mut rng);
    /// assert!((loss - 2.0_f64.ln()).abs() < 1e-15);
    /// let Layer::Linear(linear) = &network.layers[0] else { unreachable!() };
    /// assert_eq!(linear.w, array![[0.25, -0.25], [-0.25, 0.25]]);
    /// ```
    ///
    /// # Panics
    ///
    /// - If there are no rows, or if there's only one and the network has batch
    ///   normalization.
    /// - If `x.ncols() != n_in`, if `y.len() != x.nrows()`, or if a label is not
    ///   below `n_out`.
    /// - Where [`Optimizer::step`] panics.
    #[track_caller]
    // ANCHOR: train_step
    pub fn train_step(
        &mut self,
        optimizer: &mut impl Optimizer,
        x: &Array2<f64>,
        y: &[usize],
        rng: &mut impl Rng,
    ) -> f64 {
        let (logits, trace) = self.forward(x, rng);
        let (loss, grad) = mean_cross_entropy(&logits, y);
        let gradients = self.backward(&trace, &grad);
        optimizer.step(&mut self.parameters_mut(), &gradients);
        self.observe(&trace);
        loss
    }
    // ANCHOR_END: train_step

    /// Trains for one epoch, in shuffled batches. Returns the mean loss over all
    /// examples, where each loss is computed just before the step on its batch.
    ///
    /// ```
    /// use no_magic::batched::{Adam, Network};
    /// use no_magic::patterns;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let data = patterns::dataset([20; 3], &mut rng)?;
    /// let mut network = Network::new(&[36, 16, 3], &mut rng)?;
    /// let mut adam = Adam::new(0.01);
    /// let first = network.train_epoch(&mut adam, &data, 16, &mut rng);
    /// let second = network.train_epoch(&mut adam, &data, 16, &mut rng);
    /// assert!(second < first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// - If `data.features() != n_in`, or if a label is not below `n_out`.
    /// - If `batch_size` is zero.
    /// - If the network has batch normalization and the last batch has a single
    ///   example, as with 33 examples in batches of 32.
    /// - Where [`Optimizer::step`] panics.
    #[track_caller]
    // ANCHOR: train_epoch
    pub fn train_epoch(
        &mut self,
        optimizer: &mut impl Optimizer,
        data: &Dataset,
        batch_size: usize,
        rng: &mut impl Rng,
    ) -> f64 {
        let mut total = 0.0;
        for (x, y) in Batches::new(data, batch_size, rng) {
            let batch = y.len() as f64;
            total += batch * self.train_step(optimizer, &x, &y, rng);
        }
        total / data.len() as f64
    }
    // ANCHOR_END: train_epoch

    /// The fraction of the examples classified correctly, from 0 to 1.
    ///
    /// # Panics
    ///
    /// If `data.features() != n_in`, or if `data.classes() != n_out`.
    #[track_caller]
    pub fn accuracy(&self, data: &Dataset) -> f64 {
        let logits = self.predict(data.inputs());
        data.check_classes(logits.ncols());
        let is_right = |&i: &usize| argmax(logits.row(i)) == Some(data.y(i));
        (0..data.len()).filter(is_right).count() as f64 / data.len() as f64
    }

    /// The mean cross-entropy of the network's predictions.
    ///
    /// # Panics
    ///
    /// Where [`accuracy`](Self::accuracy) panics.
    #[track_caller]
    pub fn mean_loss(&self, data: &Dataset) -> f64 {
        let logits = self.predict(data.inputs());
        data.check_classes(logits.ncols());
        mean_cross_entropy(&logits, data.labels()).0
    }
}
