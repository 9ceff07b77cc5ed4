//! `cargo book`: builds the book, serves it on this machine only, and rebuilds it
//! on every change.

#![forbid(unsafe_code)]

mod build;
mod changes;
mod server;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Parser;
use tracing_subscriber::filter::LevelFilter;

use build::Build;

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

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    // mdBook's warnings.
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::WARN)
        .with_target(false)
        .without_time()
        .init();
    let root = root()?;
    if !arguments.build_only {
        return server::serve(&root, arguments.port, arguments.open);
    }
    println!("Building the book …");
    let folder = Build::to_publish(&root)?.publish()?;
    println!("Built {}.", folder.join("index.html").display());
    Ok(())
}

/// The folder with book.toml: this one, or one above.
fn root() -> Result<PathBuf> {
    let here = env::current_dir()?;
    let root = here.ancestors().find(|folder| folder.join("book.toml").is_file());
    root.map(PathBuf::from).with_context(|| {
        format!(
            "neither {} nor a folder above it has a book.toml; start `cargo book` \
             inside the project",
            here.display()
        )
    })
}
