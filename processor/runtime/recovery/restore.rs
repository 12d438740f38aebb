//! From what is committed to a partition that runs.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use spicchio_core::customer::CustomerId;
use spicchio_core::engine::{Engine, Settings};
use spicchio_core::segment::Catalog;
use spicchio_core::timer::{Instant, Pace, PartitionClock};
use spicchio_core::transition::{Cause, Transition};
use spicchio_core::wire::{Announced, ControlWord, agreed, read_membership_key};

use super::announced;
use super::history::Span;
use crate::broker::TopicPartition;
use crate::broker::kafka::{ClientError, CommittedOffsets, Connection, EndProbe, Unanswered};
use crate::metrics::Metrics;
use crate::partition::{Bounds, Held, Intake, Lease, Newcomer, Owed, Park, Parts, Sorting, Style, Tuple};
use crate::snapshot::{Loaded, Loader, Search, Wanted};

/// Why a recovery ended without a partition that runs.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Stop {
    /// The partition is wanted back.
    #[error("the partition is given up")]
    Leaving,
    /// The cluster does not answer: try again.
    #[error("{0}")]
    Unanswered(String),
    /// It cannot be recovered, and an operator must look.
    #[error("{0}")]
    Failed(String),
}

impl From<Unanswered> for Stop {
    fn from(error: Unanswered) -> Self {
        Self::Unanswered(error.to_string())
    }
}

