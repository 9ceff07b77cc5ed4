//! The learner's room is complete, and no solution is left in it by accident.

mod features;
mod files;
