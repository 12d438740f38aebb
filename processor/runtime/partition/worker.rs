//! One worker thread: reads its partitions, lets them decide, and commits what they say.
//!
//! In turn: partitions that come, records that come, answers about ends; then every partition folds and lets deadlines
//! fire within the budget of one transaction; then, as soon as there is something to say, a transaction. Records that
//! come meanwhile wait in the client and are the next batch. What only moved, without anything to say, is committed
//! once a second.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant as Moment};

use spicchio_core::timer::Pace;

use super::ends::Answer;
use super::flow::Flow;
use super::intake::End;
use super::surroundings::Surroundings;
use super::tenancy::Newcomer;
use super::transaction::{Entry, TransactionError, Transactor};
use super::tuple::{Budget, Halt, Tuple};
use crate::broker::TopicPartition;
use crate::broker::kafka::{ClientError, Polled, Reader};
use crate::clock;

/// Why a worker cannot go on.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WorkerError {
    /// It cannot commit.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// It cannot read.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// A worker.
#[derive(Debug)]
pub struct Worker {
    index: usize,
    reader: Reader,
    transactor: Transactor,
    inbox: Receiver<Box<Tuple>>,
    around: Surroundings,
    tuples: BTreeMap<i32, Tuple>,
    flow: Flow,
    answered: Option<Moment>,
    /// Whether the client may hold more records than were taken in this turn.
    more: bool,
    /// Since when the batch under way grows.
    batch_begun: Option<Moment>,
    /// When what only moved was committed last.
    progressed: Moment,
    told_of_stillness: Moment,
    commit_took: Duration,
    first: usize,
}

impl Worker {
    /// How long a worker waits for a record when nothing is due.
    const NAP: Duration = Duration::from_millis(20);
    /// The same while the answer about an end is awaited.
    const SHORT_NAP: Duration = Duration::from_millis(1);
    /// How many records are taken from the client before partitions fold.
    const RECORDS_PER_TURN: usize = 2_000;
    /// How often progress without anything to say is committed.
    const PROGRESS: Duration = Duration::from_secs(1);
    /// The longest and the shortest time a batch is let grow while records keep coming.
    const BATCH_MAX: Duration = Duration::from_secs(2);
    const BATCH_MIN: Duration = Duration::from_millis(5);
    /// While records keep coming, a batch grows for this many times as long as the last commit took.
    const BATCH_PER_COMMIT: u32 = 4;
    /// Time may stand still for this long before an operator is told, and is told again.
    const STILL_MAX: Duration = Duration::from_mins(1);

    /// A worker without partitions.
    pub fn new(
        index: usize,
        reader: Reader,
        transactor: Transactor,
        inbox: Receiver<Box<Tuple>>,
        around: Surroundings,
    ) -> Self {
        Self {
            index,
            reader,
            transactor,
            inbox,
            around,
            tuples: BTreeMap::new(),
            flow: Flow::default(),
            answered: None,
            more: false,
            batch_begun: None,
            progressed: Moment::now(),
            told_of_stillness: Moment::now(),
            commit_took: Duration::ZERO,
            first: 0,
        }
    }

    /// Works until the inbox is closed and no partition is left.
    pub fn run(mut self) -> Result<(), WorkerError> {
        // What a dead process with this name left open ends now, and not when it times out.
        self.transactor.take_over()?;
        while self.adopt() {
            let begun = Moment::now();
            self.read(begun)?;
            self.look_at_ends();
            let full = self.decide(begun);
            self.regulate();
            self.commit(full)?;
            self.give_up();
            self.around.ends.want(self.index, self.next_question());
        }
        Ok(())
    }

    /// Takes over partitions that were recovered. False when there is nothing left to do, ever.
    fn adopt(&mut self) -> bool {
        loop {
            match self.inbox.try_recv() {
                Ok(tuple) => self.begin(*tuple),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return !self.tuples.is_empty(),
            }
        }
    }

