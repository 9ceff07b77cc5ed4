//! How fast this processor multiplies and adds, if it does nothing else.

use std::hint::black_box;
use std::time::Instant;

use measurements::Peak;

use crate::ladder::peak;

const ROUNDS: usize = 10_000_000;

/// The best of several tries, for each kind of register.
pub fn peaks() -> Vec<Peak> {
    let kinds = peak::peaks().into_iter();
    kinds
        .map(|kind| {
            let gflops = (0..9).map(|_| {
                let start = Instant::now();
                black_box(kind.run(black_box(ROUNDS)));
                kind.flops(ROUNDS) as f64 / start.elapsed().as_nanos() as f64
            });
            Peak {
                instructions: kind.name.to_owned(),
                gflops: gflops.fold(0.0, f64::max),
            }
        })
        .collect()
}
