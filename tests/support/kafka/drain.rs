//! Everything a topic holds, read once from its beginning to its end.

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers};
use rdkafka::{ClientConfig, Message, Offset, TopicPartitionList};

use super::Broker;
use super::topics::topic_partitions;

/// How long without any progress until the test fails.
const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);

/// Whether records of transactions that did not commit are seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// What a careful consumer sees.
    ReadCommitted,
    /// Everything in the log, the records of aborted transactions too.
    ReadUncommitted,
}

impl Isolation {
    fn level(self) -> &'static str {
        match self {
            Self::ReadCommitted => "read_committed",
            Self::ReadUncommitted => "read_uncommitted",
        }
    }
}

/// A record as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// The Kafka timestamp, milliseconds since the epoch.
    pub timestamp: Option<i64>,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The value.
    pub value: Option<Vec<u8>>,
    /// The headers; a null value is shown as empty.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl Stored {
    /// The key as text; empty where there is none.
    pub fn key_text(&self) -> String {
        String::from_utf8_lossy(self.key.as_deref().unwrap_or_default()).into_owned()
    }

    /// The value as JSON; fails the test when it is not.
    pub fn json(&self) -> serde_json::Value {
        let bytes = self.value.as_deref().unwrap_or_default();
        serde_json::from_slice(bytes).unwrap_or_else(|e| {
            panic!("partition {} offset {} is not JSON ({e}): {}", self.partition, self.offset, bytes.escape_ascii())
        })
    }

    /// The first header of this name, as text.
    pub fn header(&self, name: &str) -> Option<String> {
        let (_, value) = self.headers.iter().find(|(key, _)| key == name)?;
        Some(String::from_utf8_lossy(value).into_owned())
    }
}

/// Reads a topic to its end: all partitions, ordered by partition and offset.
///
/// With [`Isolation::ReadCommitted`] the end is the oldest transaction that is still open.
pub fn drain(broker: &Broker, topic: &str, isolation: Isolation) -> Vec<Stored> {
    let mut reader = Reader::new(broker, topic, isolation);
    reader.read_to_end();
    reader.into_records()
}

/// A reader of a whole topic that can be asked to read on.
pub struct Reader {
    topic: String,
    consumer: BaseConsumer,
    partitions: i32,
    records: Vec<Stored>,
}

impl Reader {
    /// A reader at the beginning of the topic, which must exist.
    pub fn new(broker: &Broker, topic: &str, isolation: Isolation) -> Self {
        let partitions = topic_partitions(broker, topic).unwrap_or_else(|| panic!("there is no topic {topic}"));
        let consumer = consumer(broker, isolation);
        let mut from = TopicPartitionList::new();
        for partition in 0..partitions {
            let (first, _) = consumer.fetch_watermarks(topic, partition, PATIENCE).expect("the broker answers");
            from.add_partition_offset(topic, partition, Offset::Offset(first)).expect("a valid offset");
        }
        consumer.assign(&from).expect("a valid assignment");
        Self { topic: topic.to_owned(), consumer, partitions, records: Vec::new() }
    }

    /// What was read so far, in the order of arrival: each partition in the order of offsets.
    pub fn records(&self) -> &[Stored] {
        &self.records
    }

    /// What was read, ordered by partition and offset.
    pub fn into_records(self) -> Vec<Stored> {
        let mut records = self.records;
        records.sort_by_key(|record| (record.partition, record.offset));
        records
    }

    /// Reads what there is, and returns when nothing came for a moment.
    pub fn read_on(&mut self) {
        while let Some(polled) = self.consumer.poll(POLL) {
            if let Ok(message) = polled {
                self.records.push(stored(&message));
            }
        }
    }

    /// The offset after the last record of every partition, as the broker says now: records of a transaction that is
    /// still open, and control records, included.
    pub fn ends(&self) -> Vec<i64> {
        let end = |partition| self.consumer.fetch_watermarks(&self.topic, partition, PATIENCE);
        (0..self.partitions).map(|partition| end(partition).expect("the broker answers").1).collect()
    }

    /// Reads on until the end of every partition was met; once, for a reader that has not read before.
    fn read_to_end(&mut self) {
        let mut open: BTreeSet<i32> = (0..self.partitions).collect();
        let mut moved = Instant::now();
        while !open.is_empty() {
            match self.consumer.poll(POLL) {
                Some(Ok(message)) => {
                    self.records.push(stored(&message));
                    moved = Instant::now();
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    open.remove(&partition);
                    moved = Instant::now();
                }
                // Transport errors pass; a broker that stays away runs into the bound below.
                Some(Err(_)) | None => {}
            }
            assert!(
                moved.elapsed() < PATIENCE,
                "{}: no end of partitions {open:?} after {} records",
                self.topic,
                self.records.len()
            );
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({}, {} records)", self.topic, self.records.len())
    }
}

/// The offset after the last record of every partition, control records included.
pub fn ends(broker: &Broker, topic: &str) -> Vec<i64> {
    Reader::new(broker, topic, Isolation::ReadUncommitted).ends()
}

fn consumer(broker: &Broker, isolation: Isolation) -> BaseConsumer {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", broker.bootstrap())
        .set("group.id", "test-reader")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("auto.offset.reset", "error")
        .set("fetch.wait.max.ms", "10")
        .set("isolation.level", isolation.level());
    config.create().expect("these settings are valid")
}

fn stored(message: &BorrowedMessage<'_>) -> Stored {
    let headers = message.headers().map_or_else(Vec::new, |headers| {
        headers.iter().map(|h| (h.key.to_owned(), h.value.unwrap_or_default().to_vec())).collect()
    });
    Stored {
        partition: message.partition(),
        offset: message.offset(),
        timestamp: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        value: message.payload().map(<[u8]>::to_vec),
        headers,
    }
}
