//! Brings records in and takes effects out.
//!
//! What crosses the line is in `record`, in words of our own; `kafka` is the only folder that names its client library.

pub mod kafka;

mod record;

pub use record::{Arrival, Destination, Outgoing, TopicPartition};
