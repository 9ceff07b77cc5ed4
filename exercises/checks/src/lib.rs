//! How an answer is judged.
//!
//! A check is a function that takes the learner's function and returns a
//! [`Verdict`]. It tries the answer on a few inputs, and when one goes wrong it
//! says what is wrong in words, shows the input and the expected value beside the
//! answer's, and names the likely mistake. The learner's tests call it with the
//! stub; the workbook's own tests call it with the solution, with answers that are
//! right in another way, and with a catalog of wrong ones.
//!
//! Start at [`case::Case`], with which every check is written, and at [`shapes`],
//! the shortest exercise.

#![forbid(unsafe_code)]

pub mod case;
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
