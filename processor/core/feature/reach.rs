//! How long an event stays inside what ends at now: a length of time, or until the calendar has turned.

use std::fmt;

use super::retention::Horizon;
use crate::timer::{Instant, Length, Unit, Zone};

/// When an event is too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// So long after it.
    Ago(Horizon),
    /// When the unit of the calendar in which it lies, and so many less one after it, are over.
    Turns {
        /// Days, weeks, months or years.
        unit: Unit,
        /// How many, at least one.
        count: i32,
        /// Whose calendar.
        zone: Zone,
    },
}

impl Reach {
    /// When an event of that time is too old.
    pub fn passes(&self, time: Instant) -> Instant {
        match self {
            Self::Ago(horizon) => horizon.passes(time),
            Self::Turns { unit, count, zone } => zone.turn(time, *unit, *count),
        }
    }

    /// Whether nothing that this lets go is wanted by `other`; false where that is not plain.
    pub fn covers(&self, other: &Self) -> bool {
        let fixed = |reach: &Self| match reach {
            Self::Ago(horizon) if !horizon.length.is_calendar() => Some(horizon.length.millis()),
            Self::Ago(_) | Self::Turns { .. } => None,
        };
        self == other || fixed(self).zip(fixed(other)).is_some_and(|(mine, theirs)| mine >= theirs)
    }

    /// The latest time that is too old at `now`, where that is found quicker than by trying.
    pub fn cutoff(&self, now: Instant) -> Option<Instant> {
        match self {
            Self::Ago(horizon) if horizon.length.is_calendar() => None,
            Self::Ago(horizon) => Some(now.plus(-horizon.length.millis())),
            Self::Turns { unit, count, zone } => Some(zone.turn(now, *unit, 1 - *count).plus(-1)),
        }
    }

    /// A length that is surely not shorter, for bounds alone.
    pub fn at_most(&self) -> Length {
        const DAY_MILLIS: i64 = 86_400_000;
        /// On top of whole units: the hours by which clocks are set back.
        const SLACK_MILLIS: i64 = DAY_MILLIS;
        let days = |days: i32| Length::fixed(i64::from(days) * DAY_MILLIS + SLACK_MILLIS);
        match self {
            Self::Ago(horizon) => horizon.length,
            Self::Turns { unit: Unit::Day, count, .. } => days(*count),
            Self::Turns { unit: Unit::Week, count, .. } => days(*count * 7),
            Self::Turns { unit: Unit::Month, count, .. } => Length::new(*count, SLACK_MILLIS),
            Self::Turns { unit: Unit::Year, count, .. } => Length::new(*count * 12, SLACK_MILLIS),
        }
    }
}

/// What it keeps, in words: `the last 90d`, `this week`.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(horizon) => write!(f, "the last {}", horizon.length),
            Self::Turns { unit, count: ..=1, .. } => write!(f, "this {}", unit.name()),
            Self::Turns { unit, .. } => write!(f, "this and last {}", unit.name()),
        }
    }
}

impl From<Horizon> for Reach {
    fn from(horizon: Horizon) -> Self {
        Self::Ago(horizon)
    }
}
