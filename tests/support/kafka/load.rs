//! Records written to the broker as an event producer would.

use std::fmt;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::{ClientContext, Message};

use super::Broker;
use crate::process::until;

/// How long the broker may take to store everything.
const PATIENCE: Duration = Duration::from_mins(2);

/// One record to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// The topic.
    pub topic: String,
    /// The partition; the one the Java client's partitioner chooses by the key where none is given.
    pub partition: Option<i32>,
    /// The key.
    pub key: Option<Vec<u8>>,
    /// The value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// The headers; a value may be null.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The Kafka timestamp (`CreateTime`), milliseconds since the epoch; the wall time where none is given.
    pub timestamp: Option<i64>,
}

impl Load {
    /// A record with key and value.
    pub fn new(topic: &str, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        Self { topic: topic.to_owned(), key: Some(key.into()), value: Some(value.into()), ..Self::default() }
    }

    /// The same with a Kafka timestamp, milliseconds since the epoch.
    #[must_use]
    pub fn at(self, timestamp: i64) -> Self {
        Self { timestamp: Some(timestamp), ..self }
    }

    /// The same, written to this partition.
    #[must_use]
    pub fn to_partition(self, partition: i32) -> Self {
        Self { partition: Some(partition), ..self }
    }
}

/// Writes all records, in order, and returns when the broker has stored them; fails the test when it refuses one.
pub fn load(broker: &Broker, records: impl IntoIterator<Item = Load>) {
    Writer::new(broker).write(records);
}

/// An event producer that stays connected, for tests that write again and again. It writes each record exactly once.
pub struct Writer(Connection);

type Connection = BaseProducer<Refusals>;

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Writer({} in flight)", self.0.in_flight_count())
    }
}

impl Writer {
    /// Connects to the broker.
    pub fn new(broker: &Broker) -> Self {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", broker.bootstrap())
            .set("partitioner", "murmur2_random")
            .set("enable.idempotence", "true")
            .set("linger.ms", "5")
            .set("compression.type", "lz4")
            .set("message.max.bytes", "10000000");
        Self(config.create_with_context(Refusals).expect("these settings are valid"))
    }

    /// Writes all records, in order, and returns when the broker has stored them; fails the test when it refuses one.
    pub fn write(&self, records: impl IntoIterator<Item = Load>) {
        for record in records {
            send(&self.0, &record);
        }
        until("the broker stores every record", PATIENCE, || {
            self.0.poll(Duration::from_millis(1));
            self.0.in_flight_count() == 0
        });
    }
}

fn send(producer: &Connection, load: &Load) {
    let mut record: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(&load.topic);
    record.partition = load.partition;
    record.key = load.key.as_deref();
    record.payload = load.value.as_deref();
    record.timestamp = load.timestamp;
    if !load.headers.is_empty() {
        let headers = load
            .headers
            .iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| headers.insert(Header { key, value: value.as_deref() }));
        record.headers = Some(headers);
    }
    while let Err((error, back)) = producer.send(record) {
        let full = matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
        assert!(full, "cannot write to {}: {error}", load.topic);
        producer.poll(Duration::from_millis(100));
        record = back;
    }
    producer.poll(Duration::ZERO);
}

/// Fails the test on a record that the broker refused.
struct Refusals;

impl ClientContext for Refusals {}

impl ProducerContext for Refusals {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = result {
            panic!("the broker refused a record for {}: {error}", message.topic());
        }
    }
}
