//! What crosses the line between the processor and a broker.

use spicchio_core::event::Record;
use spicchio_core::wire::Headers;

/// One partition of an input topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicPartition {
    /// Index of the topic in the configuration's list of inputs.
    pub topic: usize,
    /// Number of the partition.
    pub partition: i32,
}

/// A record as it is read; the bytes are the client's and gone after the call.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Where it was read.
    pub from: TopicPartition,
    /// At which offset.
    pub offset: i64,
    /// Its content.
    pub record: Record<'a>,
}

/// One of the topics that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// Entries and exits.
    Transitions,
    /// What is true now.
    Memberships,
    /// What was refused.
    DeadLetters,
}

/// A record to be written; it goes to the partition with the number of the input's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// To which topic.
    pub to: Destination,
    /// The key, where there is one.
    pub key: Option<Vec<u8>>,
    /// The value; none is a tombstone.
    pub value: Option<Vec<u8>>,
    /// The headers.
    pub headers: Headers,
}

impl Outgoing {
    /// About how many bytes it takes on the wire.
    pub fn bytes(&self) -> usize {
        /// What a record costs beside its content, rounded up.
        const FRAME_BYTES: usize = 32;
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let length = |part: &Option<Vec<u8>>| part.as_ref().map_or(0, Vec::len);
        FRAME_BYTES + headers + length(&self.key) + length(&self.value)
    }
}
