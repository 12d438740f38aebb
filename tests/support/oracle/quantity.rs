//! What an expression amounts to: a value, exactly.

use std::cmp::Ordering;

use crate::definition::Arithmetic;
use num_bigint::BigInt;
use num_rational::BigRational;
use spicchio_core::event::{Number, Value};
use spicchio_core::timer::{Date, Instant, Length};

/// A fraction, with no bound and no rounding.
pub(super) type Exact = BigRational;

/// A value that exists.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Quantity {
    Boolean(bool),
    Number(Exact),
    Text(String),
    /// Milliseconds since the epoch.
    Instant(Exact),
    Date(Date),
    /// Milliseconds.
    Duration(Exact),
    /// A length that only a calendar can measure, beside a `since` or `until`.
    Calendar(Length),
    /// A list, an object in a list, or a point.
    Whole(Value),
}

impl Quantity {
    pub(super) fn instant(instant: Instant) -> Self {
        Self::Instant(whole(instant.millis()))
    }

    pub(super) fn count(events: usize) -> Self {
        Self::Number(Exact::from_integer(BigInt::from(events)))
    }

    /// Which of two values of one type is greater. For booleans, lists and points only equality means anything.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Boolean(left), Self::Boolean(right)) => left.cmp(right),
            (Self::Text(left), Self::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Self::Date(left), Self::Date(right)) => left.cmp(right),
            (Self::Whole(left), Self::Whole(right)) => left.cmp(right),
            (Self::Number(left), Self::Number(right))
            | (Self::Instant(left), Self::Instant(right))
            | (Self::Duration(left), Self::Duration(right)) => left.cmp(right),
            (left, right) => unreachable!("not of one type: {left:?} and {right:?}"),
        }
    }

    /// `self operation other`; none where a divisor is zero.
    pub(super) fn combined(self, operation: Arithmetic, other: Self) -> Option<Self> {
        use Arithmetic::{Add, Divide, Multiply, Subtract};
        use Quantity::{Duration, Instant, Number};
        let dividable = |divisor: &Exact| *divisor != whole(0);
        Some(match (operation, self, other) {
            (Add, Number(left), Number(right)) => Number(left + right),
            (Add, Duration(left), Duration(right)) => Duration(left + right),
            (Add, Instant(left), Duration(right)) => Instant(left + right),
            (Subtract, Number(left), Number(right)) => Number(left - right),
            (Subtract, Duration(left), Duration(right)) | (Subtract, Instant(left), Instant(right)) => {
                Duration(left - right)
            }
            (Subtract, Instant(left), Duration(right)) => Instant(left - right),
            (Multiply, Number(left), Number(right)) => Number(left * right),
            (Multiply, Duration(left), Number(right)) | (Multiply, Number(left), Duration(right)) => {
                Duration(left * right)
            }
            (Divide, Number(left), Number(right)) | (Divide, Duration(left), Duration(right)) => {
                Number(dividable(&right).then(|| left / right)?)
            }
            (Divide, Duration(left), Number(right)) => Duration(dividable(&right).then(|| left / right)?),
            (operation, left, right) => unreachable!("not well typed: {left:?} {operation:?} {right:?}"),
        })
    }

    /// The value with its sign turned.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Number(number) => Self::Number(-number),
            Self::Duration(duration) => Self::Duration(-duration),
            Self::Boolean(_)
            | Self::Text(_)
            | Self::Instant(_)
            | Self::Date(_)
            | Self::Calendar(_)
            | Self::Whole(_) => unreachable!("no sign: {self:?}"),
        }
    }
}

impl From<&Value> for Quantity {
    fn from(value: &Value) -> Self {
        match value {
            Value::Boolean(boolean) => Self::Boolean(*boolean),
            Value::Number(number) => Self::Number(exact(*number)),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Instant(instant) => Self::instant(*instant),
            Value::Date(date) => Self::Date(*date),
            Value::Point(_) | Value::List(_) | Value::Object(_) => Self::Whole(value.clone()),
        }
    }
}

/// A whole number.
pub(super) fn whole(number: i64) -> Exact {
    Exact::from_integer(BigInt::from(number))
}

/// A number of the language, exactly.
pub(super) fn exact(number: Number) -> Exact {
    Exact::new(BigInt::from(number.millionths()), BigInt::from(Number::SCALE))
}

/// The whole millisecond at or before an instant.
pub(super) fn millisecond(instant: &Exact) -> Instant {
    let floor = instant.floor().to_integer();
    Instant::from_millis(i64::try_from(floor).unwrap_or(i64::MAX))
}
