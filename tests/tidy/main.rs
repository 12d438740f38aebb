//! The repository is what it claims to be: rules that no compiler checks, as ordinary tests.
//!
//! A rule looks at one file at a time and names the lines that break it. Each rule carries a specimen that breaks it,
//! so that a rule which can no longer find anything fails too.
#![expect(clippy::expect_used, clippy::panic, reason = "a test fails by panicking, and says why")]

mod files;
mod map;
mod rules;
mod settings;
