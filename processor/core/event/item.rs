//! One property of a line item, read from the list of them as it was decoded.

use compact_str::CompactString;

use super::{Slot, Value};
use crate::segment::Type;
use crate::timer::{Date, Instant};

/// A property of the items of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemProperty {
    /// The names from the item down to the value.
    pub path: Vec<CompactString>,
    /// The declared type; another one counts as missing.
    pub ty: Type,
    /// Declared `minimum: 0`: a negative number counts as missing.
    pub nonnegative: bool,
}

impl ItemProperty {
    /// What an item says of it.
    pub fn of(&self, item: &Value) -> Slot {
        let mut value = item;
        for name in &self.path {
            let Value::Object(fields) = value else { return Slot::Absent };
            match fields.iter().find(|(known, _)| known == name) {
                Some((_, inner)) => value = inner,
                None => return Slot::Absent,
            }
        }
        self.typed(value).map_or(Slot::Missing, Slot::Set)
    }

    /// Items of lists have the types of JSON: instants and dates are texts there.
    fn typed(&self, value: &Value) -> Option<Value> {
        match (&self.ty, value) {
            (Type::Boolean, Value::Boolean(_)) | (Type::Text, Value::Text(_)) => Some(value.clone()),
            (Type::Number, Value::Number(number)) => {
                (number.millionths() >= 0 || !self.nonnegative).then(|| value.clone())
            }
            (Type::Instant, Value::Text(text)) => Instant::parse(text).map(Value::Instant),
            (Type::Instant, Value::Number(number)) => instant(number.millionths()),
            (Type::Date, Value::Text(text)) => Date::parse(text).map(Value::Date),
            (_, _) => None,
        }
    }
}

/// Whole milliseconds in the years 1 to 9999.
fn instant(millionths: i64) -> Option<Value> {
    let instant = Instant::from_millis(millionths / super::Number::SCALE);
    let fits = millionths % super::Number::SCALE == 0 && (Instant::MIN..=Instant::MAX).contains(&instant);
    fits.then_some(Value::Instant(instant))
}

/// The items of a list; none of what is no list.
pub fn items(slot: Option<&Slot>) -> &[Value] {
    match slot.and_then(Slot::value) {
        Some(Value::List(items)) => items,
        Some(
            Value::Boolean(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::Instant(_)
            | Value::Date(_)
            | Value::Point(_)
            | Value::Object(_),
        )
        | None => &[],
    }
}
