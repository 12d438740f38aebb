//! A list of moments, oldest first: what counting needs.

use smallvec::SmallVec;

use super::moment::Moment;
use super::retention::{EVENTS_MAX, Retention};
use crate::timer::Instant;

/// Short lists lie beside their length: most customers have few moments, and one place in memory is read sooner than
/// two.
type Kept = SmallVec<[Moment; Moments::INSIDE]>;

/// Kept moments and whether the cap dropped some that were needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moments {
    kept: Kept,
    truncated: bool,
}

impl Moments {
    /// How many lie in the list itself.
    pub(super) const INSIDE: usize = 4;

    /// The list after one more moment.
    pub fn of(moments: [Moment; 2]) -> Self {
        let mut kept = Kept::from_slice(&moments);
        kept.sort_unstable();
        Self { kept, truncated: false }
    }

    /// A list as it was kept; nothing where it is not sorted or too long.
    pub fn restored(kept: Vec<Moment>, truncated: bool) -> Option<Self> {
        (kept.is_sorted() && kept.len() <= EVENTS_MAX).then(|| Self { kept: kept.into_iter().collect(), truncated })
    }

    /// Folds a moment in and drops what no reader needs.
    pub fn add(&mut self, moment: Moment, retention: &Retention, now: Instant) {
        let newest_only = retention.newest_only();
        let place = self.kept.partition_point(|kept| *kept <= moment);
        if let Some(count) = newest_only
            && self.kept.len() >= count.min(EVENTS_MAX)
        {
            self.truncated |= count > EVENTS_MAX;
            // One, unless other definitions needed more before.
            let excess = self.kept.len() + 1 - count.min(EVENTS_MAX);
            if place < excess {
                self.kept.drain(..excess - 1);
            } else {
                self.kept.drain(..excess);
                self.kept.insert(place - excess, moment);
            }
            return;
        }
        self.kept.insert(place, moment);
        self.expire(retention, now);
    }

    /// Drops what no reader needs at `now` or later.
    pub fn expire(&mut self, retention: &Retention, now: Instant) {
        let needed = retention.needed(self.kept.len(), now, |index| self.kept.get(index).map_or(now, |m| m.time()));
        self.truncated |= needed > EVENTS_MAX;
        let dropped = self.kept.len() - needed.min(EVENTS_MAX);
        self.kept.drain(..dropped);
        if self.kept.capacity() > 8 && self.kept.len() * 4 < self.kept.capacity() {
            self.kept.shrink_to_fit();
        }
    }

    /// The moments, oldest first.
    pub fn as_slice(&self) -> &[Moment] {
        &self.kept
    }

    /// Whether needed moments were dropped.
    pub const fn truncated(&self) -> bool {
        self.truncated
    }
}
