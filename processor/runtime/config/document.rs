//! A configuration file as a tree in which every value knows where it was written.
//!
//! Reading this far only fails on what is not YAML. `${VAR}`, `${VAR:-default}` and `${VAR:?message}` are replaced in
//! plain scalars, never in quoted ones. Not here: which settings there are (`raw`).

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::{Location, Spanned};

use super::mistake::{Mistake, Origin};

/// The largest file that is read, in bytes.
pub(super) const BYTES_MAX: u64 = 1 << 20;

/// Values by path, and where each was written.
#[derive(Debug)]
pub(super) struct Document {
    /// The whole, as JSON; an object.
    pub value: Value,
    /// Where each value and each name of an object was written, by path.
    pub origins: BTreeMap<String, Origin>,
}

impl Document {
    /// Nothing at all.
    pub(super) fn empty() -> Self {
        Self { value: Value::Object(serde_json::Map::new()), origins: BTreeMap::new() }
    }

    /// The tree of a YAML text.
    pub(super) fn parse(file: &str, text: &str, environment: &[(String, String)]) -> Result<Self, Mistake> {
        let properties: HashMap<String, String> = environment.iter().cloned().collect();
        let options = serde_saphyr::Options::default().with_properties(properties);
        let root: Spanned<Node> = serde_saphyr::from_str_with_options(text, options).map_err(|error| {
            let at = error.location();
            let message = error.without_snippet().to_string();
            Mistake { origin: origin(file, at), setting: String::new(), message, help: None }
        })?;
        let mut document = Self::empty();
        let at = root.referenced;
        document.value = document.place(file, String::new(), root);
        match document.value {
            Value::Object(_) => Ok(document),
            Value::Null => Ok(Self::empty()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(Mistake {
                origin: origin(file, Some(at)),
                setting: String::new(),
                message: "the file must be a mapping of settings, such as `kafka:`".to_owned(),
                help: None,
            }),
        }
    }

    /// Where the setting, or the nearest one around it, was given.
    pub(super) fn origin(&self, setting: &str) -> Origin {
        let mut path = setting;
        loop {
            if let Some(origin) = self.origins.get(path) {
                return origin.clone();
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => return Origin::Default,
            }
        }
    }

    fn place(&mut self, file: &str, path: String, node: Spanned<Node>) -> Value {
        let value = match node.value {
            Node::Scalar(value) => value,
            Node::List(items) => {
                let placed = items.into_iter().enumerate();
                Value::Array(placed.map(|(index, item)| self.place(file, format!("{path}[{index}]"), item)).collect())
            }
            Node::Map(entries) => {
                let mut object = serde_json::Map::new();
                for (name, item) in entries {
                    let inner = join(&path, &name.value);
                    self.origins.insert(inner.clone(), origin(file, Some(name.referenced)));
                    let value = self.place(file, inner, item);
                    object.insert(name.value, value);
                }
                Value::Object(object)
            }
        };
        // A mistake in a setting is shown at its name; an item of a list has none.
        self.origins.entry(path).or_insert_with(|| origin(file, Some(node.referenced)));
        value
    }
}

/// The path of a setting inside another.
pub(super) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn origin(file: &str, location: Option<Location>) -> Origin {
    let (line, column) = location.map_or((1, 1), |at| (at.line().max(1), at.column().max(1)));
    Origin::File { file: file.to_owned(), line, column }
}

enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Node::Map(map))
    }
}
