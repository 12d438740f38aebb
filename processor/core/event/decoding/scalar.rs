//! A raw JSON value as a value of a declared type.
//!
//! Nothing is guessed: a number in quotes is a text, 1 is not true, an instant is not a date. A value that does not fit
//! counts as missing and is counted; the event stays. Not here: which values are read (`properties`).

use std::collections::BTreeMap;
use std::sync::Arc;

use compact_str::CompactString;

use super::scan;
use crate::event::{Number, Point, Value};
use crate::segment::Type;
use crate::timer::{Date, Instant};

/// The longest text, in bytes; a longer one counts as a value of another type.
pub(super) const TEXT_BYTES_MAX: usize = 4096;
/// The most items of a list, first ones kept, and of the values that a spread column gathers.
pub(super) const LIST_ITEMS_MAX: usize = 200;
/// The most fields of an object in a list, least names kept.
const OBJECT_FIELDS_MAX: usize = 64;
/// How deep lists and objects nest in a list; a deeper one counts as a value of another type.
const LIST_DEPTH_MAX: usize = 4;

/// What was counted while one event's properties were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) numbers_out_of_range: u16,
    pub(super) values_of_wrong_type: u16,
}

impl Tally {
    pub(super) fn wrong_type(&mut self) {
        self.values_of_wrong_type = self.values_of_wrong_type.saturating_add(1);
    }

    fn out_of_range(&mut self) {
        self.numbers_out_of_range = self.numbers_out_of_range.saturating_add(1);
    }
}

/// The value of `raw` in that type. Nothing for `null`; nothing, and counted, for what does not fit.
pub(super) fn read(raw: &str, ty: &Type, nonnegative: bool, tally: &mut Tally) -> Option<Value> {
    if raw == "null" {
        return None;
    }
    let value = match ty {
        Type::Boolean => boolean(raw),
        Type::Number => {
            let number = number(raw, tally)?;
            (number.millionths() >= 0 || !nonnegative).then_some(Value::Number(number))
        }
        Type::Text => text(raw),
        Type::Instant => instant(raw).map(Value::Instant),
        Type::Date => scan::string(raw).and_then(|text| Date::parse(&text)).map(Value::Date),
        Type::List => raw.starts_with('[').then(|| list(raw, 1, tally)),
        Type::Point => point(raw).map(Value::Point),
        Type::Duration | Type::Distance => None,
    };
    if value.is_none() {
        tally.wrong_type();
    }
    value
}

/// An instant: RFC 3339 text with an offset, or an integer count of milliseconds; years 1 to 9999.
pub(super) fn instant(raw: &str) -> Option<Instant> {
    if let Some(text) = scan::string(raw) {
        return Instant::parse(&text);
    }
    let instant = Instant::from_millis(raw.parse().ok()?);
    (Instant::MIN..=Instant::MAX).contains(&instant).then_some(instant)
}

fn boolean(raw: &str) -> Option<Value> {
    match raw {
        "true" => Some(Value::Boolean(true)),
        "false" => Some(Value::Boolean(false)),
        _ => None,
    }
}

/// A number; what is none and what is too large or fine are counted apart.
fn number(raw: &str, tally: &mut Tally) -> Option<Number> {
    if !is_number(raw) {
        tally.wrong_type();
        return None;
    }
    let number = Number::parse(raw);
    if number.is_none() {
        tally.out_of_range();
    }
    number
}

fn is_number(raw: &str) -> bool {
    raw.starts_with(|first: char| first == '-' || first.is_ascii_digit())
}

fn text(raw: &str) -> Option<Value> {
    let text = scan::string(raw)?;
    (text.len() <= TEXT_BYTES_MAX).then(|| Value::Text(CompactString::from(text)))
}

fn point(raw: &str) -> Option<Point> {
    let degrees = |name, most: Number| {
        let most = most.millionths().unsigned_abs();
        let raw = scan::member(raw, name).filter(|raw| is_number(raw))?;
        Number::parse(raw).filter(|degrees| degrees.millionths().unsigned_abs() <= most)
    };
    Some(Point { latitude: degrees("lat", Point::LATITUDE_MAX)?, longitude: degrees("lon", Point::LONGITUDE_MAX)? })
}

/// A list: its first items, each as what it is in JSON. `null` and what does not fit is left out.
fn list(raw: &str, depth: usize, tally: &mut Tally) -> Value {
    let mut items = Vec::new();
    let mut more = false;
    scan::elements(raw, |element| {
        if items.len() == LIST_ITEMS_MAX {
            more = true;
        } else {
            items.extend(item(element, depth, tally));
        }
    });
    if more {
        tally.wrong_type();
    }
    Value::List(items.into())
}

fn object(raw: &str, depth: usize, tally: &mut Tally) -> Value {
    let mut fields = BTreeMap::new();
    scan::fields(raw, |name, value| match item(value, depth, tally) {
        Some(value) => {
            fields.insert(CompactString::from(name), value);
        }
        None => {
            fields.remove(name.as_str());
        }
    });
    if fields.len() > OBJECT_FIELDS_MAX {
        tally.wrong_type();
    }
    Value::Object(fields.into_iter().take(OBJECT_FIELDS_MAX).collect::<Arc<[_]>>())
}

fn item(raw: &str, depth: usize, tally: &mut Tally) -> Option<Value> {
    let value = match raw.as_bytes().first() {
        Some(b'n') => return None,
        Some(b'"') => text(raw),
        Some(b't' | b'f') => boolean(raw),
        Some(b'[') => (depth < LIST_DEPTH_MAX).then(|| list(raw, depth + 1, tally)),
        Some(b'{') => (depth < LIST_DEPTH_MAX).then(|| object(raw, depth + 1, tally)),
        _ => return number(raw, tally).map(Value::Number),
    };
    if value.is_none() {
        tally.wrong_type();
    }
    value
}
