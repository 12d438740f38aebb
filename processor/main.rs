//! `spicchio`: arguments, one command, an exit code.

mod commands;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// State is millions of small pieces: this allocator packs them closer and hands them out faster than the system's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    commands::execute()
}
