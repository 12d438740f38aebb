//! A YAML value as the JSON value that an event would carry.

use serde_json::{Map, Number, Value};

use super::fields::scalar;
use super::tree::{Style, Tree, TreeKind, Written};

/// The JSON value; keys that are no single value are left out.
pub(super) fn json(tree: &Tree) -> Value {
    match &tree.kind {
        TreeKind::Scalar(written) => json_scalar(written),
        TreeKind::List(items) => Value::Array(items.iter().map(json).collect()),
        TreeKind::Map(map) => {
            let fields = map.entries.iter().filter_map(|(key, value)| Some((scalar(key)?.text.clone(), json(value))));
            Value::Object(fields.collect::<Map<String, Value>>())
        }
    }
}

fn json_scalar(written: &Written) -> Value {
    if written.is_null() {
        return Value::Null;
    }
    if let Some(boolean) = written.boolean() {
        return Value::Bool(boolean);
    }
    let number = written.style == Style::Plain && written.text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let number = number.then(|| serde_json::from_str::<Number>(&written.text).ok()).flatten();
    number.map_or_else(|| Value::String(written.text.clone()), Value::Number)
}
