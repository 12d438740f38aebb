//! What all workers share with the rest of the process, and what they tell it.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use spicchio_core::timer::Pace;

use crate::broker::kafka::Member;
use crate::clock;
use crate::metrics::Metrics;
use crate::partition::{Batch, Bounds, Ends, Outcome, Park, Sorting, Tenancy};

/// The member of the group, once it has joined.
pub type SharedMember = Arc<RwLock<Option<Arc<Member>>>>;

/// What a worker shares with the rest of the process.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Who proves that we are of the group.
    pub member: SharedMember,
    /// Where inputs end.
    pub ends: Arc<Ends>,
    /// Where state waits for its partition to come back.
    pub park: Arc<Park>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How records become events.
    pub sorting: Arc<Sorting>,
    /// The hash of the definitions in force.
    pub catalog: Arc<str>,
    /// What moves time.
    pub pace: Pace,
    /// How long the clock waits, in milliseconds.
    pub grace_millis: i64,
    /// The most customers that a partition holds.
    pub customers_max: u64,
    /// Which offsets inputs hold.
    pub bounds: Arc<Bounds>,
    /// Where partitions come from.
    pub tenancy: Arc<Tenancy>,
}

impl Surroundings {
    /// Counts a transaction, however it ended.
    pub(super) fn count_transaction(&self, took: Duration, outcome: &Outcome) {
        let ended = if outcome.committed.is_empty() { "lost" } else { "committed" };
        self.metrics.transaction_duration.with_label_values(&[ended]).observe(took.as_secs_f64());
        self.metrics.transaction_aborts.with_label_values::<&str>(&[]).inc_by(u64::from(outcome.aborts));
    }

    /// Counts what a committed batch announced.
    pub(super) fn count_said(&self, batch: &Batch) {
        for ((segment, change, cause), count) in batch.tally() {
            self.metrics.announced(segment, *change, *cause, *count);
        }
        if let Some(oldest) = batch.oldest() {
            let millis = u64::try_from(clock::now().millis() - oldest.millis()).unwrap_or(0);
            let took = Duration::from_millis(millis).as_secs_f64();
            self.metrics.end_to_end_duration.with_label_values::<&str>(&[]).observe(took);
        }
    }
}
