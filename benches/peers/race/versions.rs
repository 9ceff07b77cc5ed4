//! Which versions of the crates this program is built from.

use std::collections::BTreeMap;
use std::error::Error;

const LOCK: &str = include_str!("../../../Cargo.lock");

/// The locked versions of the crates; of several, the newest.
///
/// # Errors
///
/// If a crate is not in the lock file.
pub fn versions(crates: &[&str]) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let lock: toml::Table = LOCK.parse()?;
    let packages = lock["package"]
        .as_array()
        .ok_or("Cargo.lock has no packages")?;
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
        .collect()
}
