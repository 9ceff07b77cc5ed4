//! Which versions of the compiler and the crates this program is built from.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::Command;

use race::locked;

/// The locked versions of the crates, and the compiler's.
///
/// # Errors
///
/// If a crate is not in the lock file, or there is no compiler.
pub fn versions(
    crates: &[&str],
) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let rustc = Command::new("rustc").arg("--version").output()?.stdout;
    let rustc = String::from_utf8(rustc)?;
    let rust = rustc.split(' ').nth(1).unwrap_or("unknown").to_owned();
    let mut versions = BTreeMap::from([("Rust".to_owned(), rust)]);
    for &name in crates {
        let version = locked::version(name);
        let version = version.ok_or_else(|| format!("Cargo.lock has no {name}"))?;
        versions.insert(name.to_owned(), version);
    }
    Ok(versions)
}
