//! Runs a learner's code: panics are caught, and time is limited. What ends the
//! whole process is left to the runner.

use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long an answer may take where nothing else is said.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Why an answer returned nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is still the stub.
    Unanswered {
        /// Where its `todo!` stands, such as `exercises/src/shapes.rs:21`.
        place: String,
    },
    /// It panicked.
    Panicked {
        /// What it said.
        message: String,
        /// Where.
        place: String,
    },
    /// It took too long.
    Endless {
        /// How long it had.
        limit: Duration,
    },
}

impl Failure {
    /// Whether there is no use in trying another input.
    pub fn ends_all(&self) -> bool {
        !matches!(self, Self::Panicked { .. })
    }
}

thread_local! {
    static DEADLINE: Cell<Option<(Instant, Duration)>> = const { Cell::new(None) };
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PANIC: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Gives everything that `check` runs one common time limit.
pub fn within<T>(limit: Duration, check: impl FnOnce() -> T) -> T {
    DEADLINE.set(Some((Instant::now() + limit, limit)));
    let result = check();
    DEADLINE.set(None);
    result
}

/// Runs `answer` in a thread of its own.
///
/// A thread can't be stopped from outside, so an endless answer goes on in the
/// background; it ends with the process.
pub fn run<T: Send + 'static>(
    answer: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    catch_panics_of_answers();
    let now = Instant::now();
    let (deadline, limit) = DEADLINE.get().unwrap_or((now + LIMIT, LIMIT));
    let (send, receive) = mpsc::channel();
    thread::Builder::new()
        .name(ANSWER.to_owned())
        .spawn(move || {
            let result = panic::catch_unwind(AssertUnwindSafe(answer));
            let result = result.map_err(|_| PANIC.take().unwrap_or_default());
            // Nobody listens any more when the time was up.
            let _ = send.send(result);
        })
        .expect("a thread can be started");
    match receive.recv_timeout(deadline.saturating_duration_since(now)) {
        Ok(result) => result.map_err(|(message, place)| failure(message, place)),
        Err(RecvTimeoutError::Timeout) => Err(Failure::Endless { limit }),
        Err(RecvTimeoutError::Disconnected) => {
            unreachable!("the thread always sends")
        }
    }
}

const ANSWER: &str = "answer";

/// Runs what may panic, as a known mistake may.
pub fn quietly<T>(run: impl FnOnce() -> T) -> Result<T, Failure> {
    catch_panics_of_answers();
    let before = QUIET.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    QUIET.set(before);
    result.map_err(|_| Failure::Panicked {
        message: String::new(),
        place: String::new(),
    })
}

fn failure(message: String, place: String) -> Failure {
    if message.starts_with("not yet implemented")
        || message.starts_with("not implemented")
    {
        Failure::Unanswered { place }
    } else {
        Failure::Panicked { message, place }
    }
}

/// Keeps the panics of answers for the feedback; all others are reported as ever.
fn catch_panics_of_answers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() {
                return;
            }
            if thread::current().name() != Some(ANSWER) {
                return report(info);
            }
            let message = info.payload_as_str().unwrap_or("no message").to_owned();
            let place = info.location().map_or_else(String::new, |location| {
                format!("{}:{}", tidy(location.file()), location.line())
            });
            let place = if place.contains("exercises/src/") {
                place
            } else {
                let calls = Backtrace::force_capture().to_string();
                own_line(&calls).unwrap_or(place)
            };
            PANIC.set(Some((message, place)));
        }));
    });
}

/// The line of an answer that called what panicked, such as ndarray.
fn own_line(calls: &str) -> Option<String> {
    let mut lines = calls.lines().skip_while(|line| {
        !line.contains("exercises::src::") || line.contains("exercises::tests::")
    });
    let (_, place) = lines.nth(1)?.trim().split_once("at ")?;
    let place = place.replace('\\', "/");
    let (_, file) = place.rsplit_once("/src/")?;
    let (file, _column) = file.rsplit_once(':')?;
    Some(format!("exercises/src/{file}"))
}

/// A source path as seen from the workspace's root, with forward slashes; a
/// library's as seen from the folder of all libraries.
fn tidy(path: &str) -> String {
    let path = path.replace('\\', "/");
    let library = path
        .split_once("/registry/src/")
        .and_then(|(_, rest)| rest.split_once('/'));
    match library {
        Some((_, library)) => library.to_owned(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_comes_back() {
        assert_eq!(run(|| 2), Ok(2));
    }

    #[test]
    fn a_stub_is_unanswered() {
        let failure = run(|| -> u8 { todo!("question 1") }).unwrap_err();
        let Failure::Unanswered { place } = failure else { panic!("{failure:?}") };
        assert!(place.contains("run.rs:"));
    }

    #[test]
    fn a_panic_is_told() {
        let failure = run(|| -> u8 { panic!("ouch") }).unwrap_err();
        let Failure::Panicked { message, .. } = failure else {
            panic!("{failure:?}")
        };
        assert_eq!(message, "ouch");
    }

    #[test]
    fn an_endless_loop_is_left_behind() {
        let limit = Duration::from_millis(50);
        let endless = || loop {
            thread::sleep(Duration::from_millis(10));
        };
        let failure = within(limit, || run(endless).map(|()| 0));
        assert_eq!(failure, Err(Failure::Endless { limit }));
    }

    #[test]
    fn places_are_seen_from_the_root() {
        assert_eq!(tidy(r"exercises\src\shapes.rs"), "exercises/src/shapes.rs");
        assert_eq!(
            tidy("/home/a/.cargo/registry/src/index-1/ndarray-0.17.2/src/lib.rs"),
            "ndarray-0.17.2/src/lib.rs"
        );
    }
}
