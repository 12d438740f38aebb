//! Which segments are the same people, or nearly: exact, by counting every customer once.

use crate::customer::{Customer, Place};
use crate::segment::Catalog;

/// The most audiences that are compared with each other: the counts take 8 bytes for each two of them, 64 MiB in all.
/// Beyond it none are compared.
pub const PLACES_MAX: usize = 4_096;

/// The members of a segment, or of one stage of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The position of the segment or ladder in the catalog.
    pub segment: usize,
    /// Inside it, or the stage.
    pub place: Place,
    /// How many there are.
    pub members: u64,
}

/// Two audiences of which more than nine tenths of the smaller are in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The smaller; of equal sizes the one named first.
    pub smaller: Audience,
    /// The other.
    pub larger: Audience,
    /// How many are in both.
    pub both: u64,
}

impl Overlap {
    /// Whether they are the same customers.
    pub const fn is_equal(&self) -> bool {
        self.both == self.larger.members
    }
}

/// Counts of all audiences and of each two of them.
#[derive(Clone, Debug)]
pub struct Overlaps {
    /// Of each segment or ladder, the number of its first audience.
    first: Vec<usize>,
    /// Of each audience, whose it is.
    places: Vec<(usize, Place)>,
    /// Of each two audiences how many are in both, of each one how many there are: row by row, each up to itself.
    counts: Vec<u64>,
}

impl Overlaps {
    /// Nobody counted yet; nothing where the catalog has more than [`PLACES_MAX`] audiences.
    pub fn new(catalog: &Catalog) -> Option<Self> {
        let mut places = Vec::new();
        let mut first = Vec::with_capacity(catalog.segments().len());
        for (index, segment) in catalog.segments().iter().enumerate() {
            first.push(places.len());
            match segment.stages().len() {
                0 => places.push((index, Place::Inside)),
                stages => places.extend((0..stages).map(|stage| (index, Place::stage(stage)))),
            }
        }
        let counts = vec![0; if places.len() > PLACES_MAX { 0 } else { row(places.len()) }];
        (places.len() <= PLACES_MAX).then_some(Self { first, places, counts })
    }

    /// Counts a customer.
    pub fn add(&mut self, customer: &Customer) {
        let inside = customer.memberships.iter().filter_map(|(segment, place, _)| {
            let first = self.first.get(segment)?;
            Some(first + place.index()?)
        });
        let inside: Vec<usize> = inside.collect();
        for (rank, one) in inside.iter().enumerate() {
            for other in inside.iter().take(rank + 1) {
                if let Some(count) = self.counts.get_mut(row(*one) + other) {
                    *count += 1;
                }
            }
        }
    }

    /// All two audiences of which more than nine tenths of the smaller are in both, in the order of the catalog.
    pub fn found(&self) -> Vec<Overlap> {
        let audience = |number: usize| {
            let (segment, place) = self.places.get(number).copied()?;
            Some(Audience { segment, place, members: self.both(number, number) })
        };
        let mut found = Vec::new();
        for (one, other) in (0..self.places.len()).flat_map(|other| (0..other).map(move |one| (one, other))) {
            let both = self.both(one, other);
            let Some((one, other)) = audience(one).zip(audience(other)) else { continue };
            let (smaller, larger) = if one.members <= other.members { (one, other) } else { (other, one) };
            if both > 0 && u128::from(both) * 10 > u128::from(smaller.members) * 9 {
                found.push(Overlap { smaller, larger, both });
            }
        }
        found.sort_by_key(|overlap| (overlap.smaller.segment, overlap.smaller.place.index(), overlap.larger.segment));
        found
    }

    fn both(&self, one: usize, other: usize) -> u64 {
        self.counts.get(row(one.max(other)) + one.min(other)).copied().unwrap_or(0)
    }
}

/// Where a row of the triangle begins.
const fn row(number: usize) -> usize {
    number * (number + 1) / 2
}
