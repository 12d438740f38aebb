//! What a definition file may hold: its keys, their shapes, and the JSON Schema of it.
//!
//! Values are as written: expressions, times and lengths are read later, so that every mistake has a place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::Written;
use super::ladder::{LadderEntry, ScoreEntry};
use crate::segment::language::Span;
use crate::segment::{Property, Type};

/// A file of segment definitions and their tests.
#[derive(Clone, Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct DefinitionFile {
    /// The IANA time zone of this file, for calendar lengths and days; UTC by default.
    pub(in crate::segment::language) zone: Option<Written>,
    /// Event types of one's own, and more properties for built-in ones.
    #[schemars(with = "BTreeMap<String, BTreeMap<String, PropertyEntry>>", default)]
    pub(in crate::segment::language) events: Vec<(Written, Vec<(Written, PropertyEntry)>)>,
    /// The traits of customers, read as `profile.name`, with their types.
    #[schemars(with = "BTreeMap<String, TypeEntry>", default)]
    pub(in crate::segment::language) traits: Vec<(Written, TypeEntry)>,
    /// The segments.
    #[schemars(default)]
    pub(in crate::segment::language) segments: Vec<SegmentEntry>,
    /// The ladders.
    #[schemars(default)]
    pub(in crate::segment::language) ladders: Vec<LadderEntry>,
    /// The scores.
    #[schemars(default)]
    pub(in crate::segment::language) scores: Vec<ScoreEntry>,
    /// Tests of the segments: events, and the transitions expected of them.
    #[schemars(default)]
    pub(in crate::segment::language) tests: Vec<TestEntry>,
}

/// A segment: whom it holds for, and what its transitions carry.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{"required": ["when"]}, {"required": ["enter when", "leave when"]}]))]
pub(in crate::segment::language) struct SegmentEntry {
    /// Its name, unique among all files.
    pub(in crate::segment::language) segment: Written,
    /// What it is for.
    pub(in crate::segment::language) description: Option<Written>,
    /// The condition under which a customer is in it.
    pub(in crate::segment::language) when: Option<Written>,
    /// Instead of `when`: who enters it.
    #[schemars(rename = "enter when")]
    pub(in crate::segment::language) enter_when: Option<Written>,
    /// With `enter when`: who leaves it.
    #[schemars(rename = "leave when")]
    pub(in crate::segment::language) leave_when: Option<Written>,
    /// At least this long inside, such as `30m`.
    pub(in crate::segment::language) stay: Option<Written>,
    /// Not in again before this long outside, such as `7d`.
    pub(in crate::segment::language) rest: Option<Written>,
    /// How much longer to wait for late events before announcing what time alone decides, such as `30s`.
    pub(in crate::segment::language) grace: Option<Written>,
    /// Values evaluated at the transition and carried by it: a name and an expression each.
    #[schemars(with = "BTreeMap<String, Written>", default)]
    pub(in crate::segment::language) attach: Vec<AttachEntry>,
    /// Labels of the author's own.
    #[schemars(default)]
    pub(in crate::segment::language) labels: Labels,
}

/// Labels by name.
pub(in crate::segment::language) type Labels = BTreeMap<String, String>;

/// A value that transitions carry.
#[derive(Clone, Debug)]
pub(in crate::segment::language) struct AttachEntry {
    pub(in crate::segment::language) name: Written,
    pub(in crate::segment::language) value: Written,
}

/// A property: its type, or its type and its least value.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(untagged)]
pub(in crate::segment::language) enum PropertyEntry {
    /// The type of its values.
    Type(TypeEntry),
    /// The type of its values and their bound.
    Bounded(Bounded),
}

/// A type with a bound.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct Bounded {
    /// The type of its values.
    #[schemars(rename = "type")]
    pub(in crate::segment::language) ty: TypeEntry,
    /// Zero: a negative value counts as missing.
    #[schemars(range(min = 0, max = 0))]
    pub(in crate::segment::language) minimum: Option<u8>,
}

impl PropertyEntry {
    /// What it declares.
    pub(in crate::segment::language) fn property(self) -> Property {
        match self {
            Self::Type(ty) => Property { ty: ty.declared(), nonnegative: false },
            Self::Bounded(Bounded { ty, minimum }) => Property { ty: ty.declared(), nonnegative: minimum.is_some() },
        }
    }
}

/// The types that properties and traits may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "lowercase")]
pub(in crate::segment::language) enum TypeEntry {
    /// True or false.
    Boolean,
    /// A number with up to six decimal places.
    Number,
    /// Text.
    Text,
    /// A point in time, RFC 3339.
    Instant,
    /// A calendar day, YYYY-MM-DD.
    Date,
    /// A list.
    List,
    /// A place: `{"lat": .., "lon": ..}`.
    Point,
}

