//! Definitions as the front end delivers them: every expression typed, every name resolved.
//!
//! Not here: reading the text (`language`), and what is computed from it (`plan`).

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::language::LINE_ITEMS;
use super::{Expression, Path, Type};
use crate::timer::Zone;

/// All definitions of one catalog, from one file or many.
#[derive(Clone, Debug)]
pub struct Definitions {
    /// Event types and traits.
    pub declarations: Declarations,
    /// The segments, sorted by name; names are unique.
    pub segments: Vec<SegmentDefinition>,
}

/// What events and traits look like.
#[derive(Clone, Debug, Default)]
pub struct Declarations {
    /// Event types by rank: built-in types in the order of the language's list, then the files' own.
    pub events: Vec<EventType>,
    /// Traits by path, with their types: declared ones and those whose type their use decided.
    pub traits: BTreeMap<Path, Type>,
}

impl Declarations {
    /// The rank of a declared event type.
    pub fn rank(&self, name: &str) -> Option<u16> {
        self.events.iter().position(|event| event.name == name).and_then(|rank| u16::try_from(rank).ok())
    }
}

/// An event type and its properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType {
    /// Its name.
    pub name: CompactString,
    /// Its properties by path.
    pub properties: BTreeMap<Path, Property>,
}

impl EventType {
    /// What is declared of a property of its line items: of `items.p`, or else of its own `p`; nothing where it has no
    /// line items.
    pub fn item_property(&self, path: &[CompactString]) -> Option<&Property> {
        let items = CompactString::from(LINE_ITEMS);
        let list = self.properties.get([items.clone()].as_slice())?;
        let of_items: Path = std::iter::once(items).chain(path.iter().cloned()).collect();
        let declared = self.properties.get(&of_items).or_else(|| self.properties.get(path))?;
        (list.ty == Type::List).then_some(declared)
    }
}

/// A property of an event type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The type of its values.
    pub ty: Type,
    /// Declared `minimum: 0`.
    pub nonnegative: bool,
}

/// A segment as its author meant it.
#[derive(Clone, Debug)]
pub struct SegmentDefinition {
    /// Its name.
    pub name: CompactString,
    /// What it is for.
    pub description: Option<String>,
    /// Whom it holds for; boolean.
    pub condition: Expression,
    /// How much longer than the configured grace to wait for late events before announcing what time alone decides, in
    /// milliseconds.
    pub grace_millis: i64,
    /// What its transitions carry: name and expression.
    pub attach: Vec<(CompactString, Expression)>,
    /// Labels of the author's.
    pub labels: BTreeMap<String, String>,
    /// The zone of its file: for calendar lengths and days.
    pub zone: Zone,
}
