//! One item of a list: its properties, and whether some item meets a condition.

use super::View;
use super::condition::answer;
use super::datum::Datum;
use super::operand::value;
use super::quantity::Quantity;
use crate::event::{Number, Value};
use crate::segment::plan::{Answer, Condition, Operand};
use crate::segment::{Path, Type};
use crate::timer::{Date, Instant};

/// A property of the item at hand in that type; of any type where none is given.
pub(super) fn property<'a>(path: &Path, ty: Option<&Type>, view: &View<'a>) -> Datum<'a> {
    let inside = |value: &'a Value, name: &compact_str::CompactString| {
        let Value::Object(fields) = value else { return None };
        let place = fields.binary_search_by(|(known, _)| known.cmp(name)).ok()?;
        fields.get(place).map(|(_, value)| value)
    };
    let found = view.item.and_then(|item| path.iter().try_fold(item, inside));
    found.map_or(Datum::None, |value| typed(value, ty))
}

/// What JSON said, as a value of that type.
fn typed<'a>(value: &'a Value, ty: Option<&Type>) -> Datum<'a> {
    match (ty, value) {
        (None, value)
        | (Some(Type::Boolean), value @ Value::Boolean(_))
        | (Some(Type::Number), value @ Value::Number(_))
        | (Some(Type::Text), value @ Value::Text(_)) => Datum::of(value),
        (Some(Type::Instant), value) => {
            instant(value).map_or(Datum::None, |instant| Datum::Quantity(Quantity::millis(instant.millis())))
        }
        (Some(Type::Date), Value::Text(text)) => Date::parse(text).map_or(Datum::None, Datum::Date),
        (Some(_), _) => Datum::None,
    }
}

/// RFC 3339 text, or whole milliseconds.
fn instant(value: &Value) -> Option<Instant> {
    match value {
        Value::Text(text) => Instant::parse(text),
        Value::Number(number) if number.millionths() % Number::SCALE == 0 => {
            Some(Instant::from_millis(number.millionths() / Number::SCALE))
                .filter(|instant| (Instant::MIN..=Instant::MAX).contains(instant))
        }
        Value::Number(_)
        | Value::Boolean(_)
        | Value::Instant(_)
        | Value::Date(_)
        | Value::Point(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}

/// Whether one item of the list meets the whole condition: until the last of those that do ceases to, or the first of
/// the others begins.
pub(super) fn some(list: &Operand, condition: &Condition, view: &View<'_>) -> Answer {
    let (datum, lasts) = value(list, view);
    let Datum::Other(Value::List(items)) = datum else { return Answer { holds: false, until: lasts } };
    let (mut holding, mut failing) = (None::<Instant>, Instant::NEVER);
    for item in &**items {
        let one = answer(condition, &View { item: Some(item), ..*view });
        if one.holds {
            holding = Some(holding.map_or(one.until, |until| until.max(one.until)));
        } else {
            failing = failing.min(one.until);
        }
    }
    Answer { holds: holding.is_some(), until: holding.unwrap_or(failing).min(lasts) }
}
