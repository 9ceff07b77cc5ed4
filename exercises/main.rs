//! The exercises, in one program: your answers from `src`, and a test for each
//! question from `tests`.

use std::alloc::System;

use cap::Cap;
use checks::Verdict;

/// Takes each answer from `src`, or the solution where an instructor asked for it.
macro_rules! answers {
    ($($exercise:ident, $feature:literal;)*) => {$(
        #[cfg(not(feature = $feature))]
        pub mod $exercise;
        #[cfg(feature = $feature)]
        pub use solutions::$exercise;
    )*
        /// The answers as they were compiled.
        pub const COMPILED: &[(&str, &[u8])] = &[$(
            #[cfg(not(feature = $feature))]
            (
                stringify!($exercise),
                include_bytes!(concat!("src/", stringify!($exercise), ".rs")),
            ),
        )*];
    };
}

mod src {
    answers! {
        adam, "solution-adam";
        autograd, "solution-autograd";
        batch_norm, "solution-batch_norm";
        data_balance, "solution-data_balance";
        dropout, "solution-dropout";
        layer, "solution-layer";
        minibatch, "solution-minibatch";
        momentum, "solution-momentum";
        network, "solution-network";
        overflow, "solution-overflow";
        shapes, "solution-shapes";
        softmax_cross_entropy, "solution-softmax_cross_entropy";
    }
}

mod tests {
    mod adam;
    mod autograd;
    mod batch_norm;
    mod data_balance;
    mod dropout;
    mod layer;
    mod minibatch;
    mod momentum;
    mod network;
    mod overflow;
    mod shapes;
    mod softmax_cross_entropy;
}

/// Judges a question, unless its answer has changed since it was compiled.
fn judge(
    exercise: &str,
    question: &str,
    check: impl FnOnce() -> Verdict,
) -> Verdict {
    let mut compiled = src::COMPILED.iter().filter(|(name, _)| *name == exercise);
    let compiled = compiled.next().map(|(_, text)| *text);
    checks::judge(exercise, question, || {
        compiled.map_or(Ok(()), |text| checks::is_current(exercise, text))?;
        check()
    })
}

/// An answer that prints or collects without end stops at the limit, here 1 GiB,
/// instead of taking the whole machine's memory.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, 1 << 30);
