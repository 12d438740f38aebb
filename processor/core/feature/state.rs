//! What one feature keeps of one customer: sixteen bytes, the rest behind a box where there is more.

use super::amounts::Amounts;
use super::definition::{Extreme, Feature, Fold, Measured};
use super::edge::Edge;
use super::entries::{Entries, Entry};
use super::history::History;
use super::latest::Latest;
use super::moment::{Moment, Position};
use super::moments::Moments;
use super::peaks::Peaks;
use super::register::Register;
use super::retention::VALUES_MAX;
use super::set::FeatureSet;
use super::tuple::tuple;
use crate::event::{Event, Number, Slot, Value};
use crate::segment::Side;
use crate::timer::Instant;

/// The kept state of a feature that has seen an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// How many events.
    Total(u64),
    /// Sum in millionths, and how many events had the property.
    Tally(Box<(i128, u64)>),
    /// The extreme so far.
    Record(Number),
    /// The first or last event of which only the moment is kept.
    Moment(Moment),
    /// The first or last event.
    Edge(Box<Edge>),
    /// Several moments.
    Moments(Box<Moments>),
    /// Amounts.
    Amounts(Box<Amounts>),
    /// Peaks.
    Peaks(Box<Peaks>),
    /// Events.
    Entries(Box<Entries>),
    /// Latest values.
    Latest(Box<Latest>),
    /// A trait.
    Register(Box<Register>),
    /// A trait with its latest assignments.
    History(Box<History>),
    /// Features by value.
    Keyed(Box<Keyed>),
}

/// Features of their own for each value of a property.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keyed {
    /// The values, in their own order.
    pub values: Vec<KeyedValue>,
    /// Whether values were dropped: those not seen for longest go first.
    pub truncated: bool,
}

/// One value of a property and what is measured for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedValue {
    /// The value.
    pub value: Value,
    /// The latest event with it.
    pub latest: Moment,
    /// The features of that value.
    pub features: FeatureSet,
}

impl Keyed {
    /// The features of a value, made when it is new; nothing when the cap is reached and this value was seen before all
    /// kept ones.
    pub fn entry(&mut self, value: &Value, moment: Moment) -> Option<&mut FeatureSet> {
        let found = self.values.binary_search_by(|kept| kept.value.cmp(value));
        let index = match found {
            Ok(index) => index,
            Err(_) if self.values.len() >= VALUES_MAX => self.replace_oldest(value, moment)?,
            Err(index) => {
                self.values.insert(
                    index,
                    KeyedValue { value: value.clone(), latest: moment, features: FeatureSet::default() },
                );
                index
            }
        };
        let kept = self.values.get_mut(index)?;
        kept.latest = kept.latest.max(moment);
        Some(&mut kept.features)
    }

    fn replace_oldest(&mut self, value: &Value, moment: Moment) -> Option<usize> {
        self.truncated = true;
        let by_age = |(_, a): &(usize, &KeyedValue), (_, b): &(usize, &KeyedValue)| {
            (a.latest, &a.value).cmp(&(b.latest, &b.value))
        };
        let (oldest, kept) = self.values.iter().enumerate().min_by(by_age)?;
        if (kept.latest, &kept.value) > (moment, value) {
            return None;
        }
        self.values.remove(oldest);
        let index = self.values.partition_point(|kept| kept.value < *value);
        self.values.insert(index, KeyedValue { value: value.clone(), latest: moment, features: FeatureSet::default() });
        Some(index)
    }
}

/// An event as one feature sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The event.
    pub event: &'a Event,
    /// The column the feature reads, where it reads one.
    pub slot: Option<&'a Slot>,
    /// The columns it reads beside that one.
    pub beside: &'a [Option<&'a Slot>],
    /// The customer's now.
    pub now: Instant,
}

