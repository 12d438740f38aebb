//! Membership of the group: which partitions are this process's own.
//!
//! The member holds no record: what it is assigned stays paused, and the workers read through clients of their own. So
//! its thread never works, is always on time, and a revocation waits for nothing but the commit it has to wait for.
//! Partition p of every topic belongs together: it is gained when all of them are assigned, and lost with the first.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, ConsumerGroupMetadata, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::{RDKafkaErrorCode, RDKafkaRespErr};
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::client::{ClientError, Connection, Witness};

/// Who is told about partitions that come and go. Called on the thread that polls the member.
pub trait Tenants: Send + Sync {
    /// These are ours from now on.
    fn gained(&self, partitions: &[i32]);

    /// These are ours no more once this returns: by then nothing of them may be committed. With `lost`, somebody else
    /// may have them already.
    fn losing(&self, partitions: &[i32], lost: bool);
}

/// What proves to the coordinator, in a transaction, which member commits and as of which assignment.
pub struct Generation(ConsumerGroupMetadata);

impl Generation {
    pub(super) fn of<C: ConsumerContext>(consumer: &BaseConsumer<C>) -> Option<Self> {
        consumer.group_metadata().map(Self)
    }

    pub(super) fn metadata(&self) -> &ConsumerGroupMetadata {
        &self.0
    }
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Generation")
    }
}

/// What became of polling the member.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MemberError {
    /// Another process uses the same `kafka.instance`.
    #[error("another process took over as instance of this group: give each process its own `kafka.instance`")]
    InstanceTaken,
    /// The client cannot go on.
    #[error("the client that is a member of the group cannot go on: {0}")]
    Broken(String),
}

/// This process as a member of the group.
pub struct Member {
    consumer: BaseConsumer<Assignment>,
}

impl Member {
    /// Joins the group for these topics. Nothing happens before [`Member::poll`].
    pub fn join(
        connection: &Connection,
        topics: &Arc<[String]>,
        tenants: Arc<dyn Tenants>,
    ) -> Result<Self, ClientError> {
        let failed = |error: KafkaError| ClientError::new("being a member of the group", &error);
        let names: Vec<&str> = topics.iter().map(String::as_str).collect();
        let context = Assignment {
            topics: Arc::clone(topics),
            tenants,
            held: Mutex::default(),
            incremental: OnceLock::new(),
            witness: Witness::default(),
        };
        let consumer: BaseConsumer<Assignment> = connection.member().create_with_context(context).map_err(failed)?;
        consumer.subscribe(&names).map_err(failed)?;
        Ok(Self { consumer })
    }

    /// Takes part in the group for at most `timeout`: partitions come and go inside this call.
    pub fn poll(&self, timeout: Duration) -> Result<(), MemberError> {
        match self.consumer.poll(timeout) {
            None | Some(Ok(_)) => Ok(()),
            Some(Err(KafkaError::MessageConsumptionFatal(RDKafkaErrorCode::FencedInstanceId))) => {
                Err(MemberError::InstanceTaken)
            }
            Some(Err(KafkaError::MessageConsumptionFatal(code))) => Err(MemberError::Broken(code.to_string())),
            Some(Err(error)) => {
                tracing::debug!(%error, "the group's member met an error");
                Ok(())
            }
        }
    }

    /// The proof of membership as it is now.
    pub fn generation(&self) -> Option<Generation> {
        Generation::of(&self.consumer)
    }

    /// Asks to leave the group; the partitions are given up in the polls that follow.
    pub fn leave(&self) {
        self.consumer.unsubscribe();
    }
}

impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Member")
    }
}

/// The assignment of this member, kept by the library's callbacks.
struct Assignment {
    topics: Arc<[String]>,
    tenants: Arc<dyn Tenants>,
    held: Mutex<BTreeMap<i32, BTreeSet<usize>>>,
    incremental: OnceLock<bool>,
    witness: Witness,
}

impl Assignment {
    /// Which partitions a list completes.
    fn add(&self, list: &TopicPartitionList) -> Vec<i32> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut complete = Vec::new();
        for element in list.elements() {
            let Some(topic) = self.topics.iter().position(|name| name == element.topic()) else { continue };
            let topics = held.entry(element.partition()).or_default();
            if topics.insert(topic) && topics.len() == self.topics.len() {
                complete.push(element.partition());
            }
        }
        complete
    }

    /// Which complete partitions a list breaks.
    fn remove(&self, list: &TopicPartitionList) -> Vec<i32> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let mut broken = Vec::new();
        for element in list.elements() {
            let Some(topic) = self.topics.iter().position(|name| name == element.topic()) else { continue };
            let Some(topics) = held.get_mut(&element.partition()) else { continue };
            if topics.len() == self.topics.len() {
                broken.push(element.partition());
            }
            topics.remove(&topic);
        }
        held.retain(|_, topics| !topics.is_empty());
        broken
    }

    /// Whether the protocol moves single partitions. Asked once, while the member is surely alive: the question hangs
    /// on a member that is being closed.
    fn is_incremental(&self, consumer: &BaseConsumer<Self>) -> bool {
        *self.incremental.get_or_init(|| matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative))
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, list: &mut TopicPartitionList) -> KafkaResult<()> {
        let incremental = self.is_incremental(consumer);
        list.set_all_offsets(Offset::End)?;
        if incremental {
            consumer.incremental_assign(list)?;
        } else {
            consumer.assign(list)?;
        }
        consumer.pause(list)
    }

    fn unassign(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) -> KafkaResult<()> {
        if self.is_incremental(consumer) { consumer.incremental_unassign(list) } else { consumer.unassign() }
    }
}

impl ClientContext for Assignment {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.witness.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.witness.error(error, reason);
    }

    fn stats_raw(&self, _statistics: &[u8]) {}
}

impl ConsumerContext for Assignment {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let assigned = matches!(event, RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS);
        let done = if assigned {
            let done = self.assign(consumer, list);
            let gained = self.add(list);
            tracing::info!(partitions = ?gained, "partitions were assigned");
            self.tenants.gained(&gained);
            done
        } else {
            let taken = consumer.assignment_lost();
            let losing = self.remove(list);
            self.tenants.losing(&losing, taken);
            tracing::info!(partitions = ?losing, lost = taken, "partitions were given up");
            self.unassign(consumer, list)
        };
        if let Err(error) = done {
            tracing::error!(%error, assigned, "the client did not take over the group's assignment");
        }
    }
}
