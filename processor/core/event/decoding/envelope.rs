//! The parts of an event, found in a record: type, customer, time, id and properties, not yet understood.
//!
//! One topic's mapping is laid out once as a list of member names; a record is then read in one pass, in which its
//! whole JSON is validated. Three shapes are told apart by the record alone:
//!
//! - the project's own: `type`, `customer_id`, `time`, `id`, `properties`;
//! - a structured `CloudEvent`: the same names, and where `customer_id` or `properties` is missing, `subject`, else the
//!   key, and `data`;
//! - a binary `CloudEvent`: `ce_type`, `ce_subject`, else the key, `ce_time`, `ce_id`, and the value is the
//!   properties; it may be empty.
//!
//! A part that the topic maps is read from where the mapping says, whatever the shape. Not here: what the parts must be
//! (`decode`).

use compact_str::CompactString;

use super::cloudevent::{self, Mode};
use super::mapping::{CustomerRule, Mapping, Pointer, TypeRule};
use super::scan::{self, Names};
use crate::event::{Reason, Record, Rejection};

/// One part of an event as it was found; a JSON `null` is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// A JSON value.
    Json(&'a str),
    /// Text from a header.
    Text(&'a str),
    /// The Kafka key.
    Key(&'a [u8]),
}

/// The parts of one record's event.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Envelope<'a> {
    pub(super) kind: Option<Part<'a>>,
    pub(super) customer: Option<Part<'a>>,
    pub(super) time: Option<Part<'a>>,
    pub(super) id: Option<Part<'a>>,
    pub(super) properties: Option<&'a str>,
}

/// Where the parts stand in one topic's records; what is not mapped has no place.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    names: Names,
    kind: Option<Place>,
    customer: Option<Place>,
    customer_is_key: bool,
    time: Option<Place>,
    id: Option<Place>,
    properties: Option<Place>,
}

/// A mapped place in the document.
#[derive(Clone, Debug)]
enum Place {
    /// All of it.
    Document,
    /// A member, by its position among the names, and the way down from there.
    Member { position: usize, below: Vec<CompactString> },
}

// Positions of the names that have a meaning without a mapping.
const TYPE: usize = 0;
const CUSTOMER: usize = 1;
const TIME: usize = 2;
const ID: usize = 3;
const PROPERTIES: usize = 4;
const SPECVERSION: usize = 5;
const SUBJECT: usize = 6;
const DATA: usize = 7;
const DATA_BASE64: usize = 8;
const UNMAPPED: [&str; 9] =
    ["type", "customer_id", "time", "id", "properties", "specversion", "subject", "data", "data_base64"];
/// A mapping adds at most one name for each of the five parts.
const NAMES_MAX: usize = UNMAPPED.len() + 5;

impl Layout {
    pub(super) fn new(mapping: &Mapping) -> Self {
        let mut names = Names::default();
        for name in UNMAPPED {
            names.add(name);
        }
        let mut place = |pointer: &Pointer| match pointer.0.split_first() {
            None => Place::Document,
            Some((name, below)) => Place::Member { position: names.add(name), below: below.to_vec() },
        };
        Self {
            kind: match &mapping.kind {
                TypeRule::Fixed(_) => None,
                TypeRule::Read { at, .. } => at.as_ref().map(&mut place),
            },
            customer: match &mapping.customer {
                CustomerRule::Unmapped | CustomerRule::Key => None,
                CustomerRule::At(pointer) => Some(place(pointer)),
            },
            customer_is_key: mapping.customer == CustomerRule::Key,
            time: mapping.time.as_ref().map(&mut place),
            id: mapping.id.as_ref().map(&mut place),
            properties: mapping.properties.as_ref().map(&mut place),
            names,
        }
    }

