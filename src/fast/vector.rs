//! Loops over plain slices, which the compiler turns into vector instructions.
//!
//! Each function adds in exactly the same order as `ndarray`, so the results have
//! the same bits.

use std::iter::zip;

use crate::cross_entropy::check_label;

/// `Σ x[i] y[i]`, as eight sums side by side.
///
/// With a single sum, each addition would have to wait for the one before it.
// ANCHOR: dot
#[inline(always)]
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let (x_chunks, x_rest) = x.as_chunks::<8>();
    let (y_chunks, y_rest) = y.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (x, y) in zip(x_chunks, y_chunks) {
        for i in 0..8 {
            sums[i] += x[i] * y[i];
        }
    }
    let mut sum = add_up(sums);
    for (x, y) in zip(x_rest, y_rest) {
        sum += x * y;
    }
    sum
}

/// Adds up the eight sums.
#[inline(always)]
fn add_up(sums: [f64; 8]) -> f64 {
    let mut sum = 0.0;
    for i in 0..4 {
        sum += sums[i] + sums[i + 4];
    }
    sum
}
// ANCHOR_END: dot

/// `Σ x[i]`, added in the same order as in [`dot`].
#[inline(always)]
pub(super) fn sum(x: &[f64]) -> f64 {
    let (chunks, rest) = x.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for x in chunks {
        for i in 0..8 {
            sums[i] += x[i];
        }
    }
    let mut sum = add_up(sums);
    for x in rest {
        sum += x;
    }
    sum
}

/// `y += scale · x`.
#[inline(always)]
pub(super) fn add_scaled(y: &mut [f64], scale: f64, x: &[f64]) {
    for (y, x) in zip(y, x) {
        *y += scale * x;
    }
}

/// `dx = Wᵀ dz`, where `w` has one row for each entry of `dz`, as long as `dx`.
// ANCHOR: transposed_product
#[inline(always)]
pub(super) fn transposed_product(w: &[f64], dz: &[f64], dx: &mut [f64]) {
    if let [dx] = dx {
        // A single column is contiguous in memory, so `ndarray` uses
        // `dot`. So do we.
        *dx = dot(w, dz);
        return;
    }
    dx.fill(0.0);
    for (w, &dz) in zip(w.chunks_exact(dx.len()), dz) {
        add_scaled(dx, dz, w);
    }
}
// ANCHOR_END: transposed_product

/// One row of `W -= lr · outer(dz, x)`, entry by entry: `w -= lr · (dz · x)`.
// ANCHOR: descend
#[inline(always)]
pub(super) fn descend(w: &mut [f64], lr: f64, dz: f64, x: &[f64]) {
    for (w, x) in zip(w, x) {
        *w -= lr * (dz * x);
    }
}
// ANCHOR_END: descend

/// `z = Σ x[j] w[j]`, where `w[j]` is a row as long as `z`: one dot product for
/// each entry of `z`, computed side by side.
// ANCHOR: weighted_rows
#[inline(always)]
pub(super) fn weighted_rows(z: &mut [f64], w: &[f64], x: &[f64]) {
    let width = z.len();
    let (blocks, rest) = z.as_chunks_mut::<8>();
    let whole = 8 * blocks.len();
    for (block, start) in zip(blocks, (0..).step_by(8)) {
        *block = weighted_block(&w[start..], width, x);
    }
    for (z, start) in zip(rest, whole..) {
        [*z] = weighted_block(&w[start..], width, x);
    }
}

/// The sums of `N` neighboring units, each added up in the same order
/// as in [`dot`].
#[inline(always)]
fn weighted_block<const N: usize>(w: &[f64], width: usize, x: &[f64]) -> [f64; N] {
    let whole = x.len() / 8 * 8;
    let mut z = [0.0; N];
    for i in 0..4 {
        let (mut p, mut q) = ([0.0; N], [0.0; N]);
        for j in (i..whole).step_by(8) {
            add_scaled(&mut p, x[j], &w[j * width..][..N]);
            add_scaled(&mut q, x[j + 4], &w[(j + 4) * width..][..N]);
        }
        for n in 0..N {
            z[n] += p[n] + q[n];
        }
    }
    for j in whole..x.len() {
        add_scaled(&mut z, x[j], &w[j * width..][..N]);
    }
    z
}
// ANCHOR_END: weighted_rows

/// `a = exp(z - max z) / Σ exp(z - max z)`.
#[inline(always)]
pub(super) fn softmax(z: &[f64], a: &mut [f64]) {
    let max = z.iter().fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    for (a, z) in zip(&mut *a, z) {
        *a = libm::exp(z - max);
    }
    let sum = sum(a);
    for a in a {
        *a /= sum;
    }
}

/// The lesson's loss, `-ln(yhat[y] + 1e-7)`.
#[track_caller]
pub(super) fn loss(yhat: &[f64], y: usize) -> f64 {
    check_label(y, yhat.len());
    -libm::log(yhat[y] + 1e-7)
}
