//! Which versions of the crates are compiled in.

const LOCK: &str = include_str!("../Cargo.lock");

/// The locked version of a crate; of several, the newest. `None` if there is no
/// such crate.
///
/// ```
/// use race::locked;
///
/// assert!(locked::version("ndarray").unwrap().starts_with("0.17."));
/// assert_eq!(locked::version("abacus"), None);
/// ```
pub fn version(name: &str) -> Option<String> {
    let entry = format!("name = \"{name}\"\nversion = \"");
    let (_, after) = LOCK.rsplit_once(&entry)?;
    let (version, _) = after.split_once('"')?;
    Some(version.to_owned())
}
