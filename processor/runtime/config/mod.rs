//! How the processor is set up: [`Config`], checked and ready to use.
//!
//! A setting comes from a flag, else the environment, else the file, else its default. Not here: the segments
//! themselves (`definitions`), and what the settings do (the parts that take them).

mod check;
mod document;
mod environment;
mod load;
mod mistake;
mod properties;
mod raw;
mod reference;
mod shape;
#[cfg(test)]
mod tests;
mod units;

pub use load::{Loaded, Sources, load};
pub use mistake::{Mistake, Origin, Refused};
pub use shape::schema;
pub use units::{length, mapping};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use spicchio_core::event::TopicRules;
use spicchio_core::timer::Length;

/// Every setting, checked. Parts are handed what they need of it; nothing else reads the file or the environment.
#[derive(Clone, Debug)]
pub struct Config {
    /// How to reach Kafka and as whom.
    pub kafka: Kafka,
    /// The topics to read, at least one, each named once; their order is the order of topics everywhere else.
    pub inputs: Vec<InputTopic>,
    /// The topics to write.
    pub outputs: Outputs,
    /// Files and folders of segment definitions, at least one.
    pub segments: Vec<PathBuf>,
    /// What moves the partition clock when no record comes.
    pub clock: ClockSource,
    /// How long what time alone decides waits for late events, in milliseconds.
    pub grace_millis: i64,
    /// A customer whose newest event is older ceases to exist.
    pub forget_after: Length,
    /// The most customers one partition holds: at this many it stops reading, with an alarm.
    pub customers_max: u64,
    /// The longest record written, in bytes.
    pub output_bytes_max: usize,
    /// Worker threads, at least one; partitions are spread over them.
    pub workers: usize,
    /// Where state is kept; without it a recovery reads everything again.
    pub snapshots: Option<Snapshots>,
    /// The HTTP server.
    pub http: Http,
    /// The log.
    pub log: Log,
}

/// How to reach Kafka and as whom.
#[derive(Clone)]
pub struct Kafka {
    /// `host:port`, comma-separated.
    pub brokers: String,
    /// The consumer group; it also prefixes transactional ids and event ids.
    pub group: String,
    /// The stable name of this instance (static membership, and its transactional ids); without one it is an ordinary
    /// member, and its transactional ids are named by the host and the HTTP port.
    pub instance: Option<String>,
    /// librdkafka properties, passed through as written. None of them is one that the processor decides itself.
    pub properties: BTreeMap<String, String>,
}

/// One input topic.
#[derive(Clone, Debug)]
pub struct InputTopic {
    /// Its name.
    pub topic: String,
    /// Where the parts of an event stand in its records, and which records are refused.
    pub rules: TopicRules,
    /// How long a repeated id counts once, in milliseconds of this topic's time.
    pub dedup_millis: i64,
    /// Whether it may be compacted: it holds profile events alone.
    pub profile: bool,
}

/// The topics to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outputs {
    /// Entries and exits.
    pub transitions: String,
    /// What is true now; compacted.
    pub memberships: String,
    /// What was refused, and why.
    pub dead_letters: String,
}

/// What moves the partition clock when no record comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockSource {
    /// The proven end of every input, by the wall clock.
    Wall,
    /// Records alone: the processor settles on the timeline that a replay has.
    Events,
}

/// Where state is kept, how often and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshots {
    /// In which store.
    pub store: Place,
    /// How long after one snapshot of a partition the next one begins.
    pub every: Duration,
    /// How many snapshots of a partition are kept, at least one.
    pub keep: usize,
}

/// A store for snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder, made when it is not there.
    Folder(PathBuf),
    /// A bucket or container, and the prefix in it.
    Url(String),
}

/// The HTTP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// Where it listens: a loopback address.
    pub listen: SocketAddr,
}

/// The log, on standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// A level, or directives such as `info,spicchio_runtime::partition=debug`.
    pub level: String,
    /// For people or for machines.
    pub format: LogFormat,
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// A line of text.
    Text,
    /// A JSON object a line.
    Json,
}

/// Shows which properties there are, but no value of theirs: some are secrets.
impl std::fmt::Debug for Kafka {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kafka")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("instance", &self.instance)
            .field("properties", &self.properties.keys().collect::<Vec<_>>())
            .finish()
    }
}
