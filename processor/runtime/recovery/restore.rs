//! From what is committed to a partition that runs.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use spicchio_core::engine::{Effects, Engine, Settings};
use spicchio_core::segment::Catalog;
use spicchio_core::timer::{Instant, Pace, PartitionClock};
use spicchio_core::transition::Cause;
use spicchio_core::wire::{Announced, ControlWord, agreed, read_membership_key};

use super::announced;
use crate::broker::TopicPartition;
use crate::broker::kafka::{
    ClientError, CommittedOffsets, Connection, EndProbe, Isolation, Polled, Reader, Unanswered,
};
use crate::clock;
use crate::partition::{
    Bounds, Content, End, Flow, Intake, Lease, Newcomer, Park, Parts, Sorting, Style, Tuple, panic_message,
};

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
    /// What moves time.
    pub pace: Pace,
    /// How long the clock waits, in milliseconds.
    pub grace_millis: i64,
}

/// How far a partition had come.
struct Progress {
    word: ControlWord,
    next: Vec<i64>,
}

impl Restorer {
    /// How long to wait for the last transaction of the partition's former owner to end: a little more than it may take.
    const STABLE_MAX: Duration = Duration::from_secs(15);
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How long to wait for a record.
    const NAP: Duration = Duration::from_millis(50);
    /// How many records are read before they are folded.
    const RECORDS_PER_TURN: usize = 2_000;

    /// Brings a partition to the state that its committed offsets stand for.
    pub fn restore(&self, newcomer: &Newcomer) -> Result<Tuple, Stop> {
        let begun = Moment::now();
        let lease = &newcomer.lease;
        let progress = self.progress(lease)?;
        if let Some(engine) = self.park.fetch(lease.partition(), &progress.word, &progress.next) {
            tracing::info!(partition = lease.partition(), "nobody moved the partition on meanwhile; its state is still here");
            return Ok(self.run(newcomer, engine, progress, Effects::default()));
        }
        let mut engine = Engine::new(Arc::clone(&self.catalog), &self.settings);
        let (from, to, sent) = self.history(lease, &progress)?;
        let reached = self.fold(newcomer, &mut engine, &from, &to, sent)?;
        let mut effects = Effects::default();
        engine.begin_batch(progress.word.batch + 1);
        let progress = match progress.word.announced {
            Announced::Nothing => {
                engine.settle(reached, None, Cause::Backfill, &mut effects);
                Progress { next: to, ..progress }
            }
            Announced::Partly | Announced::Everything => {
                self.read_announced(lease, &mut engine)?;
                let word = &progress.word;
                engine.settle(word.clock, word.cursor.as_deref(), self.cause(word), &mut effects);
                progress
            }
        };
        if effects.facts.recovery_mismatches > 0 {
            tracing::error!(
                partition = lease.partition(),
                memberships = effects.facts.recovery_mismatches,
                "recovery computed memberships that differ from what had been announced; they are corrected"
            );
        }
        let seconds = begun.elapsed().as_secs_f64();
        tracing::info!(partition = lease.partition(), customers = engine.table().len(), seconds, "the partition is recovered");
        Ok(self.run(newcomer, engine, progress, effects))
    }

    /// What is committed for the partition: the same control word on every input.
    fn progress(&self, lease: &Lease) -> Result<Progress, Stop> {
        let partition = lease.partition();
        let all = self.tuple(partition);
        if self.connection.is_embedded() {
            return self.from_the_beginning(&all);
        }
        let committed = self.committed.of(&all, Self::STABLE_MAX)?;
        let next: Option<Vec<i64>> = committed.iter().map(|one| one.offset).collect();
        let group = self.connection.group();
        let next = next.ok_or_else(|| {
            Stop::Failed(format!(
                "group `{group}` has no committed offset for partition {partition} of every input: an input was added, or \
                 the offsets expired. Begin anew with another `kafka.group`: `spicchio init --from earliest`"
            ))
        })?;
        let word = agreed(committed.iter().map(|one| one.metadata.as_str()))
            .map_err(|torn| Stop::Failed(format!("partition {partition} of group `{group}` is not trusted: {torn}")))?;
        Ok(Progress { word, next })
    }

