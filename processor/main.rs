//! `spicchio`: arguments, one command, an exit code.

mod commands;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::execute()
}
