//! What the decoder is given: one record of a topic, and the rules of that topic.
//!
//! Plain borrowed bytes: nothing here knows Kafka's client. Not here: where the record stood in its topic (the dead
//! letter's `Origin`), since no decision about an event may depend on it.

use super::decoding::Mapping;
use crate::timer::Instant;

/// A header's name and value.
pub type Header<'a> = (&'a str, Option<&'a [u8]>);

/// One record as it was read; a line of an event file has a value alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The Kafka key: the customer id.
    pub key: Option<&'a [u8]>,
    /// The Kafka value; none for a tombstone.
    pub value: Option<&'a [u8]>,
    /// The headers; only those that [`Record::reads_header`] names are looked at, and of equal names the last.
    pub headers: &'a [Header<'a>],
    /// The Kafka timestamp; none where the broker says -1, and then no rule of time is checked.
    pub timestamp: Option<Instant>,
}

impl<'a> Record<'a> {
    /// The longest value, in bytes; a longer one is refused as `too_large` unread.
    pub const VALUE_BYTES_MAX: usize = 1 << 20;

    /// Whether decoding looks at headers of this name, so that a caller need not hand over the others.
    pub fn reads_header(name: &str) -> bool {
        name == "content-type" || name.starts_with("ce_")
    }

    /// The value of the last header of that name.
    pub(super) fn header(&self, name: &str) -> Option<&'a [u8]> {
        self.headers.iter().rev().find(|(header, _)| *header == name).and_then(|(_, value)| *value)
    }
}

/// What holds for every record of one topic.
#[derive(Clone, Debug)]
pub struct TopicRules {
    /// Where the parts of an event stand.
    pub mapping: Mapping,
    /// How far after its record's Kafka timestamp an event's time may lie, in milliseconds; none: any distance.
    pub max_ahead_millis: Option<i64>,
    /// How far before its record's Kafka timestamp an event's time may lie, in milliseconds; none: any distance.
    pub max_late_millis: Option<i64>,
    /// Whether `erase` is accepted: on the topic configured as `control` alone.
    pub control: bool,
    /// Whether a record must have a key. Kafka spreads records without one over all partitions, so a customer's events
    /// would meet in none; a file of events has no keys.
    pub key_required: bool,
}

/// An ordinary topic of events: five minutes ahead, thirty days late, keyed, without control.
impl Default for TopicRules {
    fn default() -> Self {
        Self {
            mapping: Mapping::default(),
            max_ahead_millis: Some(5 * 60_000),
            max_late_millis: Some(30 * 86_400_000),
            control: false,
            key_required: true,
        }
    }
}
