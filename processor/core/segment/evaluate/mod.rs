//! What holds now, and until when.
//!
//! Every answer comes with the instant before which it does not change unless an event comes. A leaf knows it from its
//! window or from where two lines cross; `not` keeps it; `and` that holds takes the least of its parts, `and` that
//! fails the greatest among its failing parts; `or` is the dual; `if` the lesser of its condition's and its branch's.
//! (Expiration times of expressions: Schmidt, Jensen, Šaltenis, "Expiration Times for Data Management", ICDE 2006.)

mod condition;
mod datum;
mod leaf;
mod operand;
mod quantity;
mod reading;
mod window;

pub use condition::{answer, settled};
pub use datum::Datum;
pub use leaf::{test, witnesses};
pub use operand::value;
pub use quantity::Quantity;
pub use reading::{Measurement, in_window, measure};
pub use window::Window;

use crate::event::Slot;
use crate::feature::FeatureSet;
use crate::timer::Instant;

/// What an expression is evaluated against.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The features of the customer: traits are here.
    pub customer: &'a FeatureSet,
    /// The features that forms read: the customer's, or those of one value inside `for some`.
    pub scope: &'a FeatureSet,
    /// The properties of the event at hand, inside a filter.
    pub slots: &'a [Slot],
    /// The customer's now.
    pub now: Instant,
    /// The customer's id.
    pub id: &'a str,
}

impl<'a> View<'a> {
    /// A customer at an instant.
    pub const fn of(id: &'a str, customer: &'a FeatureSet, now: Instant) -> Self {
        Self { customer, scope: customer, slots: &[], now, id }
    }

    /// The same customer at another instant.
    #[must_use]
    pub const fn at(self, now: Instant) -> Self {
        Self { now, ..self }
    }
}
