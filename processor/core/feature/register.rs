//! A trait: what the latest profile event that mentions it says.

use super::moment::Position;
use crate::event::{Event, Slot, Value};

/// The latest assignment of a trait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The event that assigned it.
    pub assigned: Position,
    /// The value; none after it was removed.
    pub value: Option<Value>,
}

impl Register {
    /// The register after its first assignment, or nothing where the event does not mention the trait.
    pub fn assign(current: Option<Self>, event: &Event, slot: &Slot) -> Option<Self> {
        if *slot == Slot::Absent {
            return current;
        }
        let assigned = Position::of(event, true);
        match current {
            Some(kept) if kept.assigned > assigned => Some(kept),
            Some(_) | None => Some(Self { assigned, value: slot.value().cloned() }),
        }
    }
}
