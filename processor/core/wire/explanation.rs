//! An explanation as JSON: for `explain --output json` and the HTTP API.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::transition::{EvidenceEntry, Text};
use crate::segment::Explanation;
use crate::timer::Instant;

impl Serialize for Explanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("condition", &*self.text)?;
        map.serialize_entry("holds", &self.holds)?;
        map.serialize_entry("until", &(self.until <= Instant::MAX).then_some(Text(self.until)))?;
        if self.until_is_bound {
            map.serialize_entry("until_is_bound", &true)?;
        }
        if let Some(value) = &self.value {
            map.serialize_entry("value", value)?;
        }
        if self.at_least {
            map.serialize_entry("at_least", &true)?;
        }
        let (events, more) = &self.evidence;
        if !events.is_empty() {
            map.serialize_entry("evidence", &events.iter().map(EvidenceEntry).collect::<Vec<_>>())?;
        }
        if *more > 0 {
            map.serialize_entry("evidence_more", more)?;
        }
        if !self.parts.is_empty() {
            map.serialize_entry("parts", &self.parts)?;
        }
        map.end()
    }
}
