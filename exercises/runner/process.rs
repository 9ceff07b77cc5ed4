//! Runs a program, and neither loses patience too early nor waits forever.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that has come to its end.
#[derive(Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// What it printed.
    pub stdout: String,
    /// What it said on standard error.
    pub stderr: String,
}

/// More than this is not read of what a program prints.
const LONGEST: u64 = 1 << 24;

/// Runs a program to its end, or until `enough` says so after it has run that long;
/// then there is no result.
///
/// What it prints goes through files in `folder`, because a pipe that nobody
/// empties would stop it.
pub fn run(
    command: &mut Command,
    folder: &Path,
    mut enough: impl FnMut(Duration) -> bool,
) -> io::Result<Option<Finished>> {
    let (stdout, stderr) = (folder.join("stdout"), folder.join("stderr"));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(File::create(&stdout)?)
        .stderr(File::create(&stderr)?)
        .spawn()?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(Finished {
                status,
                stdout: read(&stdout)?,
                stderr: read(&stderr)?,
            }));
        }
        if enough(start.elapsed()) {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(10));
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    fs::remove_file(path)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
