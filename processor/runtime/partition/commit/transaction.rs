//! Batches become true together, or not at all: one Kafka transaction, tried until its outcome is known.
//!
//! An abort is followed by the same bytes. When the outcome is unknown, a new producer with the same transactional id
//! is opened first, which ends whatever the old one left, and then the committed batch numbers tell. A commit that
//! was slow or met trouble on the way may have left a request behind that ends a later transaction; so such a
//! producer is replaced before it begins another one.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use spicchio_core::wire::{ControlWord, agreed};

use super::batch::Batch;
use super::lease::{Hold, Lease};
use crate::broker::kafka::{ClientError, CommittedOffsets, Connection, Failure, Isolation, Member, Writer};
use crate::broker::{Destination, Outgoing, TopicPartition};
use crate::config::Outputs;

/// A batch with the lease that allows it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The lease of its partition.
    pub lease: Arc<Lease>,
    /// What is to be said.
    pub batch: Arc<Batch>,
}

/// What became of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Partitions whose batch is committed.
    pub committed: Vec<i32>,
    /// Partitions that are not ours any more; their batches are somebody else's to decide anew.
    pub lost: Vec<i32>,
    /// Attempts that were taken back.
    pub aborts: u32,
}

/// Why a worker cannot commit at all.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TransactionError {
    /// Two processes use one transactional id.
    #[error(
        "another process keeps taking over transactional id `{id}`: give each process of the group its own \
        `kafka.instance`"
    )]
    SharedId {
        /// The id.
        id: String,
    },
    /// The broker refuses for good.
    #[error("cannot open a transactional producer with id `{id}`: {reason}")]
    Refused {
        /// The id.
        id: String,
        /// The library's reason.
        reason: String,
    },
    /// No client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The thread that commits cannot be started.
    #[error("no thread to commit on: {0}")]
    NoThread(String),
    /// The thread that commits has ended.
    #[error("the thread that commits has ended, which is a defect of this program: the lines before say why")]
    Gone,
}

/// One worker's way to commit.
pub struct Transactor {
    connection: Arc<Connection>,
    id: String,
    topics: Arc<[String]>,
    outputs: Outputs,
    committed: CommittedOffsets,
    writer: Option<Writer>,
    slow: bool,
    fenced: VecDeque<Instant>,
    stopping: Arc<AtomicBool>,
}

/// Why an attempt did not commit.
enum Attempt {
    Failed(Failure),
    LeaseEnded,
}

impl From<Failure> for Attempt {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Transactor {
    /// A commit that takes longer leaves a doubt.
    const SUSPICIOUS: Duration = Duration::from_secs(1);
    /// How long to wait after an abort: a rebalance under way refuses commits until it is over.
    const PAUSE: Duration = Duration::from_millis(20);
    /// How long to wait for a producer's last transaction to end when asking for what is committed.
    const PATIENCE: Duration = Duration::from_secs(15);
    /// So often within [`Transactor::FENCED_SPAN`] another producer may take over; more often it is another process.
    const FENCED_MAX: usize = 5;
    const FENCED_SPAN: Duration = Duration::from_mins(1);
    /// How often opening a producer may fail for a reason that does not look passing.
    const REFUSED_MAX: u32 = 5;

    /// A way to commit under that transactional id. Nothing is opened yet.
    pub fn new(
        connection: Arc<Connection>,
        id: String,
        topics: Arc<[String]>,
        outputs: Outputs,
        stopping: Arc<AtomicBool>,
    ) -> Result<Self, ClientError> {
        let committed = CommittedOffsets::open(&connection, Arc::clone(&topics), Isolation::Committed)?;
        let fenced = VecDeque::new();
        Ok(Self { connection, id, topics, outputs, committed, writer: None, slow: false, fenced, stopping })
    }

    /// Takes over from a dead producer with this id, which ends what it left open. Waits while no broker answers;
    /// `Ok(false)` when the process is to stop meanwhile.
    pub fn take_over(&mut self) -> Result<bool, TransactionError> {
        self.replace_writer(&[])
    }

