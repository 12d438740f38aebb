//! Where a customer stands with segments and ladders, and since when: what has been announced, or is about to be.

use crate::timer::Instant;

/// Where a customer stands with one segment or ladder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// Not in the segment, or in no stage.
    #[default]
    Outside,
    /// In the segment.
    Inside,
    /// In that stage of the ladder; the one after the last that is written is `otherwise`.
    Stage(u16),
}

impl Place {
    /// The stage of that position; positions beyond 65,535 do not occur, ladders are shorter.
    pub fn stage(index: usize) -> Self {
        Self::Stage(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Its position among the standings that are counted, unless outside.
    pub fn index(self) -> Option<usize> {
        match self {
            Self::Outside => None,
            Self::Inside => Some(0),
            Self::Stage(stage) => Some(usize::from(stage)),
        }
    }
}

/// Where, and since when that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where.
    pub place: Place,
    /// Since when; nothing for who was never inside, or was long enough ago that it does not matter.
    pub since: Option<Instant>,
}

/// Standings by the position of the segment or ladder in the catalog, ascending.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memberships(Vec<(u16, Place, Instant)>);

impl Memberships {
    /// Nothing: the standings of nobody.
    pub const NONE: &'static Self = &Self(Vec::new());

    /// Where the customer stands with that segment or ladder.
    pub fn standing(&self, segment: usize) -> Standing {
        let found = self.position(segment).ok().and_then(|index| self.0.get(index));
        found.map_or(Standing::default(), |(_, place, since)| Standing { place: *place, since: Some(*since) })
    }

    /// Since when the customer is in that segment or in its stage, where it is in one.
    pub fn since(&self, segment: usize) -> Option<Instant> {
        let standing = self.standing(segment);
        standing.since.filter(|_| standing.place != Place::Outside)
    }

    /// Notes where the customer stands from now on; being outside is remembered as well.
    pub fn set(&mut self, segment: usize, place: Place, since: Instant) {
        let Ok(number) = u16::try_from(segment) else { return };
        match self.position(segment) {
            Ok(index) => {
                if let Some(entry) = self.0.get_mut(index) {
                    *entry = (number, place, since);
                }
            }
            Err(index) => {
                if self.0.len() == self.0.capacity() {
                    self.0.reserve_exact(2);
                }
                self.0.insert(index, (number, place, since));
            }
        }
    }

    /// Forgets a segment or ladder.
    pub fn remove(&mut self, segment: usize) {
        if let Ok(index) = self.position(segment) {
            self.0.remove(index);
        }
    }

    /// What is remembered, ascending: position, place, since.
    pub fn iter(&self) -> impl Iterator<Item = (usize, Place, Instant)> + '_ {
        self.0.iter().map(|(segment, place, since)| (usize::from(*segment), *place, *since))
    }

    fn position(&self, segment: usize) -> Result<usize, usize> {
        self.0.binary_search_by_key(&segment, |(known, ..)| usize::from(*known))
    }
}
