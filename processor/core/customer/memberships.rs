//! The segments a customer is in, and since when: what has been announced, or is about to be.

use crate::timer::Instant;

/// Memberships by the segment's position in the catalog, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships(Vec<(u16, Instant)>);

impl Memberships {
    /// Since when the customer is in that segment, where it is.
    pub fn since(&self, segment: usize) -> Option<Instant> {
        let index = self.place(segment).ok()?;
        self.0.get(index).map(|(_, since)| *since)
    }

    /// Enters a segment; one that it is in already keeps its date.
    pub fn enter(&mut self, segment: usize, since: Instant) {
        if let (Err(index), Ok(segment)) = (self.place(segment), u16::try_from(segment)) {
            if self.0.len() == self.0.capacity() {
                self.0.reserve_exact(2);
            }
            self.0.insert(index, (segment, since));
        }
    }

    /// Leaves a segment, and tells since when the customer was in it.
    pub fn leave(&mut self, segment: usize) -> Option<Instant> {
        let index = self.place(segment).ok()?;
        Some(self.0.remove(index).1)
    }

    /// The segments and since when, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Instant)> + '_ {
        self.0.iter().map(|(segment, since)| (usize::from(*segment), *since))
    }

    fn place(&self, segment: usize) -> Result<usize, usize> {
        self.0.binary_search_by_key(&segment, |(known, _)| usize::from(*known))
    }
}