    /// Commits these batches together. Returns once each of them is committed or its partition lost.
    pub fn commit(&mut self, entries: &[Entry], member: &Member) -> Result<Outcome, TransactionError> {
        let mut open: Vec<Entry> = entries.to_vec();
        let mut outcome = Outcome::default();
        loop {
            open.retain(|entry| {
                let lost = entry.lease.has_ended();
                if lost {
                    outcome.lost.push(entry.batch.partition());
                }
                !lost
            });
            if open.is_empty() {
                return Ok(outcome);
            }
            if self.is_suspect() && !self.replace_writer(&open)? {
                continue;
            }
            match self.attempt(&open, member) {
                Ok(()) => {
                    outcome.committed.extend(open.iter().map(|entry| entry.batch.partition()));
                    return Ok(outcome);
                }
                Err(Attempt::LeaseEnded) => self.abort(),
                Err(Attempt::Failed(Failure::Abort(reason))) => {
                    tracing::warn!(reason, "a transaction is taken back and tried again");
                    outcome.aborts += 1;
                    self.abort();
                    std::thread::sleep(Self::PAUSE);
                }
                Err(Attempt::Failed(failure @ (Failure::Fenced(_) | Failure::Unknown(_)))) => {
                    tracing::warn!(reason = %failure, "a transaction must be looked up");
                    outcome.aborts += 1;
                    self.note_fencing(&failure)?;
                    if self.replace_writer(&open)? {
                        self.look_up(&mut open, &mut outcome);
                    }
                }
            }
        }
    }

    fn attempt(&mut self, open: &[Entry], member: &Member) -> Result<(), Attempt> {
        let Some(writer) = &self.writer else {
            return Err(Failure::Unknown("no producer is open".to_owned()).into());
        };
        writer.begin()?;
        for Entry { batch, .. } in open {
            for record in batch.records() {
                writer.send(self.topic(record), batch.partition(), record)?;
            }
        }
        let holds: Option<Vec<Hold>> = open.iter().map(|entry| entry.lease.hold()).collect();
        let _holds = holds.ok_or(Attempt::LeaseEnded)?;
        let generation = member.generation().ok_or_else(|| Failure::Abort("not a member of the group".to_owned()))?;
        // A generation that is asked for while the lease holds is one in which the partition is ours.
        if open.iter().any(|entry| entry.lease.has_ended()) {
            return Err(Attempt::LeaseEnded);
        }
        let offsets: Vec<_> = open.iter().flat_map(|entry| self.offsets(&entry.batch)).collect();
        writer.send_offsets(&offsets, &generation)?;
        let begun = Instant::now();
        writer.commit()?;
        self.slow = begun.elapsed() > Self::SUSPICIOUS;
        Ok(())
    }

    fn offsets<'a>(&'a self, batch: &'a Batch) -> impl Iterator<Item = (&'a str, i32, i64, &'a str)> {
        let next = self.topics.iter().zip(batch.next());
        next.map(|(topic, next)| (topic.as_str(), batch.partition(), *next, batch.word()))
    }

    fn topic(&self, record: &Outgoing) -> &str {
        match record.to {
            Destination::Transitions => &self.outputs.transitions,
            Destination::Memberships => &self.outputs.memberships,
            Destination::DeadLetters => &self.outputs.dead_letters,
        }
    }

    fn is_suspect(&self) -> bool {
        self.slow || self.writer.as_ref().is_none_or(Writer::is_suspect)
    }

    /// Takes back what is open; a producer that cannot is of no more use.
    fn abort(&mut self) {
        if let Some(Err(failure)) = self.writer.as_ref().map(Writer::abort) {
            tracing::warn!(reason = %failure, "a transaction could not be taken back; its producer is replaced");
            self.retire();
        }
    }

