//! The features of one customer, or of one value of one customer: a bit for each that has seen an event, and their
//! states packed in order.

use smallvec::SmallVec;

use super::definition::Feature;
use super::state::{Seen, State, expire, fold, says_anew};
use crate::timer::Instant;

/// States by feature index; most customers have few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureSet {
    present: SmallVec<[u64; 2]>,
    states: Vec<State>,
}

const BITS: usize = 64;

impl FeatureSet {
    /// The state of a feature, where it has seen an event.
    pub fn state(&self, feature: usize) -> Option<&State> {
        self.has(feature).then(|| self.states.get(self.rank(feature))).flatten()
    }

    /// The state of a feature, made by `default` when it has seen none.
    pub fn state_or_insert(&mut self, feature: usize, default: impl FnOnce() -> State) -> Option<&mut State> {
        if !self.has(feature) {
            self.insert(feature, default());
        }
        let rank = self.rank(feature);
        self.states.get_mut(rank)
    }

    /// Folds an event into one feature; whether a condition may now see something else in it.
    pub fn fold(&mut self, index: usize, feature: &Feature, seen: &Seen<'_>) -> bool {
        if !self.has(index) {
            let state = fold(feature, None, seen);
            let anew = state.is_some();
            if let Some(state) = state {
                self.insert(index, state);
            }
            return anew;
        }
        let rank = self.rank(index);
        let Some(place) = self.states.get_mut(rank) else { return false };
        let anew = says_anew(feature, place, seen);
        let state = std::mem::replace(place, State::Total(0));
        if let Some(state) = fold(feature, Some(state), seen) {
            *place = state;
        }
        anew
    }

    /// The features that have seen an event, ascending.
    pub fn present(&self) -> impl Iterator<Item = usize> + '_ {
        indices(&self.present)
    }

    /// Drops what no reader needs at `now` or later, and the states of which nothing is left. `groups`: the features by
    /// value.
    pub fn expire(&mut self, features: &[Feature], groups: &[Vec<Feature>], now: Instant) {
        let mut emptied = SmallVec::<[usize; 8]>::new();
        for (index, state) in indices(&self.present).zip(&mut self.states) {
            let Some(feature) = features.get(index).filter(|feature| feature.fold.expires()) else { continue };
            expire(feature, groups, state, now);
            if state.is_empty() {
                emptied.push(index);
            }
        }
        for index in emptied {
            let rank = self.rank(index);
            self.states.remove(rank);
            if let Some(word) = self.present.get_mut(index / BITS) {
                *word &= !(1 << (index % BITS));
            }
        }
    }

    /// A set without features that has room for so many.
    pub fn with_capacity(states: usize) -> Self {
        Self { present: SmallVec::new(), states: Vec::with_capacity(states) }
    }

    /// The features that have seen an event, ascending, with their states.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &State)> + '_ {
        self.present().zip(&self.states)
    }

    /// Takes back the state of a feature as it was kept; false where there is one already.
    pub fn put_back(&mut self, feature: usize, state: State) -> bool {
        let new = !self.has(feature);
        if new {
            self.insert(feature, state);
        }
        new
    }

    fn has(&self, feature: usize) -> bool {
        self.present.get(feature / BITS).is_some_and(|word| word >> (feature % BITS) & 1 == 1)
    }

    fn rank(&self, feature: usize) -> usize {
        let whole = self.present.iter().take(feature / BITS).map(|word| word.count_ones()).sum::<u32>();
        let below = (1_u64 << (feature % BITS)) - 1;
        let part = self.present.get(feature / BITS).map_or(0, |word| (word & below).count_ones());
        (whole + part) as usize
    }

    fn insert(&mut self, feature: usize, state: State) {
        let rank = self.rank(feature);
        if self.present.len() <= feature / BITS {
            self.present.resize(feature / BITS + 1, 0);
        }
        if let Some(word) = self.present.get_mut(feature / BITS) {
            *word |= 1 << (feature % BITS);
        }
        if self.states.len() == self.states.capacity() {
            self.states.reserve_exact(1 + self.states.len() / 2);
        }
        self.states.insert(rank.min(self.states.len()), state);
    }
}

/// The places of the bits that are set, ascending.
fn indices(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(word, bits)| {
        let mut bits = *bits;
        std::iter::from_fn(move || {
            let index = (bits != 0).then(|| word * BITS + bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(index)
        })
    })
}
