//! Whose state it is: one value per customer, one owner, the engine of its partition.

mod erasures;
mod id;
mod memberships;
mod pending;
mod table;

pub use erasures::Erasures;
pub use id::CustomerId;
pub use memberships::{Memberships, Place, Standing};
pub use pending::Pending;
pub use table::CustomerTable;

use crate::feature::FeatureSet;
use crate::timer::Instant;

/// Everything kept of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// The time of its newest event.
    pub newest: Instant,
    /// When to look at it again; [`Instant::NEVER`] when time alone changes nothing.
    pub deadline: Instant,
    /// The segments to look at then.
    pub pending: Pending,
    /// The batch that last changed it.
    pub batch: u64,
    /// What is measured.
    pub features: FeatureSet,
    /// Where it stands with segments and ladders.
    pub memberships: Memberships,
}

impl Customer {
    /// A customer of whom nothing is known yet.
    pub fn new() -> Self {
        Self {
            newest: Instant::MIN,
            deadline: Instant::NEVER,
            pending: Pending::default(),
            batch: 0,
            features: FeatureSet::default(),
            memberships: Memberships::default(),
        }
    }

    /// Its now: the greater of the partition clock and the time of its newest event.
    pub fn now(&self, clock: Instant) -> Instant {
        self.newest.max(clock)
    }
}

impl Default for Customer {
    fn default() -> Self {
        Self::new()
    }
}
