//! Amounts that no newer amount covers, oldest (and most extreme) first: the extreme of any window that ends now is the
//! oldest kept one inside it.

use super::definition::Extreme;
use super::moment::Moment;
use super::retention::{EVENTS_MAX, Retention};
use crate::event::Number;
use crate::timer::Instant;

/// Kept peaks and whether the cap dropped some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peaks {
    kept: Vec<(Moment, Number)>,
    truncated: bool,
}

impl Peaks {
    /// A list as it was kept; nothing where it is not sorted by moment or too long.
    pub fn restored(kept: Vec<(Moment, Number)>, truncated: bool) -> Option<Self> {
        let sorted = kept.is_sorted_by_key(|(moment, _)| *moment);
        (sorted && kept.len() <= EVENTS_MAX).then_some(Self { kept, truncated })
    }

    /// Folds an amount in and drops what it covers and what is too old.
    pub fn add(&mut self, moment: Moment, amount: Number, extreme: Extreme, retention: &Retention, now: Instant) {
        let place = self.kept.partition_point(|(kept, _)| *kept < moment);
        let covered = |index: usize| self.kept.get(index).is_some_and(|(_, newer)| extreme.covers(*newer, amount));
        if covered(place) {
            return;
        }
        let stays =
            self.kept.iter().take(place).rposition(|(_, older)| !extreme.covers(amount, *older)).map_or(0, |i| i + 1);
        let same_moment = self.kept.get(place).is_some_and(|(kept, _)| *kept == moment);
        self.kept.splice(stays..place + usize::from(same_moment), [(moment, amount)]);
        self.expire(retention, now);
    }

    /// Drops what no reader needs at `now` or later.
    pub fn expire(&mut self, retention: &Retention, now: Instant) {
        let needed = retention.needed(self.kept.len(), now, |index| self.kept.get(index).map_or(now, |e| e.0.time()));
        self.truncated |= needed > EVENTS_MAX;
        self.kept.drain(..self.kept.len() - needed.min(EVENTS_MAX));
    }

    /// The peaks, oldest and most extreme first.
    pub fn as_slice(&self) -> &[(Moment, Number)] {
        &self.kept
    }

    /// Whether needed peaks were dropped.
    pub const fn truncated(&self) -> bool {
        self.truncated
    }
}
