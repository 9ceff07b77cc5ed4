//! The loss of a batch and its gradient, in one pass over the logits.

use std::iter::zip;

use ndarray::NdFloat;

use crate::cross_entropy::check_labels;

/// Returns the mean cross-entropy of a batch, and writes its gradient
/// `dZ = (ŷ - one_hot(y)) / batch` into `dz`.
///
/// `logits` and `dz` have a row of `classes` numbers for each label. Logarithms are
/// slow. So instead of taking one for each row's sum, we multiply several sums and
/// take the logarithm of the product.
#[inline(always)]
#[track_caller]
// ANCHOR: fast_cross_entropy
pub(super) fn cross_entropy<F: NdFloat>(
    logits: &[F],
    classes: usize,
    labels: &[usize],
    dz: &mut [F],
) -> F {
    check_labels(labels, (logits.len() / classes, classes));
    let share = F::one() / F::from(labels.len()).expect("any float holds a count");
    let large = F::from(1e30).expect("1e30 fits into f32 and f64");

    let mut loss = F::zero();
    let mut product = F::one();
    let (z, dz) = (logits.chunks_exact(classes), dz.chunks_exact_mut(classes));
    for ((z, dz), &y) in zip(zip(z, dz), labels) {
        let max = z.iter().fold(z[0], |max, &z| if z > max { z } else { max });
        let mut sum = F::zero();
        for (dz, &z) in zip(&mut *dz, z) {
            *dz = (z - max).exp();
            sum += *dz;
        }
        let scale = share / sum;
        for dz in &mut *dz {
            *dz *= scale;
        }
        dz[y] -= share;

        loss += max - z[y];
        product *= sum;
        if product > large {
            loss += product.ln();
            product = F::one();
        }
    }
    (loss + product.ln()) * share
}
// ANCHOR_END: fast_cross_entropy
