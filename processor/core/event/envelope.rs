//! The parts of an event, found in a record: type, customer, time, id and properties, not yet understood.
//!
//! One topic's mapping is laid out once as a list of member names; a record is then read in one pass, in which its whole
//! JSON is validated. Three shapes are told apart by the record alone:
//!
//! - the project's own: `type`, `customer_id`, `time`, `id`, `properties`;
//! - a structured CloudEvent (a text `specversion`, or a content type of CloudEvents): the same names, and where
//!   `customer_id` or `properties` is missing, `subject`, else the key, and `data`;
//! - a binary CloudEvent (a header `ce_specversion`): `ce_type`, `ce_subject` or else the key, `ce_time`, `ce_id`, and
//!   the value is the properties; it may be empty.
//!
//! A part that the topic maps is read from where the mapping says, whatever the shape. Not here: what the parts must be
//! (`decode`).

use compact_str::CompactString;

use super::mapping::{CustomerRule, Mapping, Pointer, TypeRule};
use super::scan::{self, Names};
use super::{Reason, Record, Rejection};

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

/// Where the parts stand in one topic's records.
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

/// A mapped place: a member of the document by its position among the names, and the way down from there.
#[derive(Clone, Debug)]
enum Place {
    Document,
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
/// A mapping names at most five places of its own.
const NAMES_MAX: usize = UNMAPPED.len() + 5;

impl Layout {
    pub(super) fn new(mapping: &Mapping) -> Self {
        let mut names = Names::default();
        for name in UNMAPPED {
            names.add(name);
        }
        let mut place = |pointer: Option<&Pointer>| {
            pointer.map(|pointer| match pointer.0.split_first() {
                None => Place::Document,
                Some((name, below)) => Place::Member { position: names.add(name), below: below.to_vec() },
            })
        };
        Self {
            kind: match &mapping.kind {
                TypeRule::Fixed(_) => None,
                TypeRule::Read { at, .. } => place(at.as_ref()),
            },
            customer: match &mapping.customer {
                CustomerRule::Unmapped | CustomerRule::Key => None,
                CustomerRule::At(pointer) => place(Some(pointer)),
            },
            customer_is_key: mapping.customer == CustomerRule::Key,
            time: place(mapping.time.as_ref()),
            id: place(mapping.id.as_ref()),
            properties: place(mapping.properties.as_ref()),
            names,
        }
    }

    /// Validates the record's value and finds the parts.
    pub(super) fn read<'a>(&self, record: &Record<'a>) -> Result<Envelope<'a>, Rejection> {
        let binary = record.header("ce_specversion").is_some();
        let value = match record.value {
            Some(value) if !value.is_empty() => value,
            _ if binary => b"{}",
            Some(_) => return Err(Rejection::new(Reason::Empty, "the value has no bytes")),
            None => return Err(Rejection::new(Reason::Empty, "the value is null: a tombstone is no event")),
        };
        let structured = structured_by_header(record)?;
        let text = scan::text(value)?;
        let mut found = Found { document: text, members: [None; NAMES_MAX] };
        scan::members(text, &self.names, &mut found.members).map_err(|error| not_json(&error))?;
        let key = record.key.map(Part::Key);
        let mut parts = if binary {
            Envelope {
                kind: attribute(record, "ce_type")?,
                customer: attribute(record, "ce_subject")?.or(key),
                time: attribute(record, "ce_time")?,
                id: attribute(record, "ce_id")?,
                properties: Some(text),
            }
        } else {
            let structured = structured || found.json(SPECVERSION).is_some_and(|raw| raw.starts_with('"'));
            found.unmapped(structured.then_some(key))
        };
        self.apply(&found, key, &mut parts);
        Ok(parts)
    }

    /// Puts the mapped parts in the place of the unmapped ones.
    fn apply<'a>(&self, found: &Found<'a>, key: Option<Part<'a>>, parts: &mut Envelope<'a>) {
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

    /// The parts by their own names; in a CloudEvent (which gives the key it may fall back on) by those of CloudEvents too.
    fn unmapped(&self, cloud_event: Option<Option<Part<'a>>>) -> Envelope<'a> {
        let mut parts = Envelope {
            kind: self.json(TYPE).map(Part::Json),
            customer: self.json(CUSTOMER).map(Part::Json),
            time: self.json(TIME).map(Part::Json),
            id: self.json(ID).map(Part::Json),
            properties: self.json(PROPERTIES),
        };
        if let Some(key) = cloud_event {
            parts.customer = parts.customer.or_else(|| self.json(SUBJECT).map(Part::Json)).or(key);
            // Binary data is a text, which is then refused as no object.
            parts.properties = parts.properties.or_else(|| self.json(DATA)).or_else(|| self.json(DATA_BASE64));
        }
        parts
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

/// Whether the content type says that the value is a CloudEvent.
fn structured_by_header(record: &Record<'_>) -> Result<bool, Rejection> {
    let content_type = record.header("content-type").unwrap_or_default();
    let starts = |with: &[u8]| content_type.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if starts(b"application/cloudevents-batch") {
        return Err(Rejection::new(Reason::BadCloudEvent, "a batch of CloudEvents in one record: send one event a record"));
    }
    Ok(starts(b"application/cloudevents"))
}

/// A CloudEvents attribute from its header; an empty one is not there.
fn attribute<'a>(record: &Record<'a>, name: &'static str) -> Result<Option<Part<'a>>, Rejection> {
    let bytes = record.header(name).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok("") => Ok(None),
        Ok(text) => Ok(Some(Part::Text(text))),
        Err(_) => Err(Rejection::new(Reason::BadCloudEvent, format!("the header `{name}` is not UTF-8"))),
    }
}

/// The parser's complaint, which names a position; where it would quote the record, a sentence of our own.
fn not_json(error: &serde_json::Error) -> Rejection {
    if error.is_data() {
        return Rejection::new(Reason::NotJson, "the value is not a JSON object");
    }
    Rejection::new(Reason::NotJson, error.to_string())
}
