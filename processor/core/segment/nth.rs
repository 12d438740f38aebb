//! Which event, counted from one end of a customer's history: `first(E)`, `last(E, 3)`.

use std::fmt::{self, Display, Formatter};

use super::Side;

/// The n-th event from one end, in the order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nth {
    /// The end that is counted from.
    pub side: Side,
    /// One for the event at that end itself; at the most [`Nth::ORDINAL_MAX`].
    pub ordinal: u16,
}

impl Nth {
    /// The greatest n of an n-th event: as many are kept of every customer. A greater one is an error of the
    /// definition.
    pub const ORDINAL_MAX: u16 = 100;
    /// The first event.
    pub const FIRST: Self = Self { side: Side::First, ordinal: 1 };
    /// The last event.
    pub const LAST: Self = Self { side: Side::Last, ordinal: 1 };
}

impl From<Side> for Nth {
    fn from(side: Side) -> Self {
        Self { side, ordinal: 1 }
    }
}

/// As the argument behind the events: `, 3`; nothing for the event at the end itself.
impl Display for Nth {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.ordinal == 1 { Ok(()) } else { write!(f, ", {}", self.ordinal) }
    }
}
