//! Ctrl-C, as a request to stop.

use std::io::{self, IsTerminal};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::console;

/// The exit code after a second Ctrl-C: what shells report for a program that
/// Ctrl-C has ended.
const EXIT_CODE: i32 = 130;

/// Whether Ctrl-C has been pressed.
#[derive(Debug)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
}

impl Interrupt {
    /// Watches for Ctrl-C from now on. The first is a request; a second ends the
    /// process at once.
    pub fn watch() -> Result<Self, String> {
        let requested = Arc::new(AtomicBool::new(false));
        let pressed = Arc::clone(&requested);
        ctrlc::set_handler(move || {
            if pressed.load(Ordering::Relaxed) {
                process::exit(EXIT_CODE);
            }
            announce();
            pressed.store(true, Ordering::Relaxed);
        })
        .map_err(|error| format!("Ctrl-C can't be watched: {error}"))?;
        Ok(Self { requested })
    }

    /// Whether Ctrl-C has been pressed.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Relaxed)
    }
}

/// An epoch can take a while, so this says at once that the request has arrived.
fn announce() {
    // A bar or `^C` may stand on the terminal's line.
    let off_the_line = if io::stderr().is_terminal() { "\n" } else { "" };
    console::note(format_args!(
        "{off_the_line}stopping after this epoch; Ctrl-C again ends at once"
    ));
}
