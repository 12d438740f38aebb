//! What the project's own tests stand on: a real broker, the real program, what they are fed with, the naive oracle.
//!
//! Nothing here is part of the product, and what is right is decided in `oracle` alone.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why"
)]

pub mod announced;
pub mod build;
pub mod definition;
pub mod drive;
pub mod generate;
pub mod given;
pub mod kafka;
pub mod law;
pub mod oracle;
pub mod process;
pub mod processor;
pub mod shop;
pub mod text;
