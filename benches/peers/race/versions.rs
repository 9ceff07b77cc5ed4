//! Which versions of the crates this program is built from.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::Command;

const LOCK: &str = include_str!("../../../Cargo.lock");

/// The locked versions of the crates; of several, the newest. And the compiler's.
///
/// # Errors
///
/// If a crate is not in the lock file, or there is no compiler.
pub fn versions(crates: &[&str]) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let lock: toml::Table = LOCK.parse()?;
    let packages = lock["package"]
        .as_array()
        .ok_or("Cargo.lock has no packages")?;
    let rustc = Command::new("rustc").arg("--version").output()?.stdout;
    let rustc = String::from_utf8(rustc)?;
    let rust = rustc.split(' ').nth(1).unwrap_or("unknown");
    crates
        .iter()
        .map(|&name| {
            let package = packages
                .iter()
                .rfind(|package| package["name"].as_str() == Some(name))
                .ok_or_else(|| format!("Cargo.lock has no {name}"))?;
            let version = package["version"].as_str().unwrap_or_default();
            Ok((name.to_owned(), version.to_owned()))
        })
        .chain([Ok(("Rust".to_owned(), rust.to_owned()))])
        .collect()
}
