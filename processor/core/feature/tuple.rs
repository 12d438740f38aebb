//! Several values of one event kept as one: an object whose fields are numbered, those that exist.

use std::sync::Arc;

use crate::event::Value;

/// The names of the places; more are never kept together.
const PLACES: [&str; 4] = ["0", "1", "2", "3"];

/// These values in their places; what is none takes no room.
pub fn tuple(values: impl IntoIterator<Item = Option<Value>>) -> Value {
    let fields = PLACES.iter().zip(values).filter_map(|(place, value)| Some(((*place).into(), value?)));
    Value::Object(fields.collect::<Arc<[_]>>())
}

/// The value in that place.
pub fn tuple_at(tuple: &Value, place: usize) -> Option<&Value> {
    let Value::Object(fields) = tuple else { return None };
    let name = PLACES.get(place)?;
    fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
}
