//! How many bytes a feature takes of each customer: what `check --explain-cost` says, and a test compares with what the
//! allocator hands out.
//!
//! Counted is what is kept, without the room that lists have left to grow (at most as much again), and without texts
//! longer than 24 bytes, which lie elsewhere.

use super::Amounts;
use super::definition::{Feature, Fold};
use super::edge::Edge;
use super::entries::{Entries, Entry};
use super::history::History;
use super::latest::Latest;
use super::moment::{Moment, Position};
use super::moments::Moments;
use super::peaks::Peaks;
use super::register::Register;
use super::state::{Keyed, KeyedValue, State};
use crate::event::{Number, Value};

/// A state in the list of a customer's states.
const STATE_BYTES: usize = size_of::<State>();

impl Fold {
    /// The bytes of a state that keeps so many entries; `inner`: the features of one value, of a feature by value,
    /// whose entries are values with one entry of each.
    pub fn bytes(&self, entries: usize, inner: &[Feature]) -> usize {
        // The first entries of most lists lie in the list itself.
        let listed = |list: usize, inside: usize, entry: usize| {
            STATE_BYTES + list + if entries > inside { entries * entry } else { 0 }
        };
        match self {
            Self::Total | Self::Record(_) | Self::Edge { identified: false, valued: false, .. } => STATE_BYTES,
            Self::Moments(_) if entries <= 1 => STATE_BYTES,
            Self::Tally => STATE_BYTES + size_of::<(i128, u64)>(),
            Self::Edge { .. } => STATE_BYTES + size_of::<Edge>(),
            Self::Moments(_) => listed(size_of::<Moments>(), Moments::INSIDE, size_of::<Moment>()),
            Self::Amounts { .. } => listed(size_of::<Amounts>(), Amounts::INSIDE, size_of::<(Moment, Number)>()),
            Self::Peaks { .. } => listed(size_of::<Peaks>(), 0, size_of::<(Moment, Number)>()),
            Self::Entries { .. } | Self::Oldest { .. } => {
                listed(size_of::<Entries>(), Entries::INSIDE, size_of::<Entry>())
            }
            Self::Latest { .. } => listed(size_of::<Latest>(), Latest::INSIDE, size_of::<(Moment, Value)>()),
            Self::Register => STATE_BYTES + size_of::<Register>(),
            Self::History => listed(size_of::<History>(), 0, size_of::<(Position, Option<Value>)>()),
            Self::Keyed(_) => {
                let each: usize = inner.iter().map(|feature| feature.fold.bytes(1, &[])).sum();
                listed(size_of::<Keyed>(), 0, size_of::<KeyedValue>() + each)
            }
        }
    }
}

/// The bytes of a customer of whom nothing is measured: its place in the table, its id and what frames its state.
pub fn customer_bytes(id_bytes: usize) -> usize {
    /// Two counters before the text of an id.
    const COUNTERS_BYTES: usize = 2 * size_of::<usize>();
    let slot = size_of::<(crate::customer::CustomerId, Box<crate::customer::Customer>)>();
    slot + COUNTERS_BYTES + id_bytes + size_of::<crate::customer::Customer>()
}
