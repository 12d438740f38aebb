//! Chance that repeats itself: the same seed gives the same shop, event for event.

/// A stream of numbers that look like chance (`SplitMix64`).
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included; `low` where they are not in that order.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).unwrap_or(0) + 1;
        low + i64::try_from(self.next() % width).unwrap_or(0)
    }

    /// True that many times out of a hundred.
    pub(super) fn percent(&mut self, times: u8) -> bool {
        self.next() % 100 < u64::from(times)
    }

    /// One of these; nothing of an empty list.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).unwrap_or(0).max(1);
        from.get(usize::try_from(self.next() % count).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_within_bounds() {
        let numbers = |seed: u64| -> Vec<i64> {
            let mut chance = Chance::new(seed);
            (0..1000).map(|_| chance.between(-3, 4)).collect()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        for wanted in -3..=4 {
            assert!(numbers(7).contains(&wanted), "{wanted}");
        }
        assert!(numbers(7).iter().all(|number| (-3..=4).contains(number)));
        assert_eq!(Chance::new(1).pick::<u8>(&[]), None);
        assert_eq!(Chance::new(1).between(5, 4), 5);
    }
}
