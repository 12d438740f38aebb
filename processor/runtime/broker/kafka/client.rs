//! From the configuration to clients: which librdkafka properties each purpose has, and what every client reports.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::KafkaError;
use rdkafka::producer::{DeliveryResult, ProducerContext};
use rdkafka::types::RDKafkaErrorCode;

use crate::config;

/// A client cannot be made: a property has no such value, or a file it names cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("cannot make a Kafka client for {purpose}: {reason}; look at `kafka.properties` in the configuration")]
pub struct ClientError {
    /// What it was for.
    pub purpose: &'static str,
    /// What the library said.
    pub reason: String,
}

impl ClientError {
    pub(super) fn new(purpose: &'static str, error: &KafkaError) -> Self {
        Self { purpose, reason: error.to_string() }
    }
}

/// The cluster did not answer, or the client did not take a request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unanswered(String);

impl From<ClientError> for Unanswered {
    fn from(error: ClientError) -> Self {
        Self(error.to_string())
    }
}

impl From<KafkaError> for Unanswered {
    fn from(error: KafkaError) -> Self {
        Self(error.to_string())
    }
}

/// Properties of consumers alone, by how their names begin: other clients would warn of them.
const READING: &[&str] = &[
    "group.",
    "partition.assignment.",
    "session.",
    "heartbeat.",
    "max.poll.",
    "fetch.",
    "queued.",
    "check.crcs",
    "max.partition.fetch.",
    "auto.",
    "coordinator.query.",
    "consume.",
];

/// Properties of producers alone.
const WRITING: &[&str] = &[
    "queue.buffering.",
    "linger.",
    "batch.",
    "compression.",
    "retries",
    "message.send.",
    "message.timeout.",
    "delivery.",
    "request.timeout.",
    "queuing.",
    "sticky.",
    "produce.",
];

/// How to reach the cluster, and what it is.
#[derive(Clone, Debug)]
pub struct Connection {
    kafka: config::Kafka,
    embedded: bool,
}

impl Connection {
    /// The cluster that the configuration names.
    pub fn new(kafka: config::Kafka) -> Self {
        Self { kafka, embedded: false }
    }

    /// The broker inside this process, at that address.
    pub(super) fn to_embedded(kafka: &config::Kafka, brokers: String) -> Self {
        Self { kafka: config::Kafka { brokers, ..kafka.clone() }, embedded: true }
    }

    /// Whether it is the broker inside this process, which keeps no offsets and has no administration.
    pub fn is_embedded(&self) -> bool {
        self.embedded
    }

    /// The consumer group.
    pub fn group(&self) -> &str {
        &self.kafka.group
    }

    /// The addresses, as they were given.
    pub fn brokers(&self) -> &str {
        &self.kafka.brokers
    }

    /// The member of the group: it joins, and fetches nothing.
    pub(super) fn member(&self) -> ClientConfig {
        let mut config = self.consumer("read_committed");
        if let Some(instance) = &self.kafka.instance {
            config.set("group.instance.id", instance);
        }
        let protocol = self.kafka.properties.get("group.protocol").map_or("classic", String::as_str);
        if protocol.eq_ignore_ascii_case("consumer") {
            // The broker owns the other settings under this protocol, and the library refuses them.
            config.set("group.remote.assignor", "range");
        } else {
            config.set("partition.assignment.strategy", "range");
            self.set_default(&mut config, "session.timeout.ms", "10000");
            self.set_default(&mut config, "heartbeat.interval.ms", "1000");
        }
        self.set_default(&mut config, "max.poll.interval.ms", "60000");
        config
    }

    /// A consumer that is told what to read and from where.
    pub(super) fn reader(&self) -> ClientConfig {
        let mut config = self.consumer("read_committed");
        config.set("check.crcs", "true");
        // At its default of one second a reader that is faster than its fetches stands still.
        self.set_default(&mut config, "fetch.queue.backoff.ms", "5");
        self.set_default(&mut config, "queued.max.messages.kbytes", "16384");
        self.set_default(&mut config, "queued.min.messages", "20000");
        if self.embedded {
            // A fetch there does not wake up when a record comes.
            config.set("fetch.wait.max.ms", "5");
        }
        config
    }

    /// A client that asks questions, and sees what is committed or what is there.
    pub(super) fn inquirer(&self, isolation: &str) -> ClientConfig {
        let mut config = self.consumer(isolation);
        config.set("fetch.wait.max.ms", "5");
        config
    }

