//! The log: text or JSON on standard error.
//!
//! The Kafka client's own log lines come through the `log` crate and are taken in. No line names a customer: positions,
//! partitions and segments do. Not here: what is worth a line.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::config::{Log, LogFormat};

/// Starts the log, once in a process.
///
/// # Errors
/// When another log was started before.
pub fn start(log: &Log, color: bool) -> Result<(), TryInitError> {
    // The level was checked with the configuration.
    let filter = EnvFilter::builder().parse_lossy(&log.level);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => registry.with(layer.with_ansi(color)).try_init(),
        LogFormat::Json => registry.with(layer.json().flatten_event(true).with_ansi(false)).try_init(),
    }
}
