//! What a producer's JSON says, read as the declared type.

use std::sync::Arc;

use crate::definition::Type;
use spicchio_core::event::{Number, Point, Value};
use spicchio_core::timer::{Date, Instant};

use crate::given::Json;

/// The value of that type, or none where it is missing or something else.
pub(super) fn decoded(json: &Json, ty: &Type) -> Option<Value> {
    match (ty, json) {
        (Type::Boolean, Json::Boolean(boolean)) => Some(Value::Boolean(*boolean)),
        (Type::Number, Json::Number(digits)) => Number::parse(digits).map(Value::Number),
        (Type::Text, Json::Text(text)) => Some(Value::Text(text.as_str().into())),
        (Type::Instant, Json::Text(text)) => Instant::parse(text).map(Value::Instant),
        (Type::Date, Json::Text(text)) => Date::parse(text).map(Value::Date),
        (Type::Point, Json::Object(_)) => {
            let latitude = number(json.at(["lat"])?)?;
            let longitude = number(json.at(["lon"])?)?;
            Some(Value::Point(Point { latitude, longitude }))
        }
        (Type::List, Json::List(items)) => Some(Value::List(items.iter().filter_map(item).collect())),
        _ => None,
    }
}

/// Whether a value obeys a declared `minimum: 0`.
pub(super) fn at_least_zero(value: &Value) -> bool {
    !matches!(value, Value::Number(number) if number.millionths() < 0)
}

fn number(json: &Json) -> Option<Number> {
    match json {
        Json::Number(digits) => Number::parse(digits),
        Json::Null | Json::Boolean(_) | Json::Text(_) | Json::List(_) | Json::Object(_) => None,
    }
}

/// An item of a list has no declared type: it is what JSON says it is.
fn item(json: &Json) -> Option<Value> {
    match json {
        Json::Null => None,
        Json::Boolean(boolean) => Some(Value::Boolean(*boolean)),
        Json::Number(digits) => Number::parse(digits).map(Value::Number),
        Json::Text(text) => Some(Value::Text(text.as_str().into())),
        Json::List(items) => Some(Value::List(items.iter().filter_map(item).collect())),
        Json::Object(members) => {
            let fields = members.iter().filter_map(|(name, value)| Some((name.as_str().into(), item(value)?)));
            Some(Value::Object(fields.collect::<Arc<[_]>>()))
        }
    }
}