    /// The producer of one transactional id.
    pub(super) fn writer(&self, transactional_id: &str) -> ClientConfig {
        let mut config = self.common(&[READING]);
        config.set("transactional.id", transactional_id);
        config.set("enable.idempotence", "true");
        config.set("acks", "all");
        config.set("transaction.timeout.ms", "10000");
        // The next transaction waits for the markers of the last one in steps of this.
        self.set_default(&mut config, "retry.backoff.ms", "2");
        self.set_default(&mut config, "socket.timeout.ms", "5000");
        self.set_default(&mut config, "linger.ms", "0");
        self.set_default(&mut config, "compression.type", "lz4");
        self.set_default(&mut config, "queue.buffering.max.messages", "500000");
        self.set_default(&mut config, "queue.buffering.max.kbytes", "262144");
        config
    }

    /// A client for administration.
    pub(super) fn administrator(&self) -> ClientConfig {
        self.common(&[READING, WRITING])
    }

    /// What every client has, without the user's properties that are `foreign` to it.
    fn common(&self, foreign: &[&[&str]]) -> ClientConfig {
        let mut config = ClientConfig::new();
        for (name, value) in &self.kafka.properties {
            if !foreign.iter().copied().flatten().any(|prefix| name.starts_with(prefix)) {
                config.set(name, value);
            }
        }
        config.set("bootstrap.servers", &self.kafka.brokers);
        self.set_default(&mut config, "client.id", "spicchio");
        // Metadata that is a minute old names a leader that left; five minutes is the library's default.
        self.set_default(&mut config, "topic.metadata.refresh.interval.ms", "60000");
        config.set_log_level(RDKafkaLogLevel::Info);
        config
    }

    fn consumer(&self, isolation: &str) -> ClientConfig {
        let mut config = self.common(&[WRITING]);
        config.set("group.id", &self.kafka.group);
        config.set("enable.auto.commit", "false");
        config.set("enable.auto.offset.store", "false");
        config.set("auto.offset.reset", "error");
        config.set("isolation.level", isolation);
        config.set("allow.auto.create.topics", "false");
        config
    }

    fn set_default(&self, config: &mut ClientConfig, name: &str, value: &str) {
        if !self.kafka.properties.contains_key(name) {
            config.set(name, value);
        }
    }
}

/// Lets the same error through once in a while.
#[derive(Debug, Default)]
pub(super) struct Seldom {
    last: Mutex<Vec<(RDKafkaErrorCode, Instant)>>,
}

impl Seldom {
    /// For how long the same error is not told again.
    const PAUSE: Duration = Duration::from_secs(10);

    /// Whether this error has not been told for a while; there are few kinds, so all of them are kept.
    pub(super) fn is_due(&self, code: RDKafkaErrorCode) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.retain(|(_, at)| at.elapsed() < Self::PAUSE);
        let due = last.iter().all(|(known, _)| *known != code);
        if due {
            last.push((code, Instant::now()));
        }
        due
    }
}

/// What a client reports while it works: it goes to the log, and trouble on the way to the brokers is counted.
#[derive(Clone, Debug, Default)]
pub(super) struct Witness {
    troubles: Arc<AtomicU64>,
    told: Arc<Seldom>,
    refusal: Arc<Mutex<Option<(RDKafkaErrorCode, String)>>>,
}

impl Witness {
    /// How often a connection failed or a request went unanswered.
    pub(super) fn troubles(&self) -> u64 {
        self.troubles.load(Ordering::Relaxed)
    }

    /// The first reason for which a broker did not let the client in, with the library's words for it.
    pub(super) fn refusal(&self) -> Option<(RDKafkaErrorCode, String)> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts one more.
    pub(super) fn saw_trouble(&self) {
        self.troubles.fetch_add(1, Ordering::Relaxed);
    }
}

impl ClientContext for Witness {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        if matches!(facility, "FAIL" | "REQTMOUT" | "PROTOERR" | "TXNERR") {
            self.saw_trouble();
        }
        match level {
            RDKafkaLogLevel::Emerg
            | RDKafkaLogLevel::Alert
            | RDKafkaLogLevel::Critical
            | RDKafkaLogLevel::Error
            | RDKafkaLogLevel::Warning => tracing::warn!(target: "kafka", facility, "{message}"),
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => tracing::info!(target: "kafka", facility, "{message}"),
            RDKafkaLogLevel::Debug => tracing::debug!(target: "kafka", facility, "{message}"),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.saw_trouble();
        if let Some(code @ (RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SSL)) = error.rdkafka_error_code() {
            let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
            refusal.get_or_insert_with(|| (code, reason.to_owned()));
        }
        if error.rdkafka_error_code().is_none_or(|code| self.told.is_due(code)) {
            tracing::warn!(target: "kafka", "{error}: {reason}");
        }
    }

    fn stats_raw(&self, _statistics: &[u8]) {}
}

impl ConsumerContext for Witness {}

impl ProducerContext for Witness {
    type DeliveryOpaque = ();

    fn delivery(&self, _result: &DeliveryResult<'_>, (): ()) {
        // A record that was not delivered fails its transaction, which says so.
    }
}
