//! Where partitions end, asked through a client of its own.
//!
//! Through a consumer that fetches, the question waits half a second behind the long poll. All partitions go into one
//! request to each broker that leads some of them.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use super::client::{ClientError, Connection, Unanswered, Witness};
use crate::broker::TopicPartition;

/// What counts as there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Everything that was written, also what an open transaction may still take back.
    Written,
    /// What precedes the first record of an open transaction.
    Committed,
}

impl Isolation {
    /// Its name in the client's settings.
    pub(super) const fn level(self) -> &'static str {
        match self {
            Self::Written => "read_uncommitted",
            Self::Committed => "read_committed",
        }
    }
}

/// Asks where partitions end, begin, or were at some time.
pub struct EndProbe {
    client: BaseConsumer<Witness>,
    topics: Arc<[String]>,
}

impl EndProbe {
    /// A probe for topics, which are named by their index from now on.
    pub fn open(connection: &Connection, topics: Arc<[String]>, isolation: Isolation) -> Result<Self, ClientError> {
        let client = connection.inquirer(isolation.level()).create_with_context(Witness::default());
        Ok(Self { client: client.map_err(|error| ClientError::new("asking for offsets", &error))?, topics })
    }

    /// The offset after the last record of each partition; partitions whose leader did not answer are left out.
    pub fn ends(
        &self,
        partitions: &[TopicPartition],
        timeout: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, Unanswered> {
        self.ask(partitions, Offset::End, timeout)
    }

    /// The offset of the first record that is still kept.
    pub fn beginnings(
        &self,
        partitions: &[TopicPartition],
        timeout: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, Unanswered> {
        self.ask(partitions, Offset::Beginning, timeout)
    }

    /// The offset of the first record whose Kafka timestamp is `millis` or later; partitions that have none are left
    /// out.
    pub fn since(
        &self,
        partitions: &[TopicPartition],
        millis: i64,
        timeout: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, Unanswered> {
        self.ask(partitions, Offset::Offset(millis.max(0)), timeout)
    }

    fn ask(
        &self,
        partitions: &[TopicPartition],
        what: Offset,
        timeout: Duration,
    ) -> Result<Vec<(TopicPartition, i64)>, Unanswered> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for at in partitions {
            let name = self.topics.get(at.topic).map_or("", String::as_str);
            list.add_partition_offset(name, at.partition, what)?;
        }
        let answered = self.client.offsets_for_times(list, timeout)?;
        let elements = answered.elements();
        let found = elements.iter().filter_map(|element| {
            let topic = self.topics.iter().position(|name| name == element.topic())?;
            match (element.error(), element.offset()) {
                (Ok(()), Offset::Offset(offset)) => {
                    Some((TopicPartition { topic, partition: element.partition() }, offset))
                }
                _ => None,
            }
        });
        Ok(found.collect())
    }
}

impl std::fmt::Debug for EndProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EndProbe").field("topics", &self.topics).finish_non_exhaustive()
    }
}
