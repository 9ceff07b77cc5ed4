//! `cargo book`: builds the book, serves it on this machine only, and builds it
//! anew on every change.

mod builder;
mod server;

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use tracing_subscriber::filter::LevelFilter;

/// Build the book and read it in the browser. Open pages reload when a page or the
/// code changes.
#[derive(Debug, Parser)]
#[command(name = "cargo book", version)]
struct Arguments {
    /// Open the browser
    #[arg(long)]
    open: bool,
    /// The port to serve at, on 127.0.0.1; 0 takes any free one
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Only build, into target/book
    #[arg(long, conflicts_with_all = ["open", "port"])]
    build_only: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    // What mdBook has to say, of an include that leads nowhere, for example.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_target(false)
        .without_time()
        .init();
    let root = root();
    println!("Building the book …");
    let folder = builder::build(&root)?;
    println!("Built {}.", folder.join("index.html").display());
    if arguments.build_only {
        return Ok(());
    }
    server::serve(&root, &folder, arguments.port, arguments.open)
}

/// The project's root, where book.toml is.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the project's root")
}
