//! Reads the partitions it is told to read, each from an offset that was named.
//!
//! It belongs to no group's assignment: which partitions to read is the caller's to say, and no position is ever taken
//! from the broker's memory or guessed. Records that a transaction took back are never seen.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use spicchio_core::event::{Header, Record};

use super::client::{ClientError, Connection, Seldom, Unanswered, Witness};
use crate::broker::{Arrival, TopicPartition};

/// What one look at the queue brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polled {
    /// A record, which was handed over.
    Record,
    /// Nothing within the time.
    Nothing,
    /// Some partition has no record at the offset that is wanted: its input was cut off, or is another topic now.
    OffsetGone,
    /// The client cannot go on, and must be made anew.
    Broken,
}

/// A consumer whose partitions are assigned by hand.
pub struct Reader {
    consumer: BaseConsumer<Witness>,
    topics: Arc<[String]>,
    told: Seldom,
}

impl Reader {
    /// A reader of topics, which are named by their index from now on. It connects on its own.
    pub fn open(connection: &Connection, topics: Arc<[String]>) -> Result<Self, ClientError> {
        let consumer = connection.reader().create_with_context(Witness::default());
        let consumer = consumer.map_err(|error| ClientError::new("reading", &error))?;
        Ok(Self { consumer, topics, told: Seldom::default() })
    }

    /// Begins to read these partitions, each at its offset.
    pub fn start(&self, from: &[(TopicPartition, i64)]) -> Result<(), Unanswered> {
        let mut list = TopicPartitionList::with_capacity(from.len());
        for (at, offset) in from {
            list.add_partition_offset(self.name(*at), at.partition, Offset::Offset(*offset))?;
        }
        Ok(self.consumer.incremental_assign(&list)?)
    }

    /// Reads these partitions no more.
    pub fn stop(&self, partitions: &[TopicPartition]) -> Result<(), Unanswered> {
        Ok(self.consumer.incremental_unassign(&self.list(partitions))?)
    }

    /// Stops fetching them until they are resumed; where it stood is kept.
    pub fn pause(&self, partitions: &[TopicPartition]) -> Result<(), Unanswered> {
        Ok(self.consumer.pause(&self.list(partitions))?)
    }

    /// Fetches them again.
    pub fn resume(&self, partitions: &[TopicPartition]) -> Result<(), Unanswered> {
        Ok(self.consumer.resume(&self.list(partitions))?)
    }

    /// Waits for the next record, at most for `timeout`, and hands it over.
    pub fn poll(&mut self, timeout: Duration, take: impl FnOnce(Arrival<'_>)) -> Polled {
        match self.consumer.poll(timeout) {
            None => Polled::Nothing,
            Some(Ok(message)) => {
                self.hand_over(&message, take);
                Polled::Record
            }
            Some(Err(KafkaError::MessageConsumptionFatal(code))) => {
                tracing::error!(%code, "the reading client cannot go on");
                Polled::Broken
            }
            Some(Err(error)) => self.weigh(&error),
        }
    }

    /// Up to where each partition has been read, with everything that is no record: the marks of transactions,
    /// records that were taken back. Partitions that have not been read from yet are not listed.
    pub fn positions(&self) -> Vec<(TopicPartition, i64)> {
        let Ok(list) = self.consumer.position() else { return Vec::new() };
        let elements = list.elements();
        let known = elements.iter().filter_map(|element| {
            let topic = self.index(element.topic())?;
            match element.offset() {
                Offset::Offset(offset) => Some((TopicPartition { topic, partition: element.partition() }, offset)),
                Offset::Beginning | Offset::End | Offset::Stored | Offset::Invalid | Offset::OffsetTail(_) => None,
            }
        });
        known.collect()
    }

    fn hand_over(&self, message: &BorrowedMessage<'_>, take: impl FnOnce(Arrival<'_>)) {
        let Some(topic) = self.index(message.topic()) else { return };
        let headers = headers(message);
        let timestamp = message.timestamp().to_millis().map(spicchio_core::timer::Instant::from_millis);
        take(Arrival {
            from: TopicPartition { topic, partition: message.partition() },
            offset: message.offset(),
            record: Record { key: message.key(), value: message.payload(), headers: &headers, timestamp },
        });
    }

    fn weigh(&self, error: &KafkaError) -> Polled {
        let Some(code) = error.rdkafka_error_code() else { return Polled::Nothing };
        if matches!(code, RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) {
            return Polled::OffsetGone;
        }
        if self.told.is_due(code) {
            tracing::warn!(%code, "cannot read for now; trying again");
        }
        Polled::Nothing
    }

    fn list(&self, partitions: &[TopicPartition]) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for at in partitions {
            list.add_partition(self.name(*at), at.partition);
        }
        list
    }

    fn name(&self, at: TopicPartition) -> &str {
        self.topics.get(at.topic).map_or("", String::as_str)
    }

    fn index(&self, topic: &str) -> Option<usize> {
        self.topics.iter().position(|name| name == topic)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("topics", &self.topics).finish_non_exhaustive()
    }
}

/// The headers that decoding looks at. The library panics over a name that is no UTF-8: such a header is passed over,
/// as every name that decoding does not know, and the rest of the record counts.
fn headers<'a>(message: &'a BorrowedMessage<'_>) -> Vec<Header<'a>> {
    let Some(headers) = message.headers() else { return Vec::new() };
    let wanted = |index: usize| {
        let header = headers.try_get(index).filter(|header| Record::reads_header(header.key))?;
        Some((header.key, header.value))
    };
    let read = || (0..headers.count()).filter_map(wanted).collect();
    let one = |index| catch_unwind(AssertUnwindSafe(|| wanted(index))).unwrap_or_default();
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| (0..headers.count()).filter_map(one).collect())
}
