//! How an answer is judged.
//!
//! A check is a function that takes the learner's function and returns a
//! [`Verdict`]. Behind each stands a [`Question`]: inputs on which the answer is
//! tried, a model that gives the right results, and the mistakes that people make,
//! each as a change to the model. If an answer is wrong, the feedback says where,
//! and names a mistake only if the model that makes it gives the answer's results
//! on every input. (The idea is from J. S. Brown and R. R. Burton, *Diagnostic
//! models for procedural bugs in basic mathematical skills*, Cognitive Science 2,
//! 1978: a wrong answer comes from a right procedure with a bug in it.)
//!
//! Start at [`Question`], whose example judges a small one, and then read
//! [`shapes`], the shortest exercise.

#![forbid(unsafe_code)]

pub mod comparison;
mod diagnosis;
mod draws;
pub mod exercise;
mod facts;
pub mod feedback;
pub mod judge;
mod outcome;
mod question;
pub mod run;
pub mod value;

pub mod adam;
pub mod autograd;
pub mod batch_norm;
pub mod data_balance;
pub mod dropout;
pub mod layer;
pub mod minibatch;
pub mod momentum;
pub mod network;
pub mod overflow;
pub mod shapes;
pub mod softmax_cross_entropy;

pub use diagnosis::Provable;
pub use exercise::Exercise;
pub use feedback::Feedback;
pub use judge::{is_current, judge};
pub use outcome::Outcome;
pub use question::{Given, Mistake, Question};

/// What a check returns: nothing to say, or what is wrong.
pub type Verdict = Result<(), Box<Feedback>>;
