//! The segments whose answer for a customer ends by time: all others change by an event alone.
//!
//! Derived, like the deadline, and never stored: every evaluation says for its segment whether time can still change
//! what it found. When a deadline fires, nothing else has to be evaluated.

use smallvec::SmallVec;

use crate::segment::plan::Mask;

/// A bit for each segment, by its position in the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending(SmallVec<[u64; 2]>);

const BITS: usize = 64;

impl Pending {
    /// Notes whether time alone can change what was found for a segment.
    pub fn set(&mut self, segment: usize, changes: bool) {
        if changes && self.0.len() <= segment / BITS {
            self.0.resize(segment / BITS + 1, 0);
        }
        if let Some(word) = self.0.get_mut(segment / BITS) {
            let bit = 1 << (segment % BITS);
            *word = if changes { *word | bit } else { *word & !bit };
        }
    }

    /// The segments that time alone can change.
    pub fn segments(&self) -> Mask {
        Mask::of_words(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;

    #[test]
    fn what_was_noted_last_counts() {
        let mut pending = Pending::default();
        for (segment, changes) in
            [(3, true), (64, true), (200, true), (200, false), (3, false), (7, false), (999, false)]
        {
            pending.set(segment, changes);
        }
        assert_eq!(pending.segments().iter().collect::<Vec<_>>(), [64]);
    }
}
