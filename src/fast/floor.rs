//! The floor: the fewest floating-point operations that a step can take.

/// The multiplications and additions of a step's matrices if nothing is wasted: 2
/// for each weight in `W x`, 2 in `Wᵀ dz` (but not in the first layer), and 2 in
/// `W += (-lr dz) xᵀ`.
///
/// Biases, activations and the loss are left out.
///
/// # Panics
///
/// If there are fewer than two sizes.
///
/// ```
/// use no_magic::fast::floor::flops;
///
/// // 36 · 16 + 16 · 3 = 624 weights. Forward: 2 · 624 = 1248. Update: the same.
/// // dx: 2 · 48 = 96.
/// assert_eq!(flops(&[36, 16, 3]), 1248 + 1248 + 96);
/// ```
// ANCHOR: flops
pub fn flops(sizes: &[usize]) -> usize {
    let first = sizes[0] * sizes[1];
    6 * weights(sizes) - 2 * first
}
// ANCHOR_END: flops

/// The operations of a step as Part I writes it: 2 for each weight in `W x` and in
/// `Wᵀ dz`, and 1 in each of `dW = dz xᵀ`, `lr dW` and `W -= lr dW`.
///
/// ```
/// use no_magic::fast::floor::flops_of_the_lesson;
///
/// assert_eq!(flops_of_the_lesson(&[36, 16, 3]), 1248 + 1248 + 3 * 624);
/// ```
pub fn flops_of_the_lesson(sizes: &[usize]) -> usize {
    7 * weights(sizes)
}

fn weights(sizes: &[usize]) -> usize {
    sizes.windows(2).map(|pair| pair[0] * pair[1]).sum()
}
