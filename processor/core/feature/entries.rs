//! Whole events as far as they are read: position and value, oldest first. The general list, for the windows and forms
//! that the smaller ones cannot serve.

use smallvec::SmallVec;

use super::moment::Position;
use super::retention::{EVENTS_MAX, Retention};
use crate::event::Value;
use crate::timer::Instant;

/// One kept event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Where it stands.
    pub position: Position,
    /// The property's value, where the event has it.
    pub value: Option<Value>,
}

/// Kept events and whether the cap dropped some that were needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries {
    kept: SmallVec<[Entry; Entries::INSIDE]>,
    truncated: bool,
}

impl Entries {
    /// How many lie in the list itself.
    pub(super) const INSIDE: usize = 1;

    /// A list as it was kept; nothing where it is not sorted or too long.
    pub fn restored(kept: Vec<Entry>, truncated: bool) -> Option<Self> {
        (kept.is_sorted() && kept.len() <= EVENTS_MAX).then(|| Self { kept: kept.into_iter().collect(), truncated })
    }

    /// Folds an event in and drops what no reader needs.
    pub fn add(&mut self, entry: Entry, retention: &Retention, now: Instant) {
        let place = self.kept.partition_point(|kept| *kept <= entry);
        if self.kept.len() == self.kept.capacity() {
            self.kept.reserve_exact(1 + self.kept.len() / 2);
        }
        self.kept.insert(place, entry);
        self.expire(retention, now);
    }

    /// Folds an event in and keeps the oldest `count`.
    pub fn add_oldest(&mut self, entry: Entry, count: usize) {
        let place = self.kept.partition_point(|kept| *kept <= entry);
        if place < count {
            self.kept.insert(place, entry);
            self.kept.truncate(count);
        }
    }

    /// Drops what no reader needs at `now` or later.
    pub fn expire(&mut self, retention: &Retention, now: Instant) {
        let time_of = |index: usize| self.kept.get(index).map_or(now, |entry| entry.position.moment.time());
        let needed = retention.needed(self.kept.len(), now, time_of);
        self.truncated |= needed > EVENTS_MAX;
        self.kept.drain(..self.kept.len() - needed.min(EVENTS_MAX));
    }

    /// The events, oldest first.
    pub fn as_slice(&self) -> &[Entry] {
        &self.kept
    }

    /// Whether needed events were dropped.
    pub const fn truncated(&self) -> bool {
        self.truncated
    }
}
