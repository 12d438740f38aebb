//! The first start of a group: where it begins to read, committed with a control word for every partition in one
//! transaction, or not at all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use spicchio_core::timer::Instant;
use spicchio_core::wire::{Announced, ControlWord};

use crate::broker::TopicPartition;
use crate::broker::kafka::{
    ClientError, Committed, CommittedOffsets, Connection, EndProbe, Failure, Isolation, Unanswered, Writer,
};

/// Where a group begins to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartFrom {
    /// At the oldest record that is kept.
    Earliest,
    /// After the newest record.
    Latest,
    /// At the first record whose Kafka timestamp is this or later.
    Time(Instant),
}

/// What of history is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnounceFrom {
    /// History up to the first start is read in silence; then one entry for each membership.
    #[default]
    Now,
    /// Everything, as it happened.
    Start,
}

/// Whether a group has begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It has no offset.
    No,
    /// It has an offset for every partition of every input.
    Yes,
}

/// Why a group does not begin.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BeginError {
    /// It has begun before.
    #[error(
        "group `{group}` has begun already: leave `init` and `--from` out to go on, or name another `kafka.group` to \
        begin anew"
    )]
    HasBegun {
        /// The group.
        group: String,
    },
    /// It has not begun, and nobody said from where.
    #[error(
        "group `{group}` has no committed offsets, and where it begins is never guessed: run `spicchio init --config \
        F --from earliest`, \
        or start with `spicchio run --config F --from earliest` (or `latest`, or an instant)"
    )]
    HasNotBegun {
        /// The group.
        group: String,
    },
    /// It has offsets for some partitions alone.
    #[error(
        "group `{group}` has committed offsets for some partitions only ({missing} have none): partitions or an \
        input were added, or offsets \
        expired; begin anew with another `kafka.group`"
    )]
    Partly {
        /// The group.
        group: String,
        /// Those without.
        missing: String,
    },
    /// The cluster did not answer.
    #[error("the cluster does not answer: {0}")]
    Unanswered(#[from] Unanswered),
    /// A partition's offsets are not known.
    #[error("`{topic}` partition {partition} has no leader that tells its offsets; try again")]
    NoLeader {
        /// The input.
        topic: String,
        /// The partition.
        partition: i32,
    },
    /// The transaction that would begin it failed.
    #[error("the start could not be committed: {0}; try again")]
    Commit(#[from] Failure),
    /// No client.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// What is needed to begin.
#[derive(Debug)]
pub struct Begin {
    /// How to reach the cluster.
    pub connection: Arc<Connection>,
    /// The names of the inputs.
    pub topics: Arc<[String]>,
    /// How many partitions each has.
    pub partitions: i32,
}

impl Begin {
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(10);
    /// How often fencing is tried.
    const TRIES_MAX: usize = 6;
    /// The most partitions named in an error.
    const NAMED_MAX: usize = 5;

    /// Whether the group has begun.
    pub fn has_begun(&self) -> Result<Begun, BeginError> {
        // An offset that is only being moved was there before, so nothing that is open has to be waited for.
        let committed = CommittedOffsets::open(&self.connection, Arc::clone(&self.topics), Isolation::Written)?;
        let all = self.all();
        let found = committed.of(&all, Self::PATIENCE)?;
        let missing: Vec<TopicPartition> =
            all.iter().zip(&found).filter(|(_, found)| found.offset.is_none()).map(|(at, _)| *at).collect();
        if missing.is_empty() {
            return Ok(Begun::Yes);
        }
        if missing.len() == all.len() {
            return Ok(Begun::No);
        }
        let name = |at: &TopicPartition| format!("{}-{}", self.name(*at), at.partition);
        let mut named: Vec<String> = missing.iter().take(Self::NAMED_MAX).map(name).collect();
        if missing.len() > Self::NAMED_MAX {
            named.push(format!("{} more", missing.len() - Self::NAMED_MAX));
        }
        Err(BeginError::Partly { group: self.group(), missing: named.join(", ") })
    }

    /// Begins: commits the offset to start from, with its control word, for every partition of every input.
    pub fn begin(&self, from: StartFrom, announce_from: AnnounceFrom) -> Result<(), BeginError> {
        if self.has_begun()? == Begun::Yes {
            return Err(BeginError::HasBegun { group: self.group() });
        }
        let starts = self.starts(from)?;
        let words = self.words(&starts, announce_from);
        let offsets: Vec<(&str, i32, i64, &str)> = starts
            .iter()
            .filter_map(|(at, offset)| {
                Some((self.name(*at), at.partition, *offset, words.get(&at.partition)?.as_str()))
            })
            .collect();
        let writer = Writer::open(&self.connection, &format!("{}-init", self.group()))?;
        let mut tries = 0;
        while !writer.fence()? {
            tries += 1;
            if tries >= Self::TRIES_MAX {
                return Err(Failure::Unknown("the transaction coordinator does not answer".to_owned()).into());
            }
        }
        let committed = CommittedOffsets::open(&self.connection, Arc::clone(&self.topics), Isolation::Committed)?;
        let outsider = committed.outsider();
        let outsider = outsider.ok_or_else(|| Failure::Unknown("the client knows no group".to_owned()))?;
        writer.begin()?;
        writer.send_offsets(&offsets, &outsider)?;
        writer.commit()?;
        let found: Vec<Committed> = committed.of(&self.all(), Self::PATIENCE)?;
        if found.iter().any(|one| one.offset.is_none()) {
            return Err(Failure::Unknown("the offsets are not there after the commit".to_owned()).into());
        }
        tracing::info!(group = self.group(), ?from, ?announce_from, "the group begins");
        Ok(())
    }

    fn starts(&self, from: StartFrom) -> Result<BTreeMap<TopicPartition, i64>, BeginError> {
        let probe = EndProbe::open(&self.connection, Arc::clone(&self.topics), Isolation::Committed)?;
        let all = self.all();
        let mut starts: BTreeMap<TopicPartition, i64> = match from {
            StartFrom::Earliest => probe.beginnings(&all, Self::PATIENCE)?.into_iter().collect(),
            StartFrom::Latest | StartFrom::Time(_) => probe.ends(&all, Self::PATIENCE)?.into_iter().collect(),
        };
        if let StartFrom::Time(since) = from {
            starts.extend(probe.since(&all, since.millis(), Self::PATIENCE)?);
        }
        match all.iter().find(|at| !starts.contains_key(at)) {
            Some(at) => Err(BeginError::NoLeader { topic: self.name(*at).to_owned(), partition: at.partition }),
            None => Ok(starts),
        }
    }

    /// The first control word of each partition.
    fn words(&self, starts: &BTreeMap<TopicPartition, i64>, announce_from: AnnounceFrom) -> BTreeMap<i32, String> {
        let began = |partition: i32| {
            let topics = self.topics.iter().enumerate();
            topics.filter_map(move |(topic, name)| {
                Some((name.clone(), *starts.get(&TopicPartition { topic, partition })?))
            })
        };
        let word = |partition: i32| ControlWord {
            batch: 0,
            clock: Instant::MIN,
            cursor: None,
            catalog: String::new(),
            catalog_cursor: None,
            announced: match announce_from {
                AnnounceFrom::Now => Announced::Nothing,
                AnnounceFrom::Start => Announced::Everything,
            },
            began: began(partition).collect(),
        };
        (0..self.partitions).map(|partition| (partition, word(partition).encode())).collect()
    }

    fn all(&self) -> Vec<TopicPartition> {
        let topics = 0..self.topics.len();
        topics
            .flat_map(|topic| (0..self.partitions).map(move |partition| TopicPartition { topic, partition }))
            .collect()
    }

    fn name(&self, at: TopicPartition) -> &str {
        self.topics.get(at.topic).map_or("", String::as_str)
    }

    fn group(&self) -> String {
        self.connection.group().to_owned()
    }
}
