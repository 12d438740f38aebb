//! Apache Kafka, through librdkafka. The only folder that names the client library.
//!
//! One process is one member of the group: [`Member`] says which partitions are its own, and holds no record. What a
//! partition reads comes through a [`Reader`] of its worker, always from an offset that was named; what it decided
//! goes out through a [`Writer`], one transaction at a time. Each purpose has a client of its own, because a request
//! waits behind whatever else is under way on a connection.

mod admin;
mod client;
mod committed;
mod consumer;
mod door;
mod embedded;
mod end;
mod outsider;
mod partitioner;
mod preflight;
mod producer;
mod rebalance;
mod sample;

pub use admin::{Admin, AdminError, TopicSettings};
pub use client::{ClientError, Connection, Unanswered};
pub use committed::{Committed, CommittedOffsets};
pub use consumer::{Polled, Reader};
pub use door::NotLetIn;
pub use embedded::{Embedded, EmbeddedError};
pub use end::{EndProbe, Isolation};
pub use outsider::{Listener, Poster, Posting};
pub use preflight::{Inspection, PreflightError, Warning, inspect};
pub use producer::{Failure, Writer};
pub use rebalance::{Generation, Member, MemberError, Tenants};
