//! The proof that nothing is left to read: where all topics end, asked often enough and not more often.
//!
//! One thread asks for all partitions of this process in one request: at least once a second, and when some deadline
//! falls due, since time can only be said to have come that far once nothing older can be unread. Workers look at the
//! newest answer; nobody waits for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};

use spicchio_core::timer::Instant;

use crate::broker::TopicPartition;
use crate::broker::kafka::EndProbe;
use crate::clock;
use crate::metrics::Metrics;

/// An answer: where partitions end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Wall time at which the question was sent.
    pub sent: Instant,
    /// The same moment, for its age.
    pub at: Moment,
    /// The offset after the last record, for each partition whose leader answered.
    pub ends: BTreeMap<TopicPartition, i64>,
}

#[derive(Debug, Default)]
struct State {
    asked_about: BTreeSet<TopicPartition>,
    wanted: BTreeMap<usize, Moment>,
    newest: Option<Arc<Answer>>,
    stopped: bool,
}

/// What workers share with the thread that asks.
#[derive(Debug, Default)]
pub struct Ends {
    state: Mutex<State>,
    changed: Condvar,
}

impl Ends {
    /// The longest time between two questions.
    pub const INTERVAL_MAX: Duration = Duration::from_secs(1);
    /// The shortest time between two questions: deadlines that fall due closer than this share one.
    pub const INTERVAL_MIN: Duration = Duration::from_millis(5);
    /// How long one question waits for its answer.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// Asks about these partitions too from now on, soon.
    pub fn watch(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        let mut state = self.state();
        state.asked_about.extend(partitions);
        state.wanted.insert(usize::MAX, Moment::now());
        self.changed.notify_all();
    }

    /// Asks about them no more.
    pub fn forget(&self, partitions: impl IntoIterator<Item = TopicPartition>) {
        let mut state = self.state();
        for at in partitions {
            state.asked_about.remove(&at);
        }
    }

    /// A worker wants an answer to a question that is sent at this moment or later; none takes the wish back.
    pub fn want(&self, worker: usize, at: Option<Moment>) {
        let mut state = self.state();
        let before = match at {
            Some(at) => state.wanted.insert(worker, at),
            None => state.wanted.remove(&worker),
        };
        if at.is_some_and(|at| before.is_none_or(|before| at < before)) {
            self.changed.notify_all();
        }
    }

    /// The newest answer.
    pub fn newest(&self) -> Option<Arc<Answer>> {
        self.state().newest.clone()
    }

    /// Ends [`Ends::ask_until_stopped`].
    pub fn stop(&self) {
        self.state().stopped = true;
        self.changed.notify_all();
    }

    /// The thread that asks.
    pub fn ask_until_stopped(&self, probe: &EndProbe, metrics: &Metrics) {
        while let Some(partitions) = self.wait_for_next() {
            let (sent, at) = (clock::now(), Moment::now());
            let answered = probe.ends(&partitions, Self::PATIENCE);
            let outcome = if answered.is_ok() { "answered" } else { "unanswered" };
            metrics.end_proofs.with_label_values(&[outcome]).inc();
            match answered {
                Ok(ends) => {
                    let answer = Answer { sent, at, ends: ends.into_iter().collect() };
                    self.state().newest = Some(Arc::new(answer));
                }
                Err(error) => tracing::warn!(%error, "cannot ask where the inputs end: time stands still meanwhile"),
            }
        }
    }

    /// Waits until it is time to ask; none when it is time to stop.
    fn wait_for_next(&self) -> Option<Vec<TopicPartition>> {
        let begun = Moment::now();
        let mut state = self.state();
        loop {
            if state.stopped {
                return None;
            }
            let wanted = state.wanted.values().min().copied().unwrap_or(begun + Self::INTERVAL_MAX);
            let due = wanted.clamp(begun + Self::INTERVAL_MIN, begun + Self::INTERVAL_MAX);
            let now = Moment::now();
            let idle = state.asked_about.is_empty();
            if now >= due && !idle {
                state.wanted.retain(|_, at| *at > now);
                return Some(state.asked_about.iter().copied().collect());
            }
            let pause = if idle { Self::INTERVAL_MAX } else { due.saturating_duration_since(now) };
            state = self.changed.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
