//! Transitions as consumers see them: CloudEvents 1.0 in binary mode, the value a JSON object.
//!
//! The same transition gives the same bytes, so that a retried batch is identical. No value exceeds the bound it is
//! given: lists are shortened, with how many more there are. Source: CloudEvents, Kafka Protocol Binding 1.0.2.

use compact_str::{CompactString, ToCompactString, format_compact};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::timer::{Instant, Length};
use crate::transition::{Because, Cause, Change, Evidence, Shown, Transition};

use super::value::JsonValue;

/// Header names and values of a record.
pub type Headers = Vec<(&'static str, CompactString)>;

/// The CloudEvents attributes and the headers a consumer filters by. `id` is group/partition/batch/index, equal on
/// every retry; `source` names the deployment.
pub fn transition_headers(transition: &Transition, id: &str, source: &str) -> Headers {
    let change = transition.change.as_str();
    vec![
        ("ce_specversion", "1.0".into()),
        ("ce_id", id.into()),
        ("ce_source", source.into()),
        ("ce_type", format_compact!("io.spicchio.segment.{change}.v1")),
        ("ce_subject", transition.customer.as_str().into()),
        ("ce_time", transition.at.to_compact_string()),
        ("content-type", "application/json".into()),
        ("segment", (*transition.segment).into()),
        ("change", change.into()),
        ("cause", transition.cause.as_str().into()),
    ]
}

/// The JSON value of a record of the transitions topic, at most `bytes_max` long: where it would be longer, the lists
/// are halved until it fits, and what is attached goes last.
pub fn transition_value(transition: &Transition, bytes_max: usize) -> Vec<u8> {
    /// What most transitions need.
    const USUAL: usize = 768;
    let mut whole = Vec::with_capacity(USUAL);
    let _ = serde_json::to_writer(&mut whole, &Payload { transition, listed_max: usize::MAX, attach: true });
    if whole.len() <= bytes_max {
        return whole;
    }
    let mut listed_max = transition.because.len().max(transition.evidence.len()).max(transition.witnesses.len());
    while listed_max > 0 {
        listed_max /= 2;
        let shorter = to_json(&Payload { transition, listed_max, attach: true });
        if shorter.len() <= bytes_max {
            return shorter;
        }
    }
    to_json(&Payload { transition, listed_max: 0, attach: false })
}

impl Change {
    /// The word in payloads and headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Exited => "exited",
            Self::Moved => "moved",
        }
    }
}

impl Cause {
    /// The word in payloads, headers and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Time => "time",
            Self::Late => "late",
            Self::Definition => "definition",
            Self::Backfill => "backfill",
            Self::Erasure => "erasure",
            Self::Forgotten => "forgotten",
        }
    }
}

/// JSON of something that always serialises: maps with text keys, texts and numbers.
pub(super) fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

struct Payload<'a> {
    transition: &'a Transition,
    listed_max: usize,
    attach: bool,
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let transition = self.transition;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("customer_id", transition.customer.as_str())?;
        map.serialize_entry("segment", &*transition.segment)?;
        map.serialize_entry("change", transition.change.as_str())?;
        if let Some(moved) = &transition.moved {
            map.serialize_entry("from", &moved.from.as_deref())?;
            map.serialize_entry("to", &moved.to.as_deref())?;
        }
        map.serialize_entry("at", &Text(transition.at))?;
        map.serialize_entry("decided_at", &Text(transition.decided_at))?;
        map.serialize_entry("cause", transition.cause.as_str())?;
        if let Some(since) = transition.since {
            map.serialize_entry("since", &Text(since))?;
        }
        if let Some(definition) = &transition.definition {
            map.serialize_entry("definition", &**definition)?;
        }
        let until = (transition.until <= Instant::MAX).then_some(Text(transition.until));
        map.serialize_entry("until", &until)?;
        if transition.until_is_bound {
            map.serialize_entry("until_is_bound", &true)?;
        }
        self.list(&mut map, "because", &transition.because, transition.because_more, ReasonEntry)?;
        self.list(&mut map, "evidence", &transition.evidence, transition.evidence_more, EvidenceEntry)?;
        if !transition.witnesses.is_empty() {
            self.list(&mut map, "witnesses", &transition.witnesses, transition.witnesses_more, |(property, value)| {
                Witness(property, JsonValue(value))
            })?;
        }
        if self.attach && !transition.attached.is_empty() {
            map.serialize_entry("attached", &Attached(&transition.attached))?;
        } else if !transition.attached.is_empty() {
            map.serialize_entry("attached_left_out", &true)?;
        }
        if transition.truncated {
            map.serialize_entry("truncated", &true)?;
        }
        map.end()
    }
}

impl<'a> Payload<'a> {
    fn list<M: SerializeMap, T, E: Serialize>(
        &self,
        map: &mut M,
        name: &'static str,
        entries: &'a [T],
        more: u64,
        entry: impl Fn(&'a T) -> E,
    ) -> Result<(), M::Error> {
        let listed = entries.len().min(self.listed_max);
        let entries: Vec<E> = entries.iter().take(listed).map(entry).collect();
        map.serialize_entry(name, &entries)?;
        let more = more + u64::try_from(self.left_out(name, listed)).unwrap_or(0);
        if more > 0 {
            map.serialize_entry(&format!("{name}_more"), &more)?;
        }
        Ok(())
    }

    fn left_out(&self, name: &str, listed: usize) -> usize {
        let all = match name {
            "because" => self.transition.because.len(),
            "evidence" => self.transition.evidence.len(),
            _ => self.transition.witnesses.len(),
        };
        all - listed
    }
}

/// Anything shown as text.
pub(super) struct Text<T>(pub(super) T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

struct ReasonEntry<'a>(&'a Because);

impl Serialize for ReasonEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("condition", &*self.0.condition)?;
        map.serialize_entry("value", &self.0.value)?;
        if self.0.at_least {
            map.serialize_entry("at_least", &true)?;
        }
        map.end()
    }
}

pub(super) struct EvidenceEntry<'a>(pub(super) &'a Evidence);

impl Serialize for EvidenceEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.0.kind.as_str())?;
        map.serialize_entry("time", &Text(self.0.time))?;
        if let Some(id) = &self.0.id {
            map.serialize_entry("id", id.as_str())?;
        }
        map.end()
    }
}

struct Witness<'a>(&'a str, JsonValue<'a>);

impl Serialize for Witness<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &self.1)?;
        map.end()
    }
}

struct Attached<'a>(&'a [(CompactString, Option<Shown>)]);

impl Serialize for Attached<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name.as_str(), value)?;
        }
        map.end()
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => JsonValue(value).serialize(serializer),
            Self::Duration(millis) => serializer.collect_str(&SignedLength(*millis)),
        }
    }
}

/// `4h`, `-30m`.
struct SignedLength(i64);

impl std::fmt::Display for SignedLength {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{}", Length::fixed(self.0.saturating_abs()))
    }
}

impl std::fmt::Display for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Value(value) => f.write_str(&String::from_utf8_lossy(&to_json(&JsonValue(value)))),
            Self::Duration(millis) => write!(f, "{}", SignedLength(*millis)),
        }
    }
}
