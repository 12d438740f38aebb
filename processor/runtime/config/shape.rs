//! Whether a document has the shape of a configuration: known names, nothing missing, right types.
//!
//! The shape is the JSON Schema derived from `raw`, so what is published is what is checked. Every mistake is found,
//! not only the first. Not here: what a well-shaped value means (`check`).

use serde_json::Value;

use super::document::{Document, join};
use super::mistake::{Mistake, nearest};
use super::raw::RawConfig;

/// The JSON Schema of a configuration file.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(RawConfig).to_value();
    if let Value::Object(entries) = &mut schema {
        entries.insert("title".to_owned(), "Spicchio configuration".into());
    }
    schema
}

/// The shape of configurations, and what to do with it.
pub(super) struct Shape {
    root: Value,
}

impl Shape {
    pub(super) fn new() -> Self {
        Self { root: schema() }
    }

    /// Adds every mistake of shape in the document.
    pub(super) fn check(&self, document: &Document, mistakes: &mut Vec<Mistake>) {
        Walk { shape: self, document, mistakes }.value(&self.root, &document.value, "");
    }

    /// The value that a text from the environment or a flag stands for, for the setting at `path`; an error is a
    /// message and help.
    pub(super) fn read(&self, path: &[String], text: &str) -> Result<Value, (String, Option<String>)> {
        let schema = self.find(path).map_err(|help| ("is not a setting".to_owned(), help))?;
        let accepts =
            |kind: &str| self.alternatives(schema).into_iter().any(|option| kinds(option).any(|known| known == kind));
        if (accepts("array") || accepts("object")) && text.trim_start().starts_with(['[', '{']) {
            let unreadable = |error: serde_saphyr::Error| (format!("is not YAML: {}", error.without_snippet()), None);
            return serde_saphyr::from_str(text).map_err(unreadable);
        }
        if accepts("array") {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            return Ok(items.map(Value::from).collect());
        }
        let plain = match text {
            "true" | "false" if accepts("boolean") => Some(Value::Bool(text == "true")),
            _ if accepts("integer") => text.parse::<i64>().ok().map(Value::from),
            _ => None,
        };
        Ok(plain.unwrap_or_else(|| text.into()))
    }

    /// Whether the path begins with a setting, or nearly so: a variable of that name is meant for us.
    pub(super) fn may_mean(&self, path: &[String]) -> bool {
        path.first().is_some_and(|name| nearest(name, names(&self.root)).is_some())
    }

    /// The schema of the setting at `path`, or a hint where there is none.
    fn find(&self, path: &[String]) -> Result<&Value, Option<String>> {
        let mut schema = &self.root;
        let mut outer = String::new();
        for name in path {
            let inner = self.alternatives(schema).into_iter().find_map(|option| member(option, name));
            schema = inner.ok_or_else(|| {
                let near = nearest(name, self.alternatives(schema).into_iter().flat_map(names))?;
                Some(format!("did you mean `{}`?", join(&outer, near)))
            })?;
            outer = join(&outer, name);
        }
        Ok(schema)
    }

    /// The schemas of which a value must fulfil one; one that is made of alternatives stands for them.
    fn alternatives<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let resolved = self.resolve(schema);
        let listed = resolved.get("anyOf").or_else(|| resolved.get("oneOf")).and_then(Value::as_array);
        match listed {
            Some(options) => options.iter().flat_map(|option| self.alternatives(option)).collect(),
            None => vec![resolved],
        }
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer)).unwrap_or(schema)
    }
}

struct Walk<'a> {
    shape: &'a Shape,
    document: &'a Document,
    mistakes: &'a mut Vec<Mistake>,
}