    /// The embedded broker remembers nothing: what it holds is read, and everything is announced.
    fn from_the_beginning(&self, all: &[TopicPartition]) -> Result<Progress, Stop> {
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

    /// From where to where history is folded, and when it was asked where it ends.
    fn history(&self, lease: &Lease, progress: &Progress) -> Result<(Vec<i64>, Vec<i64>, Instant), Stop> {
        let partition = lease.partition();
        let all = self.tuple(partition);
        let bounds = self.bounds.of(&all)?;
        let mut from = Vec::with_capacity(all.len());
        for ((at, topic), next) in all.iter().zip(self.topics.iter()).zip(&progress.next) {
            let held = bounds.get(at).ok_or_else(|| Stop::Unanswered(format!("`{topic}` has no leader for partition {partition}")))?;
            let began = progress.word.began_at(topic).ok_or_else(|| {
                Stop::Failed(format!("group `{}` began without input `{topic}`: begin anew with another `kafka.group`", self.connection.group()))
            })?;
            for offset in [began, *next] {
                if let Some(refusal) = held.refusal(topic, partition, offset) {
                    return Err(Stop::Failed(refusal));
                }
            }
            from.push(began);
        }
        match progress.word.announced {
            Announced::Partly | Announced::Everything => Ok((from, progress.next.clone(), Instant::MIN)),
            Announced::Nothing => {
                let sent = clock::now();
                let ends: BTreeMap<_, _> = self.stable.ends(&all, Self::PATIENCE)?.into_iter().collect();
                let to: Option<Vec<i64>> =
                    all.iter().zip(&progress.next).map(|(at, next)| Some((*ends.get(at)?).max(*next))).collect();
                let to = to.ok_or_else(|| Stop::Unanswered(format!("an input has no leader for partition {partition}")))?;
                // What an open transaction may still bring is older than the question: then nothing is proved by it.
                let open = all.iter().any(|at| bounds.get(at).zip(ends.get(at)).is_some_and(|(held, end)| held.end > *end));
                Ok((from, to, if open { Instant::MIN } else { sent }))
            }
        }
    }

    /// Folds history in silence, the topics merged by time as they are when they are read live; where the clock stands then.
    fn fold(
        &self,
        newcomer: &Newcomer,
        engine: &mut Engine,
        from: &[i64],
        to: &[i64],
        sent: Instant,
    ) -> Result<Instant, Stop> {
        let partition = newcomer.lease.partition();
        let clock = PartitionClock::new(self.pace, self.grace_millis, from.len(), Instant::MIN);
        let mut intake = Intake::new(clock, from);
        for (topic, offset) in to.iter().enumerate() {
            intake.ends_at(topic, End { sent, at: Moment::now(), offset: *offset });
        }
        let starts: Vec<(TopicPartition, i64)> = self.tuple(partition).into_iter().zip(from.iter().copied()).collect();
        let unread = starts.iter().zip(to).filter(|((_, from), to)| from < to).map(|(start, _)| *start);
        let unread: Vec<_> = unread.collect();
        if unread.is_empty() {
            return Ok(intake.advance());
        }
        let mut reader = Reader::open(&self.connection, Arc::clone(&self.topics))?;
        reader.start(&unread)?;
        let (mut flow, total) = (Flow::default(), distance(from, to));
        while intake.passed().iter().zip(to).any(|(passed, to)| passed < to) {
            if newcomer.lease.is_leaving() || newcomer.lease.has_ended() {
                return Err(Stop::Leaving);
            }
            self.read(&mut reader, &mut intake, to, partition)?;
            while let Some((topic, waiting)) = intake.take() {
                if let Content::Event(event) = waiting.content {
                    let mut uncounted = Effects::default();
                    catch_unwind(AssertUnwindSafe(|| engine.fold_silently(topic, &event, &mut uncounted)))
                        .map_err(|panic| self.panicked(topic, partition, waiting.offset, &*panic))?;
                }
            }
            flow.regulate(&reader, partition, &intake);
            newcomer.view.recovered(1.0 - distance(&intake.passed(), to) / total.max(1.0));
        }
        Ok(intake.advance())
    }

    fn read(&self, reader: &mut Reader, intake: &mut Intake, to: &[i64], partition: i32) -> Result<(), Stop> {
        let mut nap = if intake.is_ready() { Duration::ZERO } else { Self::NAP };
        for _ in 0..Self::RECORDS_PER_TURN {
            let polled = reader.poll(nap, |arrival| {
                let topic = arrival.from.topic;
                if to.get(topic).is_some_and(|end| arrival.offset < *end) {
                    intake.arrive(topic, self.sorting.sort_again(&arrival));
                } else if let Some(end) = to.get(topic) {
                    intake.reader_passed(topic, *end);
                }
            });
            nap = Duration::ZERO;
            match polled {
                Polled::Record => {}
                Polled::Nothing => break,
                Polled::OffsetGone => {
                    return Err(Stop::Unanswered(format!("an input of partition {partition} lost records meanwhile")));
                }
                Polled::Broken => return Err(Stop::Unanswered("the reading client met a fatal error".to_owned())),
            }
        }
        if intake.starved().next().is_some() {
            for (at, position) in reader.positions() {
                let end = to.get(at.topic).copied().unwrap_or(position);
                intake.reader_passed(at.topic, position.min(end));
            }
        }
        Ok(())
    }

    fn panicked(&self, topic: usize, partition: i32, offset: i64, panic: &(dyn std::any::Any + Send)) -> Stop {
        let topic = self.sorting.topic(topic);
        Stop::Failed(format!(
            "folding the record of `{topic}` partition {partition} at offset {offset} failed, which is a defect of this program: {}",
            panic_message(panic)
        ))
    }

    fn read_announced(&self, lease: &Arc<Lease>, engine: &mut Engine) -> Result<(), Stop> {
        if self.connection.is_embedded() {
            return Ok(());
        }
        for (key, since) in announced::read(&self.connection, &self.memberships, lease)? {
            if let Some((customer, segment)) = read_membership_key(&key) {
                engine.announced(customer, segment, since);
            }
        }
        Ok(())
    }

    /// Why what is announced may differ from what was computed.
    fn cause(&self, word: &ControlWord) -> Cause {
        match word.announced {
            Announced::Nothing | Announced::Partly => Cause::Backfill,
            Announced::Everything if word.catalog.is_empty() || word.catalog == **self.catalog.hash() => Cause::Late,
            Announced::Everything => Cause::Definition,
        }
    }

    fn run(&self, newcomer: &Newcomer, engine: Engine, progress: Progress, effects: Effects) -> Tuple {
        let clock = PartitionClock::new(self.pace, self.grace_millis, self.topics.len(), engine.clock());
        newcomer.view.runs(engine.table());
        let tuple = Tuple::new(Parts {
            lease: Arc::clone(&newcomer.lease),
            engine,
            intake: Intake::new(clock, &progress.next),
            word: progress.word,
            view: Arc::clone(&newcomer.view),
            style: Arc::clone(&self.style),
            effects,
        });
        tuple.show();
        tuple
    }

    fn tuple(&self, partition: i32) -> Vec<TopicPartition> {
        (0..self.topics.len()).map(|topic| TopicPartition { topic, partition }).collect()
    }
}

/// How many offsets lie between.
#[expect(clippy::cast_precision_loss, reason = "for a share of progress, shown to people")]
fn distance(from: &[i64], to: &[i64]) -> f64 {
    from.iter().zip(to).map(|(from, to)| (to - from).max(0)).sum::<i64>() as f64
}
