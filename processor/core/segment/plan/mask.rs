//! A set of segments, as bits by their position in the catalog.

use smallvec::SmallVec;

/// A set of small indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(SmallVec<[u64; 4]>);

impl Mask {
    /// The set whose bits these are, 64 indices a word.
    pub fn of_words(words: &[u64]) -> Self {
        Self(SmallVec::from_slice(words))
    }

    /// Adds an index.
    pub fn insert(&mut self, index: usize) {
        if self.0.len() <= index / 64 {
            self.0.resize(index / 64 + 1, 0);
        }
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    /// Adds all of another.
    pub fn union(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, theirs) in self.0.iter_mut().zip(&other.0) {
            *word |= theirs;
        }
    }

    /// Keeps what is in another too.
    pub fn intersect(&mut self, other: &Self) {
        let theirs = other.0.iter().copied().chain(std::iter::repeat(0));
        for (word, theirs) in self.0.iter_mut().zip(theirs) {
            *word &= theirs;
        }
    }

    /// Whether an index is in it.
    pub fn contains(&self, index: usize) -> bool {
        self.0.get(index / 64).is_some_and(|word| word >> (index % 64) & 1 == 1)
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Empties it.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The indices, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(place, word)| {
            let mut bits = *word;
            std::iter::from_fn(move || {
                let index = (bits != 0).then(|| place * 64 + bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some(index)
            })
        })
    }
}
