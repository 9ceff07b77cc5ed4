//! Bundles the live demo: compiles the network to WebAssembly, and wraps it for the
//! page.
//!
//! The result is one script, `network.js`. It holds the module as text, because a
//! page that is opened from disk may not load a file of its own.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::Parser;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the live demo of the book to WebAssembly, after `rustup target add
/// wasm32-unknown-unknown`
#[derive(Parser)]
#[command(name = "cargo demo", version)]
struct Arguments {
    /// The cargo that compiles it, instead of the one that runs this
    #[arg(long, value_name = "PROGRAM")]
    cargo: Option<PathBuf>,
    /// Compile the standard library as well, where it is not there for WebAssembly
    #[arg(long)]
    build_std: bool,
    /// The folder for network.js and its types, instead of those of the book
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let module = compile(&root, &arguments)?;
    let (script, types) = wrap(&module)?;
    let (out, types_out) = match arguments.out {
        Some(out) => (out.clone(), out),
        None => (root.join("book/src/demo"), root.join("book/bindings")),
    };
    write(&out.join("network.js"), &script)?;
    write(&types_out.join("network.d.ts"), &types)
}

fn compile(root: &Path, arguments: &Arguments) -> Result<PathBuf> {
    let folder = root.join("target/demo");
    let own = env::var_os("CARGO").map(PathBuf::from);
    let cargo = arguments.cargo.clone().or(own).unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args([
            "build",
            "--package",
            "bindings",
            "--profile",
            "demo",
            "--target",
            TARGET,
        ])
        .arg("--target-dir")
        .arg(&folder)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root).join("\x1f"))
        .current_dir(root);
    if arguments.build_std {
        command.arg("-Zbuild-std=std,panic_abort");
    }
    let status = command.status().context("cargo can't be started")?;
    ensure!(
        status.success(),
        "the demo does not compile; if `core` is what is missing: rustup target \
         add {TARGET}"
    );
    Ok(folder.join(TARGET).join("demo/bindings.wasm"))
}

/// Vector instructions, which every browser since 2023 knows and which change no
/// result; and no path of this machine in the messages of panics.
fn flags(root: &Path) -> Vec<String> {
    let mut flags = vec!["-Ctarget-feature=+simd128".to_owned()];
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    for (path, name) in [(home, "cargo"), (root.canonicalize().ok(), "no-magic")] {
        if let Some(path) = path {
            flags.push(format!("--remap-path-prefix={}={name}", path.display()));
        }
    }
    flags
}

/// The module with its bindings, as a classic script, and the types of the
/// bindings.
fn wrap(module: &Path) -> Result<(String, String)> {
    let mut output = Bindgen::new()
        .input_path(module)
        .no_modules(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_producers_section(true)
        .generate_output()?;
    let wasm = BASE64_STANDARD.encode(output.wasm_mut().emit_wasm());
    let bindings = output.js();
    let types = output.ts().context("the bindings have no types")?;
    let script = format!(
        "// The network of the book as WebAssembly, made by `cargo demo` out of \
         book/bindings and src.\nfunction noMagicNetwork() {{\n{bindings}\nreturn \
         wasm_bindgen;\n}}\nnoMagicNetwork.module = \"{wasm}\";\n"
    );
    Ok((script, types.to_owned()))
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, path)?;
    println!("{} ({} bytes)", path.display(), text.len());
    Ok(())
}
