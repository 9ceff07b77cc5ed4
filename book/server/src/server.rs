//! Serves the built book, and reloads the open pages when something changed.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, SystemTime};

use axum::Router;
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{DebounceEventResult, Debouncer, new_debouncer};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;
use tower_livereload::{LiveReloadLayer, Reloader};

use crate::builder;

/// What the book is made of.
const WATCHED: [&str; 7] = [
    "book.toml",
    "book/src",
    "book/theme",
    "src",
    "exercises/src",
    "tests/snapshots",
    "program/tests/snapshots",
];

/// Serves the book until Ctrl-C.
#[tokio::main(flavor = "current_thread")]
pub async fn serve(
    root: &Path,
    folder: &Path,
    port: u16,
    open: bool,
) -> Result<(), Box<dyn Error>> {
    let live_reload = LiveReloadLayer::new();
    let _watcher = watch(root, live_reload.reloader())?;
    let pages =
        Router::new().fallback_service(ServeDir::new(folder)).layer(live_reload);

    let listener =
        TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| {
            format!(
                "port {port} can't be used ({error}); try another one: cargo book \
                 --port 0"
            )
        })?;
    let address = format!("http://{}", listener.local_addr()?);
    println!("Read it at {address} (Ctrl-C ends).");
    if open && let Err(error) = open::that(&address) {
        eprintln!(
            "The browser could not be opened ({error}); open {address} yourself."
        );
    }
    axum::serve(listener, pages).await?;
    Ok(())
}

/// Builds the book anew when a file changes that it is made of.
fn watch(
    root: &Path,
    reloader: Reloader,
) -> Result<Debouncer<RecommendedWatcher>, Box<dyn Error>> {
    let root_of_book = root.to_owned();
    let mut last_build = SystemTime::now();
    let rebuild = move |events: DebounceEventResult| {
        // Building reads the files, which the watcher reports as well.
        let changed = events.is_ok_and(|events| {
            events.iter().any(|event| is_newer(&event.path, last_build))
        });
        if !changed {
            return;
        }
        last_build = SystemTime::now();
        match builder::build(&root_of_book) {
            Ok(_) => {
                println!("Built anew.");
                reloader.reload();
            }
            Err(error) => eprintln!("error: {error}"),
        }
    };
    let mut debouncer = new_debouncer(Duration::from_millis(100), rebuild)?;
    for path in WATCHED {
        let path = root.join(path);
        debouncer.watcher().watch(&path, RecursiveMode::Recursive)?;
    }
    Ok(debouncer)
}

/// Whether a file was written after `time`, or is gone.
fn is_newer(path: &Path, time: SystemTime) -> bool {
    path.metadata()
        .and_then(|metadata| metadata.modified())
        .map_or(true, |written| written > time)
}
