//! Explanations as JSON: a tree of nodes.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::value::JsonValue;
use crate::segment::Explanation;
use crate::timer::Instant;

/// `condition`, `holds`, `until`; `value`, `at_least`, `witnesses` and `parts` where there are any.
impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("condition", &*self.text)?;
        map.serialize_entry("holds", &self.holds)?;
        map.serialize_entry("until", &(self.until != Instant::NEVER).then(|| self.until.to_string()))?;
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        if self.at_least {
            map.serialize_entry("at_least", &true)?;
        }
        if !self.witnesses.is_empty() {
            let witnesses: Vec<JsonValue<'_>> = self.witnesses.iter().map(JsonValue).collect();
            map.serialize_entry("witnesses", &witnesses)?;
        }
        if !self.parts.is_empty() {
            map.serialize_entry("parts", &self.parts)?;
        }
        map.end()
    }
}
