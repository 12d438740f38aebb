//! A real Apache Kafka for tests: one node that is broker and controller, on free ports, in a fresh folder.
//!
//! Every claim about transactions, recovery and rebalances is tested against it and not against a look-alike. Its jars
//! and Java are a precondition that `tests/run` establishes; without them a test fails and says so. What tests say to
//! the broker and read from it goes through librdkafka, but never through the processor's own client code.

mod authority;
mod broker;
mod drain;
mod java;
mod load;
mod partitioner;
mod progress;
mod raw;
mod settings;
mod topics;

pub use authority::Authority;
pub use broker::{Broker, USER};
pub use drain::{Isolation, Reader, Stored, drain, ends};
pub use load::{Load, Writer, load};
pub use partitioner::partition_of;
pub use progress::{Committed, committed};
pub use raw::{RawRecord, load_raw};
pub use topics::{create_topic, delete_records, setting, topic_partitions};
