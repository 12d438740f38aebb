//! Compiled conditions: a tree of boolean operators over leaves that know which features they read.

use std::sync::Arc;

use compact_str::CompactString;

use super::measure::{Chain, Measure, Sequence};
use super::rule::Latch;
use crate::event::Value;
use crate::feature::Horizon;
use crate::segment::{Arithmetic, Path, Pattern, Relation, Type};
use crate::timer::{Dial, Instant, Period, Zone};

/// A compiled condition.
#[derive(Clone, Debug)]
pub enum Condition {
    /// Always the same.
    Constant(bool),
    /// All hold.
    And(Vec<Condition>),
    /// One holds.
    Or(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// The second where the first holds, else the third.
    If(Box<[Condition; 3]>),
    /// A test.
    Leaf(Box<Leaf>),
}

/// A test with what `explain` and payloads say of it.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The test.
    pub test: Test,
    /// Its canonical text.
    pub text: Arc<str>,
    /// What it compares, with its type, to be shown.
    pub shown: Option<(Operand, Type)>,
    /// The customer's features it reads, directly or inside `for some`.
    pub features: Vec<usize>,
}

/// What a leaf asks.
#[derive(Clone, Debug)]
pub enum Test {
    /// A count, or a sum that only grows, reaches a limit: whole things, or millionths.
    Reach {
        /// What is measured.
        measure: Measure,
        /// The least that reaches it.
        limit: i128,
        /// Asks whether it does not.
        negated: bool,
    },
    /// The order of two events, each the first or last of its kind; an event that never happened is before all others.
    Order(Relation, Measure, Measure),
    /// A comparison of values.
    Compare(Relation, Operand, Operand),
    /// A comparison of how long ago (or how far off) an instant is with a calendar length.
    Distance {
        /// The comparison, of the distance with the length.
        relation: Relation,
        /// The instant.
        instant: Operand,
        /// Measured from now to a coming instant.
        ahead: bool,
        /// The calendar length.
        length: Horizon,
    },
    /// An instant lies in a period of the calendar.
    Period(Operand, Period, Zone),
    /// The value is one of these.
    In(Operand, Vec<Value>, bool),
    /// Text contains text or a list an item.
    Contains(Operand, Operand),
    /// Text starts with text.
    StartsWith(Operand, Operand),
    /// Text ends with text.
    EndsWith(Operand, Operand),
    /// A regular expression is found in text.
    Matches(Operand, Pattern),
    /// One item of a list meets a condition.
    Some(Operand, Condition),
    /// There is no value.
    Missing(Operand, bool),
    /// A boolean value is true.
    Truth(Operand),
    /// One event and then another.
    Sequence(Box<Sequence>),
    /// Several steps one after the other.
    Chain(Box<Chain>),
    /// The customer is in a segment with a memory, as decided.
    Member(Arc<Latch>),
    /// A condition for one value of a property.
    ForSome {
        /// The keyed feature.
        feature: usize,
        /// The property's name, for witnesses.
        property: Arc<str>,
        /// The condition, over the features of one value.
        condition: Condition,
    },
}

/// A compiled value.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A constant.
    Constant(Value),
    /// A fixed length in milliseconds.
    Millis(i64),
    /// A measurement.
    Measure(Box<Measure>),
    /// A trait, by its feature.
    Trait(usize),
    /// The instant since when a trait has had its value, by its feature.
    SetAt(usize),
    /// A property of the event at hand, by its slot; none where its type lacks it.
    Property(Option<usize>),
    /// Arithmetic on numbers, instants and durations.
    Arithmetic(Arithmetic, Box<Operand>, Box<Operand>),
    /// The opposite.
    Negate(Box<Operand>),
    /// Lower case.
    Lower(Box<Operand>),
    /// The day of an instant.
    DateOf(Box<Operand>, Zone),
    /// The first moment of a day.
    StartOf(Box<Operand>, Zone),
    /// What the calendar says of now.
    Clock(Dial, Zone),
    /// Full years since a day.
    Age(Box<Operand>, Zone),
    /// Calendar days until an instant.
    DaysUntil(Box<Operand>, Zone),
    /// The next yearly return of a day.
    Anniversary(Box<Operand>, Zone),
    /// A fixed distance in metres.
    Metres(i64),
    /// How far two points are apart.
    Distance(Box<Operand>, Box<Operand>),
    /// A property of the item at hand, in a type or in any.
    Item(Path, Option<Type>),
    /// Which of so many parts the customer falls into, by that salt.
    Bucket(u32, CompactString),
    /// How long ago.
    Since(Box<Operand>),
    /// How long until.
    Until(Box<Operand>),
    /// The first where the condition holds, else the second.
    If(Box<Condition>, Box<Operand>, Box<Operand>),
    /// Whether a condition holds.
    Condition(Box<Condition>),
}

impl Operand {
    /// None.
    pub(super) fn none() -> Self {
        Self::Property(None)
    }
}

/// A boolean and the instant before which it does not change without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether it holds.
    pub holds: bool,
    /// Until when, not included.
    pub until: Instant,
}

impl Answer {
    /// An answer that time alone never changes.
    pub const fn lasting(holds: bool) -> Self {
        Self { holds, until: Instant::NEVER }
    }
}
