//! Where the parts of an event stand in the records of one topic: `decode:` in the configuration.
//!
//! As written ([`RawMapping`]) and checked ([`Mapping`]). What is not mapped stands where the project's own format has
//! it, or where `CloudEvents` has it. Not here: reading a record by it (`envelope`).

use std::collections::BTreeMap;

use compact_str::CompactString;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Decoder;

/// The mapping as it is written. Where a part is left out, it is read from `type`, `customer_id`, `time`, `id` and
/// `properties`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMapping {
    /// Where the type stands, as a JSON pointer such as `/event`; or a rule for it.
    #[serde(default, rename = "type")]
    pub kind: Option<RawTypeRule>,
    /// `key` for the Kafka key, or a JSON pointer such as `/userId`.
    #[serde(default)]
    pub customer: Option<String>,
    /// Where the time stands, as a JSON pointer.
    #[serde(default)]
    pub time: Option<String>,
    /// Where the id stands, as a JSON pointer.
    #[serde(default)]
    pub id: Option<String>,
    /// Where the object of properties stands, as a JSON pointer; the empty pointer is the whole document.
    #[serde(default)]
    pub properties: Option<String>,
    /// What types are called here, by what the topic calls them. A name that is not listed stays as it is.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
}

/// A JSON pointer to the type, or a rule for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawTypeRule {
    /// A JSON pointer.
    At(String),
    /// More than a pointer.
    Rule(RawTypeChoice),
}

/// Either the one type of all records, or a pointer and the type of records that have nothing there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTypeChoice {
    /// The type of every record of the topic; stands alone.
    #[serde(default)]
    pub value: Option<String>,
    /// Where the type stands, as a JSON pointer.
    #[serde(default)]
    pub at: Option<String>,
    /// The type of records that have none.
    #[serde(default)]
    pub default: Option<String>,
}

/// Why a mapping is refused when the configuration is loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// A pointer is not one.
    #[error("`{part}: {pointer}` is not a JSON pointer: write `{}`", suggestion(pointer))]
    NotAPointer {
        /// The part of the event.
        part: &'static str,
        /// As written.
        pointer: String,
    },
    /// A `~` in a pointer is not `~0` or `~1`.
    #[error("`{part}: {pointer}` has a `~` that is no escape: write `~0` for `~` and `~1` for `/` inside a name")]
    BadEscape {
        /// The part of the event.
        part: &'static str,
        /// As written.
        pointer: String,
    },
    /// A pointer leads deeper than a record may nest.
    #[error("`{part}` has {names} names, and a record nests at most {} levels: shorten it", super::scan::DEPTH_MAX)]
    TooDeep {
        /// The part of the event.
        part: &'static str,
        /// How many names the pointer has.
        names: usize,
    },
    /// Only properties can be the whole document.
    #[error("`{part}` points at the whole document: name the member that holds it, such as `/{part}`")]
    WholeDocument {
        /// The part of the event.
        part: &'static str,
    },
    /// A fixed type leaves nothing to point at.
    #[error(
        "`type` has `value` beside `at` or `default`: keep `value` for one type, or the others for a type per record"
    )]
    FixedAndPointed,
    /// A rule for the type that says nothing.
    #[error("`type` is an empty rule: give `value`, or `at` and `default`")]
    NoTypeRule,
    /// A type's name is empty or too long.
    #[error("`{name}` is no name for a type: it must have 1 to {} bytes", Decoder::TYPE_BYTES_MAX)]
    BadTypeName {
        /// As written.
        name: String,
    },
}

/// Names from the document down to a value; an array is entered by a decimal index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer(pub(super) Vec<CompactString>);

/// Where the type comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeRule {
    /// The same for every record.
    Fixed(CompactString),
    /// From the record, else the default.
    Read { at: Option<Pointer>, default: Option<CompactString> },
}

/// Where the customer comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum CustomerRule {
    /// Where the project's own format or `CloudEvents` has it.
    Unmapped,
    /// The Kafka key.
    Key,
    /// From the document.
    At(Pointer),
}

