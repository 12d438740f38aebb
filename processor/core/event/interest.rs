//! Which properties of which event types some definition reads.
//!
//! Built once from the compiled definitions; the decoder reads nothing else. A nested property is named by its path.

use compact_str::CompactString;

use crate::segment::Type;

/// The type of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A declared type, by its rank: built-in types first, then the definition files'.
    Declared(u16),
    /// A type nobody declared; it counts under `any` alone. Ordered by name, after all declared ones.
    Other(CompactString),
}

/// One property to decode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The names from the properties object down to the value.
    pub path: Vec<CompactString>,
    /// The declared type; another one counts as missing.
    pub ty: Type,
    /// Declared `minimum: 0`: a negative number counts as missing.
    pub nonnegative: bool,
    /// Take the property's own value and that of each of the event's line items (`items`), as a list without
    /// repetition.
    pub spread: bool,
}

/// What is read of one declared event type. For `profile`, the columns are traits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindInterest {
    /// The type's name.
    pub name: CompactString,
    /// The properties to decode, in the order of an event's slots.
    pub columns: Vec<Column>,
}

/// What is read of every declared event type, by rank.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interest {
    /// All declared types; the index is the rank in [`Kind::Declared`].
    pub kinds: Vec<KindInterest>,
}
