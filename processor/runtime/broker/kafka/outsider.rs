//! Ordinary clients of the embedded broker: what a shop that sends events and a consumer of transitions would use.
//!
//! They know nothing of the processor and share nothing with it but the broker. Not here: what is sent, and what
//! becomes of what is read.

use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, Producer, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::client::{ClientError, Witness};

/// An event on its way to a topic.
#[derive(Clone, Copy, Debug)]
pub struct Posting<'a> {
    /// The customer.
    pub key: &'a str,
    /// The event.
    pub value: &'a [u8],
    /// The Kafka timestamp, in milliseconds since 1970.
    pub timestamp: i64,
    /// The partition; none: that of the key.
    pub partition: Option<i32>,
}

/// Sends events to one topic.
pub struct Poster {
    producer: ThreadedProducer<Witness>,
    topic: String,
}

impl Poster {
    /// How long to wait for room in the client's queue, and for the last events at the end.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How long to wait before a full queue is tried again.
    const PAUSE: Duration = Duration::from_millis(5);

    pub(super) fn open(brokers: &str, topic: &str) -> Result<Self, ClientError> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("client.id", "shop").set("enable.idempotence", "true");
        config.set("linger.ms", "5").set("compression.type", "lz4").set_log_level(RDKafkaLogLevel::Warning);
        let producer = config.create_with_context(Witness::default());
        let producer = producer.map_err(|error| ClientError::new("sending events", &error))?;
        Ok(Self { producer, topic: topic.to_owned() })
    }

    /// Sends an event; waits where the client's queue is full.
    pub fn send(&self, posting: &Posting<'_>) -> Result<(), ClientError> {
        let mut record =
            BaseRecord::to(&self.topic).key(posting.key).payload(posting.value).timestamp(posting.timestamp);
        record.partition = posting.partition;
        let begun = std::time::Instant::now();
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                    if begun.elapsed() < Self::PATIENCE =>
                {
                    std::thread::sleep(Self::PAUSE);
                    record = back;
                }
                Err((error, _)) => return Err(ClientError::new("sending events", &error)),
            }
        }
    }

    /// Waits until the broker has everything that was sent.
    pub fn flush(&self) -> Result<(), ClientError> {
        self.producer.flush(Self::PATIENCE).map_err(|error| ClientError::new("sending events", &error))
    }
}

impl std::fmt::Debug for Poster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Poster").field("topic", &self.topic).finish_non_exhaustive()
    }
}

/// Reads one topic from its beginning, what is committed alone.
pub struct Listener {
    consumer: BaseConsumer<Witness>,
}

impl Listener {
    pub(super) fn open(brokers: &str, topic: &str, partitions: i32) -> Result<Self, ClientError> {
        let failed = |error: KafkaError| ClientError::new("reading transitions", &error);
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", brokers).set("client.id", "reader").set("group.id", "reader");
        config.set("enable.auto.commit", "false").set("isolation.level", "read_committed");
        // The embedded broker does not wake a waiting fetch when a record comes.
        config.set("fetch.wait.max.ms", "5").set_log_level(RDKafkaLogLevel::Warning);
        let consumer: BaseConsumer<Witness> = config.create_with_context(Witness::default()).map_err(failed)?;
        let mut list = TopicPartitionList::with_capacity(usize::try_from(partitions).unwrap_or_default());
        for partition in 0..partitions {
            list.add_partition_offset(topic, partition, Offset::Beginning).map_err(failed)?;
        }
        consumer.assign(&list).map_err(failed)?;
        Ok(Self { consumer })
    }

    /// The value of the next record, if one comes within `timeout`. What the client reports beside records goes to the
    /// log.
    pub fn next(&self, timeout: Duration) -> Option<Vec<u8>> {
        match self.consumer.poll(timeout)? {
            Ok(message) => Some(message.payload().unwrap_or_default().to_vec()),
            Err(error) => {
                tracing::warn!(%error, "reading along met an error");
                None
            }
        }
    }
}

impl std::fmt::Debug for Listener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Listener")
    }
}