    fn begin(&mut self, tuple: Tuple) {
        let partition = tuple.number();
        let expected = tuple.expected();
        let started = self.reader.start(&expected);
        let resumed = self.reader.resume(&expected.iter().map(|(at, _)| *at).collect::<Vec<_>>());
        if let Err(error) = started.and(resumed) {
            tracing::error!(partition, %error, "the partition cannot be read");
            tuple.view().stopped(format!("it cannot be read: {error}"));
            return;
        }
        self.around.ends.watch(expected.iter().map(|(at, _)| *at));
        tracing::info!(partition, clock = %tuple.word().clock, batch = tuple.word().batch, "the partition runs");
        self.tuples.insert(partition, tuple);
        self.answered = None;
    }

    fn read(&mut self, begun: Moment) -> Result<(), WorkerError> {
        let mut nap = self.nap(begun);
        self.more = true;
        for _ in 0..Self::RECORDS_PER_TURN {
            let (tuples, sorting) = (&mut self.tuples, &self.around.sorting);
            let polled = self.reader.poll(nap, |arrival| {
                if let Some(tuple) = tuples.get_mut(&arrival.from.partition) {
                    tuple.intake().arrive(arrival.from.topic, Moment::now(), sorting.sort(&arrival));
                }
            });
            nap = Duration::ZERO;
            match polled {
                Polled::Record => {}
                Polled::Nothing => {
                    self.more = false;
                    break;
                }
                Polled::OffsetGone => self.find_lost_input(),
                Polled::Broken => {
                    let reason = "the reading client met a fatal error".to_owned();
                    return Err(ClientError { purpose: "reading", reason }.into());
                }
            }
        }
        Ok(())
    }

    /// How long to wait for a record.
    fn nap(&self, now: Moment) -> Duration {
        if self.tuples.values().any(|tuple| tuple.is_busy() || tuple.lease().is_leaving()) {
            return Duration::ZERO;
        }
        match self.next_question() {
            Some(at) if at <= now + Self::SHORT_NAP => Self::SHORT_NAP,
            Some(at) => Self::NAP.min(at - now),
            None => Self::NAP,
        }
    }

    /// When an answer about the ends would let a deadline fire, or a record pass.
    fn next_question(&self) -> Option<Moment> {
        if self.tuples.values().any(Tuple::wants_proof) {
            return Some(Moment::now());
        }
        if self.around.pace == Pace::Events {
            return None;
        }
        let due = self.tuples.values().filter_map(Tuple::next_deadline).min()?;
        let wait = due.plus(self.around.grace_millis + 1).millis().saturating_sub(clock::now().millis());
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
        Moment::now().checked_add(wait)
    }

    /// Tells partitions what is known of the ends.
    fn look_at_ends(&mut self) {
        let Some(answer) = self.around.ends.newest() else { return };
        if self.answered != Some(answer.at) {
            self.answered = Some(answer.at);
            self.pass_on(&answer);
        }
    }

    fn pass_on(&mut self, answer: &Answer) {
        let mut starved = false;
        for (partition, tuple) in &mut self.tuples {
            for topic in 0..self.around.sorting.topics() {
                if let Some(offset) = answer.ends.get(&TopicPartition { topic, partition: *partition }) {
                    tuple.intake().ends_at(topic, End { sent: answer.sent, at: Some(answer.at), offset: *offset });
                }
            }
            starved |= tuple.intake().starved().next().is_some();
        }
        if starved {
            // The end may be marks of transactions, which are never delivered: the reader knows whether it passed them.
            for (at, position) in self.reader.positions() {
                if let Some(tuple) = self.tuples.get_mut(&at.partition) {
                    tuple.intake().reader_passed(at.topic, position);
                }
            }
        }
    }

