//! What is announced: a customer entered or left a segment.

mod because;

pub use because::{Changed, LISTED_MAX, Reasons, evidence_of, is_lower_bound, reasons};

use std::sync::Arc;

use compact_str::CompactString;

use crate::customer::{CustomerId, Place};
use crate::event::Value;
use crate::segment::plan::CompiledSegment;
use crate::timer::Instant;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// The segment began to hold.
    Entered,
    /// It ceased to hold.
    Exited,
    /// Another stage of a ladder holds.
    Moved,
}

impl Change {
    /// What it is called when a customer's place changes.
    pub const fn between(from: Place, to: Place) -> Self {
        match (from, to) {
            (Place::Stage(_), _) | (_, Place::Stage(_)) => Self::Moved,
            (Place::Outside | Place::Inside, Place::Inside) => Self::Entered,
            (Place::Outside | Place::Inside, Place::Outside) => Self::Exited,
        }
    }
}

/// From which stage of a ladder to which; nothing before the first, and after the last of a customer that ceased to
/// exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Move {
    /// The name of the stage that the customer was in.
    pub from: Option<Arc<str>>,
    /// The name of the stage that it is in.
    pub to: Option<Arc<str>>,
}

impl Move {
    /// The move, where the segment is a ladder.
    pub fn between(segment: &CompiledSegment, from: Place, to: Place) -> Option<Box<Self>> {
        let moved = Self { from: segment.stage(from).cloned(), to: segment.stage(to).cloned() };
        (Change::between(from, to) == Change::Moved).then(|| Box::new(moved))
    }
}

/// What made a transition happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// An event.
    Event,
    /// Time alone.
    Time,
    /// An event older than what had been decided.
    Late,
    /// A new definition.
    Definition,
    /// The first announcement after history was read in silence.
    Backfill,
    /// The customer was erased.
    Erasure,
    /// The customer's newest event is older than the configured time to forget.
    Forgotten,
}

/// A membership that began or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// Whose.
    pub customer: CustomerId,
    /// The name of the segment or ladder.
    pub segment: Arc<str>,
    /// Which way.
    pub change: Change,
    /// For a ladder, from where to where.
    pub moved: Option<Box<Move>>,
    /// Whether its exit is remembered, because the segment is not entered again for a while.
    pub rests: bool,
    /// The instant of the change on the customer's own time line.
    pub at: Instant,
    /// The partition clock when it was decided.
    pub decided_at: Instant,
    /// Why.
    pub cause: Cause,
    /// For an exit or a move, since when the customer had been inside, or in the stage it left.
    pub since: Option<Instant>,
    /// The hash of the compiled segment, `sha256:` and 64 hexadecimal digits; none where the segment is no longer
    /// defined.
    pub definition: Option<Arc<str>>,
    /// Until when no membership changes without a new event; [`Instant::NEVER`] when time alone changes nothing.
    pub until: Instant,
    /// Whether `until` is only a lower bound: the steps to the real change were too many.
    pub until_is_bound: bool,
    /// The conditions that decided, with their values, at most 100.
    pub because: Vec<Because>,
    /// Conditions beyond those listed.
    pub because_more: u64,
    /// The kept events that decided, newest first, at most 100 and how many more.
    pub evidence: Vec<Evidence>,
    /// Kept events beyond those listed.
    pub evidence_more: u64,
    /// For `for some`: the values for which the condition holds, with the property's name; at most 100 in all.
    pub witnesses: Vec<(Arc<str>, Value)>,
    /// Values beyond those listed.
    pub witnesses_more: u64,
    /// What the definition attaches: name and value, none where there is none.
    pub attached: Vec<(CompactString, Option<Shown>)>,
    /// Whether a bounded list was full, so that the answer is about what is kept.
    pub truncated: bool,
}

impl Transition {
    /// A transition that nothing but its cause explains.
    pub fn bare(
        customer: CustomerId,
        segment: &CompiledSegment,
        change: Change,
        at: Instant,
        decided_at: Instant,
        cause: Cause,
    ) -> Self {
        Self {
            customer,
            segment: Arc::clone(&segment.name),
            change,
            moved: None,
            rests: false,
            at,
            decided_at,
            cause,
            since: None,
            definition: Some(Arc::clone(&segment.hash)),
            until: Instant::NEVER,
            until_is_bound: false,
            because: Vec::new(),
            because_more: 0,
            evidence: Vec::new(),
            evidence_more: 0,
            witnesses: Vec::new(),
            witnesses_more: 0,
            attached: Vec::new(),
            truncated: false,
        }
    }
}

/// A condition that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// Its text.
    pub condition: Arc<str>,
    /// The value of its measured side.
    pub value: Option<Shown>,
    /// Whether the value is a lower bound, because no more than needed is kept.
    pub at_least: bool,
}

/// A value as payloads and `explain` show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A value.
    Value(Value),
    /// A length of time in milliseconds, shown as text such as `4h`.
    Duration(i64),
}

/// A kept event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Its type.
    pub kind: CompactString,
    /// Its time.
    pub time: Instant,
    /// Its id, for the event in hand alone.
    pub id: Option<CompactString>,
}

impl Evidence {
    /// The type shown for an event whose type nobody declared.
    pub const UNDECLARED: &'static str = "other";
}
