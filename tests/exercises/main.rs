//! The learner's room: that it is complete, that no solution is left in it by
//! accident, and that the runner does what it says.
//!
//! What compiles is ignored by default, so that `cargo test` stays quick: `.ci/run`
//! calls it with `cargo test --test exercises -- --ignored`.

mod features;
mod files;
mod grading;
mod judging;
mod runner;
mod workbook;
