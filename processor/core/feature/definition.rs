//! What a feature is: which state an event is folded into.

use super::retention::Retention;
use crate::event::Number;
use crate::segment::Side;
use crate::timer::Zone;

/// Which extreme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extreme {
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
}

impl Extreme {
    /// Whether `a` makes `b` irrelevant: it is at least as extreme.
    pub fn covers(self, a: Number, b: Number) -> bool {
        match self {
            Self::Minimum => a <= b,
            Self::Maximum => a >= b,
        }
    }
}

/// What a set of latest values is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A property.
    Column,
    /// The calendar day of the event in a zone.
    Day(Zone),
    /// Several properties together, each in its place, and behind them, where there is a zone, the day of the event.
    Tuple(Option<Zone>),
}

/// How events are folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fold {
    /// How many there were.
    Total,
    /// The sum of a property and how many events had it.
    Tally,
    /// The extreme of a property.
    Record(Extreme),
    /// The first or last event.
    Edge {
        /// Which.
        side: Side,
        /// Keep its identity.
        identified: bool,
        /// Keep the property's value.
        valued: bool,
        /// A window that moves asks for it: then its moment matters as its value does.
        slides: bool,
    },
    /// The events at the beginning of a life, with their identities.
    Oldest {
        /// How many.
        count: usize,
        /// Keep the property's value.
        valued: bool,
    },
    /// Moments, newest kept.
    Moments(Retention),
    /// Moments with amounts, newest kept.
    Amounts {
        /// By count or time.
        retention: Retention,
        /// Also, where no amount is negative: the newest part whose sum exceeds this.
        reach: Option<Number>,
    },
    /// Moments with amounts that no newer amount covers.
    Peaks {
        /// Which extreme is asked for.
        extreme: Extreme,
        /// By time.
        retention: Retention,
    },
    /// Positions with values, newest kept.
    Entries {
        /// By count or time.
        retention: Retention,
        /// Keep identities.
        identified: bool,
        /// Keep the property's value, or where there is a zone the day.
        measured: Option<Measured>,
    },
    /// The latest moment of each different value, those seen latest kept.
    Latest {
        /// By count or time.
        retention: Retention,
        /// Values of what.
        measured: Measured,
    },
    /// A trait: the latest assignment.
    Register,
    /// A trait: its latest assignments.
    History,
    /// For each value of a property, features of its own.
    Keyed(usize),
}

impl Fold {
    /// Whether what this keeps is enough for `other`, of the same events and property.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Edge { side, identified, valued, .. },
                Self::Edge { side: wanted, identified: with_identity, valued: with_value, .. },
            ) => (side, identified, valued) == (wanted, with_identity, with_value),
            (Self::Oldest { count, valued }, Self::Oldest { count: needed, valued: with_value }) => {
                count >= needed && valued == with_value
            }
            (Self::Moments(kept), Self::Moments(needed)) => kept.covers(needed),
            (Self::Amounts { retention: kept, reach }, Self::Amounts { retention: needed, reach: wanted }) => {
                let reaches = match (reach, wanted) {
                    (None, _) => true,
                    (Some(reach), Some(wanted)) => reach >= wanted,
                    (Some(_), None) => false,
                };
                reaches && kept.covers(needed)
            }
            (Self::Peaks { extreme, retention: kept }, Self::Peaks { extreme: wanted, retention: needed }) => {
                extreme == wanted && kept.covers(needed)
            }
            (
                Self::Entries { retention: kept, identified, measured },
                Self::Entries { retention: needed, identified: with_identity, measured: with_value },
            ) => identified == with_identity && measured == with_value && kept.covers(needed),
            (Self::Latest { retention: kept, measured }, Self::Latest { retention: needed, measured: of_what }) => {
                measured == of_what && kept.covers(needed)
            }
            (_, _) => self == other,
        }
    }
}

impl Fold {
    /// Whether time makes useless what is kept: not where a number of newest ones is, whatever their age.
    pub fn expires(&self) -> bool {
        match self {
            Self::Moments(retention)
            | Self::Amounts { retention, .. }
            | Self::Peaks { retention, .. }
            | Self::Entries { retention, .. }
            | Self::Latest { retention, .. } => retention.newest_only().is_none_or(|count| count == 0),
            Self::Keyed(_) => true,
            Self::Total
            | Self::Tally
            | Self::Record(_)
            | Self::Edge { .. }
            | Self::Oldest { .. }
            | Self::Register
            | Self::History => false,
        }
    }
}

/// One maintained measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// How events are folded.
    pub fold: Fold,
    /// What it measures, for `check --explain-cost` and `explain`.
    pub text: String,
}
