//! The configuration as people write it: names, defaults and what each setting is for.
//!
//! The JSON Schema in `schemas/config.schema.json` is derived from these types, and the same schema tells a file's
//! unknown names and wrong types. What a value must fulfil beyond its type is decided in `check`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spicchio_core::event::RawMapping;

/// The configuration of `spicchio run`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawConfig {
    /// How to reach Kafka and as whom.
    pub kafka: RawKafka,
    /// The topics to read: names, or objects that say how.
    pub inputs: Vec<RawInput>,
    /// The topics to write.
    #[serde(default)]
    pub outputs: RawOutputs,
    /// Files and folders of segment definitions.
    pub segments: Vec<String>,
    /// What moves the partition clock when no record comes: `wall` (the proven end of every input), or `events`
    /// (records alone, on the same timeline as a replay).
    #[serde(default)]
    pub clock: RawClock,
    /// How long what time alone decides waits for late events, such as `1s`; at most a day.
    #[serde(default = "grace")]
    pub grace: String,
    /// A customer whose newest event is older ceases to exist, such as `25mo`.
    #[serde(default = "forget_after")]
    pub forget_after: String,
    /// The most customers in one partition: at this many it stops reading, with an alarm. Nobody is dropped.
    #[serde(default = "max_customers")]
    #[schemars(range(min = 1))]
    pub max_customers: u64,
    /// The longest record written: bytes, or a size such as `256KiB`. The topics must accept it.
    #[serde(default = "max_output_bytes")]
    pub max_output_bytes: RawSize,
    /// Worker threads; by default as many as the machine has cores.
    #[serde(default)]
    #[schemars(range(min = 1, max = 256))]
    pub workers: Option<u16>,
    /// Where state is kept, so that a restart need not read everything again.
    #[serde(default)]
    pub snapshots: RawSnapshots,
    /// The HTTP server.
    #[serde(default)]
    pub http: RawHttp,
    /// The log, on standard error.
    #[serde(default)]
    pub log: RawLog,
}

/// How to reach Kafka and as whom.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKafka {
    /// The first brokers to ask: `host:port`, comma-separated.
    pub brokers: String,
    /// The consumer group. It also prefixes transactional ids and event ids: two deployments need two groups.
    #[serde(default = "group")]
    pub group: String,
    /// A stable name for this instance, such as the pod's: a restart within the session timeout then moves no
    /// partition.
    #[serde(default)]
    pub instance: Option<String>,
    /// Properties of librdkafka, passed through as written, such as `security.protocol`. A value `"${env:NAME}"` or
    /// `"${file:PATH}"` stands for a variable's value or the content of a file, without the line break at its end.
    /// Those that the processor decides itself are refused with the reason.
    #[serde(default)]
    pub properties: BTreeMap<String, RawProperty>,
    /// Send a SASL/PLAIN password over a connection without TLS. For a broker on the same machine alone.
    #[serde(default)]
    pub insecure: bool,
}

/// The value of a librdkafka property.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawProperty {
    /// A switch.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// Anything else.
    Text(String),
}

/// A topic to read.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawInput {
    /// Its name alone.
    Name(String),
    /// Its name, and how to read it.
    Topic(Box<RawTopic>),
}

/// A topic to read, and how.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTopic {
    /// Its name.
    pub topic: String,
    /// Where the parts of an event stand in its records; by default as in `schemas/event.schema.json` or in
    /// CloudEvents.
    #[serde(default)]
    pub decode: Option<RawMapping>,
    /// A record whose event is this much after its Kafka timestamp is refused as `time_in_future`.
    #[serde(default = "max_ahead")]
    pub max_ahead: String,
    /// A record whose event is this much before its Kafka timestamp is refused as `too_late`.
    #[serde(default = "max_late")]
    pub max_late: String,
    /// How long a repeated id counts once, in this topic's time; at most a day.
    #[serde(default = "dedup")]
    pub dedup: String,
    /// Take `erase` from this topic. Only who may erase customers should have the right to write to it.
    #[serde(default)]
    pub control: bool,
    /// It holds profile events alone and may be compacted.
    #[serde(default)]
    pub profile: bool,
}

impl RawTopic {
    /// The topic of that name, with every default.
    pub(super) fn named(topic: String) -> Self {
        let (max_ahead, max_late, dedup) = (max_ahead(), max_late(), dedup());
        Self { topic, decode: None, max_ahead, max_late, dedup, control: false, profile: false }
    }
}

/// The topics to write.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawOutputs {
    /// Entries and exits.
    pub transitions: String,
    /// What is true now; compacted.
    pub memberships: String,
    /// What was refused, and why.
    pub dead_letters: String,
}

impl Default for RawOutputs {
    fn default() -> Self {
        Self {
            transitions: "spicchio.transitions.v1".to_owned(),
            memberships: "spicchio.memberships.v1".to_owned(),
            dead_letters: "spicchio.dead-letters.v1".to_owned(),
        }
    }
}

/// What moves the partition clock when no record comes.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawClock {
    #[default]
    Wall,
    Events,
}

/// A size in bytes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RawSize {
    /// Bytes.
    Bytes(u64),
    /// A number and a unit: `64KiB`, `1MiB`.
    Text(String),
}

/// Where state is kept, so that a restart need not read everything again.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawSnapshots {
    /// A folder, or a URL such as `s3://bucket/prefix`. Instances that may take over each other's partitions share it.
    /// Without one no snapshot is taken, and every recovery reads the input from where the group began.
    pub store: Option<String>,
    /// How long after one snapshot of a partition the next one begins, such as `5m`; 1 s to a day.
    pub every: String,
    /// How many snapshots of a partition are kept.
    #[schemars(range(min = 1, max = 100))]
    pub keep: u16,
}

impl Default for RawSnapshots {
    fn default() -> Self {
        Self { store: None, every: "5m".to_owned(), keep: 3 }
    }
}

/// The HTTP server.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawHttp {
    /// Where it listens. It has no authentication yet, so only loopback addresses are taken.
    pub listen: String,
}

impl Default for RawHttp {
    fn default() -> Self {
        Self { listen: "127.0.0.1:8080".to_owned() }
    }
}

/// The log, on standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLog {
    /// `error`, `warn`, `info`, `debug` or `trace`; or by part: `info,spicchio_runtime::partition=debug`.
    pub level: String,
    /// `text` for people, `json` for machines.
    pub format: RawLogFormat,
}

impl Default for RawLog {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: RawLogFormat::Text }
    }
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum RawLogFormat {
    Text,
    Json,
}

fn group() -> String {
    "spicchio".to_owned()
}

fn grace() -> String {
    "1s".to_owned()
}

fn forget_after() -> String {
    "25mo".to_owned()
}

const fn max_customers() -> u64 {
    5_000_000
}

fn max_output_bytes() -> RawSize {
    RawSize::Text("256KiB".to_owned())
}

fn max_ahead() -> String {
    "5m".to_owned()
}

fn max_late() -> String {
    "30d".to_owned()
}

fn dedup() -> String {
    "10m".to_owned()
}
