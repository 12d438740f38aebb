//! What a state keeps, seen as one sequence of events, newest first.
//!
//! Every reading of a window walks this; which list is behind it only decides what each item knows.

use super::moment::Moment;
use super::state::State;
use crate::event::{Identity, Kind, Number, Value};
use crate::timer::Instant;

/// A kept event as far as its list knows it.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Time and rank.
    pub moment: Moment,
    /// Identity, where ties matter.
    pub identity: Option<&'a Identity>,
    /// The property's value, where it is kept and the event has it.
    pub value: Option<Kept<'a>>,
}

/// A kept value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kept<'a> {
    /// A number from a list of amounts.
    Amount(Number),
    /// Any value.
    Value(&'a Value),
}

impl Item<'_> {
    /// The place before all events of an instant.
    pub fn at(instant: Instant) -> Self {
        Self::bare(Moment::of(instant, &Kind::Declared(0)))
    }

    const fn bare(moment: Moment) -> Self {
        Self { moment, identity: None, value: None }
    }

    const fn amount((moment, amount): (Moment, Number)) -> Self {
        Self { moment, identity: None, value: Some(Kept::Amount(amount)) }
    }

    /// The value as a number.
    pub fn number(&self) -> Option<Number> {
        match self.value? {
            Kept::Amount(number) => Some(number),
            Kept::Value(Value::Number(number)) => Some(*number),
            Kept::Value(_) => None,
        }
    }

    /// Whether it stands after another event in the order of events.
    pub fn is_after(&self, other: &Item<'_>) -> bool {
        match (self.identity, other.identity) {
            (Some(mine), Some(theirs)) => (self.moment, mine) > (other.moment, theirs),
            (Some(_) | None, _) => self.moment > other.moment,
        }
    }
}

impl State {
    /// How many events are kept one by one.
    pub fn kept_len(&self) -> usize {
        match self {
            Self::Moment(_) | Self::Edge(_) => 1,
            Self::Moments(moments) => moments.as_slice().len(),
            Self::Amounts(amounts) => amounts.as_slice().len(),
            Self::Peaks(peaks) => peaks.as_slice().len(),
            Self::Entries(entries) => entries.as_slice().len(),
            Self::Latest(latest) => latest.as_slice().len(),
            Self::Total(_)
            | Self::Tally(_)
            | Self::Record(_)
            | Self::Register(_)
            | Self::History(_)
            | Self::Keyed(_) => 0,
        }
    }

    /// Whether it is a list of which nothing is left.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Moments(_) | Self::Amounts(_) | Self::Peaks(_) | Self::Entries(_) | Self::Latest(_) => {
                self.kept_len() == 0
            }
            Self::Keyed(keyed) => keyed.values.is_empty(),
            Self::Total(_)
            | Self::Tally(_)
            | Self::Record(_)
            | Self::Moment(_)
            | Self::Edge(_)
            | Self::Register(_)
            | Self::History(_) => false,
        }
    }

    /// The kept event in that place, the oldest first.
    pub fn item(&self, index: usize) -> Option<Item<'_>> {
        match self {
            Self::Moment(moment) => Some(Item::bare(*moment)),
            Self::Edge(edge) => Some(Item {
                moment: edge.position.moment,
                identity: edge.position.identity.as_ref(),
                value: edge.value.as_ref().map(Kept::Value),
            }),
            Self::Moments(moments) => moments.as_slice().get(index).map(|moment| Item::bare(*moment)),
            Self::Amounts(amounts) => amounts.as_slice().get(index).map(|entry| Item::amount(*entry)),
            Self::Peaks(peaks) => peaks.as_slice().get(index).map(|entry| Item::amount(*entry)),
            Self::Entries(entries) => entries.as_slice().get(index).map(|entry| Item {
                moment: entry.position.moment,
                identity: entry.position.identity.as_ref(),
                value: entry.value.as_ref().map(Kept::Value),
            }),
            Self::Latest(latest) => latest.as_slice().get(index).map(|(moment, value)| Item {
                moment: *moment,
                identity: None,
                value: Some(Kept::Value(value)),
            }),
            Self::Total(_)
            | Self::Tally(_)
            | Self::Record(_)
            | Self::Register(_)
            | Self::History(_)
            | Self::Keyed(_) => None,
        }
    }

    /// The moment of the kept event in that place, the oldest first.
    pub fn moment(&self, index: usize) -> Option<Moment> {
        match self {
            Self::Moment(moment) if index == 0 => Some(*moment),
            Self::Moments(moments) => moments.as_slice().get(index).copied(),
            Self::Latest(latest) => latest.as_slice().get(index).map(|(moment, _)| *moment),
            Self::Moment(_)
            | Self::Edge(_)
            | Self::Amounts(_)
            | Self::Peaks(_)
            | Self::Entries(_)
            | Self::Total(_)
            | Self::Tally(_)
            | Self::Record(_)
            | Self::Register(_)
            | Self::History(_)
            | Self::Keyed(_) => self.item(index).map(|item| item.moment),
        }
    }

    /// The kept events, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = Item<'_>> {
        (0..self.kept_len()).rev().filter_map(|index| self.item(index))
    }

    /// Whether a cap dropped events or values that would have mattered.
    pub fn truncated(&self) -> bool {
        match self {
            Self::Moments(moments) => moments.truncated(),
            Self::Amounts(amounts) => amounts.truncated(),
            Self::Peaks(peaks) => peaks.truncated(),
            Self::Entries(entries) => entries.truncated(),
            Self::Latest(latest) => latest.truncated(),
            Self::Keyed(keyed) => keyed.truncated,
            Self::Total(_)
            | Self::Tally(_)
            | Self::Record(_)
            | Self::Moment(_)
            | Self::Edge(_)
            | Self::Register(_)
            | Self::History(_) => false,
        }
    }
}