impl From<ClientError> for Stop {
    fn from(error: ClientError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// What every recovery of this process needs.
#[derive(Debug)]
pub struct Restorer {
    /// How to reach the cluster.
    pub connection: Arc<Connection>,
    /// The names of the inputs.
    pub topics: Arc<[String]>,
    /// The name of the memberships topic.
    pub memberships: String,
    /// What is committed.
    pub committed: CommittedOffsets,
    /// Where committed records end.
    pub stable: EndProbe,
    /// Which offsets inputs hold.
    pub bounds: Arc<Bounds>,
    /// The definitions in force.
    pub catalog: Arc<Catalog>,
    /// What an engine is told once.
    pub settings: Settings,
    /// How records become events.
    pub sorting: Arc<Sorting>,
    /// How transitions are written.
    pub style: Arc<Style>,
    /// State that was given up a moment ago.
    pub park: Arc<Park>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Where snapshots are looked for; without, all input is folded.
    pub snapshots: Option<Loader>,
    /// What moves time.
    pub pace: Pace,
    /// How long the clock waits, in milliseconds.
    pub grace_millis: i64,
}

/// From where a recovery begins.
#[derive(Default)]
struct Start {
    snapshot: Option<Loaded>,
    /// Why the store could not be asked.
    unread: Option<String>,
}

impl Start {
    /// Where nothing but a snapshot helps, a store that does not answer is asked again.
    fn explain(&self, stop: Stop) -> Stop {
        match (stop, &self.unread) {
            (Stop::Failed(reason), Some(store)) => Stop::Unanswered(format!("{reason}; and {store}")),
            (Stop::Failed(reason), None) if self.snapshot.is_none() => {
                Stop::Failed(format!("{reason}. No snapshot of this partition can be used"))
            }
            (stop, _) => stop,
        }
    }
}

/// How far a partition had come.
pub(super) struct Progress {
    pub(super) word: ControlWord,
    pub(super) next: Vec<i64>,
}

impl Restorer {
    /// How long to wait for the last transaction of the partition's former owner to end: a little more than it may
    /// take.
    const STABLE_MAX: Duration = Duration::from_secs(15);
    /// How often a store that does not answer is asked for snapshots before a recovery goes on without.
    const STORE_TRIES_MAX: usize = 3;
    /// The pause in between.
    const STORE_PAUSE: Duration = Duration::from_secs(1);

    /// Brings a partition to the state that its committed offsets stand for.
    pub fn restore(&self, newcomer: &Newcomer) -> Result<Tuple, Stop> {
        let begun = Moment::now();
        let lease = &newcomer.lease;
        let progress = self.progress(lease)?;
        let parked = self.park.fetch(lease.partition(), &progress.word, &progress.next);
        let tuple = match (progress.word.announced, parked) {
            (Announced::Nothing, parked) => self.begin(newcomer, parked, progress)?,
            (Announced::Partly | Announced::Everything, Some(engine)) => {
                tracing::info!(partition = lease.partition(), "nobody moved the partition on meanwhile");
                self.run(newcomer, engine, progress, Owed::default())
            }
            (Announced::Partly | Announced::Everything, None) => self.go_on(newcomer, progress)?,
        };
        let seconds = begun.elapsed().as_secs_f64();
        let number = lease.partition().to_string();
        self.metrics.recovery_duration.with_label_values(&[number.as_str()]).set(seconds);
        tracing::info!(partition = lease.partition(), seconds, "the partition is recovered");
        Ok(tuple)
    }

    /// The first start: history is read in silence up to its end, then every membership is announced. What is refused
    /// on the way gets its dead letter; where there are too many for one batch, history is interrupted to write them.
    fn begin(&self, newcomer: &Newcomer, parked: Option<Engine>, progress: Progress) -> Result<Tuple, Stop> {
        let history = self.history(&newcomer.lease, &progress, None)?;
        let from = if parked.is_some() { progress.next.clone() } else { history.from };
        let mut engine = parked.unwrap_or_else(|| self.engine());
        let span = Span { from: &from, silent: &progress.next, to: &history.to, sent: history.sent, cuts: None };
        let folded = self.fold(newcomer, &mut engine, &span)?;
        let mut owed = Owed { letters: folded.letters, interrupted: folded.passed != history.to, ..Owed::default() };
        if !owed.interrupted {
            engine.begin_batch(progress.word.batch + 1);
            engine.settle(folded.clock, None, Cause::Backfill, &mut owed.effects);
        }
        Ok(self.run(newcomer, engine, Progress { next: folded.passed, ..progress }, owed))
    }

    /// Any other start: history is read in silence up to what is committed, and compared with what was announced.
    fn go_on(&self, newcomer: &Newcomer, progress: Progress) -> Result<Tuple, Stop> {
        let start = self.start(newcomer, &progress)?;
        let from = start.snapshot.as_ref().map(Loaded::from);
        let history = self.history(&newcomer.lease, &progress, from.as_deref()).map_err(|stop| start.explain(stop))?;
        let (mut engine, cuts, announced_from) = match start.snapshot {
            Some(Loaded { engine, manifest, memberships_from, .. }) => (engine, Some(manifest), memberships_from),
            None => (self.engine(), None, None),
        };
        let (to, sent) = (&history.to, history.sent);
        let span = Span { from: &history.from, silent: to, to, sent, cuts: cuts.as_ref() };
        self.fold(newcomer, &mut engine, &span)?;
        let (word, mut owed) = (&progress.word, Owed::default());
        owed.exits = self.read_announced(&newcomer.lease, &mut engine, word.clock, announced_from)?.into();
        engine.begin_batch(word.batch + 1);
        engine.settle(word.clock, word.cursor.as_deref(), self.cause(word), &mut owed.effects);
        if self.cause(word) == Cause::Definition {
            owed.effects.facts.recovery_mismatches = 0;
        }
        if owed.effects.facts.recovery_mismatches > 0 {
            tracing::error!(
                partition = newcomer.lease.partition(),
                memberships = owed.effects.facts.recovery_mismatches,
                "recovery computed memberships that differ from what had been announced; they are corrected"
            );
        }
        Ok(self.run(newcomer, engine, progress, owed))
    }

    /// The newest snapshot that can be used. Where the store cannot be asked, none, as long as the input is there.
    fn start(&self, newcomer: &Newcomer, progress: &Progress) -> Result<Start, Stop> {
        let Some(loader) = self.snapshots.as_ref() else { return Ok(Start::default()) };
        let partition = newcomer.lease.partition();
        let all = self.tuple(partition);
        let bounds = self.bounds.of(&all)?;
        let held: Option<Vec<Held>> = all.iter().map(|at| bounds.get(at).copied()).collect();
        let held = held.ok_or_else(|| Stop::Unanswered("an input has no leader yet".to_owned()))?;
        let Progress { word, next } = progress;
        let announced = announced::held(&self.connection, &self.memberships, &newcomer.lease)?;
        let catalog = [&**self.catalog.hash(), &**self.catalog.layout()];
        let announced = Some(announced);
        let wanted = Wanted { partition, topics: &self.topics, word, next, held: &held, announced, catalog };
        let mut tries = 0;
        loop {
            match loader.newest(&wanted, &|| self.engine()) {
                Ok(Search::Found(snapshot)) => {
                    let customers = snapshot.manifest.customers;
                    tracing::info!(partition, snapshot = snapshot.name, customers, "a snapshot is loaded");
                    return Ok(Start { snapshot: Some(*snapshot), unread: None });
                }
                Ok(Search::Nothing) => return Ok(Start::default()),
                Ok(Search::Recreated(refusal)) => {
                    return Err(Stop::Failed(format!(
                        "{refusal}. Its offsets say nothing of what was read: begin anew with another `kafka.group`"
                    )));
                }
                Err(error) => {
                    tries += 1;
                    tracing::warn!(partition, %error, "snapshots cannot be looked for");
                    if tries >= Self::STORE_TRIES_MAX {
                        return Ok(Start { snapshot: None, unread: Some(error.to_string()) });
                    }
                    std::thread::sleep(Self::STORE_PAUSE);
                }
            }
        }
    }

    fn engine(&self) -> Engine {
        Engine::new(Arc::clone(&self.catalog), &self.settings)
    }

    /// What is committed for the partition: the same control word on every input.
    fn progress(&self, lease: &Lease) -> Result<Progress, Stop> {
        let partition = lease.partition();
        let all = self.tuple(partition);
        if self.connection.is_embedded() {
            return self.everything_that_is_kept(&all);
        }
        let committed = self.committed.of(&all, Self::STABLE_MAX)?;
        let next: Option<Vec<i64>> = committed.iter().map(|one| one.offset).collect();
        let group = self.connection.group();
        let next = next.ok_or_else(|| {
            Stop::Failed(format!(
                "group `{group}` has no committed offset for partition {partition} of every input: an input was \
                 added, or the offsets expired. Begin anew with another `kafka.group`: `spicchio init --from earliest`"
            ))
        })?;
        let word = agreed(committed.iter().map(|one| one.metadata.as_str()))
            .map_err(|torn| Stop::Failed(format!("partition {partition} of group `{group}` is not trusted: {torn}")))?;
        Ok(Progress { word, next })
    }

    /// The embedded broker remembers nothing: what it holds is read, and everything is announced.
    fn everything_that_is_kept(&self, all: &[TopicPartition]) -> Result<Progress, Stop> {
        let bounds = self.bounds.of(all)?;
        let next: Option<Vec<i64>> = all.iter().map(|at| bounds.get(at).map(|held| held.first)).collect();
        let next = next.ok_or_else(|| Stop::Unanswered("an input has no leader yet".to_owned()))?;
        let began = self.topics.iter().cloned().zip(next.iter().copied()).collect();
        let word = ControlWord {
            batch: 0,
            clock: Instant::MIN,
            cursor: None,
            catalog: String::new(),
            catalog_cursor: None,
            announced: Announced::Everything,
            began,
        };
        Ok(Progress { word, next })
    }

    /// Tells the engine what consumers were told; the exits from segments that are no longer defined.
    fn read_announced(
        &self,
        lease: &Arc<Lease>,
        engine: &mut Engine,
        now: Instant,
        from: Option<i64>,
    ) -> Result<Vec<Transition>, Stop> {
        let mut exits = Vec::new();
        if self.connection.is_embedded() {
            return Ok(exits);
        }
        for (key, last) in announced::read(&self.connection, &self.memberships, lease, from)? {
            let Some((customer, segment)) = read_membership_key(&key) else { continue };
            let is_defined = self.catalog.segments().binary_search_by(|known| (*known.name).cmp(segment)).is_ok();
            match last {
                Some(last) if is_defined => engine.announced(customer, segment, &last),
                Some(last) => {
                    let id = CustomerId::new(customer);
                    exits.extend(id.and_then(|id| announced::exit(id, segment, &last, now)));
                }
                None => engine.left(customer, segment),
            }
        }
        Ok(exits)
    }

    /// Why what is announced may differ from what was computed.
    fn cause(&self, word: &ControlWord) -> Cause {
        match word.announced {
            Announced::Nothing | Announced::Partly => Cause::Backfill,
            Announced::Everything if word.catalog.is_empty() || word.catalog == **self.catalog.hash() => Cause::Late,
            Announced::Everything => Cause::Definition,
        }
    }

    fn run(&self, newcomer: &Newcomer, engine: Engine, progress: Progress, owed: Owed) -> Tuple {
        let clock = PartitionClock::new(self.pace, self.grace_millis, self.topics.len(), engine.clock());
        if !owed.interrupted {
            newcomer.view.runs(engine.table());
        }
        let tuple = Tuple::new(Parts {
            newcomer: newcomer.clone(),
            engine,
            intake: Intake::new(clock, &progress.next),
            word: progress.word,
            style: Arc::clone(&self.style),
            owed,
        });
        tuple.show();
        tuple
    }

    pub(super) fn tuple(&self, partition: i32) -> Vec<TopicPartition> {
        (0..self.topics.len()).map(|topic| TopicPartition { topic, partition }).collect()
    }
}
