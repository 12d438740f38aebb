//! What Spicchio's own tests are made of: events as a test gives them, the naive oracle, and generators.
//!
//! For tests and benches alone; nothing that is shipped depends on it.

pub mod build;
pub mod drive;
pub mod generate;
pub mod given;
pub mod law;
pub mod oracle;
pub mod text;
