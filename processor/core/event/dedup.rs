//! Which ids one topic partition has shown lately, so that a repeated event counts once.
//!
//! Time here is the topic's own: the greatest event time seen. An id is forgotten when the topic's time has moved on
//! by more than `dedup` since the id counted, so the same records in the same order repeat the same way on every
//! machine and after every recovery. A repeat does not extend the time. Kept is a 128-bit hash of customer and id: two
//! that collide would count once, with a chance of about one in 10^27 at a million ids. Not here: events without an
//! id, which are never repeats.

use std::collections::VecDeque;
use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::{Entry, OccupiedEntry};
use xxhash_rust::xxh3::xxh3_128;

use super::Identity;
use crate::customer::CustomerId;
use crate::timer::Instant;

/// An id that was seen, and the topic's time at which it counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The hash of customer and id.
    pub hash: u128,
    /// The topic's time when it counted.
    pub at: Instant,
}

/// The ids of one topic partition.
#[derive(Clone, Debug)]
pub struct Dedup {
    keep_millis: i64,
    topic_time: Instant,
    /// Oldest first; the times never fall.
    sightings: VecDeque<Sighting>,
    /// The hashes of the sightings; never iterated.
    hashes: HashTable<u128>,
    spread: FixedState,
    forgotten_early: u64,
}

impl Dedup {
    /// The most ids kept; at the bound the oldest is forgotten before its time, and counted.
    pub const IDS_MAX: usize = 1_000_000;

    /// An empty memory that keeps ids for `dedup_millis` of the topic's time; 0 or less keeps none, so nothing is a
    /// repeat. `seed` spreads the hashes, and changes no answer.
    pub fn new(dedup_millis: i64, seed: u64) -> Self {
        Self {
            keep_millis: dedup_millis,
            topic_time: Instant::MIN,
            sightings: VecDeque::new(),
            hashes: HashTable::new(),
            spread: FixedState::with_seed(seed),
            forgotten_early: 0,
        }
    }

    /// Whether the event counts: its id was not seen when the topic's time was at most `dedup` ago. Called once for
    /// every event, in the order of the topic.
    pub fn first_sight(&mut self, customer: &CustomerId, identity: &Identity, time: Instant) -> bool {
        self.advance(time);
        let Some(id) = identity.id().filter(|_| self.keep_millis > 0) else { return true };
        let sighting = Sighting { hash: hash(customer, id), at: self.topic_time };
        if !self.remember(sighting) {
            return false;
        }
        if self.sightings.len() > Self::IDS_MAX {
            self.forget_oldest();
            self.forgotten_early += 1;
        }
        true
    }

    /// How many ids were forgotten before their time because there were too many.
    pub const fn forgotten_early(&self) -> u64 {
        self.forgotten_early
    }

    /// The greatest event time seen; [`Instant::MIN`] before the first event.
    pub const fn topic_time(&self) -> Instant {
        self.topic_time
    }

    /// What is kept, oldest first: with [`Dedup::topic_time`] all that a snapshot needs.
    pub fn sightings(&self) -> impl ExactSizeIterator<Item = Sighting> + '_ {
        self.sightings.iter().copied()
    }

    /// Takes back what a snapshot kept, oldest first, into an empty memory.
    pub fn restore(&mut self, topic_time: Instant, sightings: impl IntoIterator<Item = Sighting>) {
        for sighting in sightings {
            self.remember(sighting);
        }
        self.advance(topic_time);
    }

    fn advance(&mut self, time: Instant) {
        if time > self.topic_time {
            self.topic_time = time;
            let oldest = time.plus(self.keep_millis.saturating_neg());
            while self.sightings.front().is_some_and(|sighting| sighting.at < oldest) {
                self.forget_oldest();
            }
        }
    }

    /// Whether it was not there.
    fn remember(&mut self, sighting: Sighting) -> bool {
        let Self { hashes, spread, sightings, .. } = self;
        let (code, same) = (spread.hash_one(sighting.hash), |hash: &u128| *hash == sighting.hash);
        let Entry::Vacant(place) = hashes.entry(code, same, |hash| spread.hash_one(hash)) else { return false };
        place.insert(sighting.hash);
        sightings.push_back(sighting);
        true
    }

    fn forget_oldest(&mut self) {
        if let Some(oldest) = self.sightings.pop_front() {
            let kept = self.hashes.find_entry(self.spread.hash_one(oldest.hash), |hash| *hash == oldest.hash);
            kept.map(OccupiedEntry::remove).ok();
        }
    }
}

