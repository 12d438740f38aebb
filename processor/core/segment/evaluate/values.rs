//! The values of a property in a window: all different ones, or the one that most events have.

use std::collections::BTreeMap;

use super::View;
use super::datum::Datum;
use super::orders::{items, settled};
use super::reading::Measurement;
use super::window::Window;
use crate::event::{Number, Value};
use crate::feature::{Item, Kept, tuple_at};
use crate::segment::plan::Measure;

/// The different values, in their own order.
pub(super) fn values<'a>(measure: &'a Measure, view: &View<'a>) -> Measurement<'a> {
    let window = Window::at(&measure.span, view);
    let mut until = window.until;
    let mut values: Vec<&Value> = Vec::new();
    for item in items(measure, view) {
        if !window.holds(&item) {
            until = window.enters(item.moment).map_or(until, |enters| until.min(enters));
            continue;
        }
        until = until.min(window.leaves(item.moment));
        if let Some(Kept::Value(value)) = item.value {
            values.push(value);
        }
    }
    values.sort_unstable();
    values.dedup();
    Measurement { datum: Datum::Values(values), until }
}

/// How much speaks for a value.
struct Weight<'a> {
    /// How many events, or the sum of their weights in millionths.
    sum: i128,
    latest: Item<'a>,
}

/// The value with the greatest weight; of equal ones that whose latest event is the latest, then the greater.
pub(super) fn top<'a>(measure: &'a Measure, weighed: bool, view: &View<'a>) -> Measurement<'a> {
    let window = Window::at(&measure.span, view);
    let mut until = window.until;
    let mut weights: BTreeMap<&Value, Weight<'a>> = BTreeMap::new();
    for item in settled(measure, view) {
        if !window.holds(&item) {
            until = window.enters(item.moment).map_or(until, |enters| until.min(enters));
            continue;
        }
        until = until.min(window.leaves(item.moment));
        let Some((value, weight)) = weighed_value(&item, measure.place, weighed) else { continue };
        // From the newest on: the first event with a value is its latest.
        weights.entry(value).or_insert(Weight { sum: 0, latest: item }).sum += weight;
    }
    let greatest = weights.into_iter().reduce(|best, other| {
        let (sum, most) = (other.1.sum, best.1.sum);
        let wins = sum > most || sum == most && !best.1.latest.is_after(&other.1.latest);
        if wins { other } else { best }
    });
    Measurement { datum: greatest.map_or(Datum::None, |(value, _)| Datum::of(value)), until }
}

/// The value of an event and what it adds.
fn weighed_value<'a>(item: &Item<'a>, place: Option<usize>, weighed: bool) -> Option<(&'a Value, i128)> {
    let Some(Kept::Value(kept)) = item.value else { return None };
    let Some(place) = place else { return Some((kept, 1)) };
    let value = tuple_at(kept, place)?;
    let weight = match tuple_at(kept, place + 1).filter(|_| weighed) {
        Some(Value::Number(number)) => i128::from(number.millionths()),
        Some(_) | None if weighed => 0,
        Some(_) | None => i128::from(Number::SCALE),
    };
    Some((value, weight))
}
