//! Where an event stands in a customer's history.
//!
//! Events are ordered by time, then by the rank of their type, then by identity. Time and rank fit in one word, which
//! is all that most lists keep; the identity is kept only where a tie could decide.

use crate::event::{Event, Identity, Kind};
use crate::timer::Instant;

/// The time and the type's rank of an event, ordered by both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

impl Moment {
    const RANK_BITS: u32 = 15;
    /// The rank of every type that nobody declared; declared ranks are smaller.
    pub const UNDECLARED: u16 = (1 << Self::RANK_BITS) - 1;

    /// The moment of an event of that time and kind.
    pub fn of(time: Instant, kind: &Kind) -> Self {
        let rank = match kind {
            Kind::Declared(rank) => (*rank).min(Self::UNDECLARED),
            Kind::Other(_) => Self::UNDECLARED,
        };
        let since_first = time.clamp(Instant::MIN, Instant::MAX).millis().abs_diff(Instant::MIN.millis());
        Self(since_first << Self::RANK_BITS | u64::from(rank))
    }

    /// The moment in one word, which orders as it does.
    pub const fn word(self) -> u64 {
        self.0
    }

    /// The moment of such a word.
    pub const fn of_word(word: u64) -> Self {
        Self(word)
    }

    /// The event's time.
    pub const fn time(self) -> Instant {
        Instant::from_millis(Instant::MIN.millis().wrapping_add_unsigned(self.0 >> Self::RANK_BITS))
    }

    /// The rank of the event's type, or [`Moment::UNDECLARED`].
    pub const fn rank(self) -> u16 {
        #[expect(clippy::cast_possible_truncation, reason = "masked to the fifteen bits of a rank")]
        let rank = (self.0 & Self::UNDECLARED as u64) as u16;
        rank
    }
}

/// A moment with what decides between events of equal time and type, where that is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Time and rank.
    pub moment: Moment,
    /// What tells the event from others of the same moment; compared only among positions that all keep it.
    pub identity: Option<Identity>,
}

impl Position {
    /// The position of an event, with its identity or without.
    pub fn of(event: &Event, identified: bool) -> Self {
        let identity = identified.then(|| match &event.kind {
            Kind::Declared(_) => event.identity.clone(),
            Kind::Other(name) => event.identity.within(name),
        });
        Self { moment: Moment::of(event.time, &event.kind), identity }
    }

    /// Becomes the position of an event, with its identity where this one has one, in the memory it has already.
    pub fn move_to(&mut self, event: &Event) {
        match (&mut self.identity, &event.kind) {
            (Some(kept), Kind::Declared(_)) => {
                kept.clone_from(&event.identity);
                self.moment = Moment::of(event.time, &event.kind);
            }
            (identity, _) => *self = Self::of(event, identity.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;
    use crate::event::Kind;
    use crate::timer::Instant;

    #[test]
    fn a_moment_gives_back_time_and_rank_and_orders_by_both() {
        let times = [Instant::MIN, Instant::from_millis(-1), Instant::from_millis(0), Instant::MAX];
        let moments: Vec<Moment> = times
            .iter()
            .flat_map(|time| {
                [Kind::Declared(0), Kind::Declared(9), Kind::Other("x".into())].map(|kind| Moment::of(*time, &kind))
            })
            .collect();
        assert!(moments.is_sorted());
        for (moment, time) in moments.chunks(3).zip(times) {
            assert!(moment.iter().all(|m| m.time() == time));
            assert_eq!([0, 9, Moment::UNDECLARED], [moment[0].rank(), moment[1].rank(), moment[2].rank()]);
        }
    }
}
