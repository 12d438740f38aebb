//! One worker thread: reads its partitions, lets them decide, and commits what they say.
//!
//! In turn: partitions that come, records that come, what became of the last transaction, answers about ends; then
//! every partition folds and lets deadlines fire within the budget of one transaction; then, as soon as there is
//! something to say, a transaction begins. Its worker goes on meanwhile, and what it decides is the next batch. What
//! only moved, without anything to say, is committed once a second.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant as Moment};

use super::surroundings::Surroundings;
use crate::broker::kafka::{ClientError, Polled, Reader};
use crate::partition::{Budget, Committer, Desk, Done, Entry, Flow, TransactionError, Transactor, Tuple};
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
    desk: Desk,
    committer: Option<Committer>,
    inbox: Receiver<Box<Tuple>>,
    pub(super) around: Surroundings,
    pub(super) sittings: Sittings,
    pub(super) tuples: BTreeMap<i32, Tuple>,
    pub(super) flow: Flow,
    pub(super) answered: Option<Moment>,
    /// Whether the client may hold more records than were taken in this turn.
    more: bool,
    /// Whether nothing more fits into the transaction that grows.
    spent: bool,
    /// Since when it grows: since the last one was sealed.
    batch_begun: Moment,
    /// Whether all records at hand were taken from the client at some time since then: it is not behind.
    kept_up: bool,
    /// When what only moved was committed last.
    progressed: Moment,
    pub(super) told_of_stillness: Moment,
    commit_took: Duration,
    first: usize,
}

impl Worker {
    /// How long a worker waits for a record when nothing is due.
    const NAP: Duration = Duration::from_millis(20);
    /// The same while the answer about an end, or the end of a transaction, is awaited.
    const SHORT_NAP: Duration = Duration::from_millis(1);
    /// How long partitions fold before the worker looks around.
    const TURN_MAX: Duration = Duration::from_millis(20);
    /// How many records are taken from the client before partitions fold.
    const RECORDS_PER_TURN: usize = 2_000;
    /// How often progress without anything to say is committed.
    const PROGRESS: Duration = Duration::from_secs(1);
    /// The longest and the shortest time a batch is let grow while records keep coming.
    const BATCH_MAX: Duration = Duration::from_secs(2);
    const BATCH_MIN: Duration = Duration::from_millis(5);
    /// A worker that is behind lets a batch grow for this many times as long as the last commit took: fewer
    /// transactions leave more of the brokers' time for records. One that keeps up begins as soon as the last has
    /// ended.
    const BATCH_PER_COMMIT: u32 = 4;

    /// A worker without partitions.
    pub fn new(
        index: usize,
        reader: Reader,
        inbox: Receiver<Box<Tuple>>,
        around: Surroundings,
        sittings: Sittings,
    ) -> Self {
        let (committer, desk) = Committer::new();
        Self {
            index,
            reader,
            desk,
            committer: Some(committer),
            inbox,
            around,
            sittings,
            tuples: BTreeMap::new(),
            flow: Flow::default(),
            answered: None,
            more: false,
            spent: false,
            batch_begun: Moment::now(),
            kept_up: false,
            progressed: Moment::now(),
            told_of_stillness: Moment::now(),
            commit_took: Duration::ZERO,
            first: 0,
        }
    }

    /// Works until the inbox is closed and no partition is left.
    pub fn run(mut self, mut transactor: Transactor) -> Result<(), WorkerError> {
        // What a dead process with this name left open ends now, and not when it times out.
        transactor.take_over()?;
        let Some(committer) = self.committer.take() else { return Ok(()) };
        std::thread::scope(|threads| {
            let name = format!("commits-{}", self.index);
            let commits = std::thread::Builder::new().name(name);
            commits
                .spawn_scoped(threads, move || committer.work(&mut transactor))
                .map_err(|error| TransactionError::NoThread(error.to_string()))?;
            self.turn_until_left()
        })
    }

