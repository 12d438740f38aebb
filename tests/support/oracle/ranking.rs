//! The most frequent or heaviest value.

use std::collections::BTreeMap;

use spicchio_core::event::Value;

use super::evaluate::Sight;
use super::form::number;
use super::history::Happening;
use super::quantity::{Exact, whole};
use crate::definition::{ColumnRef, Path, Type, Window};

impl<'a> Sight<'a> {
    /// The value with the greatest weight: how often it occurs, or the sum of another property. Ties go to the value
    /// whose latest event is the latest, then to the greater.
    pub(super) fn top(&self, column: &'a ColumnRef, weight: Option<&'a Path>, window: &'a Window) -> Option<Value> {
        let mut weights = BTreeMap::<Value, (Exact, &Happening)>::new();
        for event in self.inside(&column.events, window) {
            for (value, weight) in self.weighed(event, column, weight) {
                let (sum, latest) = weights.entry(value).or_insert_with(|| (whole(0), event));
                *sum += weight;
                if event.is_after(latest) {
                    *latest = event;
                }
            }
        }
        let rank = |(value, (sum, latest)): &(Value, (Exact, &'a Happening))| {
            (sum.clone(), latest.place().0, latest.kind.clone(), latest.identity.clone(), value.clone())
        };
        weights.into_iter().max_by_key(rank).map(|(value, _)| value)
    }

    /// The values of one event, or of its line items, each with what it weighs.
    fn weighed(&self, event: &Happening, column: &ColumnRef, weight: Option<&Path>) -> Vec<(Value, Exact)> {
        let values = event.slots(&column.path, &column.ty, self.declarations);
        let weights = weight.map(|path| event.slots(path, &Type::Number, self.declarations));
        let weight = |place: usize| match &weights {
            None => whole(1),
            Some(weights) => weights.get(place).cloned().flatten().as_ref().map_or_else(|| whole(0), number),
        };
        let weighed = values.into_iter().enumerate().map(|(place, value)| value.map(|value| (value, weight(place))));
        weighed.flatten().collect()
    }
}
