//! Values of properties and traits.

use std::sync::Arc;

use compact_str::CompactString;

use super::Number;
use crate::timer::{Date, Instant};

/// A place on the earth, in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point {
    /// Latitude, -90 to 90 degrees.
    pub latitude: Number,
    /// Longitude, -180 to 180 degrees.
    pub longitude: Number,
}

impl Point {
    /// The greatest latitude, north or south.
    pub const LATITUDE_MAX: Number = Number::from_millionths(90 * Number::SCALE);
    /// The greatest longitude, east or west.
    pub const LONGITUDE_MAX: Number = Number::from_millionths(180 * Number::SCALE);
}

/// A value that exists. What was never set has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// An integer count of millionths.
    Number(Number),
    /// Text, compared bytewise.
    Text(CompactString),
    /// A point in time.
    Instant(Instant),
    /// A calendar day.
    Date(Date),
    /// A place.
    Point(Point),
    /// A list of values.
    List(Arc<[Value]>),
    /// An object in a list, its fields sorted by name.
    Object(Arc<[(CompactString, Value)]>),
}

/// What an event says of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// It does not mention it.
    Absent,
    /// It says that there is no value: `null`, a value that counts as missing, or for a nested trait a parent that was
    /// replaced.
    Missing,
    /// It says this.
    Set(Value),
}

impl Slot {
    /// The value, where there is one.
    pub const fn value(&self) -> Option<&Value> {
        match self {
            Self::Set(value) => Some(value),
            Self::Absent | Self::Missing => None,
        }
    }
}
