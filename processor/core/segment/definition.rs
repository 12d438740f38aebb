//! Definitions as the front end delivers them: every expression typed, every name resolved.
//!
//! Not here: reading the text (`language`), and what is computed from it (`plan`).

use std::collections::BTreeMap;

use compact_str::CompactString;

use super::language::LINE_ITEMS;
use super::{Expression, Path, Type};
use crate::timer::{Length, Zone};

/// All definitions of one catalog, from one file or many.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// Event types and traits.
    pub declarations: Declarations,
    /// The segments, sorted by name; names are unique among segments and ladders.
    pub segments: Vec<SegmentDefinition>,
    /// The ladders, sorted by name.
    pub ladders: Vec<LadderDefinition>,
    /// The scores, sorted by name; names are unique among scores.
    pub scores: Vec<ScoreDefinition>,
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
    /// Whom it holds for; of a segment with two thresholds, who enters it. Boolean.
    pub condition: Expression,
    /// What makes leaving another question than entering.
    pub latch: Option<LatchDefinition>,
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

/// A segment that remembers whether it was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatchDefinition {
    /// Who leaves it, boolean; without one, for whom the condition no longer holds.
    pub leave: Option<Expression>,
    /// At least this long inside.
    pub stay: Option<Length>,
    /// At least this long outside before it is entered again.
    pub rest: Option<Length>,
}

/// Stages of which each customer is in one: the first that holds.
#[derive(Clone, Debug)]
pub struct LadderDefinition {
    /// Its name.
    pub name: CompactString,
    /// What it is for.
    pub description: Option<String>,
    /// The stages in order, each with whom it holds for; boolean.
    pub stages: Vec<(CompactString, Expression)>,
    /// The stage of whom no other holds for; without one, these have none.
    pub otherwise: Option<CompactString>,
    /// As of a segment.
    pub grace_millis: i64,
    /// What its transitions carry: name and expression.
    pub attach: Vec<(CompactString, Expression)>,
    /// Labels of the author's.
    pub labels: BTreeMap<String, String>,
    /// The zone of its file.
    pub zone: Zone,
}

/// A number per customer.
#[derive(Clone, Debug)]
pub struct ScoreDefinition {
    /// Its name.
    pub name: CompactString,
    /// What it is for.
    pub description: Option<String>,
    /// Its value, a number.
    pub value: Expression,
    /// The zone of its file.
    pub zone: Zone,
}

impl Definitions {
    /// The segment of that name.
    pub fn segment(&self, name: &str) -> Option<&SegmentDefinition> {
        self.segments.binary_search_by(|known| known.name.as_str().cmp(name)).ok().and_then(|at| self.segments.get(at))
    }

    /// The ladder of that name.
    pub fn ladder(&self, name: &str) -> Option<&LadderDefinition> {
        self.ladders.binary_search_by(|known| known.name.as_str().cmp(name)).ok().and_then(|at| self.ladders.get(at))
    }

    /// The score of that name.
    pub fn score(&self, name: &str) -> Option<&ScoreDefinition> {
        self.scores.binary_search_by(|known| known.name.as_str().cmp(name)).ok().and_then(|at| self.scores.get(at))
    }
}
