//! The worker's part of a snapshot: rows, cut between two records, a few milliseconds at a turn.
//!
//! One partition of a worker sits at a time. Nothing here waits: where the channel to the thread that stores is full,
//! the piece is kept for the next turn; where that thread has given up, so does the sitting, and tries again later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError};
use std::time::{Duration, Instant as Moment};

use spicchio_core::engine::{Engine, RestoreError};
use spicchio_core::timer::Instant;

use super::scribe::Scribe;
use crate::partition::{Lease, Parked};

/// A partition as it stands between two records.
#[derive(Debug)]
pub struct Subject<'a> {
    /// Its customers.
    pub engine: &'a Engine,
    /// The next offset of each input.
    pub passed: Vec<i64>,
    /// Where the group began, by input.
    pub began: &'a [(String, i64)],
    /// The batch that the newest effect on the customers belongs to.
    pub batch: u64,
    /// The last batch that is committed.
    pub committed: u64,
    /// Whether consumers were told everything that differs from what had been announced.
    pub is_settled: bool,
}

/// What the worker cuts, in order: the ids of every topic, every shard, the end.
#[derive(Debug)]
pub(super) enum Piece {
    /// Who was erased.
    Erased(Vec<u8>),
    /// The ids of the next topic, cut before that offset of it.
    Ids { from: i64, row: Vec<u8> },
    /// The next shard, cut before those offsets.
    Shard { shard: u8, next: Arc<[i64]>, customers: u64, rows: Vec<u8> },
    /// All shards are cut, the clock stands there, and the newest effect belongs to that batch.
    End { batch: u64, clock: Instant },
    /// That batch is committed.
    Committed,
}

/// The sittings of one worker's partitions.
#[derive(Debug)]
pub struct Sittings {
    scribe: Option<Scribe>,
    due: BTreeMap<i32, Moment>,
    current: Option<Sitting>,
}

#[derive(Debug)]
struct Sitting {
    partition: i32,
    ready: Receiver<()>,
    pieces: SyncSender<Piece>,
    unsent: Option<Piece>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The scribe looks where the memberships topic ends.
    Asked,
    /// Who was erased is next.
    Erased,
    /// The ids of this topic are next.
    Ids(usize),
    /// This shard is next.
    Shard(u8),
    /// Everything is cut.
    Cut,
    /// The end is known: its newest effect belongs to this batch.
    Gated(u64),
    /// That batch is committed, and everything handed over.
    Over,
}

/// How a turn of a sitting ended.
enum Turn {
    /// It goes on in the next turn.
    GoesOn,
    /// Everything was handed over.
    Done,
    /// The scribe gave up.
    Failed,
}

impl Sittings {
    /// Cutting stops for this turn when it took so long: with the piece under way about twice that.
    const STALL: Duration = Duration::from_millis(5);
    /// How many pieces wait to be stored.
    pub(super) const PIECES_MAX: usize = 8;
    /// After a failure, the next try is not later than this.
    const RETRY: Duration = Duration::from_secs(30);

    /// Snapshots are handed to that scribe; without one none are taken.
    pub fn new(scribe: Option<Scribe>) -> Self {
        Self { scribe, due: BTreeMap::new(), current: None }
    }

    /// Whether rows are being cut: the next turn should come soon.
    pub fn is_cutting(&self) -> bool {
        self.current.as_ref().is_some_and(|sitting| !matches!(sitting.stage, Stage::Gated(_)))
    }

    /// A partition is worked on from now on.
    pub fn welcome(&mut self, partition: i32) {
        /// First sittings are spread, so that partitions that came together do not sit together.
        const SPREAD: u32 = 8;
        let Some(scribe) = &self.scribe else { return };
        let turn = partition.unsigned_abs() % SPREAD + 1;
        self.due.insert(partition, Moment::now() + scribe.archive().every / SPREAD * turn);
    }

    /// A partition is worked on no more; what was begun of it comes to nothing.
    pub fn dismiss(&mut self, partition: i32) {
        self.due.remove(&partition);
        self.current.take_if(|sitting| sitting.partition == partition);
        if let Some(scribe) = &self.scribe {
            scribe.archive().kept.forget(partition, &scribe.archive().metrics);
        }
    }

    /// Ends the lease of a partition that is given up for good, as soon as its state is written where that is needed.
    pub fn hand_over(&self, parked: Parked, lease: &Arc<Lease>) {
        match &self.scribe {
            Some(scribe) if !scribe.archive().kept.is_at(lease.partition(), &parked.next) => {
                scribe.hand_over(Box::new(parked), lease);
            }
            Some(_) | None => lease.end(),
        }
    }