impl Walk<'_> {
    fn value(&mut self, schema: &Value, value: &Value, path: &str) {
        let fitting =
            self.shape.alternatives(schema).into_iter().find(|option| kinds(option).any(|kind| is_kind(value, kind)));
        let Some(schema) = fitting else {
            let wanted: Vec<&str> =
                self.shape.alternatives(schema).into_iter().flat_map(kinds).filter_map(kind_in_words).collect();
            return self.add(path, format!("must be {}, not {}", wanted.join(" or "), in_words(value)), None);
        };
        match value {
            Value::Object(entries) => self.object(schema, entries, path),
            Value::Array(items) => {
                let Some(inner) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.value(inner, item, &format!("{path}[{index}]"));
                }
            }
            Value::String(text) => {
                let Some(known) = schema.get("enum").and_then(Value::as_array) else { return };
                if !known.contains(value) {
                    let names: Vec<&str> = known.iter().filter_map(Value::as_str).collect();
                    let help = nearest(text, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
                    self.add(path, format!("must be one of {}, not `{text}`", names.join(", ")), help);
                }
            }
            Value::Number(number) => {
                let bound = |name| schema.get(name).and_then(Value::as_i64);
                let outside = number.as_i64().is_some_and(|n| {
                    bound("minimum").is_some_and(|least| n < least) || bound("maximum").is_some_and(|most| n > most)
                });
                if outside {
                    let least = bound("minimum").unwrap_or(0);
                    let range =
                        bound("maximum").map_or(format!("{least} or more"), |most| format!("{least} to {most}"));
                    self.add(path, format!("must be {range}, not {number}"), None);
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn object(&mut self, schema: &Value, entries: &serde_json::Map<String, Value>, path: &str) {
        for (name, value) in entries {
            let inner = join(path, name);
            if let Some(member) = member(schema, name) {
                self.value(member, value, &inner);
            } else {
                let help = match nearest(name, names(schema)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", names(schema).collect::<Vec<_>>().join(", ")),
                };
                self.add(&inner, "is not a setting".to_owned(), Some(help));
            }
        }
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| !entries.contains_key(*name)) {
            self.add(&join(path, name), "is missing".to_owned(), Some(missing(name)));
        }
    }

    fn add(&mut self, path: &str, message: String, help: Option<String>) {
        let origin = self.document.origin(path);
        self.mistakes.push(Mistake { origin, setting: path.to_owned(), message, help });
    }
}

/// What to write where a required setting is missing.
fn missing(name: &str) -> String {
    match name {
        "kafka" | "brokers" => "say which broker to ask first, such as `kafka: {brokers: localhost:9092}`".to_owned(),
        "inputs" => "name the topics to read, such as `inputs: [events]`".to_owned(),
        "segments" => "name files or folders of definitions, such as `segments: [segments]`".to_owned(),
        other => format!("add `{other}: ..`"),
    }
}

fn member<'a>(schema: &'a Value, name: &str) -> Option<&'a Value> {
    let declared = schema.get("properties").and_then(|properties| properties.get(name));
    declared.or_else(|| schema.get("additionalProperties").filter(|rest| rest.is_object()))
}

fn names(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|known| known.keys().map(String::as_str))
}

fn kinds(schema: &Value) -> impl Iterator<Item = &str> {
    let ty = schema.get("type");
    let several = ty.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    ty.and_then(Value::as_str).into_iter().chain(several)
}

fn is_kind(value: &Value, kind: &str) -> bool {
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Number(number) => kind == "number" || (kind == "integer" && !number.is_f64()),
        Value::String(_) => kind == "string",
        Value::Array(_) => kind == "array",
        Value::Object(_) => kind == "object",
    }
}

fn kind_in_words(kind: &str) -> Option<&'static str> {
    match kind {
        "boolean" => Some("true or false"),
        "integer" => Some("a whole number"),
        "number" => Some("a number"),
        "string" => Some("text"),
        "array" => Some("a list"),
        "object" => Some("a mapping"),
        _ => None,
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Bool(_) | Value::Number(_) => format!("`{value}`"),
        Value::String(text) => format!("`{text}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}
