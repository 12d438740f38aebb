//! A list of moments with amounts, oldest first: what sums and means need.
//!
//! Where no amount is negative and only a threshold is asked for, the newest part that exceeds it is enough: while the
//! window holds that part the answer is known, and when it does not, everything older has left too.

use smallvec::SmallVec;

use super::moment::Moment;
use super::retention::{EVENTS_MAX, Retention};
use crate::event::Number;
use crate::timer::Instant;

/// Kept amounts and whether the cap dropped some that were needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    kept: SmallVec<[(Moment, Number); Amounts::INSIDE]>,
    truncated: bool,
    shortened: bool,
}

impl Amounts {
    /// How many lie in the list itself.
    pub(super) const INSIDE: usize = 2;

    /// A list as it was kept; nothing where it is not sorted or too long.
    pub fn restored(kept: Vec<(Moment, Number)>, truncated: bool, shortened: bool) -> Option<Self> {
        (kept.is_sorted() && kept.len() <= EVENTS_MAX).then(|| Self {
            kept: kept.into_iter().collect(),
            truncated,
            shortened,
        })
    }

    /// Folds an amount in and drops what no reader needs.
    pub fn add(&mut self, moment: Moment, amount: Number, retention: &Retention, reach: Option<Number>, now: Instant) {
        let place = self.kept.partition_point(|kept| *kept <= (moment, amount));
        if self.kept.len() == self.kept.capacity() {
            self.kept.reserve_exact(1 + self.kept.len() / 2);
        }
        self.kept.insert(place, (moment, amount));
        self.expire(retention, reach, now);
    }

    /// Drops what no reader needs at `now` or later.
    pub fn expire(&mut self, retention: &Retention, reach: Option<Number>, now: Instant) {
        let mut needed =
            retention.needed(self.kept.len(), now, |index| self.kept.get(index).map_or(now, |e| e.0.time()));
        if let Some(reach) = reach {
            let mut sum = 0_i128;
            let exceeding = self.kept.iter().rev().take_while(|(_, amount)| {
                let below = sum <= i128::from(reach.millionths());
                sum += i128::from(amount.millionths());
                below
            });
            let exceeding = exceeding.count();
            self.shortened |= exceeding < needed;
            needed = needed.min(exceeding);
        }
        self.truncated |= needed > EVENTS_MAX;
        self.kept.drain(..self.kept.len() - needed.min(EVENTS_MAX));
    }

    /// The amounts, oldest first.
    pub fn as_slice(&self) -> &[(Moment, Number)] {
        &self.kept
    }

    /// Whether needed amounts were dropped.
    pub const fn truncated(&self) -> bool {
        self.truncated
    }

    /// Whether older amounts were dropped because the newer ones exceed the threshold.
    pub const fn shortened(&self) -> bool {
        self.shortened
    }
}