    /// Lets every partition fold. True when the budget of a transaction is spent or the batch has grown for long
    /// enough.
    fn decide(&mut self, begun: Moment) -> bool {
        let grow = (self.commit_took * Self::BATCH_PER_COMMIT).clamp(Self::BATCH_MIN, Self::BATCH_MAX);
        let drafted = self.tuples.values().map(Tuple::drafted).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut budget = Budget::left(drafted.0, drafted.1, *self.batch_begun.get_or_insert(begun) + grow);
        self.first = self.first.wrapping_add(1);
        let mut numbers: Vec<i32> = self.tuples.keys().copied().collect();
        let shift = self.first % numbers.len().max(1);
        numbers.rotate_left(shift);
        for number in numbers {
            let Some(tuple) = self.tuples.get_mut(&number) else { continue };
            if let Err(halt) = tuple.advance(&mut budget, self.around.customers_max) {
                self.halt(number, &halt);
                continue;
            }
            self.around.metrics.count(&tuple.take_facts());
        }
        budget.records == 0 || budget.bytes == 0 || Moment::now() >= budget.until
    }

    fn halt(&mut self, number: i32, halt: &Halt) {
        let topic = match halt {
            Halt::Record { topic, .. } => self.around.sorting.topic(*topic),
            Halt::Clock { .. } | Halt::Full { .. } => "all inputs",
        };
        if !matches!(halt, Halt::Full { .. }) {
            self.around.metrics.panics.with_label_values::<&str>(&[]).inc();
        }
        let reason = format!("partition {number} of {topic}: {halt}");
        tracing::error!(reason, "a partition stops");
        self.stop_partition(number, reason);
    }

    /// Tells an operator where time does not move on: some input is not at its end, or nobody says where it ends.
    fn tell_of_stillness(&mut self) {
        if self.around.pace == Pace::Events || self.told_of_stillness.elapsed() < Self::STILL_MAX {
            return;
        }
        for (partition, tuple) in &mut self.tuples {
            if tuple.stands_still() >= Self::STILL_MAX {
                self.told_of_stillness = Moment::now();
                let short = tuple.intake().starved().map(|topic| self.around.sorting.topic(topic)).collect::<Vec<_>>();
                tracing::error!(
                    partition, clock = %tuple.word().clock, inputs_not_at_their_end = ?short,
                    "time stands still: no deadline fires until every input is proved to be read to its end; \
                     an open transaction of a producer, or a partition without leader, holds it"
                );
            }
        }
    }

    /// Keeps what waits in memory within its bounds.
    fn regulate(&mut self) {
        for (partition, tuple) in &mut self.tuples {
            self.flow.regulate(&self.reader, *partition, tuple.intake());
        }
    }

    /// Commits what there is to say, as soon as the records at hand are folded; once a second, what only moved.
    fn commit(&mut self, full: bool) -> Result<(), WorkerError> {
        let resting = !self.more && self.tuples.values().all(|tuple| !tuple.is_busy());
        if full || resting {
            self.batch_begun = None;
        }
        let progress = self.progressed.elapsed() >= Self::PROGRESS;
        if progress {
            self.progressed = Moment::now();
            self.tell_of_stillness();
            self.tuples.values().for_each(Tuple::show);
        }
        let is_due = |tuple: &Tuple| {
            let waits = tuple.has_something_to_say() && (full || resting);
            waits || ((progress || tuple.lease().is_leaving()) && tuple.has_moved())
        };
        let (mut due, mut records) = (Vec::new(), 0);
        for (number, tuple) in self.tuples.iter().filter(|(_, tuple)| is_due(tuple)) {
            records += tuple.drafted().0;
            // Partitions that were recovered together may owe more than one transaction takes.
            if due.is_empty() || records <= Budget::RECORDS_MAX {
                due.push(*number);
            }
        }
        if due.is_empty() { Ok(()) } else { self.commit_these(&due) }
    }

