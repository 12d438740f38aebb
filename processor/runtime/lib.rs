//! The world of Spicchio: Kafka, files, HTTP, the clock.

pub mod broker;
pub mod clock;
pub mod config;
pub mod definitions;
mod failure;
mod house;
pub mod logs;
pub mod metrics;
pub mod partition;
pub mod recovery;
mod runtime;
pub mod server;
mod slot;
pub mod snapshot;
mod stop;

pub use failure::RunError;
pub use runtime::{InitOptions, RunOptions, init, run, run_on, run_until};
pub use stop::Stop;

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The revision of the source that this build was made from; the image's build sets `SPICCHIO_REVISION`.
pub const REVISION: &str = match option_env!("SPICCHIO_REVISION") {
    Some(revision) => revision,
    None => "unknown",
};
