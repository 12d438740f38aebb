//! One transactional producer: the six calls of a transaction, and what each failure means for it.
//!
//! All calls block; they belong on a thread of their own. Not here: what to do about a failure
//! (`partition::transaction`).

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer as _, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, util::Timeout};

use super::client::{ClientError, Connection, Witness};
use super::rebalance::Generation;
use crate::broker::Outgoing;

/// Why a transaction was not committed, as far as the client knows.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// It has to be aborted; the same may then be tried again.
    #[error("it must be aborted: {0}")]
    Abort(String),
    /// A producer with the same transactional id was opened elsewhere.
    #[error("another producer with this transactional id was opened: {0}")]
    Fenced(String),
    /// It may or may not have happened, or this client is of no more use: only a new one can tell.
    #[error("its outcome is unknown: {0}")]
    Unknown(String),
}

/// A producer with a transactional id.
pub struct Writer {
    producer: ThreadedProducer<Witness>,
    witness: Witness,
    opened: Instant,
}

impl Writer {
    /// How long one call waits before it is asked again whether it makes sense to go on.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How often a call that may be repeated is repeated within one transaction.
    const REPEATS_MAX: usize = 5;
    /// A producer is renewed after this long even if nothing suspicious happened.
    const AGE_MAX: Duration = Duration::from_mins(10);
    /// In what steps to wait for records under way: the library's own wait takes steps of 100 ms.
    const STEP: Duration = Duration::from_micros(300);

    /// A producer with that id. Nothing is fenced before [`Writer::fence`].
    pub fn open(connection: &Connection, transactional_id: &str) -> Result<Self, ClientError> {
        let witness = Witness::default();
        let producer = connection.writer(transactional_id).create_with_context(witness.clone());
        let producer = producer.map_err(|error| ClientError::new("writing", &error))?;
        Ok(Self { producer, witness, opened: Instant::now() })
    }

    /// Takes over from every earlier producer with this id: what they left open is ended. `Ok(false)` asks for
    /// another try.
    pub fn fence(&self) -> Result<bool, Failure> {
        match self.producer.init_transactions(Self::PATIENCE) {
            Ok(()) => Ok(true),
            Err(KafkaError::Transaction(error)) if error.is_retriable() && !error.is_fatal() => {
                tracing::info!(reason = %error, "the transaction coordinator does not answer yet");
                Ok(false)
            }
            Err(error) => Err(classify(&error)),
        }
    }

    /// Whether something happened after which a delayed request may still be under way, or this producer is old.
    pub fn is_suspect(&self) -> bool {
        self.witness.troubles() > 0 || self.opened.elapsed() > Self::AGE_MAX
    }

    /// Opens a transaction.
    pub fn begin(&self) -> Result<(), Failure> {
        self.repeat(|| self.producer.begin_transaction())
    }

    /// Puts a record into it, for that partition of that topic.
    pub fn send(&self, topic: &str, partition: i32, record: &Outgoing) -> Result<(), Failure> {
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: Some(value.as_str()) });
        }
        let mut ready: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic).partition(partition).headers(headers);
        ready.key = record.key.as_deref();
        ready.payload = record.value.as_deref();
        let begun = Instant::now();
        loop {
            match self.producer.send(ready) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back)) => {
                    if begun.elapsed() > Self::PATIENCE {
                        return Err(Failure::Abort("the client's queue stays full".to_owned()));
                    }
                    std::thread::sleep(Self::STEP);
                    ready = back;
                }
                Err((error, _)) => return Err(classify(&error)),
            }
        }
    }

    /// Puts offsets into it, each with its metadata, as that generation of the group.
    pub fn send_offsets(&self, offsets: &[(&str, i32, i64, &str)], generation: &Generation) -> Result<(), Failure> {
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (topic, partition, offset, metadata) in offsets {
            let mut element = list.add_partition(topic, *partition);
            element.set_offset(Offset::Offset(*offset)).map_err(|error| classify(&error))?;
            element.set_metadata(metadata);
        }
        self.repeat(|| self.producer.send_offsets_to_transaction(&list, generation.metadata(), Self::PATIENCE))
    }

    /// Commits it. Whatever is under way is waited for first.
    pub fn commit(&self) -> Result<(), Failure> {
        while self.producer.in_flight_count() > 0 {
            std::thread::sleep(Self::STEP);
        }
        self.repeat(|| self.producer.commit_transaction(Timeout::Never))
    }

    /// Takes it back.
    pub fn abort(&self) -> Result<(), Failure> {
        self.repeat(|| self.producer.abort_transaction(Timeout::Never))
    }

    fn repeat(&self, call: impl Fn() -> Result<(), KafkaError>) -> Result<(), Failure> {
        for _ in 0..Self::REPEATS_MAX {
            match call() {
                Ok(()) => return Ok(()),
                Err(KafkaError::Transaction(error))
                    if error.is_retriable() && !error.is_fatal() && !error.txn_requires_abort() =>
                {
                    tracing::info!(reason = %error, "the transaction coordinator did not answer in time");
                    self.witness.saw_trouble();
                }
                Err(error) => return Err(classify(&error)),
            }
        }
        Err(Failure::Unknown("the transaction coordinator does not answer".to_owned()))
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("opened", &self.opened).finish_non_exhaustive()
    }
}

/// Any error that is neither abortable nor plainly about fencing leaves the outcome open.
fn classify(error: &KafkaError) -> Failure {
    let KafkaError::Transaction(inner) = error else {
        return Failure::Unknown(error.to_string());
    };
    if matches!(inner.code(), RDKafkaErrorCode::ProducerFenced | RDKafkaErrorCode::Fenced) {
        return Failure::Fenced(inner.string());
    }
    if inner.txn_requires_abort() { Failure::Abort(inner.string()) } else { Failure::Unknown(inner.string()) }
}
