//! What changes a customer's state: events, decoded from records and checked, with exactly the properties some
//! definition reads.
//!
//! A record is scanned once for validity, customer, type, time and id; only properties named in the [`Interest`] are
//! decoded. Whether a record is refused never depends on the definitions. Not here: what an event does (`feature`).

mod decoding;
mod dedup;
mod identity;
mod interest;
mod item;
mod number;
mod record;
mod rejection;
mod value;

pub use decoding::{Decoder, Mapping, MappingError, RawMapping, RawTypeChoice, RawTypeRule};
pub use dedup::{Dedup, Sighting};
pub use identity::Identity;
pub use interest::{Column, Interest, Kind, KindInterest};
pub use item::{ItemProperty, items};
pub use number::Number;
pub use record::{Header, Record, TopicRules};
pub use rejection::{Reason, Rejection};
pub use value::{Point, Slot, Value};

use smallvec::SmallVec;

use crate::customer::CustomerId;
use crate::timer::Instant;

/// A valid fact about one customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whom it is about.
    pub customer: CustomerId,
    /// Its type.
    pub kind: Kind,
    /// When it happened, by its producer.
    pub time: Instant,
    /// What tells it from other events of the same type and time.
    pub identity: Identity,
    /// One slot for each column of the [`Interest`] in its kind, in that order; none for a kind nobody reads.
    pub slots: SmallVec<[Slot; 4]>,
    /// Properties that counted as missing because a number had too many digits or too large a magnitude.
    pub numbers_out_of_range: u16,
    /// Properties that counted as missing because they had another type than declared, or were negative against
    /// `minimum: 0`.
    pub values_of_wrong_type: u16,
}