    /// Validates the record's value and finds the parts.
    pub(super) fn read<'a>(&self, record: &Record<'a>) -> Result<Envelope<'a>, Rejection> {
        let mode = cloudevent::mode(record)?;
        let attributes = if mode == Mode::Binary { Some(binary(record)?) } else { None };
        let text = scan::text(document(record, mode)?)?;
        let mut found = Found { document: text, members: [None; NAMES_MAX] };
        scan::members(text, &self.names, &mut found.members).map_err(|error| not_json(&error))?;
        let key = record.key.map(Part::Key);
        let structured = mode == Mode::Structured || found.json(SPECVERSION).is_some_and(|raw| raw.starts_with('"'));
        let mut parts = match attributes {
            Some(attributes) => Envelope { properties: Some(text), ..attributes },
            None if structured => found.structured(key),
            None => found.own(),
        };
        self.map(&found, key, &mut parts);
        Ok(parts)
    }

    /// Puts the mapped parts in the place of the unmapped ones.
    fn map<'a>(&self, found: &Found<'a>, key: Option<Part<'a>>, parts: &mut Envelope<'a>) {
        if let Some(place) = &self.kind {
            parts.kind = found.at(place).map(Part::Json);
        }
        if let Some(place) = &self.customer {
            parts.customer = found.at(place).map(Part::Json);
        }
        if self.customer_is_key {
            parts.customer = key;
        }
        if let Some(place) = &self.time {
            parts.time = found.at(place).map(Part::Json);
        }
        if let Some(place) = &self.id {
            parts.id = found.at(place).map(Part::Json);
        }
        if let Some(place) = &self.properties {
            parts.properties = found.at(place);
        }
    }
}

/// The bytes of the document. A binary event without data has an empty one.
fn document<'a>(record: &Record<'a>, mode: Mode) -> Result<&'a [u8], Rejection> {
    match (record.value, mode) {
        (Some(value), _) if !value.is_empty() => Ok(value),
        (_, Mode::Binary) => Ok(b"{}"),
        (Some(_), Mode::Unmarked | Mode::Structured) => Err(Rejection::new(Reason::Empty, "the value has no bytes")),
        (None, Mode::Unmarked | Mode::Structured) => {
            Err(Rejection::new(Reason::Empty, "the value is null: a tombstone is no event"))
        }
    }
}

/// The parts of a binary `CloudEvent` but its properties, which are its data.
fn binary<'a>(record: &Record<'a>) -> Result<Envelope<'a>, Rejection> {
    let attribute = |name| cloudevent::attribute(record, name).map(|text| text.map(Part::Text));
    Ok(Envelope {
        kind: attribute("ce_type")?,
        customer: attribute("ce_subject")?.or(record.key.map(Part::Key)),
        time: attribute("ce_time")?,
        id: attribute("ce_id")?,
        properties: None,
    })
}

/// The members of one document, by the layout's positions.
struct Found<'a> {
    document: &'a str,
    members: [Option<&'a str>; NAMES_MAX],
}

impl<'a> Found<'a> {
    fn json(&self, position: usize) -> Option<&'a str> {
        self.members.get(position).copied().flatten().filter(|raw| *raw != "null")
    }

    fn at(&self, place: &Place) -> Option<&'a str> {
        match place {
            Place::Document => Some(self.document),
            Place::Member { position, below } => {
                let raw = below.iter().try_fold(self.json(*position)?, |raw, name| step(raw, name))?;
                (raw != "null").then_some(raw)
            }
        }
    }

    /// The parts of the project's own format.
    fn own(&self) -> Envelope<'a> {
        Envelope {
            kind: self.json(TYPE).map(Part::Json),
            customer: self.json(CUSTOMER).map(Part::Json),
            time: self.json(TIME).map(Part::Json),
            id: self.json(ID).map(Part::Json),
            properties: self.json(PROPERTIES),
        }
    }

    /// The same, and what they lack from the attributes of a structured `CloudEvent`. Binary data is a text, which is
    /// then refused as no object.
    fn structured(&self, key: Option<Part<'a>>) -> Envelope<'a> {
        let own = self.own();
        Envelope {
            customer: own.customer.or_else(|| self.json(SUBJECT).map(Part::Json)).or(key),
            properties: own.properties.or_else(|| self.json(DATA)).or_else(|| self.json(DATA_BASE64)),
            ..own
        }
    }
}

/// One name further down; an array is entered by a decimal index.
fn step<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    if !raw.starts_with('[') {
        return scan::member(raw, name);
    }
    let canonical = name == "0" || (!name.starts_with('0') && name.bytes().all(|byte| byte.is_ascii_digit()));
    let index = name.parse::<usize>().ok().filter(|_| canonical)?;
    let (mut position, mut found) = (0usize, None);
    scan::elements(raw, |element| {
        if position == index {
            found = Some(element);
        }
        position += 1;
    });
    found
}

/// The parser's complaint, which names a position; where it would quote the record, a sentence of our own.
fn not_json(error: &serde_json::Error) -> Rejection {
    if error.is_data() {
        return Rejection::new(Reason::NotJson, "the value is not a JSON object");
    }
    Rejection::new(Reason::NotJson, error.to_string())
}
