//! How a law drives what it tests: a file of events goes in, a timeline of memberships comes out.
//!
//! The laws know a [`Subject`] and nothing else of it. Not here: what the timeline should be (`oracle`).

use std::collections::BTreeSet;
use std::fmt;

use crate::definition::Definitions;
use spicchio_core::timer::{Instant, Length};
use spicchio_core::transition::Cause;

use crate::given::GivenEvent;

/// One replay: what is defined, what is read, how far the clock goes.
#[derive(Clone, Debug)]
pub struct Course {
    /// The segments, ladders and scores.
    pub definitions: Definitions,
    /// The events in the order in which they are read.
    pub events: Vec<GivenEvent>,
    /// Where the clock stands at the end, that instant included; the last event's time where that is later.
    pub until: Instant,
    /// The age of its newest event at which a customer ceases to exist; nobody is forgotten without.
    pub forget_after: Option<Length>,
    /// The grid of time: events, lengths and thresholds are multiples of so many milliseconds, so that whatever changes
    /// does so at a multiple of it from the first event on, or one millisecond later. The oracle looks there; a subject
    /// has no use for it.
    pub tick_millis: i64,
}

/// Which way a membership changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Into a segment.
    Entered,
    /// Out of a segment.
    Exited,
    /// From one stage of a ladder to another, none where there is no stage.
    Moved {
        /// The stage before.
        from: Option<String>,
        /// The stage after.
        to: Option<String>,
    },
}

/// As short as it can be said.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entered => f.write_str("Entered"),
            Self::Exited => f.write_str("Exited"),
            Self::Moved { from, to } => {
                write!(f, "{} -> {}", from.as_deref().unwrap_or("null"), to.as_deref().unwrap_or("null"))
            }
        }
    }
}

/// A membership that changed, as a subject announced it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The instant of the change.
    pub at: Instant,
    /// Whose.
    pub customer: String,
    /// Of which segment or ladder.
    pub segment: String,
    /// Which way.
    pub change: Change,
    /// Why.
    pub cause: Cause,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, customer, segment, change, cause } = self;
        write!(f, "{at} {customer} {segment} {change} {cause:?}")
    }
}

/// Each on a line of its own, as failures show them.
pub fn listed<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(|item| format!("  {item}")).collect::<Vec<_>>().join("\n")
}

/// What a replay put out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The transitions in order of decision.
    pub lines: Vec<Line>,
    /// The same as it would be written: every byte of every payload.
    pub bytes: Vec<u8>,
}

impl Replayed {
    /// The output as text, as failures show it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// What is left when everything was read and the clock has moved on to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalState {
    /// Who is in which segment: customer and segment.
    pub memberships: BTreeSet<(String, String)>,
    /// What is kept of every customer, in a form that is equal where the state is equal.
    pub state: Vec<u8>,
}

impl fmt::Display for FinalState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}\n{}", self.memberships, String::from_utf8_lossy(&self.state))
    }
}

/// What the laws are about.
pub trait Subject: Sync {
    /// Its name, for messages.
    fn name(&self) -> &'static str;

    /// Replays a course. Between two batches, which end at the places in `cuts` (ascending numbers of events), effects
    /// are taken out and the subject may do what it does at the end of a batch; none means one batch.
    fn replay(&self, course: &Course, cuts: &[usize]) -> Replayed;

    /// Replays a course in one batch and looks at what is left.
    fn final_state(&self, course: &Course) -> FinalState;
}
