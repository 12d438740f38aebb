//! What the project's own tests stand on: a real broker, the real program, and what they are fed with.
//!
//! Nothing here is part of the product, and nothing here decides what is right.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why"
)]

pub mod announced;
pub mod kafka;
pub mod process;
pub mod processor;
pub mod shop;
