//! The first or last event of a customer's life.

use std::cmp::Ordering;

use super::moment::{Moment, Position};
use crate::event::{Event, Value};
use crate::segment::Side;

/// One event: where it stands, and the value of a property on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it stands.
    pub position: Position,
    /// The property's value, where it is kept and the event has it.
    pub value: Option<Value>,
}

impl Edge {
    /// Whether `event` lies further out than this edge.
    pub fn is_behind(&self, event: &Event, side: Side) -> bool {
        let outer = match side {
            Side::First => Ordering::Less,
            Side::Last => Ordering::Greater,
        };
        match Moment::of(event.time, &event.kind).cmp(&self.position.moment) {
            // The identity is copied for the tie alone.
            Ordering::Equal => Position::of(event, self.position.identity.is_some()).cmp(&self.position) == outer,
            ordering @ (Ordering::Less | Ordering::Greater) => ordering == outer,
        }
    }
}
