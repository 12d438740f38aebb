//! The real program without a broker: what an operator types, what comes back on which stream, and the exit code.
#![expect(clippy::expect_used, reason = "a test fails by panicking, and says why")]

mod program;
mod refusals;
mod replay;
mod streams;
