//! The thread that stores snapshots, one for each worker.
//!
//! It looks where the memberships topic ends, takes the worker's pieces, stores them in parts, looks at the
//! records before the cuts, and writes the manifest when the worker says that everything in it is committed. What
//! fails is counted and told; the worker goes on and tries again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant as Moment};

use spicchio_core::segment::Catalog;

use super::anchor::Anchors;
use super::failure::WriteError;
use super::headroom::Kept;
use super::manifest::{Input, Manifest};
use super::shelf::{Shelf, Unreadable, name};
use super::sitting::{Piece, Sittings, Subject};
use super::writing::{Terms, Writing};
use crate::broker::TopicPartition;
use crate::broker::kafka::{Connection, EndProbe, Isolation};
use crate::clock;
use crate::metrics::{Metrics, gauge};
use crate::partition::{Bounds, Lease, Parked};

/// What all scribes of the process share.
#[derive(Debug)]
pub struct Archive {
    /// Where snapshots go.
    pub shelf: Arc<Shelf>,
    /// How to reach the cluster.
    pub connection: Arc<Connection>,
    /// The names of the inputs.
    pub topics: Arc<[String]>,
    /// The name of the memberships topic.
    pub memberships: String,
    /// The definitions in force.
    pub catalog: Arc<Catalog>,
    /// Which offsets inputs hold.
    pub bounds: Arc<Bounds>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// From where partitions would be read again.
    pub kept: Arc<Kept>,
    /// How long after one snapshot of a partition the next one begins.
    pub every: Duration,
    /// How many snapshots of a partition are kept.
    pub keep: usize,
    /// What tells this process from others in the names of snapshots.
    pub writer: u64,
}

impl Archive {
    /// The newest snapshot of a partition stands for its state.
    pub(super) fn succeeded(&self, partition: i32) {
        let now = u64::try_from(clock::now().millis() / 1_000).unwrap_or(0);
        self.metrics.snapshot_last_success.with_label_values(&[&partition.to_string()]).set(gauge(now));
    }
}

enum Job {
    /// A partition sits: tell it when to begin, then take its pieces.
    Sit { partition: i32, began: Vec<(String, i64)>, first_batch: u64, ready: SyncSender<()>, pieces: Receiver<Piece> },
    /// A partition leaves with its whole state, which is committed.
    Leave { parked: Box<Parked>, lease: Arc<Lease> },
}

/// One sitting at a time, and each partition that leaves; beyond it a partition leaves without a snapshot.
const JOBS_MAX: usize = 1_024;

/// The worker's end of the thread that stores.
#[derive(Debug)]
pub struct Scribe {
    archive: Arc<Archive>,
    jobs: SyncSender<Job>,
    busy: Arc<AtomicBool>,
}

/// The other end.
#[derive(Debug)]
pub struct Storing {
    archive: Arc<Archive>,
    jobs: Receiver<Job>,
    busy: Arc<AtomicBool>,
    /// Whether it looks after the headroom of all partitions.
    watches: bool,
}

impl Scribe {
    /// A scribe, and what its thread does; one in a process watches the headroom.
    pub fn new(archive: Arc<Archive>, watches: bool) -> (Self, Storing) {
        let (sender, jobs) = sync_channel(JOBS_MAX);
        let busy = Arc::new(AtomicBool::new(false));
        let storing = Storing { archive: Arc::clone(&archive), jobs, busy: Arc::clone(&busy), watches };
        (Self { archive, jobs: sender, busy }, storing)
    }

    /// What all scribes share.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// Begins a sitting, where the thread has time for one: where the worker learns that it may cut, and where its
    /// pieces go.
    pub(super) fn begin(&self, partition: i32, subject: &Subject<'_>) -> Option<(Receiver<()>, SyncSender<Piece>)> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return None;
        }
        let (ready, told) = sync_channel(1);
        let (sender, pieces) = sync_channel(Sittings::PIECES_MAX);
        let (began, first_batch) = (subject.began.to_vec(), subject.batch);
        self.jobs.try_send(Job::Sit { partition, began, first_batch, ready, pieces }).ok()?;
        Some((told, sender))
    }

    /// Has the state of a partition that leaves written, and its lease ended then.
    pub(super) fn hand_over(&self, parked: Box<Parked>, lease: &Arc<Lease>) {
        if self.jobs.try_send(Job::Leave { parked, lease: Arc::clone(lease) }).is_err() {
            lease.end();
        }
    }
}

