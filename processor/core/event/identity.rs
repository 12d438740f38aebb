//! What tells two events of the same type and time apart, and orders them.

use std::fmt;

/// An event's id, or for an event without one the bytes of its record.
///
/// Ordered bytewise; every event without id comes after every event with one.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(Box<[u8]>);

impl Clone for Identity {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }

    /// Ids of one producer are mostly equally long: then nothing is allocated.
    fn clone_from(&mut self, source: &Self) {
        self.0.clone_from(&source.0);
    }
}

impl Identity {
    /// No UTF-8 text holds this byte, so it sorts after every id.
    const WITHOUT_ID: u8 = 0xFF;
    /// How much of a record without id is kept; of a longer one, this much and a hash of the whole.
    const RECORD_BYTES_MAX: usize = 256;

    /// The identity of an event that carries an id.
    pub fn of_id(id: &str) -> Self {
        Self(id.as_bytes().into())
    }

    /// The identity of an event without id: its record's value, of a long one the beginning and a hash of the whole.
    pub fn of_record(bytes: &[u8]) -> Self {
        let kept = bytes.get(..Self::RECORD_BYTES_MAX).unwrap_or(bytes);
        let mut identity = Vec::with_capacity(kept.len() + 17);
        identity.push(Self::WITHOUT_ID);
        identity.extend_from_slice(kept);
        if kept.len() < bytes.len() {
            identity.extend_from_slice(&xxhash_rust::xxh3::xxh3_128(bytes).to_be_bytes());
        }
        Self(identity.into_boxed_slice())
    }

    /// The identity that is ordered by these bytes, as it was kept.
    pub fn restored(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The identity among events of undeclared types, which are ordered by the type's name first.
    #[must_use]
    pub fn within(&self, type_name: &str) -> Self {
        Self([type_name.as_bytes(), &[0], &self.0].concat().into_boxed_slice())
    }

    /// The id, where there is one.
    pub fn id(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The bytes by which it is ordered.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id().unwrap_or("(without id)"))
    }
}
