//! The offsets that a group has committed, and the metadata that travelled with them.
//!
//! The answer can be had stable: while some transaction that moves them is open, the broker does not say. Not here:
//! what the metadata means (`wire::ControlWord`).

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};

use super::client::{ClientError, Connection, Unanswered, Witness};
use super::end::Isolation;
use super::rebalance::Generation;
use crate::broker::TopicPartition;

/// What is committed for one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The next offset to read; none where nothing was ever committed, or what was has expired.
    pub offset: Option<i64>,
    /// What was written beside it.
    pub metadata: String,
}

/// Asks the group's coordinator.
pub struct CommittedOffsets {
    client: BaseConsumer<Witness>,
    topics: Arc<[String]>,
}

impl CommittedOffsets {
    /// How long one request waits for its answer.
    const REQUEST: Duration = Duration::from_secs(5);
    /// How long to wait before asking again while a transaction is open.
    const PAUSE: Duration = Duration::from_millis(20);

    /// A client for topics, which are named by their index from now on. With [`Isolation::Written`] it does not wait
    /// for an open transaction that moves them: what was committed before is the answer then.
    pub fn open(connection: &Connection, topics: Arc<[String]>, isolation: Isolation) -> Result<Self, ClientError> {
        let client = connection.inquirer(isolation.level()).create_with_context(Witness::default());
        Ok(Self { client: client.map_err(|error| ClientError::new("asking for committed offsets", &error))?, topics })
    }

    /// What is committed for each of `partitions`, in their order. While a transaction that moves them is open this
    /// waits, at most for `patience`.
    pub fn of(&self, partitions: &[TopicPartition], patience: Duration) -> Result<Vec<Committed>, Unanswered> {
        let begun = Instant::now();
        loop {
            match self.ask(partitions) {
                Err(error) if may_pass(&error) && begun.elapsed() < patience => std::thread::sleep(Self::PAUSE),
                answer => return Ok(answer?),
            }
        }
    }

    /// What proves to the coordinator that we are of no generation: it takes offsets from such a one while the group
    /// has no member.
    pub fn outsider(&self) -> Option<Generation> {
        Generation::of(&self.client)
    }

    fn ask(&self, partitions: &[TopicPartition]) -> Result<Vec<Committed>, KafkaError> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let name = |at: &TopicPartition| self.topics.get(at.topic).map_or("", String::as_str);
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for at in partitions {
            list.add_partition(name(at), at.partition);
        }
        let answer = self.client.committed_offsets(list, Self::REQUEST)?;
        let mut committed = Vec::with_capacity(partitions.len());
        for at in partitions {
            let Some(element) = answer.find_partition(name(at), at.partition) else {
                committed.push(Committed { offset: None, metadata: String::new() });
                continue;
            };
            element.error()?;
            let offset = match element.offset() {
                Offset::Offset(offset) => Some(offset),
                Offset::Beginning | Offset::End | Offset::Stored | Offset::Invalid | Offset::OffsetTail(_) => None,
            };
            // The library panics over metadata that is no UTF-8; ours is ASCII, so such metadata is somebody else's.
            let metadata = catch_unwind(AssertUnwindSafe(|| element.metadata().to_owned()));
            committed.push(Committed { offset, metadata: metadata.unwrap_or_else(|_| "(not UTF-8)".to_owned()) });
        }
        Ok(committed)
    }
}

impl std::fmt::Debug for CommittedOffsets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CommittedOffsets").field("topics", &self.topics).finish_non_exhaustive()
    }
}

/// Whether asking again may help: a transaction is open, the coordinator moves, a broker is away.
fn may_pass(error: &KafkaError) -> bool {
    let passing = [
        RDKafkaErrorCode::UnstableOffsetCommit,
        RDKafkaErrorCode::OperationTimedOut,
        RDKafkaErrorCode::RequestTimedOut,
        RDKafkaErrorCode::WaitingForCoordinator,
        RDKafkaErrorCode::CoordinatorLoadInProgress,
        RDKafkaErrorCode::CoordinatorNotAvailable,
        RDKafkaErrorCode::NotCoordinator,
        RDKafkaErrorCode::BrokerTransportFailure,
        RDKafkaErrorCode::AllBrokersDown,
        RDKafkaErrorCode::BrokerNotAvailable,
    ];
    error.rdkafka_error_code().is_some_and(|code| passing.contains(&code))
}
