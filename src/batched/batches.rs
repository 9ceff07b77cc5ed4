//! The mini-batches of an epoch.

use ndarray::{Array2, Axis};
use rand::Rng;
use rand::seq::SliceRandom;

use crate::dataset::Dataset;

/// An iterator over an epoch's mini-batches, in a new random order.
///
/// Each item is a batch's inputs, `(batch, features)`, and its labels. No example
/// is left out, so the last batch may be smaller. If the batch size is larger than
/// the data set, there's a single batch.
///
/// ```
/// use no_magic::batched::Batches;
/// use no_magic::patterns;
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(0);
/// let data = patterns::dataset([120; 3], &mut rng)?;
/// let sizes: Vec<usize> =
///     Batches::new(&data, 100, &mut rng).map(|(x, _)| x.nrows()).collect();
/// assert_eq!(sizes, [100, 100, 100, 60]);
/// # Ok::<(), no_magic::dataset::DatasetError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    data: &'a Dataset,
    order: Vec<usize>,
    size: usize,
    start: usize,
}

impl<'a> Batches<'a> {
    /// Shuffles the examples of `data`, and divides them into batches of `size`.
    ///
    /// # Panics
    ///
    /// If `size` is zero.
    #[track_caller]
    // ANCHOR: batches_new
    pub fn new(data: &'a Dataset, size: usize, rng: &mut impl Rng) -> Self {
        assert!(size > 0, "a batch needs at least one example");
        let mut order: Vec<usize> = (0..data.len()).collect();
        order.shuffle(rng);
        Self { data, order, size, start: 0 }
    }
    // ANCHOR_END: batches_new
}

impl Iterator for Batches<'_> {
    type Item = (Array2<f64>, Vec<usize>);

    // ANCHOR: batches_next
    fn next(&mut self) -> Option<Self::Item> {
        let remaining = &self.order[self.start..];
        let chosen = &remaining[..self.size.min(remaining.len())];
        if chosen.is_empty() {
            return None;
        }
        self.start += chosen.len();
        let x = self.data.inputs().select(Axis(0), chosen);
        let y = chosen.iter().map(|&i| self.data.y(i)).collect();
        Some((x, y))
    }
    // ANCHOR_END: batches_next
}
