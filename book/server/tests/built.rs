//! The built book asks the network for nothing, and leaves nothing unfinished.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Builds the book into a folder of its own.
fn build(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let build = Command::new(env!("CARGO_BIN_EXE_server"))
        .arg("--build-only")
        .env("MDBOOK_BUILD__BUILD_DIR", &folder)
        .output()
        .unwrap();
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    folder
}

/// The book, built once for all tests.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| build("book"));

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect();
    files.sort();
    files
}

/// The files of the built book with this ending.
fn built(ending: &str) -> Vec<(PathBuf, String)> {
    let files = files(&BOOK).into_iter();
    let files =
        files.filter(|path| path.extension().is_some_and(|it| it == ending));
    let files: Vec<_> = files
        .map(|path| (path.clone(), fs::read_to_string(path).unwrap()))
        .collect();
    assert!(!files.is_empty());
    files
}

/// Every place in a page from which a browser fetches something by itself.
fn fetched(page: &str) -> Vec<&str> {
    let tags = page.split('<').filter(|tag| {
        [
            "script", "link", "img", "iframe", "source", "video", "audio",
            "object", "embed",
        ]
        .iter()
        .any(|name| tag.starts_with(name))
    });
    tags.flat_map(|tag| {
        ["src=\"", "href=\"", "data=\""]
            .into_iter()
            .filter_map(move |name| tag.split(name).nth(1)?.split('"').next())
    })
    .collect()
}

fn is_foreign(url: &str) -> bool {
    url.starts_with("//")
        || url.split_once(':').is_some_and(|(scheme, _)| scheme.starts_with("http"))
}

#[test]
fn no_page_fetches_anything_from_elsewhere() {
    for (path, page) in built("html") {
        for url in fetched(&page) {
            assert!(!is_foreign(url), "{} fetches {url}", path.display());
        }
    }
    for (path, style) in built("css") {
        for url in style.split("url(").skip(1) {
            let url = url.trim_start_matches(['"', '\'']);
            assert!(
                !is_foreign(url),
                "{} fetches {}",
                path.display(),
                &url[..40.min(url.len())]
            );
        }
        assert!(!style.contains("@import url(http"), "{}", path.display());
    }
}

/// What is published can then be compared, and a change in it means something.
#[test]
fn two_builds_have_the_same_bytes() {
    let (first, second) = (&*BOOK, build("book-again"));
    let names = |folder: &Path| -> Vec<PathBuf> {
        let name = |path: PathBuf| path.strip_prefix(folder).unwrap().to_owned();
        files(folder).into_iter().map(name).collect()
    };
    assert_eq!(names(first), names(&second));
    for name in names(first) {
        let same = fs::read(first.join(&name)).unwrap()
            == fs::read(second.join(&name)).unwrap();
        assert!(same, "{} differs", name.display());
    }
}

/// Otherwise an open page would go stale.
#[test]
fn every_included_file_is_watched() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let config = fs::read_to_string(root.join("book.toml")).unwrap();
    let watched = config.split("extra-watch-dirs = [").nth(1).unwrap();
    let watched: Vec<&str> = watched
        .split(']')
        .next()
        .unwrap()
        .split(", ")
        .map(|it| it.trim_matches('"'))
        .collect();
    for path in files(&root.join("book/src")) {
        let Ok(page) = fs::read_to_string(&path) else { continue };
        for included in page.split("{{#include ../../").skip(1) {
            let included = included.trim_start_matches("../");
            let is_watched =
                watched.iter().any(|it| Path::new(included).starts_with(it));
            assert!(is_watched, "{}: {included:.40}", path.display());
        }
    }
}

/// A snippet that does not end where it should takes the hints after it for code.
#[test]
fn every_hint_can_be_unfolded() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/exercises");
    for entry in fs::read_dir(pages).unwrap() {
        let path = entry.unwrap().path();
        let written = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap();
        let page = BOOK.join("exercises").join(name).with_extension("html");
        let page = fs::read_to_string(page).unwrap();
        let hints = |text: &str| text.matches("<details><summary>Hint").count();
        let shown = hints(&page.replace("<details>\n", "<details>"));
        assert_eq!(shown, hints(&written), "{}", path.display());
    }
}

#[test]
fn the_scan_would_notice() {
    let page =
        r#"<a href="//a.org">a</a><script src="https://a.org/x.js"></script>"#;
    assert_eq!(fetched(page), ["https://a.org/x.js"]);
    assert!(is_foreign("https://a.org/x.js") && is_foreign("//a.org/x.js"));
    assert!(
        !is_foreign("css/general.css") && !is_foreign("data:image/png;base64,")
    );
}
