//! The program `no-magic`.

use std::process::ExitCode;

fn main() -> ExitCode {
    no_magic_program::main()
}
