//! History, read again from a start position up to an end, and folded in silence.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use spicchio_core::customer::CustomerTable;
use spicchio_core::engine::{Effects, Engine};
use spicchio_core::timer::{Instant, PartitionClock};
use spicchio_core::wire::Announced;

use super::restore::{Progress, Restorer, Stop};
use crate::broker::Outgoing;
use crate::broker::kafka::{Polled, Reader};
use crate::clock;
use crate::partition::{Content, End, Flow, Intake, Lease, Newcomer, panic_message};
use crate::snapshot::Manifest;

/// What there is to fold, by topic: from where, to where, and when it was asked where it ends.
pub(super) struct History {
    pub(super) from: Vec<i64>,
    pub(super) to: Vec<i64>,
    pub(super) sent: Instant,
}

/// The same, with the offsets before which what is refused got its dead letter long ago.
pub(super) struct Span<'a> {
    pub(super) from: &'a [i64],
    pub(super) silent: &'a [i64],
    pub(super) to: &'a [i64],
    pub(super) sent: Instant,
    /// The snapshot that the engine was loaded from: where each shard was cut.
    pub(super) cuts: Option<&'a Manifest>,
}

impl Span<'_> {
    /// Whether a record is in the state of its customer already.
    fn holds(&self, customer: &str, topic: usize, offset: i64) -> bool {
        let cut = self.cuts.and_then(|manifest| manifest.cut(CustomerTable::shard_of(customer)));
        cut.and_then(|next| next.get(topic)).is_some_and(|next| offset < *next)
    }
}

/// What came of folding.
pub(super) struct Folded {
    pub(super) passed: Vec<i64>,
    pub(super) clock: Instant,
    pub(super) letters: Vec<Outgoing>,
}

impl Restorer {
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// How long to wait for a record.
    const NAP: Duration = Duration::from_millis(50);
    /// How many records are read before they are folded.
    const RECORDS_PER_TURN: usize = 2_000;

    /// From where to where history is folded, if the inputs still hold it.
    pub(super) fn history(
        &self,
        lease: &Lease,
        progress: &Progress,
        snapshot: Option<&[i64]>,
    ) -> Result<History, Stop> {
        let partition = lease.partition();
        let all = self.tuple(partition);
        let bounds = self.bounds.of(&all)?;
        let mut from = Vec::with_capacity(all.len());
        for ((at, topic), next) in all.iter().zip(self.topics.iter()).zip(&progress.next) {
            let held = bounds.get(at).ok_or_else(|| no_leader(topic, partition))?;
            let began = progress.word.began_at(topic).ok_or_else(|| self.unknown_input(topic))?;
            let start = snapshot.and_then(|from| from.get(at.topic)).map_or(began, |from| *from);
            for offset in [start, *next].into_iter().filter(|offset| *offset == *next || start < *next) {
                if let Some(refusal) = held.refusal(topic, partition, offset) {
                    return Err(Stop::Failed(refusal));
                }
            }
            from.push(start);
        }
        if progress.word.announced != Announced::Nothing {
            return Ok(History { from, to: progress.next.clone(), sent: Instant::MIN });
        }
        let sent = clock::now();
        let ends: BTreeMap<_, _> = self.stable.ends(&all, Self::PATIENCE)?.into_iter().collect();
        let mut to = Vec::with_capacity(all.len());
        for ((at, topic), next) in all.iter().zip(self.topics.iter()).zip(&progress.next) {
            to.push(ends.get(at).ok_or_else(|| no_leader(topic, partition))?.max(next).to_owned());
        }
        // What an open transaction may still bring is older than the question: then nothing is proved by it.
        let open = all.iter().any(|at| bounds.get(at).zip(ends.get(at)).is_some_and(|(held, end)| held.end > *end));
        Ok(History { from, to, sent: if open { Instant::MIN } else { sent } })
    }