/// A checked mapping; the default is the project's own format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub(super) kind: TypeRule,
    pub(super) customer: CustomerRule,
    pub(super) time: Option<Pointer>,
    pub(super) id: Option<Pointer>,
    pub(super) properties: Option<Pointer>,
    pub(super) types: BTreeMap<CompactString, CompactString>,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            kind: TypeRule::Read { at: None, default: None },
            customer: CustomerRule::Unmapped,
            time: None,
            id: None,
            properties: None,
            types: BTreeMap::new(),
        }
    }
}

impl TryFrom<RawMapping> for Mapping {
    type Error = MappingError;

    fn try_from(raw: RawMapping) -> Result<Self, MappingError> {
        let types = raw.types.iter().map(|(from, to)| Ok((type_name(from)?, type_name(to)?)));
        Ok(Self {
            kind: type_rule(raw.kind)?,
            customer: match raw.customer.as_deref() {
                None => CustomerRule::Unmapped,
                Some("key") => CustomerRule::Key,
                Some(text) => CustomerRule::At(member_pointer("customer", text)?),
            },
            time: raw.time.as_deref().map(|text| member_pointer("time", text)).transpose()?,
            id: raw.id.as_deref().map(|text| member_pointer("id", text)).transpose()?,
            properties: raw.properties.as_deref().map(|text| pointer("properties", text)).transpose()?,
            types: types.collect::<Result<_, MappingError>>()?,
        })
    }
}

fn type_rule(raw: Option<RawTypeRule>) -> Result<TypeRule, MappingError> {
    let choice = match raw {
        None => return Ok(Mapping::default().kind),
        Some(RawTypeRule::At(at)) => RawTypeChoice { at: Some(at), ..RawTypeChoice::default() },
        Some(RawTypeRule::Rule(choice)) => choice,
    };
    match choice {
        RawTypeChoice { value: Some(value), at: None, default: None } => Ok(TypeRule::Fixed(type_name(&value)?)),
        RawTypeChoice { value: Some(_), .. } => Err(MappingError::FixedAndPointed),
        RawTypeChoice { value: None, at: None, default: None } => Err(MappingError::NoTypeRule),
        RawTypeChoice { value: None, at, default } => Ok(TypeRule::Read {
            at: at.as_deref().map(|text| member_pointer("type", text)).transpose()?,
            default: default.as_deref().map(type_name).transpose()?,
        }),
    }
}

fn type_name(name: &str) -> Result<CompactString, MappingError> {
    let fits = (1..=Decoder::TYPE_BYTES_MAX).contains(&name.len());
    fits.then(|| name.into()).ok_or_else(|| MappingError::BadTypeName { name: name.to_owned() })
}

fn member_pointer(part: &'static str, text: &str) -> Result<Pointer, MappingError> {
    let pointer = pointer(part, text)?;
    if pointer.0.is_empty() { Err(MappingError::WholeDocument { part }) } else { Ok(pointer) }
}

/// What a dotted path, or a path with a dollar sign, would be.
fn suggestion(path: &str) -> String {
    format!("/{}", path.trim_start_matches(['$', '.']).replace('.', "/"))
}

/// RFC 6901.
fn pointer(part: &'static str, text: &str) -> Result<Pointer, MappingError> {
    if text.is_empty() {
        return Ok(Pointer(Vec::new()));
    }
    let Some(names) = text.strip_prefix('/') else {
        return Err(MappingError::NotAPointer { part, pointer: text.to_owned() });
    };
    let names = names.split('/').map(unescape).collect::<Option<Vec<_>>>();
    let names = names.ok_or_else(|| MappingError::BadEscape { part, pointer: text.to_owned() })?;
    if names.len() > super::scan::DEPTH_MAX {
        return Err(MappingError::TooDeep { part, names: names.len() });
    }
    Ok(Pointer(names))
}

fn unescape(name: &str) -> Option<CompactString> {
    let mut pieces = name.split('~');
    let mut plain = CompactString::from(pieces.next()?);
    for piece in pieces {
        let (escape, rest) = piece.split_at_checked(1)?;
        plain.push_str(match escape {
            "0" => "~",
            "1" => "/",
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}