impl Seen<'_> {
    fn moment(&self) -> Moment {
        Moment::of(self.event.time, &self.event.kind)
    }

    fn amount(&self) -> Option<Number> {
        match self.slot.and_then(Slot::value) {
            Some(Value::Number(number)) => Some(*number),
            Some(
                Value::Boolean(_)
                | Value::Text(_)
                | Value::Instant(_)
                | Value::Date(_)
                | Value::Point(_)
                | Value::List(_)
                | Value::Object(_),
            )
            | None => None,
        }
    }

    fn measured(&self, measured: &Measured) -> Option<Value> {
        match measured {
            Measured::Column => self.slot.and_then(Slot::value).cloned(),
            Measured::Day(zone) => Some(Value::Date(zone.date(self.event.time))),
            Measured::Tuple(zone) => {
                let columns = std::iter::once(&self.slot).chain(self.beside);
                let values = columns.map(|slot| slot.and_then(Slot::value).cloned());
                let day = zone.as_ref().map(|zone| Value::Date(zone.date(self.event.time)));
                Some(tuple(values.chain([day])))
            }
        }
    }
}

/// The state of `feature` after one more event; `state` as it was where the event says nothing to it.
pub(super) fn fold(feature: &Feature, state: Option<State>, seen: &Seen<'_>) -> Option<State> {
    match &feature.fold {
        Fold::Total => Some(State::Total(if let Some(State::Total(total)) = state { total + 1 } else { 1 })),
        Fold::Tally => fold_tally(state, seen),
        Fold::Record(extreme) => fold_record(*extreme, state, seen),
        Fold::Edge { .. } => fold_edge(&feature.fold, state, seen),
        Fold::Oldest { count, valued } => {
            let value = valued.then(|| seen.slot.and_then(Slot::value).cloned()).flatten();
            let mut entries = if let Some(State::Entries(entries)) = state { entries } else { Box::default() };
            entries.add_oldest(Entry { position: Position::of(seen.event, true), value }, *count);
            Some(State::Entries(entries))
        }
        Fold::Moments(retention) => {
            let moment = seen.moment();
            let mut moments = match state {
                Some(State::Moments(moments)) => moments,
                Some(State::Moment(kept)) if retention.newest_only() == Some(1) => {
                    return Some(State::Moment(kept.max(moment)));
                }
                Some(State::Moment(kept)) => {
                    let mut both = Box::new(Moments::of([kept, moment]));
                    both.expire(retention, seen.now);
                    return Some(State::Moments(both));
                }
                Some(_) | None => return Some(State::Moment(moment)),
            };
            moments.add(moment, retention, seen.now);
            Some(State::Moments(moments))
        }
        Fold::Amounts { retention, reach } => {
            let Some(amount) = seen.amount() else { return state };
            let mut amounts = if let Some(State::Amounts(amounts)) = state { amounts } else { Box::default() };
            amounts.add(seen.moment(), amount, retention, *reach, seen.now);
            Some(State::Amounts(amounts))
        }
        Fold::Peaks { extreme, retention } => {
            let Some(amount) = seen.amount() else { return state };
            let mut peaks = if let Some(State::Peaks(peaks)) = state { peaks } else { Box::default() };
            peaks.add(seen.moment(), amount, *extreme, retention, seen.now);
            Some(State::Peaks(peaks))
        }
        Fold::Entries { retention, identified, measured } => {
            let value = measured.as_ref().and_then(|measured| seen.measured(measured));
            let mut entries = if let Some(State::Entries(entries)) = state { entries } else { Box::default() };
            entries.add(Entry { position: Position::of(seen.event, *identified), value }, retention, seen.now);
            Some(State::Entries(entries))
        }
        Fold::Latest { retention, measured } => {
            let Some(value) = seen.measured(measured) else { return state };
            let mut latest = if let Some(State::Latest(latest)) = state { latest } else { Box::default() };
            latest.add(seen.moment(), value, retention, seen.now);
            Some(State::Latest(latest))
        }
        Fold::Register => {
            let current = if let Some(State::Register(register)) = state { Some(*register) } else { None };
            let register = Register::assign(current, seen.event, seen.slot.unwrap_or(&Slot::Absent));
            register.map(|register| State::Register(Box::new(register)))
        }
        Fold::History => {
            let mut history = if let Some(State::History(history)) = state { history } else { Box::default() };
            history.assign(seen.event, seen.slot.unwrap_or(&Slot::Absent));
            Some(State::History(history))
        }
        Fold::Keyed(_) => state,
    }
}

