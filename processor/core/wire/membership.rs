//! What is true now, as the compacted memberships topic holds it: one record for each customer and segment or ladder.

use serde::{Deserialize, Serialize};

use super::transition::to_json;
use crate::customer::Place;
use crate::segment::plan::{CompiledSegment, Rule};
use crate::timer::Instant;
use crate::transition::{Change, Transition};

/// The state of who is inside a segment.
const INSIDE: &str = "in";
/// The state of who left a segment that is not entered again for a while.
const LEFT: &str = "left";

/// The key of a record of the memberships topic: customer, unit separator, segment.
pub fn membership_key(transition: &Transition) -> String {
    customer_and_segment(transition.customer.as_str(), &transition.segment)
}

/// The key of a record of the memberships topic about that customer and segment.
pub fn customer_and_segment(customer: &str, segment: &str) -> String {
    format!("{customer}\u{1f}{segment}")
}

/// The customer and the segment that a key of the memberships topic names, or nothing where it is none.
pub fn read_membership_key(key: &str) -> Option<(&str, &str)> {
    key.rsplit_once('\u{1f}')
}

/// The value of a record of the memberships topic after this transition: a JSON object with `state` (`in`, the stage,
/// or `left` where the exit is remembered), `at` and `since`; nothing (a tombstone) otherwise.
pub fn membership_value(transition: &Transition) -> Option<Vec<u8>> {
    let state = match (transition.change, &transition.moved) {
        (Change::Entered, _) => INSIDE,
        (Change::Exited, _) if transition.rests => LEFT,
        (Change::Moved, Some(moved)) => moved.to.as_deref()?,
        (Change::Exited | Change::Moved, _) => return None,
    };
    let at = transition.at.to_string();
    Some(to_json(&Membership { state, since: at.clone(), at }))
}

/// What a record of the memberships topic says of a customer and a segment or ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// `in`, `left`, or the name of a stage.
    pub state: String,
    /// Since when.
    pub since: Instant,
}

impl Announcement {
    /// Reads the value of a memberships record, or nothing where it is no such value.
    pub fn read(value: &[u8]) -> Option<Self> {
        let membership: Membership<String> = serde_json::from_slice(value).ok()?;
        Some(Self { since: Instant::parse(&membership.since)?, state: membership.state })
    }

    /// Whether it is membership of a segment.
    pub fn is_inside(&self) -> bool {
        self.state == INSIDE
    }

    /// The stage, where it is neither membership of a segment nor the memory of one; so a ladder that is gone cannot be
    /// told from a segment where one of its stages is called like that.
    pub fn stage(&self) -> Option<&str> {
        (self.state != INSIDE && self.state != LEFT).then_some(&*self.state)
    }

    /// Which place of the segment or ladder as it is defined now that is; nothing where it has no such place.
    pub fn place(&self, segment: &CompiledSegment) -> Option<Place> {
        match &segment.rule {
            Rule::Ladder(ladder) => ladder.names.iter().position(|name| **name == *self.state).map(Place::stage),
            Rule::Holds(_) | Rule::Latch(_) if self.state == INSIDE => Some(Place::Inside),
            Rule::Latch(_) if self.state == LEFT => Some(Place::Outside),
            Rule::Holds(_) | Rule::Latch(_) => None,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Membership<T> {
    state: T,
    at: String,
    since: String,
}