/// The customer's length first, so that no two pairs share their bytes.
fn hash(customer: &CustomerId, id: &str) -> u128 {
    let customer = customer.as_str().as_bytes();
    let mut bytes = smallvec::SmallVec::<[u8; 256]>::new();
    bytes.extend_from_slice(&customer.len().to_le_bytes());
    bytes.extend_from_slice(customer);
    bytes.extend_from_slice(id.as_bytes());
    xxh3_128(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `customer id time`, a word `new` or `again`; id `-` for none.
    fn check(dedup_millis: i64, script: &str) -> Dedup {
        let mut dedup = Dedup::new(dedup_millis, 7);
        for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words = line.split_whitespace().collect::<Vec<_>>();
            let [customer, id, time, expected] = words[..] else { panic!("four words: {line}") };
            let identity = if id == "-" { Identity::of_record(b"{}") } else { Identity::of_id(id) };
            let time = Instant::from_millis(time.parse().expect("a time"));
            let new = dedup.first_sight(&CustomerId::new(customer).expect("an id"), &identity, time);
            assert_eq!(if new { "new" } else { "again" }, expected, "{line}");
        }
        dedup
    }

    #[test]
    fn a_repeated_id_counts_once_within_the_time() {
        check(
            100,
            "a 1 1000 new
             a 1 1000 again
             b 1 1000 new
             a 1 1100 again
             a 1 1101 new
             a 1 1101 again",
        );
    }

    #[test]
    fn a_repeat_does_not_extend_the_time() {
        check(100, "a 1 1000 new\n a 1 1090 again\n a 1 1101 new");
    }

    #[test]
    fn time_is_the_topics_and_never_goes_back() {
        check(100, "a 1 1000 new\n z 9 1101 new\n a 1 1000 new\n a 1 500 again");
    }

    #[test]
    fn late_events_are_remembered_from_the_topics_time_on() {
        check(100, "z 9 1000 new\n a 1 10 new\n z 8 1100 new\n a 1 10 again");
    }

    #[test]
    fn events_without_id_and_a_topic_without_dedup_never_repeat() {
        check(100, "a - 1000 new\n a - 1000 new");
        check(0, "a 1 1000 new\n a 1 1000 new");
    }

    #[test]
    fn customer_and_id_are_told_apart() {
        check(100, "ab c 1 new\n a bc 1 new\n abc - 1 new");
    }

    #[test]
    fn the_bound_forgets_the_oldest_and_counts_it() {
        let mut dedup = Dedup::new(i64::MAX, 7);
        let customer = CustomerId::new("a").expect("an id");
        let mut see =
            |n: usize| dedup.first_sight(&customer, &Identity::of_id(&n.to_string()), Instant::from_millis(1));
        assert!((0..=Dedup::IDS_MAX).all(&mut see));
        assert!(!see(1), "within the bound");
        assert!(see(0), "the oldest was forgotten");
        assert_eq!((dedup.forgotten_early(), dedup.sightings().len()), (2, Dedup::IDS_MAX));
    }

    #[test]
    fn a_restored_memory_answers_the_same() {
        let kept = check(100, "a 1 1000 new\n b 2 1050 new\n c 3 1101 new");
        let mut restored = Dedup::new(100, 8);
        restored.restore(kept.topic_time(), kept.sightings());
        let mut see = |customer: &str, id| {
            restored.first_sight(
                &CustomerId::new(customer).expect("an id"),
                &Identity::of_id(id),
                Instant::from_millis(0),
            )
        };
        assert_eq!([see("a", "1"), see("b", "2"), see("c", "3")], [true, false, false]);
    }
}