    fn turn_until_left(mut self) -> Result<(), WorkerError> {
        while self.adopt() {
            let begun = Moment::now();
            self.read(begun)?;
            self.conclude()?;
            self.give_up();
            self.look_at_ends();
            self.decide(Moment::now());
            self.regulate();
            self.commit(Moment::now());
            self.sittings.go_on(|number| self.tuples.get(&number).map(Tuple::subject));
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
                    self.kept_up = true;
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
        let any = |is: fn(&Tuple) -> bool| self.tuples.values().any(is);
        let (commits, leaving) = (self.desk.is_taken(), any(|tuple| tuple.lease().is_leaving()));
        if any(Tuple::is_busy) && !(commits && self.spent) {
            return Duration::ZERO;
        }
        if leaving || (commits && any(Tuple::has_something_to_say)) {
            return if commits { Self::SHORT_NAP } else { Duration::ZERO };
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

    /// Lets every partition fold, for one turn, within the budget of one transaction.
    fn decide(&mut self, begun: Moment) {
        let drafted = self.tuples.values().map(Tuple::drafted).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut budget = Budget::left(drafted.0, drafted.1, begun + Self::TURN_MAX);
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
        self.spent = budget.records == 0 || budget.bytes == 0;
    }

    /// Keeps what waits in memory within its bounds.
    fn regulate(&mut self) {
        for (partition, tuple) in &mut self.tuples {
            self.flow.regulate(&self.reader, *partition, tuple.intake());
        }
    }

    /// Begins to commit what there is to say, as soon as the records at hand are folded and no other transaction is
    /// under way; once a second, what only moved.
    fn commit(&mut self, now: Moment) {
        if self.desk.is_taken() {
            return;
        }
        let resting = !self.more && self.tuples.values().all(|tuple| !tuple.is_busy());
        let commits = if self.kept_up { 1 } else { Self::BATCH_PER_COMMIT };
        let grow = (self.commit_took * commits).clamp(Self::BATCH_MIN, Self::BATCH_MAX);
        let ripe = self.spent || now >= self.batch_begun + grow;
        let progress = self.progressed.elapsed() >= Self::PROGRESS;
        if progress {
            self.progressed = Moment::now();
            self.tell_of_stillness();
            self.tuples.values().for_each(Tuple::show);
        }
        let is_due = |tuple: &Tuple| {
            let waits = tuple.has_something_to_say() && (ripe || resting);
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
        if !due.is_empty() {
            self.commit_these(&due);
        }
    }

    fn commit_these(&mut self, due: &[i32]) {
        let Some(member) = self.around.member.read().unwrap_or_else(PoisonError::into_inner).clone() else {
            return;
        };
        let mut entries = Vec::with_capacity(due.len());
        for number in due {
            let Some(tuple) = self.tuples.get_mut(number) else { continue };
            let batch = tuple.seal(&self.around.catalog);
            entries.push(Entry { lease: Arc::clone(tuple.lease()), batch });
        }
        (self.batch_begun, self.kept_up) = (Moment::now(), false);
        self.desk.bring(entries, member);
    }

    /// Takes in what became of the transaction under way, if it has ended.
    fn conclude(&mut self) -> Result<(), WorkerError> {
        let Some(Done { entries, outcome, took }) = self.desk.ended()? else { return Ok(()) };
        self.commit_took = took;
        self.around.count_transaction(took, &outcome);
        for Entry { lease, batch } in entries {
            let number = batch.partition();
            let committed = outcome.committed.contains(&number);
            if committed {
                self.around.count_said(&batch);
            }
            // A partition that has left meanwhile and come back is another tenure, of which this says nothing.
            let tuple = self.tuples.get_mut(&number).filter(|tuple| Arc::ptr_eq(tuple.lease(), &lease));
            match tuple {
                Some(tuple) if committed => tuple.committed(),
                Some(_) => self.remove(number),
                None => {}
            }
        }
        Ok(())
    }
}
