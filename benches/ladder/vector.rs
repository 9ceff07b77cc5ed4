//! What the faster rungs do with rows of numbers.
//!
//! Each is compiled into the step that calls it, with the lengths and the instructions known there.

use std::iter::zip;

/// `y += scale · x`.
// ANCHOR: add_scaled
#[inline(always)]
pub fn add_scaled(y: &mut [f64], scale: f64, x: &[f64]) {
    for (y, x) in zip(y, x) {
        *y += scale * x;
    }
}
// ANCHOR_END: add_scaled

/// `Σ x[i] y[i]`, as four sums side by side, because one alone would wait for each addition.
#[inline(always)]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    let (x, x_rest) = x.as_chunks::<4>();
    let (y, y_rest) = y.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (x, y) in zip(x, y) {
        for i in 0..4 {
            sums[i] += x[i] * y[i];
        }
    }
    for (i, (x, y)) in zip(x_rest, y_rest).enumerate() {
        sums[i] += x * y;
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// `max(0, z)` in place.
#[inline(always)]
pub fn relu(z: &mut [f64]) {
    for z in z {
        *z = if *z < 0.0 { 0.0 } else { *z };
    }
}

/// `exp(z) / Σ exp(z)` in place.
#[inline(always)]
pub fn softmax(z: &mut [f64]) {
    let max = z.iter().fold(f64::NEG_INFINITY, |max, &z| max.max(z));
    let mut sum = 0.0;
    for z in &mut *z {
        *z = libm::exp(*z - max);
        sum += *z;
    }
    for z in z {
        *z /= sum;
    }
}
