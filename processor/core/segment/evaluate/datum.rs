//! A value while it is computed, or none.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::quantity::Quantity;
use crate::event::Value;
use crate::feature::Kept;
use crate::segment::Type;
use crate::segment::display::kilometres;
use crate::timer::{Date, Instant};
use crate::transition::Shown;

/// A value, or none.
#[derive(Clone, Debug)]
pub enum Datum<'a> {
    /// What was never set.
    None,
    /// True or false.
    Boolean(bool),
    /// A number, an instant or a duration.
    Quantity(Quantity),
    /// Text.
    Text(Cow<'a, str>),
    /// A calendar day.
    Date(Date),
    /// Different values, in their own order.
    Values(Vec<&'a Value>),
    /// A list, point or object.
    Other(&'a Value),
}

impl<'a> Datum<'a> {
    /// The datum of a value.
    pub fn of(value: &'a Value) -> Self {
        match value {
            Value::Boolean(boolean) => Self::Boolean(*boolean),
            Value::Number(number) => Self::Quantity(Quantity::number(*number)),
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            Value::Instant(instant) => Self::Quantity(Quantity::millis(instant.millis())),
            Value::Date(date) => Self::Date(*date),
            Value::Point(_) | Value::List(_) | Value::Object(_) => Self::Other(value),
        }
    }

    /// The datum of a kept value.
    pub fn of_kept(kept: Kept<'a>) -> Self {
        match kept {
            Kept::Amount(number) => Self::Quantity(Quantity::number(number)),
            Kept::Value(value) => Self::of(value),
        }
    }

    /// The quantity, where it is one.
    pub fn quantity(&self) -> Option<Quantity> {
        if let Self::Quantity(quantity) = self { Some(*quantity) } else { None }
    }

    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// Whether there is a value.
    pub const fn exists(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// How it compares with another value of its type at `now`, and until when; nothing where either is none.
    pub fn compare(&self, other: &Datum<'_>, now: Instant) -> Option<(Ordering, Instant)> {
        let lasting = |ordering| Some((ordering, Instant::NEVER));
        match (self, other) {
            (Self::Quantity(a), Datum::Quantity(b)) => a.compare(*b, now),
            (Self::Boolean(a), Datum::Boolean(b)) => lasting(a.cmp(b)),
            (Self::Text(a), Datum::Text(b)) => lasting(a.as_bytes().cmp(b.as_bytes())),
            (Self::Date(a), Datum::Date(b)) => lasting(a.cmp(b)),
            (Self::Other(a), Datum::Other(b)) => lasting((*a).cmp(b)),
            (_, _) => None,
        }
    }

    /// What people are shown at `now`, for a value of that type.
    pub fn shown(&self, ty: &Type, now: Instant) -> Option<Shown> {
        Some(match self {
            Self::None => return None,
            Self::Boolean(boolean) => Shown::Value(Value::Boolean(*boolean)),
            Self::Text(text) => Shown::Value(Value::Text(text.as_ref().into())),
            Self::Date(date) => Shown::Value(Value::Date(*date)),
            Self::Values(values) => Shown::Value(Value::List(values.iter().map(|value| (*value).clone()).collect())),
            Self::Other(value) => Shown::Value((*value).clone()),
            Self::Quantity(quantity) => match ty {
                Type::Instant => Shown::Value(Value::Instant(Instant::from_millis(quantity.whole_at(now)?))),
                Type::Duration => Shown::Duration(quantity.whole_at(now)?),
                Type::Distance => Shown::Value(Value::Text(kilometres(quantity.whole_at(now)?).into())),
                Type::Number | Type::Boolean | Type::Text | Type::Date | Type::List | Type::Point => {
                    Shown::Value(Value::Number(quantity.number_at(now)?))
                }
            },
        })
    }
}
