//! Writes the workload's events to the broker: as fast as it goes, or on a schedule.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use hdrhistogram::Histogram;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer as _, ProducerContext, ThreadedProducer};
use rdkafka::{ClientConfig, ClientContext, Message as _};
use spicchio_testkit::kafka::Broker;

use crate::workload::{Events, customer_id};

/// The schedule is kept in steps of this.
const STEP: Duration = Duration::from_millis(1);
/// How long the broker may take to store what is under way.
const PATIENCE: Duration = Duration::from_mins(1);

/// An event producer with the client library's defaults, its `linger.ms` of 5 included, and the Java client's choice of
/// partitions.
pub(crate) struct Sender {
    producer: ThreadedProducer<Receipts>,
    topic: String,
    events: Events,
    json: String,
    sent: u64,
}

impl Sender {
    /// Connects.
    pub(crate) fn new(broker: &Broker, topic: &str, events: Events) -> Self {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", broker.bootstrap())
            .set("partitioner", "murmur2_random")
            .set("enable.idempotence", "true")
            .set("compression.type", "lz4")
            .set("queue.buffering.max.messages", "500000")
            .set("queue.buffering.max.kbytes", "262144");
        let producer =
            config.create_with_context(Receipts(Mutex::new(micros_histogram()))).expect("these settings are valid");
        Self { producer, topic: topic.to_owned(), events, json: String::new(), sent: 0 }
    }

    /// How many were sent in all.
    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    /// Sends that many events as fast as it goes, their times spread evenly from one instant to another, in
    /// milliseconds since the epoch; returns when the broker has stored them.
    pub(crate) fn flood(&mut self, count: u64, from: i64, to: i64) {
        for number in 0..count {
            let passed = i128::from(to - from) * i128::from(number) / i128::from(count);
            self.send(from + passed as i64);
        }
        self.wait_until_stored();
    }

    /// Sends `rate` events a second for that long, each with the instant at which it was to be sent as its time, the
    /// first at `from`, in microseconds since the epoch. Returns how late they were sent, and how long after that
    /// instant the broker had stored them, in microseconds.
    pub(crate) fn keep_schedule(
        &mut self,
        rate: u64,
        lasting: Duration,
        from: i64,
    ) -> (Histogram<u64>, Histogram<u64>) {
        self.producer.context().stored().reset();
        let mut behind = micros_histogram();
        let begun = Instant::now() + Duration::from_micros(u64::try_from(from - wall_micros()).unwrap_or(0));
        for number in 0..rate * lasting.as_secs() {
            let due = Duration::from_nanos(number * 1_000_000_000 / rate);
            while Instant::now() < begun + due {
                std::thread::sleep(STEP);
            }
            behind.saturating_record(begun.elapsed().saturating_sub(due).as_micros() as u64);
            self.send((from + due.as_micros() as i64) / 1_000);
        }
        self.wait_until_stored();
        (behind, self.producer.context().stored().clone())
    }

    fn send(&mut self, time: i64) {
        let key = customer_id(self.events.next_at(time, &mut self.json));
        let mut record = BaseRecord::to(&self.topic).key(&key).payload(&self.json).timestamp(time);
        while let Err((error, back)) = self.producer.send(record) {
            let full = matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
            assert!(full, "cannot write events: {error}");
            std::thread::sleep(STEP);
            record = back;
        }
        self.sent += 1;
    }

    fn wait_until_stored(&self) {
        let begun = Instant::now();
        while self.producer.in_flight_count() > 0 {
            assert!(begun.elapsed() < PATIENCE, "the broker does not store the events");
            std::thread::sleep(STEP);
        }
    }
}

/// Counts microseconds; what is longer than a minute counts as a minute.
pub(crate) fn micros_histogram() -> Histogram<u64> {
    Histogram::new_with_max(60_000_000, 3).expect("a minute, three digits")
}

/// Microseconds since the epoch.
pub(crate) fn wall_micros() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64)
}

/// Takes the time at which the broker has stored a record, and ends the bench on one that it refused.
struct Receipts(Mutex<Histogram<u64>>);

impl Receipts {
    fn stored(&self) -> MutexGuard<'_, Histogram<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Receipts {}

impl ProducerContext for Receipts {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(message) => {
                let sent = message.timestamp().to_millis().unwrap_or(0) * 1_000;
                self.stored().saturating_record(u64::try_from(wall_micros() - sent).unwrap_or(0));
            }
            Err((error, message)) => panic!("the broker refused a record for {}: {error}", message.topic()),
        }
    }
}
