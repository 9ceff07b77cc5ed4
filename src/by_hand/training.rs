//! The training loop: epochs of shuffled examples.

use rand::Rng;
use rand::seq::SliceRandom;

use super::neural_net::NeuralNet;
use crate::dataset::Dataset;
use crate::softmax::argmax;
use crate::training::Train;

impl NeuralNet {
    /// Trains for one epoch: takes one step on each example, in a new random order.
    ///
    /// Returns the mean of the losses that [`train_step`](Self::train_step)
    /// returns. `lr` is the learning rate, and it isn't checked.
    ///
    /// ```
    /// use no_magic::by_hand::NeuralNet;
    /// use no_magic::patterns;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    ///
    /// let mut rng = ChaCha8Rng::seed_from_u64(0);
    /// let data = patterns::dataset([20; 3], &mut rng)?;
    /// let mut network = NeuralNet::new(&[36, 16, 3], &mut rng)?;
    /// let first = network.train_epoch(&data, 0.05, &mut rng);
    /// let second = network.train_epoch(&data, 0.05, &mut rng);
    /// assert!(second < first);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `data.features() != n_in`, or if a label is not below `n_out`.
    /// [`Training::new`](crate::training::Training::new) checks both in advance.
    #[track_caller]
    // ANCHOR: train_epoch
    pub fn train_epoch(
        &mut self,
        data: &Dataset,
        lr: f64,
        rng: &mut impl Rng,
    ) -> f64 {
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.shuffle(rng);

        let mut total = 0.0;
        for i in order {
            let x = data.x(i).to_owned();
            total += self.train_step(&x, data.y(i), lr);
        }
        total / data.len() as f64
    }
    // ANCHOR_END: train_epoch

    /// The fraction of the examples classified correctly, from 0 to 1.
    ///
    /// ```
    /// use ndarray::{Array2, array};
    /// use no_magic::by_hand::NeuralNet;
    /// use no_magic::dataset::Dataset;
    ///
    /// // The identity matrix passes the input on, so the larger entry wins.
    /// let mut network =
    ///     NeuralNet::from_parameters(vec![(Array2::eye(2), array![0.0, 0.0])])?;
    /// let inputs = array![[2.0, 0.0], [0.0, 1.0], [3.0, 1.0], [1.0, 2.0]];
    /// let data = Dataset::new(inputs, vec![0, 1, 0, 0], 2)?;
    /// assert_eq!(network.accuracy(&data), 0.75);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If `data.features() != n_in`, or if `data.classes() != n_out`.
    #[track_caller]
    // ANCHOR: accuracy
    pub fn accuracy(&mut self, data: &Dataset) -> f64 {
        data.check_classes(self.n_out());
        let mut right = 0;
        for i in 0..data.len() {
            let yhat = self.predict(&data.x(i).to_owned());
            if argmax(&yhat) == Some(data.y(i)) {
                right += 1;
            }
        }
        f64::from(right) / data.len() as f64
    }
    // ANCHOR_END: accuracy
}

impl Train for NeuralNet {
    fn n_in(&self) -> usize {
        self.n_in()
    }

    fn n_out(&self) -> usize {
        self.n_out()
    }

    fn train_epoch(&mut self, data: &Dataset, lr: f64, rng: &mut impl Rng) -> f64 {
        self.train_epoch(data, lr, rng)
    }

    fn accuracy(&mut self, data: &Dataset) -> f64 {
        self.accuracy(data)
    }
}