/// Whether a condition may see something else in `state` once the event is folded in: not where the newest value is the
/// one before, or where the event lies behind the one that is kept.
pub(super) fn says_anew(feature: &Feature, state: &State, seen: &Seen<'_>) -> bool {
    match (&feature.fold, state) {
        (Fold::Edge { side, valued: true, slides, .. }, State::Edge(edge)) => {
            (*slides || edge.value.as_ref() != seen.slot.and_then(Slot::value)) && edge.is_behind(seen.event, *side)
        }
        (Fold::Edge { side: Side::First, .. }, State::Moment(kept)) => seen.moment() < *kept,
        (Fold::Edge { side: Side::Last, .. }, State::Moment(kept)) => seen.moment() > *kept,
        (Fold::Record(extreme), State::Record(kept)) => {
            seen.amount().is_some_and(|amount| !extreme.covers(*kept, amount))
        }
        (Fold::Register, State::Register(register)) => register.value.as_ref() != seen.slot.and_then(Slot::value),
        (_, _) => true,
    }
}

fn fold_tally(state: Option<State>, seen: &Seen<'_>) -> Option<State> {
    let Some(amount) = seen.amount() else { return state };
    let mut tally = if let Some(State::Tally(tally)) = state { tally } else { Box::default() };
    tally.0 += i128::from(amount.millionths());
    tally.1 += 1;
    Some(State::Tally(tally))
}

fn fold_record(extreme: Extreme, state: Option<State>, seen: &Seen<'_>) -> Option<State> {
    let Some(amount) = seen.amount() else { return state };
    match state {
        Some(State::Record(kept)) if extreme.covers(kept, amount) => Some(State::Record(kept)),
        Some(_) | None => Some(State::Record(amount)),
    }
}

fn fold_edge(fold: &Fold, state: Option<State>, seen: &Seen<'_>) -> Option<State> {
    let Fold::Edge { side, identified, valued, .. } = fold else { return state };
    if !identified && !valued {
        let moment = seen.moment();
        let outer = match (state, side) {
            (Some(State::Moment(kept)), Side::First) => kept.min(moment),
            (Some(State::Moment(kept)), Side::Last) => kept.max(moment),
            (Some(_) | None, _) => moment,
        };
        return Some(State::Moment(outer));
    }
    match state {
        Some(State::Edge(edge)) if !edge.is_behind(seen.event, *side) => Some(State::Edge(edge)),
        state => {
            let value = valued.then(|| seen.slot.and_then(Slot::value).cloned()).flatten();
            let Some(State::Edge(mut edge)) = state else {
                return Some(State::Edge(Box::new(Edge { position: Position::of(seen.event, true), value })));
            };
            edge.position.move_to(seen.event);
            edge.value = value;
            Some(State::Edge(edge))
        }
    }
}

/// Drops from `state` what no reader needs at `now` or later.
pub(super) fn expire(feature: &Feature, groups: &[Vec<Feature>], state: &mut State, now: Instant) {
    match (&feature.fold, state) {
        (Fold::Moments(retention), state @ State::Moment(_)) => {
            let State::Moment(moment) = *state else { return };
            if retention.needed(1, now, |_| moment.time()) == 0 {
                *state = State::Moments(Box::default());
            }
        }
        (Fold::Moments(retention), State::Moments(moments)) => moments.expire(retention, now),
        (Fold::Amounts { retention, reach }, State::Amounts(amounts)) => amounts.expire(retention, *reach, now),
        (Fold::Peaks { retention, .. }, State::Peaks(peaks)) => peaks.expire(retention, now),
        (Fold::Entries { retention, .. }, State::Entries(entries)) => entries.expire(retention, now),
        (Fold::Latest { retention, .. }, State::Latest(latest)) => latest.expire(retention, now),
        (Fold::Keyed(group), State::Keyed(keyed)) => {
            let features = groups.get(*group).map_or(&[][..], Vec::as_slice);
            keyed.values.iter_mut().for_each(|one| one.features.expire(features, &[], now));
        }
        (_, _) => {}
    }
}
