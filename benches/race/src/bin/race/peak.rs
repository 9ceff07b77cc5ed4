//! How fast this processor multiplies and adds, if it does nothing else.

use std::hint::black_box;
use std::time::Instant;

use ladder::peak;
use race::measurements::Peak;

const ROUNDS: usize = 10_000_000;
const STEPS: u32 = 1_000_000;

/// How long the three exponentials and the logarithm of a step of the lesson take,
/// in microseconds: the best of several tries.
pub fn exponentials() -> f64 {
    let tries = (0..9).map(|_| {
        let start = Instant::now();
        for step in 0..STEPS {
            let z = black_box(f64::from(step % 50) / 10.0);
            let sum = libm::exp(-z) + libm::exp(-2.0 * z) + libm::exp(-3.0 * z);
            black_box(libm::log(sum));
        }
        1e6 * start.elapsed().as_secs_f64() / f64::from(STEPS)
    });
    tries.fold(f64::INFINITY, f64::min)
}

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
