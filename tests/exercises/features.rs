//! The features that put solutions in the place of stubs.

use std::env;
use std::process::Command;

use checks::exercise;
use serde_json::{Value, json};

/// The packages of the workspace, as cargo sees them.
fn packages() -> Vec<Value> {
    let output = Command::new(env::var_os("CARGO").expect("cargo runs the tests"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Cargo unites the features that packages ask for: one that asked for a solution
/// would hide from everyone that a question is not answered.
#[test]
fn no_package_depends_on_the_exercises() {
    for package in packages() {
        let mut dependencies = package["dependencies"].as_array().unwrap().iter();
        let found =
            dependencies.find(|dependency| dependency["name"] == "exercises");
        assert_eq!(found, None, "{}", package["name"]);
    }
}

#[test]
fn each_solution_has_a_feature_and_none_is_on_by_default() {
    let packages = packages();
    let package =
        packages.iter().find(|package| package["name"] == "exercises").unwrap();
    let features = package["features"].as_object().unwrap();
    let mut names: Vec<String> = exercise::all()
        .iter()
        .map(|exercise| format!("solution-{}", exercise.name))
        .collect();
    assert_eq!(
        features["solutions"],
        json!(names),
        "`solutions` turns on all, in this order"
    );
    for name in &names {
        assert_eq!(features[name], json!([]), "{name} turns on nothing else");
    }
    names.push("solutions".to_owned());
    names.sort();
    assert_eq!(
        features.keys().collect::<Vec<_>>(),
        names.iter().collect::<Vec<_>>()
    );
}
