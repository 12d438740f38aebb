//! What consumers were told, read back: from the topic of transitions, or from what `replay` prints.
//!
//! Not here: what they should have been told.

mod history;
mod settled;

pub use history::{alternation_errors, repeated_ids};
pub use settled::{Settled, differences, settle};

use serde_json::Value;
use spicchio_core::timer::Instant;

use crate::kafka::Stored;

/// A transition as a consumer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// Whose.
    pub customer: String,
    /// The segment, or the ladder.
    pub segment: String,
    /// `entered`, `exited` or `moved`.
    pub change: String,
    /// For `moved`, the stage before; none for the first.
    pub from: Option<String>,
    /// For `moved`, the stage after; none for the last.
    pub to: Option<String>,
    /// The instant of the change.
    pub at: Instant,
    /// The partition clock when it was decided.
    pub decided_at: Option<Instant>,
    /// Why.
    pub cause: String,
    /// The whole payload.
    pub payload: Value,
}

impl Announced {
    /// The transition in a payload; fails the test, showing it, when it is none.
    pub fn from_json(payload: Value) -> Self {
        let text = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let instant = |name: &str| text(name).as_deref().and_then(Instant::parse);
        let parts = (text("customer_id"), text("segment").or_else(|| text("ladder")), text("change"), instant("at"));
        let (Some(customer), Some(segment), Some(change), Some(at)) = parts else {
            panic!("not a transition: {payload}");
        };
        let (from, to, decided_at) = (text("from"), text("to"), instant("decided_at"));
        let cause = text("cause").unwrap_or_default();
        Self { customer, segment, change, from, to, at, decided_at, cause, payload }
    }

    /// The transition in a record of the topic; its key must be the customer.
    pub fn from_record(record: &Stored) -> Self {
        let announced = Self::from_json(record.json());
        assert_eq!(record.key_text(), announced.customer, "the key of partition {}", record.partition);
        announced
    }

    /// The transitions in what `replay` prints, in its order.
    pub fn from_lines(text: &str) -> Vec<Self> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("not JSON ({e}): {line}"));
        text.lines().filter(|line| !line.is_empty()).map(|line| Self::from_json(parse(line))).collect()
    }
}
