//! The speed limit: how fast this processor can multiply and add.

/// As many as there is room for in the sixteen registers: while one waits for its
/// last result, the others go on.
const CHAINS: usize = 14;

/// Multiplying and adding in registers alone, with the registers of one kind.
pub struct Peak {
    /// The instructions: `sse2`, `avx2` or `avx512`.
    pub name: &'static str,
    lanes: usize,
    chains: fn(usize) -> f64,
}

impl Peak {
    /// `x = x · 1/2 + 1/2` in every lane of every chain, so many times; returns
    /// their mean, which comes to 1.
    pub fn run(&self, rounds: usize) -> f64 {
        (self.chains)(rounds)
    }

    /// The multiplications and additions of so many rounds.
    pub const fn flops(&self, rounds: usize) -> usize {
        2 * CHAINS * self.lanes * rounds
    }
}

/// Other kinds of processors have not been measured yet.
#[cfg(not(target_arch = "x86_64"))]
pub fn peaks() -> Vec<Peak> {
    Vec::new()
}

#[cfg(target_arch = "x86_64")]
pub use x86::peaks;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    use super::{CHAINS, Peak};

    /// The registers of this processor: those of two numbers, and where it has
    /// them, of four (with fused multiply-add) and eight.
    #[allow(unsafe_code)]
    pub fn peaks() -> Vec<Peak> {
        let mut peaks = Vec::new();
        if is_x86_feature_detected!("sse2") {
            // SAFETY: the processor has SSE2.
            peaks.push(Peak {
                name: "sse2",
                lanes: 2,
                chains: |rounds| unsafe { sse2(rounds) },
            });
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA.
            peaks.push(Peak {
                name: "avx2",
                lanes: 4,
                chains: |rounds| unsafe { avx2(rounds) },
            });
        }
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: the processor has AVX-512.
            peaks.push(Peak {
                name: "avx512",
                lanes: 8,
                chains: |rounds| unsafe { avx512(rounds) },
            });
        }
        peaks
    }

    // A function for each kind of register; a generic one would lose the
    // instructions on the way.
    macro_rules! chains {
        (
            $name:ident, $features:literal, $all:ident, $first:ident, $mul_add:expr
        ) => {
            #[target_feature(enable = $features)]
            fn $name(rounds: usize) -> f64 {
                let half = $all(black_box(0.5));
                let mut chains: [_; CHAINS] =
                    std::array::from_fn(|chain| $all(chain as f64));
                for _ in 0..rounds {
                    for x in &mut chains {
                        *x = $mul_add(*x, half, half);
                    }
                }
                chains.into_iter().map(|x| $first(x)).sum::<f64>() / CHAINS as f64
            }
        };
    }
    chains!(sse2, "sse2", _mm_set1_pd, _mm_cvtsd_f64, |x, a, b| {
        _mm_add_pd(_mm_mul_pd(x, a), b)
    });
    chains!(avx2, "avx2,fma", _mm256_set1_pd, _mm256_cvtsd_f64, _mm256_fmadd_pd);
    chains!(avx512, "avx512f", _mm512_set1_pd, _mm512_cvtsd_f64, _mm512_fmadd_pd);
}
