//! One worker thread: reads its partitions, lets them decide, and commits what they say.
//!
//! In turn: partitions that come, records that come, answers about ends; then every partition folds and lets deadlines
//! fire within the budget of one transaction; then, as soon as there is something to say, a transaction. Records that
//! come meanwhile wait in the client and are the next batch. What only moved, without anything to say, is committed
//! once a second.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant as Moment};

use super::surroundings::Surroundings;
use crate::broker::kafka::{ClientError, Polled, Reader};
use crate::partition::{Budget, Entry, Flow, TransactionError, Transactor, Tuple};
use crate::snapshot::Sittings;

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
    pub(super) reader: Reader,
    transactor: Transactor,
    inbox: Receiver<Box<Tuple>>,
    pub(super) around: Surroundings,
    pub(super) sittings: Sittings,
    pub(super) tuples: BTreeMap<i32, Tuple>,
    pub(super) flow: Flow,
    pub(super) answered: Option<Moment>,
    /// Whether the client may hold more records than were taken in this turn.
    more: bool,
    /// Since when the batch under way grows.
    batch_begun: Option<Moment>,
    /// When what only moved was committed last.
    progressed: Moment,
    pub(super) told_of_stillness: Moment,
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

    /// A worker without partitions.
    pub fn new(
        index: usize,
        reader: Reader,
        transactor: Transactor,
        inbox: Receiver<Box<Tuple>>,
        around: Surroundings,
        sittings: Sittings,
    ) -> Self {
        Self {
            index,
            reader,
            transactor,
            inbox,
            around,
            sittings,
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
            self.sittings.go_on(|number| self.tuples.get(&number).map(Tuple::subject));
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
        self.sittings.welcome(partition);
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
        if self.sittings.is_cutting() {
            return Self::SHORT_NAP;
        }
        match self.next_question() {
            Some(at) if at <= now + Self::SHORT_NAP => Self::SHORT_NAP,
            Some(at) => Self::NAP.min(at - now),
            None => Self::NAP,
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
}
