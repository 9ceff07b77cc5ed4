//! Notices when something changes that the book is made of.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use mdbook_driver::config::Config;
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::timeout;

/// An editor saves a file in several steps: wait until nothing has changed for so
/// long.
const QUIET: Duration = Duration::from_millis(100);

/// Watches book.toml, the pages, and the folders in its `extra-watch-dirs`.
#[derive(Debug)]
pub struct Changes {
    changed: Arc<Notify>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Starts to watch.
    pub fn watch(root: &Path) -> Result<Self> {
        let changed = Arc::new(Notify::new());
        let mut watcher = notify::recommended_watcher({
            let (root, changed) = (root.to_owned(), Arc::clone(&changed));
            move |event: notify::Result<Event>| {
                if event.is_ok_and(|event| is_change(&event, &root)) {
                    changed.notify_one();
                }
            }
        })?;
        let config = Config::from_disk(root.join("book.toml"))?;
        // The folder rather than book.toml, which many editors replace.
        watcher.watch(root, RecursiveMode::NonRecursive)?;
        for folder in config.build.extra_watch_dirs.iter().chain([&config.book.src])
        {
            watcher
                .watch(&root.join(folder), RecursiveMode::Recursive)
                .with_context(|| format!("can't watch {}", folder.display()))?;
        }
        Ok(Self { changed, _watcher: watcher })
    }

    /// Waits for the next change.
    pub async fn next(&self) {
        self.changed.notified().await;
        while timeout(QUIET, self.changed.notified()).await.is_ok() {}
    }
}

/// Whether a file has changed, and not only been read, that the book is made of: in
/// the root that is book.toml alone.
fn is_change(event: &Event, root: &Path) -> bool {
    let belongs =
        |path: &Path| path.parent() != Some(root) || path.ends_with("book.toml");
    !event.kind.is_access() && event.paths.iter().any(|path| belongs(path))
}
