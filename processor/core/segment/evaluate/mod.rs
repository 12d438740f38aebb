//! What holds now, and until when.
//!
//! Every answer comes with the instant before which it does not change unless an event comes. A leaf knows it from its
//! window or from where two lines cross; `not` keeps it; `and` that holds takes the least of its parts, `and` that
//! fails the greatest among its failing parts; `or` is the dual; `if` the lesser of its condition's and its branch's.
//! (Expiration times of expressions: Schmidt, Jensen, Šaltenis, "Expiration Times for Data Management", ICDE 2006.)

mod calendar;
mod chain;
mod condition;
mod datum;
mod item;
mod leaf;
mod operand;
mod orders;
mod place;
mod quantity;
mod reading;
mod rule;
mod runs;
mod values;
mod window;

#[cfg(test)]
mod tests;

pub use condition::{answer, settled};
pub use datum::Datum;
pub use leaf::{test, witnesses};
pub use operand::value;
pub use quantity::Quantity;
pub use reading::{Measurement, in_window, measure};
pub use rule::{Outcome, decisive, outcome, settled_outcome};
pub use window::Window;

use crate::customer::{Customer, Memberships};
use crate::event::{Slot, Value};
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
    /// The item at hand, inside `some`.
    pub item: Option<&'a Value>,
    /// Where the customer stands with segments, as decided so far.
    pub memberships: &'a Memberships,
    /// The customer's now.
    pub now: Instant,
    /// The customer's id.
    pub id: &'a str,
}

impl<'a> View<'a> {
    /// A customer at an instant.
    pub const fn of(id: &'a str, customer: &'a Customer, now: Instant) -> Self {
        let features = &customer.features;
        Self {
            customer: features,
            scope: features,
            slots: &[],
            item: None,
            memberships: &customer.memberships,
            now,
            id,
        }
    }

    /// An event of a customer of whom nothing else is seen: for filters.
    pub const fn of_event(id: &'a str, nobody: &'a FeatureSet, slots: &'a [Slot], now: Instant) -> Self {
        Self { customer: nobody, scope: nobody, slots, item: None, memberships: Memberships::NONE, now, id }
    }

    /// The same customer at another instant.
    #[must_use]
    pub const fn at(self, now: Instant) -> Self {
        Self { now, ..self }
    }
}
