//! All customers of one partition.
//!
//! One writer, the engine; the HTTP API and snapshots read meanwhile. Closures are short, and nobody holds a guard across
//! another access.

/// The customers of one partition, in 256 shards.
#[derive(Debug, Default)]
pub struct CustomerTable {}
