//! A broker inside this process, for `spicchio demo` alone.
//!
//! It speaks Kafka's protocol on a real port and needs no set-up. It promises little: it keeps a few megabytes a
//! partition, remembers no offsets of transactions, and has no administration. Nothing that is claimed of the processor
//! rests on it.

use std::sync::Arc;

use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use super::client::{ClientError, Connection};
use super::outsider::{Listener, Poster};
use crate::config;

/// The broker cannot be started.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the embedded broker cannot start: {0}")]
pub struct EmbeddedError(String);

/// A running broker; it stops when this is dropped.
pub struct Embedded {
    cluster: MockCluster<'static, DefaultProducerContext>,
    partitions: i32,
}

impl Embedded {
    /// Starts one broker with these topics, each with that many partitions.
    pub fn start(topics: &[&str], partitions: i32) -> Result<Self, EmbeddedError> {
        let failed = |error: KafkaError| EmbeddedError(error.to_string());
        let cluster = MockCluster::new(1).map_err(failed)?;
        for topic in topics {
            cluster.create_topic(topic, partitions, 1).map_err(failed)?;
        }
        Ok(Self { cluster, partitions })
    }

    /// Where it listens, `host:port`.
    pub fn address(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// How to reach it, with everything else as configured.
    pub fn connection(&self, kafka: &config::Kafka) -> Arc<Connection> {
        Arc::new(Connection::to_embedded(kafka, self.address()))
    }

    /// An ordinary producer of events.
    pub fn poster(&self, topic: &str) -> Result<Poster, ClientError> {
        Poster::open(&self.address(), topic)
    }

    /// An ordinary consumer of one of the topics, from its beginning.
    pub fn listener(&self, topic: &str) -> Result<Listener, ClientError> {
        Listener::open(&self.address(), topic, self.partitions)
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedded").field("address", &self.address()).finish_non_exhaustive()
    }
}