    /// Folds history in silence, the topics merged by time as they are when they are read live.
    pub(super) fn fold(&self, newcomer: &Newcomer, engine: &mut Engine, span: &Span<'_>) -> Result<Folded, Stop> {
        let partition = newcomer.lease.partition();
        let clock = PartitionClock::new(self.pace, self.grace_millis, span.from.len(), Instant::MIN);
        let mut intake = Intake::new(clock, span.from);
        for (topic, offset) in span.to.iter().enumerate() {
            intake.ends_at(topic, End { sent: span.sent, at: None, offset: *offset });
        }
        let starts = self.tuple(partition).into_iter().zip(span.from.iter().copied());
        let unread: Vec<_> = starts.zip(span.to).filter(|((_, from), to)| from < to).map(|(start, _)| start).collect();
        let mut letters = Letters::default();
        let done = |intake: &Intake| intake.passed().iter().zip(span.to).all(|(passed, to)| passed >= to);
        if !done(&intake) {
            let mut reader = Reader::open(&self.connection, Arc::clone(&self.topics))?;
            reader.start(&unread)?;
            let (mut flow, total) = (Flow::default(), distance(span.from, span.to));
            while !done(&intake) && !letters.is_full() {
                if newcomer.lease.is_leaving() || newcomer.lease.has_ended() {
                    return Err(Stop::Leaving);
                }
                self.read(&mut reader, &mut intake, span, partition)?;
                self.take_in(engine, &mut intake, &mut letters, span, partition)?;
                flow.regulate(&reader, partition, &intake);
                newcomer.view.recovered(1.0 - distance(&intake.passed(), span.to) / total.max(1.0));
            }
        }
        Ok(Folded { passed: intake.passed(), clock: intake.advance(), letters: letters.letters })
    }

    fn read(&self, reader: &mut Reader, intake: &mut Intake, span: &Span<'_>, partition: i32) -> Result<(), Stop> {
        let mut nap = if intake.is_ready() { Duration::ZERO } else { Self::NAP };
        let moment = Moment::now();
        for _ in 0..Self::RECORDS_PER_TURN {
            let polled = reader.poll(nap, |arrival| {
                let topic = arrival.from.topic;
                let (Some(silent), Some(to)) = (span.silent.get(topic), span.to.get(topic)) else { return };
                if arrival.offset >= *to {
                    intake.reader_passed(topic, *to);
                } else if arrival.offset >= *silent {
                    intake.arrive(topic, moment, self.sorting.sort(&arrival));
                } else {
                    intake.arrive(topic, moment, self.sorting.sort_again(&arrival));
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
                let to = span.to.get(at.topic).copied().unwrap_or(position);
                intake.reader_passed(at.topic, position.min(to));
            }
        }
        Ok(())
    }

    fn take_in(
        &self,
        engine: &mut Engine,
        intake: &mut Intake,
        letters: &mut Letters,
        span: &Span<'_>,
        partition: i32,
    ) -> Result<(), Stop> {
        while !letters.is_full() {
            let Some((topic, waiting)) = intake.take() else { break };
            match waiting.content {
                Content::Event(event) => {
                    let mut uncounted = Effects::default();
                    let is_held = span.holds(event.customer.as_str(), topic, waiting.offset);
                    let again = || {
                        if is_held {
                            engine.see_again(topic, &event);
                        } else {
                            engine.fold_silently(topic, &event, &mut uncounted);
                        }
                    };
                    self.metrics.recovery_records.with_label_values::<&str>(&[]).inc();
                    catch_unwind(AssertUnwindSafe(again))
                        .map_err(|panic| self.panicked(topic, partition, waiting.offset, &*panic))?;
                }
                Content::Refused(Some(letter)) => letters.add(*letter),
                Content::Refused(None) => {}
            }
        }
        Ok(())
    }

    fn unknown_input(&self, topic: &str) -> Stop {
        let group = self.connection.group();
        Stop::Failed(format!("group `{group}` began without input `{topic}`: begin anew with another `kafka.group`"))
    }

    fn panicked(&self, topic: usize, partition: i32, offset: i64, panic: &(dyn std::any::Any + Send)) -> Stop {
        let topic = self.sorting.topic(topic);
        Stop::Failed(format!(
            "folding the record of `{topic}` partition {partition} at offset {offset} failed, which is a defect of \
            this program: {}",
            panic_message(panic)
        ))
    }
}

/// Dead letters of history, until there are enough for a batch.
#[derive(Default)]
struct Letters {
    letters: Vec<Outgoing>,
    bytes: usize,
}

impl Letters {
    /// How many letters are held before history is interrupted to write them.
    const COUNT_MAX: usize = 10_000;
    /// How many bytes of letters are held before that.
    const BYTES_MAX: usize = 8 << 20;

    fn add(&mut self, letter: Outgoing) {
        self.bytes += letter.bytes();
        self.letters.push(letter);
    }

    fn is_full(&self) -> bool {
        self.letters.len() >= Self::COUNT_MAX || self.bytes >= Self::BYTES_MAX
    }
}

fn no_leader(topic: &str, partition: i32) -> Stop {
    Stop::Unanswered(format!("`{topic}` has no leader for partition {partition}"))
}

/// How many offsets lie between.
#[expect(clippy::cast_precision_loss, reason = "for a share of progress, shown to people")]
fn distance(from: &[i64], to: &[i64]) -> f64 {
    from.iter().zip(to).map(|(from, to)| (to - from).max(0)).sum::<i64>() as f64
}