impl Storing {
    /// How often the headroom is measured.
    const WATCH: Duration = Duration::from_mins(1);
    /// How long one question to the cluster waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How often it is asked.
    const QUESTIONS_MAX: usize = 3;

    /// Stores what comes until nothing more can come.
    pub fn run(self) {
        let (mut anchors, mut watched) = (None, Moment::now());
        loop {
            if self.watches && watched.elapsed() >= Self::WATCH {
                self.archive.kept.measure(&self.archive.bounds, &self.archive.metrics);
                watched = Moment::now();
            }
            match self.jobs.recv_timeout(Self::WATCH) {
                Ok(Job::Sit { partition, began, first_batch, ready, pieces }) => {
                    let source = |writing: &mut Writing<'_>| {
                        ready.send(()).map_err(|_| WriteError::Abandoned)?;
                        receive(writing, &pieces)
                    };
                    let committed = || wait_for_commit(&pieces);
                    let sheet = Sheet { partition, began: &began, first_batch };
                    self.tell(partition, self.write(&sheet, &mut anchors, source, committed));
                    self.busy.store(false, Ordering::Release);
                }
                Ok(Job::Leave { parked, lease }) => {
                    let (partition, word) = (lease.partition(), &parked.word);
                    let source = |writing: &mut Writing<'_>| {
                        writing.whole(&parked.engine, &parked.next)?;
                        Ok(End { batch: parked.word.batch, clock: parked.engine.clock() })
                    };
                    let sheet = Sheet { partition, began: &word.began, first_batch: word.batch };
                    self.tell(partition, self.write(&sheet, &mut anchors, source, || Ok(())));
                    lease.end();
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn tell(&self, partition: i32, written: Result<Manifest, WriteError>) {
        match written {
            Ok(manifest) => {
                self.archive.succeeded(partition);
                let size: u64 = manifest.parts.iter().map(|part| part.bytes).sum();
                self.archive.metrics.snapshot_size.with_label_values(&[&partition.to_string()]).set(gauge(size));
                self.archive.kept.note(partition, manifest.inputs.iter().map(|input| input.from).collect());
                tracing::info!(
                    partition,
                    batch = manifest.batch,
                    customers = manifest.customers,
                    bytes = size,
                    "a snapshot is written"
                );
            }
            Err(WriteError::Abandoned) => tracing::debug!(partition, "a snapshot is abandoned"),
            Err(error) => {
                self.archive.metrics.snapshot_failures.with_label_values::<&str>(&[]).inc();
                tracing::error!(
                    partition, %error, "a snapshot was not written; processing goes on, and it is tried again"
                );
            }
        }
    }

    /// Writes a snapshot of what the source gives, and publishes it as soon as all of that is committed.
    fn write(
        &self,
        sheet: &Sheet<'_>,
        anchors: &mut Option<Anchors>,
        source: impl FnOnce(&mut Writing<'_>) -> Result<End, WriteError>,
        committed: impl FnOnce() -> Result<(), WriteError>,
    ) -> Result<Manifest, WriteError> {
        let (begun, archive) = (Moment::now(), &self.archive);
        let name = name(sheet.first_batch, clock::now().millis(), archive.writer);
        let announced = self.end_of_memberships(sheet.partition)?;
        let write = || {
            let mut writing = Writing::new(&archive.shelf, sheet.partition, &name)?;
            let end = source(&mut writing)?;
            let terms = Terms {
                batch: end.batch,
                clock: end.clock,
                began: in_order(&archive.topics, sheet.began),
                catalog: archive.catalog.hash().to_string(),
                layout: archive.catalog.layout().to_string(),
                segments: archive.catalog.segments().iter().map(|segment| segment.name.to_string()).collect(),
                memberships: (archive.memberships.clone(), announced),
                written: clock::now(),
            };
            let mut manifest = writing.end(terms)?;
            self.anchor(sheet.partition, &mut manifest.inputs, anchors).map_err(WriteError::Unanswered)?;
            committed()?;
            archive.shelf.publish(&name, &manifest).map_err(|error| match error {
                Unreadable::Store(error) => WriteError::from(error),
                Unreadable::Damaged(error) => WriteError::from(error),
            })?;
            Ok(manifest)
        };
        let written = write();
        match &written {
            Ok(_) => {
                let seconds = begun.elapsed().as_secs_f64();
                archive.metrics.snapshot_duration.with_label_values::<&str>(&[]).observe(seconds);
                if let Err(error) = archive.shelf.prune(sheet.partition, archive.keep) {
                    tracing::warn!(partition = sheet.partition, %error, "old snapshots are left");
                }
            }
            Err(_) => {
                if let Err(error) = archive.shelf.discard(sheet.partition, &name) {
                    tracing::debug!(partition = sheet.partition, %error, "parts of an unfinished snapshot are left");
                }
            }
        }
        written
    }

    /// Everything announced of what is decided by now, or before, is before this offset or after it: nothing that was
    /// decided by now is announced later than it, and unknown.
    fn end_of_memberships(&self, partition: i32) -> Result<i64, WriteError> {
        let topics: Arc<[String]> = Arc::from([self.archive.memberships.clone()]);
        let unanswered = |error: String| WriteError::Unanswered(error);
        let probe = EndProbe::open(&self.archive.connection, topics, Isolation::Written);
        let probe = probe.map_err(|error| unanswered(error.to_string()))?;
        let mut reason = "the memberships topic has no leader".to_owned();
        for _ in 0..Self::QUESTIONS_MAX {
            match probe.ends(&[TopicPartition { topic: 0, partition }], Self::PATIENCE) {
                Ok(ends) => {
                    if let Some((_, end)) = ends.first() {
                        return Ok(*end);
                    }
                }
                Err(error) => reason = error.to_string(),
            }
        }
        Err(unanswered(reason))
    }

    fn anchor(&self, partition: i32, inputs: &mut [Input], anchors: &mut Option<Anchors>) -> Result<(), String> {
        let at = |topic: usize| TopicPartition { topic, partition };
        let all: Vec<TopicPartition> = (0..inputs.len()).map(at).collect();
        let held = self.archive.bounds.of(&all).map_err(|error| error.to_string())?;
        let anchors = Anchors::opened(anchors, &self.archive.connection, &self.archive.topics)?;
        for (topic, input) in inputs.iter_mut().enumerate() {
            let first = held.get(&at(topic)).map_or(i64::MAX, |held| held.first);
            input.anchor = anchors.before(at(topic), input.from, first)?;
        }
        Ok(())
    }
}

/// What a snapshot is of.
struct Sheet<'a> {
    partition: i32,
    began: &'a [(String, i64)],
    first_batch: u64,
}

/// Where a source ended.
struct End {
    batch: u64,
    clock: spicchio_core::timer::Instant,
}

/// Takes what the worker cuts.
fn receive(writing: &mut Writing<'_>, pieces: &Receiver<Piece>) -> Result<End, WriteError> {
    loop {
        match pieces.recv().map_err(|_| WriteError::Abandoned)? {
            Piece::Erased(row) => writing.erased(&row)?,
            Piece::Ids { from, row } => writing.ids(from, &row)?,
            Piece::Shard { shard, next, customers, rows } => writing.shard(shard, &next, customers, &rows)?,
            Piece::End { batch, clock } => return Ok(End { batch, clock }),
            Piece::Committed => return Err(WriteError::Abandoned),
        }
    }
}

/// Waits until the worker says that the newest effect is committed.
fn wait_for_commit(pieces: &Receiver<Piece>) -> Result<(), WriteError> {
    match pieces.recv() {
        Ok(Piece::Committed) => Ok(()),
        Ok(Piece::Erased(_) | Piece::Ids { .. } | Piece::Shard { .. } | Piece::End { .. }) | Err(_) => {
            Err(WriteError::Abandoned)
        }
    }
}

/// The inputs in the order of the configuration, each with where the group began to read it.
fn in_order(topics: &[String], began: &[(String, i64)]) -> Vec<(String, i64)> {
    let began_at = |topic: &String| began.iter().find(|(name, _)| name == topic).map_or(0, |(_, offset)| *offset);
    topics.iter().map(|topic| (topic.clone(), began_at(topic))).collect()
}
