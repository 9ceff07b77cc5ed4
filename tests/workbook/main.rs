//! The exercises, used as a learner uses them: what `cargo test` and the runner say
//! of stubs, answers and solutions.
//!
//! This compiles a copy of the workbook many times, which takes minutes, so that
//! plain `cargo test` leaves it out: `cargo test --test workbook`.

mod compile_errors;
mod grading;
mod judging;
mod runner;
mod workbook;
