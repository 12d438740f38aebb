//! The latest moment of each different value, the value seen longest ago first: what `distinct` and `days` need.

use smallvec::SmallVec;

use super::moment::Moment;
use super::retention::{Retention, VALUES_MAX};
use crate::event::Value;
use crate::timer::Instant;

/// Kept values and whether the cap dropped some that were needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latest {
    kept: SmallVec<[(Moment, Value); Latest::INSIDE]>,
    truncated: bool,
}

impl Latest {
    /// How many lie in the list itself.
    pub(super) const INSIDE: usize = 1;

    /// A list as it was kept; nothing where it is not sorted or too long.
    pub fn restored(kept: Vec<(Moment, Value)>, truncated: bool) -> Option<Self> {
        (kept.is_sorted() && kept.len() <= VALUES_MAX).then(|| Self { kept: kept.into_iter().collect(), truncated })
    }

    /// Folds a value in and drops what no reader needs.
    pub fn add(&mut self, moment: Moment, value: Value, retention: &Retention, now: Instant) {
        if let Some(index) = self.kept.iter().rposition(|(_, kept)| *kept == value) {
            if self.kept.get(index).is_some_and(|(kept, _)| *kept >= moment) {
                return;
            }
            self.kept.remove(index);
        }
        let place = self.kept.partition_point(|(kept, other)| (*kept, other) < (moment, &value));
        if self.kept.len() == self.kept.capacity() {
            self.kept.reserve_exact(1 + self.kept.len() / 2);
        }
        self.kept.insert(place, (moment, value));
        self.expire(retention, now);
    }

    /// Drops what no reader needs at `now` or later.
    pub fn expire(&mut self, retention: &Retention, now: Instant) {
        let needed = retention.needed(self.kept.len(), now, |index| self.kept.get(index).map_or(now, |e| e.0.time()));
        self.truncated |= needed > VALUES_MAX;
        self.kept.drain(..self.kept.len() - needed.min(VALUES_MAX));
    }

    /// The values with their latest moments, the value seen longest ago first.
    pub fn as_slice(&self) -> &[(Moment, Value)] {
        &self.kept
    }

    /// Whether needed values were dropped.
    pub const fn truncated(&self) -> bool {
        self.truncated
    }
}
