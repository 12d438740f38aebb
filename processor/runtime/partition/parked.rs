//! Partitions that were given up a moment ago, with their state.
//!
//! A rebalance of the group takes all partitions away and mostly gives the same back. What was committed when a
//! partition was given up tells whether anybody else moved on with it meanwhile; if nobody did, its state is still
//! right.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use spicchio_core::engine::Engine;
use spicchio_core::wire::ControlWord;

/// The state of a partition at what it committed last.
#[derive(Debug)]
pub struct Parked {
    /// What was committed.
    pub word: ControlWord,
    /// The offsets beside it, in the order of the inputs.
    pub next: Vec<i64>,
    /// Its customers.
    pub engine: Engine,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Park {
    parked: Mutex<BTreeMap<i32, (Instant, Parked)>>,
}

impl Park {
    /// How long state is kept for a partition that is not ours.
    pub const KEPT: Duration = Duration::from_mins(1);

    /// Keeps the state of a partition that is given up.
    pub fn leave(&self, partition: i32, parked: Parked) {
        self.parked().insert(partition, (Instant::now(), parked));
    }

    /// The state of a partition that came back, if what is committed is still what it committed.
    pub fn fetch(&self, partition: i32, word: &ControlWord, next: &[i64]) -> Option<Engine> {
        let (_, parked) = self.parked().remove(&partition)?;
        (parked.word == *word && parked.next == next).then_some(parked.engine)
    }

    /// Lets go of what was kept long enough.
    pub fn sweep(&self) {
        self.parked().retain(|_, (since, _)| since.elapsed() < Self::KEPT);
    }

    fn parked(&self) -> MutexGuard<'_, BTreeMap<i32, (Instant, Parked)>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
