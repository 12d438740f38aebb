//! A value as JSON: an instant is RFC 3339 text, a date `YYYY-MM-DD`, a point `{"lat": .., "lon": ..}`, and a number
//! has exactly the digits it has, without trailing zeros.

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::event::{Number, Value};

/// A value to be written as JSON.
#[derive(Clone, Copy, Debug)]
pub struct JsonValue<'a>(pub &'a Value);

/// Values to be written as a JSON array.
#[derive(Clone, Copy, Debug)]
pub struct JsonValues<'a>(pub &'a [Value]);

impl Serialize for JsonValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Value::Number(number) => JsonNumber(*number).serialize(serializer),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Instant(instant) => serializer.collect_str(instant),
            Value::Date(date) => serializer.collect_str(date),
            Value::Point(point) => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("lat", &JsonNumber(point.latitude))?;
                map.serialize_entry("lon", &JsonNumber(point.longitude))?;
                map.end()
            }
            Value::List(values) => JsonValues(values).serialize(serializer),
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in &**fields {
                    map.serialize_entry(name.as_str(), &JsonValue(value))?;
                }
                map.end()
            }
        }
    }
}

impl Serialize for JsonValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            list.serialize_element(&JsonValue(value))?;
        }
        list.end()
    }
}

/// A number with exactly its own digits.
struct JsonNumber(Number);

impl Serialize for JsonNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.millionths() % Number::SCALE == 0 {
            return serializer.serialize_i64(self.0.millionths() / Number::SCALE);
        }
        let text = self.0.to_string();
        match serde_json::value::RawValue::from_string(text) {
            Ok(raw) => raw.serialize(serializer),
            Err(_) => serializer.serialize_none(),
        }
    }
}