impl TypeEntry {
    /// All of them by name.
    pub(super) const ALL: [(&'static str, Self); 7] = [
        ("boolean", Self::Boolean),
        ("number", Self::Number),
        ("text", Self::Text),
        ("instant", Self::Instant),
        ("date", Self::Date),
        ("list", Self::List),
        ("point", Self::Point),
    ];

    /// The type of the language.
    pub(in crate::segment::language) const fn declared(self) -> Type {
        match self {
            Self::Boolean => Type::Boolean,
            Self::Number => Type::Number,
            Self::Text => Type::Text,
            Self::Instant => Type::Instant,
            Self::Date => Type::Date,
            Self::List => Type::List,
            Self::Point => Type::Point,
        }
    }
}

/// A test: events, and the transitions expected of them.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct TestEntry {
    /// What it claims.
    pub(in crate::segment::language) test: Written,
    /// The events.
    #[schemars(default)]
    pub(in crate::segment::language) given: Vec<GivenEntry>,
    /// The transitions, all of them unless `partial` is set.
    #[schemars(default)]
    pub(in crate::segment::language) expect: Vec<ExpectEntry>,
    /// Further transitions are no failure.
    #[schemars(default)]
    pub(in crate::segment::language) partial: bool,
    /// How far time goes on after the last event: a date or an instant.
    pub(in crate::segment::language) until: Option<Written>,
    /// Who is in a segment at an instant.
    #[schemars(default)]
    pub(in crate::segment::language) members_at: Vec<MembersEntry>,
}

/// An event of a test; further keys are its properties.
#[derive(Clone, Debug, JsonSchema)]
pub(in crate::segment::language) struct GivenEntry {
    /// When it happens: a date or an instant.
    pub(in crate::segment::language) at: Written,
    /// Whose event it is.
    pub(in crate::segment::language) customer: Written,
    /// Its type.
    #[schemars(rename = "type")]
    pub(in crate::segment::language) kind: Written,
    /// Its id; events of the same id count once.
    pub(in crate::segment::language) id: Option<Written>,
    /// Its properties; they may also stand beside the other keys.
    #[schemars(default)]
    pub(in crate::segment::language) properties: serde_json::Map<String, serde_json::Value>,
    #[schemars(skip)]
    pub(in crate::segment::language) span: Span,
}

/// A transition that a test expects: `entered`, `exited` or `moved`.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct ExpectEntry {
    /// The instant of the change: a date or an instant.
    pub(in crate::segment::language) at: Written,
    /// Whose membership changes.
    pub(in crate::segment::language) customer: Written,
    /// The segment entered.
    pub(in crate::segment::language) entered: Option<Written>,
    /// The segment left.
    pub(in crate::segment::language) exited: Option<Written>,
    /// The ladder on which the customer moved.
    pub(in crate::segment::language) moved: Option<Written>,
    /// With `moved`: the stage that it left; nothing (`null`) for the first.
    #[schemars(with = "Option<String>", default)]
    pub(in crate::segment::language) from: Option<Nullable>,
    /// With `moved`: the stage that it came to; nothing (`null`) for the last.
    #[schemars(with = "Option<String>", default)]
    pub(in crate::segment::language) to: Option<Nullable>,
    #[schemars(skip)]
    pub(in crate::segment::language) span: Span,
}

/// A text, or the nothing that stands for none.
#[derive(Clone, Debug)]
pub(in crate::segment::language) enum Nullable {
    Nothing,
    Text(Written),
}

/// Who is in a segment at an instant.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(in crate::segment::language) struct MembersEntry {
    /// The instant: a date or an instant.
    pub(in crate::segment::language) at: Written,
    /// The segment or ladder.
    pub(in crate::segment::language) segment: Written,
    /// Of a ladder, the stage.
    pub(in crate::segment::language) stage: Option<Written>,
    /// Exactly these customers are in it.
    pub(in crate::segment::language) customers: Vec<Written>,
    #[schemars(skip)]
    pub(in crate::segment::language) span: Span,
}

impl JsonSchema for Written {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

/// The JSON Schema of a definition file, for editors: `# yaml-language-server: $schema=..`.
pub fn file_schema() -> serde_json::Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<DefinitionFile>();
    schema.insert("title".to_owned(), "Segment definitions".into());
    let mut schema = schema.to_value();
    without_null(&mut schema);
    schema
}

/// A key that may be left out is left out, not written with nothing behind it.
fn without_null(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(object) => {
            if let Some(serde_json::Value::Array(types)) = object.get_mut("type") {
                types.retain(|ty| ty != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    object.insert("type".to_owned(), only);
                }
            }
            object.values_mut().for_each(without_null);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_null),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}
