//! The learner's companion: progress, hints, watching, solutions, grading.

fn main() {}
