//! Who was erased, and up to when: the past of these customers is refused for ever.
//!
//! Kept is a 128-bit hash of the id, so that no byte of it is. Not here: what ends with a customer (`engine`).

use std::collections::{BTreeMap, BTreeSet};

use xxhash_rust::xxh3::xxh3_128;

use crate::timer::Instant;

/// The instants up to which customers were erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasures {
    by_customer: BTreeMap<u128, Instant>,
    by_age: BTreeSet<(Instant, u128)>,
}

impl Erasures {
    /// The most erasures kept; beyond it the one of the oldest instant is forgotten, whose events are the first to be
    /// refused as too late anyway.
    pub const ERASURES_MAX: usize = 1_000_000;

    /// Notes that everything of a customer up to that instant is erased.
    pub fn add(&mut self, customer: &str, up_to: Instant) {
        self.put(hash(customer), up_to);
    }

    /// Whether an event of that time belongs to an erased past.
    pub fn cover(&self, customer: &str, time: Instant) -> bool {
        !self.by_customer.is_empty() && self.by_customer.get(&hash(customer)).is_some_and(|up_to| time <= *up_to)
    }

    /// All of them, by hash: what a snapshot keeps.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u128, Instant)> + '_ {
        self.by_customer.iter().map(|(hash, up_to)| (*hash, *up_to))
    }

    /// Takes back what a snapshot kept.
    pub fn put(&mut self, hash: u128, up_to: Instant) {
        let known = self.by_customer.get(&hash).copied();
        if known.is_some_and(|known| known >= up_to) {
            return;
        }
        if let Some(known) = known {
            self.by_age.remove(&(known, hash));
        }
        self.by_customer.insert(hash, up_to);
        self.by_age.insert((up_to, hash));
        if self.by_customer.len() > Self::ERASURES_MAX
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_customer.remove(&oldest);
        }
    }
}

fn hash(customer: &str) -> u128 {
    xxh3_128(customer.as_bytes())
}