    /// Does a turn's part of what is due.
    pub fn go_on<'a>(&mut self, subject: impl Fn(i32) -> Option<Subject<'a>>) {
        let Some(scribe) = &self.scribe else { return };
        if let Some(sitting) = &mut self.current {
            let partition = sitting.partition;
            let begun = Moment::now();
            let cutting = !matches!(sitting.stage, Stage::Asked | Stage::Gated(_));
            let turn = subject(partition).map_or(Turn::Failed, |subject| sitting.turn(&subject, begun + Self::STALL));
            if cutting {
                scribe
                    .archive()
                    .metrics
                    .snapshot_stall
                    .with_label_values::<&str>(&[])
                    .observe(begun.elapsed().as_secs_f64());
            }
            let pause = match turn {
                Turn::GoesOn => return,
                Turn::Done => scribe.archive().every,
                Turn::Failed => scribe.archive().every.min(Self::RETRY),
            };
            self.current = None;
            self.due.insert(partition, Moment::now() + pause);
        }
        let now = Moment::now();
        let next = self.due.iter().filter(|(_, due)| **due <= now).min_by_key(|(_, due)| **due);
        let Some(partition) = next.map(|(partition, _)| *partition) else { return };
        let Some(subject) = subject(partition).filter(|subject| subject.is_settled) else {
            self.due.insert(partition, now + scribe.archive().every.min(Self::RETRY));
            return;
        };
        if scribe.archive().kept.is_at(partition, &subject.passed) {
            scribe.archive().succeeded(partition);
            self.due.insert(partition, now + scribe.archive().every);
            return;
        }
        if let Some((ready, pieces)) = scribe.begin(partition, &subject) {
            self.current = Some(Sitting { partition, ready, pieces, unsent: None, stage: Stage::Asked });
        }
    }
}

impl Sitting {
    /// Cuts and hands over until the time is over, or there is nothing to do for now.
    fn turn(&mut self, subject: &Subject<'_>, until: Moment) -> Turn {
        loop {
            if let Some(piece) = self.unsent.take() {
                match self.pieces.try_send(piece) {
                    Ok(()) => {}
                    Err(TrySendError::Full(piece)) => {
                        self.unsent = Some(piece);
                        return Turn::GoesOn;
                    }
                    Err(TrySendError::Disconnected(_)) => return Turn::Failed,
                }
            }
            if Moment::now() >= until {
                return Turn::GoesOn;
            }
            match self.step(subject) {
                Ok(Some(piece)) => self.unsent = Some(piece),
                Ok(None) => return if matches!(self.stage, Stage::Over) { Turn::Done } else { Turn::GoesOn },
                Err(error) => {
                    if let Some(error) = error {
                        tracing::error!(partition = self.partition, %error, "a snapshot cannot be written");
                    }
                    return Turn::Failed;
                }
            }
        }
    }

    /// The next piece, where there is one already.
    fn step(&mut self, subject: &Subject<'_>) -> Result<Option<Piece>, Option<RestoreError>> {
        match self.stage {
            Stage::Asked => match self.ready.try_recv() {
                Ok(()) => {
                    self.stage = Stage::Erased;
                    self.step(subject)
                }
                Err(TryRecvError::Empty) => Ok(None),
                Err(TryRecvError::Disconnected) => Err(None),
            },
            Stage::Erased => {
                let mut row = Vec::new();
                subject.engine.write_erased(&mut row)?;
                self.stage = Stage::Ids(0);
                Ok(Some(Piece::Erased(row)))
            }
            Stage::Ids(topic) => {
                let Some(from) = subject.passed.get(topic) else {
                    self.stage = Stage::Shard(0);
                    return self.step(subject);
                };
                let mut row = Vec::new();
                subject.engine.write_ids(topic, &mut row)?;
                self.stage = Stage::Ids(topic + 1);
                Ok(Some(Piece::Ids { from: *from, row }))
            }
            Stage::Shard(shard) => {
                let mut rows = Vec::new();
                let customers = subject.engine.write_shard(shard, &mut rows)?;
                self.stage = shard.checked_add(1).map_or(Stage::Cut, Stage::Shard);
                Ok(Some(Piece::Shard { shard, next: subject.passed.as_slice().into(), customers, rows }))
            }
            Stage::Cut => {
                self.stage = Stage::Gated(subject.batch);
                Ok(Some(Piece::End { batch: subject.batch, clock: subject.engine.clock() }))
            }
            Stage::Gated(batch) if subject.committed >= batch => {
                self.stage = Stage::Over;
                Ok(Some(Piece::Committed))
            }
            Stage::Gated(_) | Stage::Over => Ok(None),
        }
    }
}
