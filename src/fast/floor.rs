//! The floor: the fewest floating-point operations that a step needs.

/// The number of multiplications and additions in a step's matrix products, if
/// nothing is wasted.
///
/// Each weight takes 2 in `W x`, 2 in `Wᵀ dz` (except in the first layer), and 2 in
/// `W += (-lr dz) xᵀ`. Biases, activations and the loss aren't counted.
///
/// ```
/// use no_magic::fast::floor::flops;
///
/// // 36 · 16 + 16 · 3 = 624 weights. Forward: 2 · 624 = 1248. Update: the same.
/// // dx: 2 · 48 = 96.
/// assert_eq!(flops(&[36, 16, 3]), 1248 + 1248 + 96);
/// ```
///
/// # Panics
///
/// If there are fewer than two sizes.
// ANCHOR: flops
pub fn flops(sizes: &[usize]) -> usize {
    let weights: usize = sizes.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let first = sizes[0] * sizes[1];
    6 * weights - 2 * first
}
// ANCHOR_END: flops
