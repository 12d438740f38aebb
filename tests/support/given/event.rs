//! An event as its producer wrote it: nothing decoded, nothing checked.

use std::collections::BTreeMap;
use std::fmt;

use crate::definition::Declarations;
use spicchio_core::event::{Identity, Kind};
use spicchio_core::timer::Instant;

use super::Json;

/// One record of an input topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenEvent {
    /// Which input topic it stands in; a file of events is one topic.
    pub topic: u8,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its type's name, declared or not.
    pub kind: String,
    /// Whom it is about.
    pub customer: String,
    /// When it happened.
    pub time: Instant,
    /// Its properties; those of a `profile` event are traits.
    pub properties: BTreeMap<String, Json>,
}

impl GivenEvent {
    /// What orders it among events of its type and time: its id, or the bytes of its line.
    pub fn identity(&self) -> Identity {
        match &self.id {
            Some(id) => Identity::of_id(id),
            None => Identity::of_record(self.to_string().as_bytes()),
        }
    }

    /// Its type's place in the order of types.
    pub fn rank(&self, declarations: &Declarations) -> Kind {
        declarations.rank(&self.kind).map_or_else(|| Kind::Other(self.kind.as_str().into()), Kind::Declared)
    }
}

/// Its line in a file of events, without the line's end.
impl fmt::Display for GivenEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |text: &str| Json::from(text);
        f.write_str("{")?;
        if let Some(id) = &self.id {
            write!(f, "\"id\":{},", text(id))?;
        }
        let (kind, customer) = (text(&self.kind), text(&self.customer));
        write!(f, "\"type\":{kind},\"customer_id\":{customer},\"time\":\"{}\"", self.time)?;
        write!(f, ",\"properties\":{}}}", Json::Object(self.properties.clone()))
    }
}
