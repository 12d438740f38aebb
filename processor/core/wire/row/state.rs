//! What one feature keeps, as a row. A new kind of state is a variant at the end of [`StateRow`], and an arm in each of
//! the two functions.

use serde::{Deserialize, Serialize};

use super::RowError;
use super::leaf::{Distances, PositionRow, ValueRow};
use crate::event::{Number, Value};
use crate::feature::{
    Amounts, Edge, Entries, Entry, FeatureSet, History, Keyed, KeyedValue, Latest, Moment, Moments, Peaks, Register,
    State,
};
use crate::timer::Instant;

/// The state of a feature; `V` is a value, borrowed when it is written and owned when it is read. The order of the
/// variants is part of the layout.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "ValueRow<V>: Deserialize<'de>", serialize = "ValueRow<V>: Serialize"))]
pub(super) enum StateRow<'a, V> {
    Total(u64),
    Tally(i128, u64),
    Record(i64),
    Moment(u64),
    Edge(#[serde(borrow)] PositionRow<'a>, Option<ValueRow<V>>),
    Moments { kept: Vec<u64>, truncated: bool },
    Amounts { kept: Vec<(u64, i64)>, truncated: bool, shortened: bool },
    Peaks { kept: Vec<(u64, i64)>, truncated: bool },
    Entries { kept: Vec<(PositionRow<'a>, Option<ValueRow<V>>)>, truncated: bool },
    Latest { kept: Vec<(u64, ValueRow<V>)>, truncated: bool },
    Register(PositionRow<'a>, Option<ValueRow<V>>),
    Keyed { values: Vec<KeyedRow<'a, V>>, truncated: bool },
    History { assigned: Vec<(PositionRow<'a>, Option<ValueRow<V>>)>, began: Option<i64> },
}

/// What is kept for one value of a property.
#[derive(Serialize, Deserialize)]
#[serde(bound(deserialize = "ValueRow<V>: Deserialize<'de>", serialize = "ValueRow<V>: Serialize"))]
pub(super) struct KeyedRow<'a, V> {
    value: ValueRow<V>,
    latest: u64,
    #[serde(borrow)]
    features: FeaturesRow<'a, V>,
}

/// Features by index, ascending.
pub(super) type FeaturesRow<'a, V> = Vec<(u32, StateRow<'a, V>)>;

/// The row of a set of features.
pub(super) fn features_row(features: &FeatureSet) -> FeaturesRow<'_, &Value> {
    features.iter().map(|(index, state)| (u32::try_from(index).unwrap_or(u32::MAX), row(state))).collect()
}

/// The set of features of a row.
pub(super) fn features(row: FeaturesRow<'_, Value>) -> Result<FeatureSet, RowError> {
    let mut features = FeatureSet::with_capacity(row.len());
    let mut least = 0;
    for (index, row) in row {
        if index < least || index > FEATURE_MAX {
            return Err(RowError::Content("features out of order"));
        }
        least = index + 1;
        features.put_back(index as usize, state(row)?);
    }
    Ok(features)
}

/// The greatest index of a feature that is read: no catalog has so many, and each costs a bit of every customer.
const FEATURE_MAX: u32 = 1 << 20;

fn row(state: &State) -> StateRow<'_, &Value> {
    match state {
        State::Total(total) => StateRow::Total(*total),
        State::Tally(tally) => StateRow::Tally(tally.0, tally.1),
        State::Record(number) => StateRow::Record(number.millionths()),
        State::Moment(moment) => StateRow::Moment(moment.word()),
        State::Edge(edge) => StateRow::Edge((&edge.position).into(), edge.value.as_ref().map(ValueRow)),
        State::Moments(moments) => {
            let mut distances = Distances::default();
            let kept = moments.as_slice().iter().map(|moment| distances.to(*moment)).collect();
            StateRow::Moments { kept, truncated: moments.truncated() }
        }
        State::Amounts(amounts) => StateRow::Amounts {
            kept: pairs(amounts.as_slice()),
            truncated: amounts.truncated(),
            shortened: amounts.shortened(),
        },
        State::Peaks(peaks) => StateRow::Peaks { kept: pairs(peaks.as_slice()), truncated: peaks.truncated() },
        State::Entries(entries) => StateRow::Entries {
            kept: entries.as_slice().iter().map(entry_row).collect(),
            truncated: entries.truncated(),
        },
        State::Latest(latest) => {
            let kept = latest.as_slice().iter().map(|(moment, value)| (moment.word(), ValueRow(value))).collect();
            StateRow::Latest { kept, truncated: latest.truncated() }
        }
        State::Register(register) => {
            StateRow::Register((&register.assigned).into(), register.value.as_ref().map(ValueRow))
        }
        State::History(history) => {
            let (assigned, began) = history.parts();
            let assigned = assigned.iter().map(|(position, value)| (position.into(), value.as_ref().map(ValueRow)));
            StateRow::History { assigned: assigned.collect(), began: began.map(Instant::millis) }
        }
        State::Keyed(keyed) => {
            StateRow::Keyed { values: keyed.values.iter().map(keyed_row).collect(), truncated: keyed.truncated }
        }
    }
}

fn entry_row(entry: &Entry) -> (PositionRow<'_>, Option<ValueRow<&Value>>) {
    ((&entry.position).into(), entry.value.as_ref().map(ValueRow))
}

fn keyed_row(one: &KeyedValue) -> KeyedRow<'_, &Value> {
    KeyedRow { value: ValueRow(&one.value), latest: one.latest.word(), features: features_row(&one.features) }
}

fn state(row: StateRow<'_, Value>) -> Result<State, RowError> {
    let unsorted = || RowError::Content("a list out of order or beyond its cap");
    let owned = |value: Option<ValueRow<Value>>| value.map(|value| value.0);
    Ok(match row {
        StateRow::Total(total) => State::Total(total),
        StateRow::Tally(sum, count) => State::Tally(Box::new((sum, count))),
        StateRow::Record(millionths) => State::Record(Number::from_millionths(millionths)),
        StateRow::Moment(word) => State::Moment(Moment::of_word(word)),
        StateRow::Edge(position, value) => {
            State::Edge(Box::new(Edge { position: position.into(), value: owned(value) }))
        }
        StateRow::Moments { kept, truncated } => {
            let mut distances = Distances::default();
            let kept = kept.into_iter().map(|distance| distances.from(distance)).collect();
            State::Moments(Box::new(Moments::restored(kept, truncated).ok_or_else(unsorted)?))
        }
        StateRow::Amounts { kept, truncated, shortened } => {
            State::Amounts(Box::new(Amounts::restored(unpaired(kept), truncated, shortened).ok_or_else(unsorted)?))
        }
        StateRow::Peaks { kept, truncated } => {
            State::Peaks(Box::new(Peaks::restored(unpaired(kept), truncated).ok_or_else(unsorted)?))
        }
        StateRow::Entries { kept, truncated } => {
            let entry =
                |(position, value): (PositionRow<'_>, _)| Entry { position: position.into(), value: owned(value) };
            let kept = kept.into_iter().map(entry).collect();
            State::Entries(Box::new(Entries::restored(kept, truncated).ok_or_else(unsorted)?))
        }
        StateRow::Latest { kept, truncated } => {
            let kept = kept.into_iter().map(|(word, value)| (Moment::of_word(word), value.0)).collect();
            State::Latest(Box::new(Latest::restored(kept, truncated).ok_or_else(unsorted)?))
        }
        StateRow::Register(position, value) => {
            State::Register(Box::new(Register { assigned: position.into(), value: owned(value) }))
        }
        StateRow::History { assigned, began } => {
            let assigned = assigned.into_iter().map(|(position, value)| (position.into(), owned(value))).collect();
            let history = History::restored(assigned, began.map(Instant::from_millis));
            State::History(Box::new(history.ok_or_else(unsorted)?))
        }
        StateRow::Keyed { values, truncated } => State::Keyed(Box::new(keyed(values, truncated)?)),
    })
}

fn keyed(rows: Vec<KeyedRow<'_, Value>>, truncated: bool) -> Result<Keyed, RowError> {
    let mut values = Vec::with_capacity(rows.len());
    for row in rows {
        let latest = Moment::of_word(row.latest);
        values.push(KeyedValue { value: row.value.0, latest, features: features(row.features)? });
    }
    if !values.is_sorted_by(|a, b| a.value < b.value) {
        return Err(RowError::Content("values out of order"));
    }
    Ok(Keyed { values, truncated })
}

fn pairs(kept: &[(Moment, Number)]) -> Vec<(u64, i64)> {
    let mut distances = Distances::default();
    kept.iter().map(|(moment, number)| (distances.to(*moment), number.millionths())).collect()
}

fn unpaired(kept: Vec<(u64, i64)>) -> Vec<(Moment, Number)> {
    let mut distances = Distances::default();
    let pair = |(distance, millionths)| (distances.from(distance), Number::from_millionths(millionths));
    kept.into_iter().map(pair).collect()
}
