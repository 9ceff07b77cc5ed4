//! Says which solutions stand in the place of stubs.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let features = env::var("CARGO_CFG_FEATURE").unwrap_or_default();
    let solutions: Vec<&str> = features
        .split(',')
        .filter_map(|feature| feature.strip_prefix("solution-"))
        .collect();
    let solutions = solutions.join(", ");
    println!("cargo::rustc-env=SOLUTIONS={solutions}");
    if !solutions.is_empty() {
        println!("cargo::warning=solutions in use: {solutions}");
    }
}
