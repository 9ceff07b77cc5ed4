//! What a reader gets from `cargo book`, while all kinds of things happen. The
//! books are small.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const CONFIG: &str = r#"
[book]
title = "small"
[build]
build-dir = "target/book"
create-missing = false
extra-watch-dirs = ["theme", "code"]
[output.html]
site-url = "/no-magic/"
additional-css = ["theme/book.css"]
"#;

/// A book of one page, in a folder that goes away with it.
struct Book(TempDir);

impl Book {
    fn new() -> Self {
        let book = Self(tempfile::tempdir().unwrap());
        book.write("book.toml", CONFIG);
        book.write("theme/book.css", "/* first */");
        book.write("code/file.rs", "fn main() {}\n");
        book.write("src/SUMMARY.md", "[Page](index.md)\n");
        book.write("src/index.md", "first\n");
        book
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn build(&self) -> Output {
        self.command(&["--build-only"]).output().unwrap()
    }

    #[track_caller]
    fn build_error(&self) -> String {
        let output = self.build();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    }

    fn serve(&self) -> Server {
        Server::start(&mut self.command(&["--port", "0"]))
    }
}

/// A running server, and what it prints.
struct Server {
    process: Child,
    lines: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut process =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, lines, port: 0 };
        let line = server.line_with("Read it at");
        let port = line.split([':', ' ']).find_map(|word| word.parse().ok());
        server.port = port.unwrap();
        server
    }

    /// The next line on which the server says this.
    fn line_with(&mut self, text: &str) -> String {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert!(
                self.lines.read_line(&mut line).unwrap() > 0,
                "{text} never came"
            );
        }
        line
    }

    /// The next line that the server complains with.
    fn complaint(&mut self) -> String {
        let mut line = String::new();
        let mut complaints = BufReader::new(self.process.stderr.as_mut().unwrap());
        complaints.read_line(&mut line).unwrap();
        line
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }

    /// The status and the rest of an answer to a GET request.
    fn get_as(&self, path: &str, host: &str) -> (u16, String) {
        let mut stream = self.connect();
        let head = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(b"connection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        (status.unwrap_or_default(), answer)
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.get_as(path, "localhost:3000")
    }

    /// Asks for a page until it says something. It is never missing meanwhile.
    #[track_caller]
    fn wait_for(&self, path: &str, text: &str) {
        let start = Instant::now();
        loop {
            let (status, page) = self.get(path);
            assert_eq!(status, 200, "{page}");
            if page.contains(text) {
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{text} never came");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn no_page_is_missing_during_a_rebuild() {
    let book = Book::new();
    // So many that a build takes a moment.
    let pages = 0..60;
    let summary: String =
        pages.clone().map(|i| format!("- [Page](page{i}.md)\n")).collect();
    book.write("src/SUMMARY.md", &summary);
    pages.for_each(|i| book.write(&format!("src/page{i}.md"), "first\n"));
    let server = book.serve();
    for text in ["second", "third"] {
        book.write("src/page59.md", text);
        server.wait_for("/page59.html", text);
    }
}

#[test]
fn everything_that_a_page_is_made_of_is_watched() {
    let book = Book::new();
    book.write("src/index.md", "```rust\n{{#include ../code/file.rs}}\n```\n");
    let server = book.serve();
    book.write("code/file.rs", "fn second() {}\n");
    server.wait_for("/", "second");
    // As editors save: a new file takes the place of the old one.
    for (path, text) in [
        ("code/file.rs", "fn third() {}\n".to_owned()),
        ("book.toml", CONFIG.replace("small", "fourth")),
        ("book.toml", CONFIG.replace("small", "fifth")),
    ] {
        let start =
            text.find("third").or(text.find("fourth")).or(text.find("fifth"));
        let word: String = text[start.unwrap()..].chars().take(5).collect();
        book.write("saved", &text);
        fs::rename(book.0.path().join("saved"), book.0.path().join(path)).unwrap();
        server.wait_for("/", &word);
    }
    let (_, page) = server.get("/");
    let style = page.split("theme/").nth(1).unwrap().split('"').next().unwrap();
    book.write("theme/book.css", "/* sixth */");
    // The file's name is made from what is in it.
    let start = Instant::now();
    while server.get("/").1.contains(style) {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn an_old_file_that_comes_back_is_noticed() {
    let book = Book::new();
    let page = book.0.path().join("src/index.md");
    let kept = book.0.path().join("src/index.md.orig");
    fs::rename(&page, &kept).unwrap();
    book.write("src/index.md", "second\n");
    let server = book.serve();
    server.wait_for("/", "second");
    fs::rename(&kept, &page).unwrap();
    server.wait_for("/", "first");
}

#[test]
fn a_build_that_fails_leaves_the_last_one() {
    let book = Book::new();
    let mut server = book.serve();
    book.write("src/index.md", "second\n\n$\\frac{1}{$\n");
    let complaint = server.complaint();
    let place = Path::new("src").join("index.md");
    assert!(
        complaint.starts_with(&format!("error: {}:3: `$", place.display())),
        "{complaint}"
    );
    server.wait_for("/", "first");
    fs::remove_file(book.0.path().join("src/index.md")).unwrap();
    book.write("src/index.md", "third\n");
    server.wait_for("/", "third");
}

#[test]
fn a_missing_page_reloads_as_well_and_finds_its_style() {
    let book = Book::new();
    let mut server = book.serve();
    let (status, page) = server.get("/new.html");
    assert_eq!(status, 404);
    assert!(page.contains("data-event-stream="), "{page}");
    assert!(page.contains(r#"<base href="/">"#), "{page}");

    let mut events = BufReader::new(server.connect());
    let head =
        "GET /_tower-livereload/event-stream HTTP/1.1\r\nhost: localhost\r\n\r\n";
    events.get_mut().write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    while !line.contains("init") {
        assert!(events.read_line(&mut line).unwrap() > 0, "{line}");
    }
    book.write("src/SUMMARY.md", "[Page](index.md)\n[New](new.md)\n");
    book.write("src/new.md", "new\n");
    server.line_with("Rebuilt.");
    while !line.contains("reload\n") {
        assert!(events.read_line(&mut line).unwrap() > 0, "{line}");
    }
    server.wait_for("/new.html", "new");
}

#[test]
fn strange_paths_are_answered() {
    let book = Book::new();
    book.write("secret", "secret");
    let server = book.serve();
    for (path, status) in [
        ("/index.html", 200),
        ("/index.html?a=b", 200),
        ("/%69ndex.html", 200),
        ("/..%2fbook.toml", 404),
        ("/../../secret", 404),
        ("/%2e%2e/%2e%2e/secret", 404),
        ("/..%5c..%5csecret", 404),
        ("/css%2fgeneral.css", 404),
        ("//etc/passwd", 404),
        ("/%00", 404),
        ("/index.html%00", 404),
        ("/%ff%fe", 404),
        ("/%", 404),
        ("/%zz", 404),
        (&format!("/{}", "a".repeat(250)), 404),
        (&format!("/{}", "a".repeat(256)), 414),
        (&format!("/{}", "a/".repeat(2500)), 414),
        (&format!("/{}", "%61".repeat(5000)), 414),
    ] {
        let (answered, page) = server.get(path);
        assert_eq!(answered, status, "{path}\n{page}");
        assert!(!page.contains("secret") || !page.starts_with("HTTP/1.1 200"));
    }
}

#[test]
fn only_this_machine_is_answered() {
    let book = Book::new();
    let server = book.serve();
    for host in
        ["localhost", "LocalHost:1", "127.0.0.1:3000", "[::1]", "[::1]:3000"]
    {
        assert_eq!(server.get_as("/", host).0, 200, "{host}");
    }
    for host in
        ["evil.org", "evil.org:3000", "localhost.evil.org", "127.0.0.1.evil.org"]
    {
        for path in ["/", "/_tower-livereload/event-stream"] {
            let (status, page) = server.get_as(path, host);
            assert_eq!(status, 403, "{host}");
            assert!(page.contains("Open it at http://localhost"), "{page}");
        }
    }
}

#[test]
fn who_sends_nothing_is_hung_up_on() {
    let book = Book::new();
    let server = book.serve();
    let streams = ["", "GET / HTTP/1.1\r\nhost: loc"].map(|head| {
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    });
    for mut stream in streams {
        stream.read_to_end(&mut Vec::new()).unwrap();
    }
}

#[test]
fn servers_and_builds_of_one_book_do_not_disturb_each_other() {
    let book = Book::new();
    let servers = [book.serve(), book.serve()];
    let mut command = book.command(&["--build-only"]);
    command.stdout(Stdio::null());
    let builds = [(); 6].map(|()| command.spawn().unwrap());
    for mut build in builds {
        assert!(build.wait().unwrap().success());
    }
    book.write("src/index.md", "second\n");
    for server in &servers {
        server.wait_for("/", "second");
    }
    let published = book.0.path().join("target/book/index.html");
    assert!(fs::read_to_string(published).unwrap().contains("first"));
}

#[test]
fn a_build_that_fails_keeps_what_was_published() {
    let book = Book::new();
    assert!(book.build().status.success());
    book.write("src/index.md", "\n```rust\n{{#include gone.rs}}\n```\n");
    let error = book.build_error();
    let place = Path::new("src").join("index.md");
    let expected = format!(
        "error: {}:3: `{{{{#include gone.rs}}}}` includes nothing: is there such a \
         file?",
        place.display()
    );
    assert!(error.contains(&expected), "{error}");
    let target = book.0.path().join("target");
    let published = fs::read_to_string(target.join("book/index.html")).unwrap();
    assert!(published.contains("first"));
    let left: Vec<_> =
        fs::read_dir(target).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// After an include the lines are counted as they were written.
#[test]
fn an_error_names_the_line_as_it_was_written() {
    let book = Book::new();
    book.write("code/file.rs", "// 1\n// 2\n// 3\n");
    book.write(
        "src/index.md",
        "```rust\n{{#include ../code/file.rs}}\n```\n\nFive: $\\fraq$\n",
    );
    let error = book.build_error();
    assert!(error.contains("index.md:5: the formula `\\fraq` can't be"), "{error}");
}

#[test]
fn what_is_missing_at_the_start_is_named() {
    let book = Book::new();
    let server = book.serve();
    let port = server.port.to_string();
    let taken = book.command(&["--port", &port]).output().unwrap();
    let error = String::from_utf8(taken.stderr).unwrap();
    let expected = format!(
        "error: can't use port {port}; try another one: cargo book --port 0: "
    );
    assert!(error.starts_with(&expected), "{error}");
    drop(server);

    book.write("book.toml", &CONFIG.replace("\"code\"", "\"cod\""));
    let wrong = book.command(&["--port", "0"]).output().unwrap();
    let error = String::from_utf8(wrong.stderr).unwrap();
    assert!(error.starts_with("error: can't watch cod: "), "{error}");

    fs::remove_file(book.0.path().join("book.toml")).unwrap();
    let error = book.build_error();
    assert!(
        error.contains("has a book.toml; start `cargo book` inside"),
        "{error}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn without_a_browser_the_address_is_printed() {
    let book = Book::new();
    let mut server = Server::start(
        book.command(&["--port", "0", "--open"])
            .env("PATH", "")
            .env_remove("BROWSER"),
    );
    let complaint = server.complaint();
    let expected = format!("Open http://127.0.0.1:{} yourself.\n", server.port);
    assert!(
        complaint.starts_with("Can't open a browser (")
            && complaint.ends_with(&expected)
    );
    assert_eq!(server.get("/").0, 200);
}

#[test]
#[cfg(unix)]
fn ctrl_c_leaves_nothing_behind() {
    let book = Book::new();
    let mut server = book.serve();
    let id = server.process.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(server.process.wait().unwrap().success());
    let left = fs::read_dir(book.0.path().join("target")).unwrap();
    assert_eq!(left.count(), 0);
}
