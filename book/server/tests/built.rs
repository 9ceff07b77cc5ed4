//! The built book asks the network for nothing, and leaves nothing unfinished.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// Builds the book, once for all tests.
static BOOK: LazyLock<PathBuf> = LazyLock::new(|| {
    let build = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("--build-only")
        .output()
        .unwrap();
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/book")
});

/// The files of the built book with this ending.
fn built(ending: &str) -> Vec<(PathBuf, String)> {
    let mut folders = vec![BOOK.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending)
            {
                let text = fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
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

#[test]
fn no_directive_and_no_formula_is_left_raw() {
    for (path, page) in built("html") {
        if path.ends_with("print.html") {
            continue;
        }
        assert!(!page.contains("{{#"), "{}: a directive is left", path.display());
        assert!(
            !page.contains("katex-error"),
            "{}: a formula is wrong",
            path.display()
        );
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