    fn commit_these(&mut self, due: &[i32]) -> Result<(), WorkerError> {
        let Some(member) = self.around.member.read().unwrap_or_else(PoisonError::into_inner).clone() else {
            return Ok(());
        };
        let begun = Moment::now();
        for number in due {
            if let Some(tuple) = self.tuples.get_mut(number) {
                tuple.seal(&self.around.catalog);
            }
        }
        let sealed = due.iter().filter_map(|number| self.tuples.get(number));
        let entries: Vec<Entry<'_>> =
            sealed.filter_map(|tuple| Some(Entry { lease: tuple.lease(), batch: tuple.sealed()? })).collect();
        let outcome = self.transactor.commit(&entries, &member)?;
        drop(entries);
        self.commit_took = begun.elapsed();
        self.around.count_transaction(self.commit_took, &outcome);
        for number in &outcome.committed {
            if let Some(batch) = self.tuples.get_mut(number).and_then(Tuple::committed) {
                self.around.count_said(&batch);
            }
        }
        for number in outcome.lost {
            self.remove(number);
        }
        Ok(())
    }

    /// Gives partitions up that are wanted back and have nothing left to commit, and forgets those that were taken.
    fn give_up(&mut self) {
        let done = |tuple: &Tuple| tuple.lease().has_ended() || (tuple.lease().is_leaving() && !tuple.has_moved());
        let leaving: Vec<i32> =
            self.tuples.iter().filter(|(_, tuple)| done(tuple)).map(|(number, _)| *number).collect();
        for number in leaving {
            self.remove(number);
        }
        self.send_back();
    }

    /// Partitions whose history was interrupted are recovered on; their state waits for them.
    fn send_back(&mut self) {
        let back: Vec<Newcomer> = self.tuples.values().filter_map(Tuple::goes_back).cloned().collect();
        for newcomer in back {
            let number = newcomer.lease.partition();
            let Some(tuple) = self.tuples.remove(&number) else { continue };
            let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
            self.forget_input(&partitions);
            if let Some(parked) = tuple.park() {
                self.around.park.leave(number, parked);
            }
            self.around.tenancy.wait_again(newcomer);
        }
    }

    fn remove(&mut self, number: i32) {
        let Some(tuple) = self.tuples.remove(&number) else { return };
        let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
        self.forget_input(&partitions);
        let lease = Arc::clone(tuple.lease());
        let intact = !lease.has_ended();
        if let Some(parked) = tuple.park().filter(|_| intact) {
            self.around.park.leave(number, parked);
        }
        lease.end();
    }

    /// The partition is not worked on any more, and stays ours: nobody else would fare better.
    fn stop_partition(&mut self, number: i32, reason: String) {
        let Some(tuple) = self.tuples.remove(&number) else { return };
        let partitions: Vec<TopicPartition> = tuple.expected().iter().map(|(at, _)| *at).collect();
        self.forget_input(&partitions);
        tuple.view().stopped(reason);
        tuple.lease().rest();
    }

    fn forget_input(&mut self, partitions: &[TopicPartition]) {
        self.around.ends.forget(partitions.iter().copied());
        if let Err(error) = self.reader.stop(partitions) {
            tracing::warn!(%error, "the reading client keeps partitions that were given up");
        }
        self.flow.forget(partitions);
    }

    /// Some input has no record at the offset that is next: finds which, and stops its partition.
    fn find_lost_input(&mut self) {
        let expected: Vec<(TopicPartition, i64)> = self.tuples.values().flat_map(Tuple::expected).collect();
        let partitions: Vec<TopicPartition> = expected.iter().map(|(at, _)| *at).collect();
        match self.around.bounds.of(&partitions) {
            Ok(bounds) => {
                for (at, next) in expected {
                    let topic = self.around.sorting.topic(at.topic);
                    let lost = bounds.get(&at).and_then(|held| held.refusal(topic, at.partition, next));
                    if let Some(reason) = lost {
                        tracing::error!(reason, "a partition stops");
                        self.stop_partition(at.partition, reason);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "some input is not there, and which one cannot be asked yet"),
        }
    }
}