    /// A new producer in place of the old one. `Ok(false)` when the process is to stop, or every lease of `open` has
    /// ended.
    fn replace_writer(&mut self, open: &[Entry]) -> Result<bool, TransactionError> {
        self.retire();
        let mut refused = 0;
        loop {
            if self.stopping.load(Ordering::Relaxed) && open.iter().all(|entry| entry.lease.has_ended()) {
                return Ok(false);
            }
            if !open.is_empty() && open.iter().all(|entry| entry.lease.has_ended()) {
                return Ok(false);
            }
            let writer = Writer::open(&self.connection, &self.id)?;
            match self.fence(&writer, open) {
                Ok(true) => {
                    self.writer = Some(writer);
                    self.slow = false;
                    return Ok(true);
                }
                Ok(false) => discard(writer),
                Err(failure) => {
                    discard(writer);
                    refused += 1;
                    if refused > Self::REFUSED_MAX {
                        return Err(TransactionError::Refused { id: self.id.clone(), reason: failure.to_string() });
                    }
                    tracing::warn!(reason = %failure, "a transactional producer could not be opened; trying again");
                    std::thread::sleep(Duration::from_secs(1));
                }
            }
        }
    }

    /// Fences until it is done; `Ok(false)` when nobody needs it any more.
    fn fence(&self, writer: &Writer, open: &[Entry]) -> Result<bool, Failure> {
        loop {
            if writer.fence()? {
                return Ok(true);
            }
            let unneeded = open.iter().all(|entry| entry.lease.has_ended());
            if unneeded && (!open.is_empty() || self.stopping.load(Ordering::Relaxed)) {
                return Ok(false);
            }
        }
    }

    fn retire(&mut self) {
        if let Some(writer) = self.writer.take() {
            discard(writer);
        }
    }

    fn note_fencing(&mut self, failure: &Failure) -> Result<(), TransactionError> {
        if let Failure::Fenced(_) = failure {
            self.fenced.push_back(Instant::now());
            self.fenced.retain(|at| at.elapsed() < Self::FENCED_SPAN);
            if self.fenced.len() > Self::FENCED_MAX {
                return Err(TransactionError::SharedId { id: self.id.clone() });
            }
        }
        Ok(())
    }

    /// Tells by the committed batch numbers which of these batches had been committed after all.
    fn look_up(&self, open: &mut Vec<Entry>, outcome: &mut Outcome) {
        if self.connection.is_embedded() {
            return;
        }
        open.retain(|entry| {
            let (partition, number) = (entry.batch.partition(), entry.batch.number());
            let Some(word) = self.committed_word(entry) else { return true };
            if word.batch < number {
                return true;
            }
            if word.batch == number {
                outcome.committed.push(partition);
            } else {
                tracing::warn!(
                    partition,
                    number,
                    committed = word.batch,
                    "somebody else has gone on with this partition"
                );
                entry.lease.end();
                outcome.lost.push(partition);
            }
            false
        });
    }

    /// What is committed of a partition; none when its lease ended meanwhile.
    fn committed_word(&self, entry: &Entry) -> Option<ControlWord> {
        let partition = entry.batch.partition();
        let all: Vec<_> = (0..self.topics.len()).map(|topic| TopicPartition { topic, partition }).collect();
        while !entry.lease.has_ended() {
            match self.committed.of(&all, Self::PATIENCE) {
                Ok(committed) => match agreed(committed.iter().map(|one| one.metadata.as_str())) {
                    Ok(word) => return Some(word),
                    Err(torn) => {
                        tracing::error!(partition, %torn, "the partition is given up");
                        entry.lease.end();
                    }
                },
                Err(error) => tracing::warn!(partition, %error, "cannot look up what is committed; trying again"),
            }
        }
        None
    }
}

impl std::fmt::Debug for Transactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transactor").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Drops a producer on a thread of its own: that can take half a second, and hangs where a broker is away.
fn discard(writer: Writer) {
    let dropping = std::thread::Builder::new().name("producer-end".to_owned());
    if let Err(error) = dropping.spawn(move || drop(writer)) {
        tracing::warn!(%error, "no thread to end a producer on");
    }
}
