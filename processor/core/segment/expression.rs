//! A typed condition: names resolved, every operand of a type that fits, nothing left that can be wrong.
//!
//! This is what the language front end delivers, what plans are compiled from and what the naive oracle of the tests
//! evaluates. Dates where an instant is wanted, and the file's zone, are already resolved. Printing one gives the
//! canonical text: equal meaning, comments and layout gone. Not here: how it is computed.

use compact_str::CompactString;

use super::{Chain, Nth, Pattern};
use crate::event::{Number, Value};
use crate::timer::{Dial, Instant, Length, Period};

/// The types of values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A point in time.
    Instant,
    /// A calendar day.
    Date,
    /// A length of time.
    Duration,
    /// A list of values of any type.
    List,
    /// A place.
    Point,
    /// How far apart places are: in expressions alone.
    Distance,
}

/// The names that lead to a nested property or trait: `score.total` is two.
pub type Path = Vec<CompactString>;

/// An expression with its type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expression {
    /// What it is.
    pub term: Term,
    /// The type of its value.
    pub ty: Type,
}

/// `== != < <= > >=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// `+ - * /`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arithmetic {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// Which end of a customer's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// `first`: the least in the order of events.
    First,
    /// `last`: the greatest.
    Last,
}

/// What an expression can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// A boolean, number, text, instant, date or list written in the definition.
    Constant(Value),
    /// A duration written in the definition; a calendar length only as an operand of a comparison whose other side is
    /// `since(..)` or `until(..)`, possibly inside the branches of an `if`.
    Length(Length),
    /// All hold; at least two.
    And(Vec<Expression>),
    /// One holds; at least two.
    Or(Vec<Expression>),
    /// It does not hold; none does not hold either, so `not` of none is true.
    Not(Box<Expression>),
    /// `if condition then .. else ..`; none as the condition takes `otherwise`.
    If {
        /// What decides.
        condition: Box<Expression>,
        /// The value where it holds.
        then: Box<Expression>,
        /// The value where it does not.
        otherwise: Box<Expression>,
    },
    /// A comparison of two operands of one type. An instant compared with a date has become its day (`DateOf`).
    Compare(Relation, Box<Expression>, Box<Expression>),
    /// `value between low and high`, both included.
    Between(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `value in [..]`; `not in` with `negated`. The items are constants of the value's type.
    In {
        /// What is looked for.
        value: Box<Expression>,
        /// Where.
        list: Vec<Expression>,
        /// `not in`: true for none.
        negated: bool,
    },
    /// Text contains text, or a list contains an item.
    Contains(Box<Expression>, Box<Expression>),
    /// Text starts with text.
    StartsWith(Box<Expression>, Box<Expression>),
    /// Text ends with text.
    EndsWith(Box<Expression>, Box<Expression>),
    /// A regular expression is found somewhere in a text.
    Matches(Box<Expression>, Pattern),
    /// `x is missing`.
    Missing(Box<Expression>),
    /// `x exists`.
    Exists(Box<Expression>),
    /// Arithmetic on numbers, durations and instants: number with number; duration plus or minus duration; instant plus
    /// or minus duration; instant minus instant; duration times or by number; duration by duration.
    Arithmetic(Arithmetic, Box<Expression>, Box<Expression>),
    /// Unary minus, of a number or a duration.
    Negate(Box<Expression>),
    /// `lower(text)`.
    Lower(Box<Expression>),
    /// The day of an instant in the file's zone, where it is compared with a date. Written like what it holds.
    DateOf(Box<Expression>),
    /// The first moment of a date in the file's zone, where an instant is wanted; a literal date has become an instant.
    /// Written like what it holds.
    StartOf(Box<Expression>),
    /// `since(I)`: how long ago, a duration; negative when I is to come.
    Since(Box<Expression>),
    /// `until(I)`: how long until, a duration; negative when I is past.
    Until(Box<Expression>),
    /// `I in today` and its like: the instant lies in that period of the file's calendar at now.
    InPeriod(Box<Expression>, Period),
    /// `weekday()`, `hour()`, `day_of_month()`: of now, in the file's zone.
    Clock(Dial),
    /// `age(D)`: full years since a date; negative before it. 29 February is completed on 28 February in other years.
    Age(Box<Expression>),
    /// `days_until(I)`: calendar days from today's to that of an instant, in the file's zone; negative when it is past.
    DaysUntil(Box<Expression>),
    /// `anniversary(D)`: the first moment of the next yearly return of a date; today's is the next all day long, and
    /// the date itself is none.
    Anniversary(Box<Expression>),
    /// A distance written in the definition, in metres.
    Metres(i64),
    /// `distance(P, P)`: along a great circle of a sphere of 6,371,008.8 m, rounded to the metre.
    Distance(Box<Expression>, Box<Expression>),
    /// `bucket(n, salt)`: the 64-bit XXH3 hash of salt, a zero byte and the customer's id, modulo n.
    Bucket {
        /// How many, at least one.
        count: u32,
        /// Empty where none is written.
        salt: CompactString,
    },
    /// `some list (C)`: C holds for one item of a list.
    Some {
        /// A trait, or a property of the event at hand.
        list: Box<Expression>,
        /// The condition, with `Item` leaves.
        condition: Box<Expression>,
    },
    /// A property of the item at hand, inside `some` alone; an instant or a date stands there as text. `is missing` and
    /// `exists` ask whether it is there at all, in whatever type.
    Item(Path),
    /// A trait of the customer.
    Trait(Path),
    /// The instant since when a trait, of that type, has had its value; none where it has none. Written `held(..)` as
    /// what `Since` holds.
    SetAt(Path, Type),
    /// Whether the customer is in the segment of that name.
    Member(CompactString),
    /// The name of the stage of the ladder of that name that the customer is in.
    Stage(CompactString),
    /// The value of the score of that name.
    Score(CompactString),
    /// A property of the event at hand: inside a filter alone.
    Property(Path),
    /// A later refund has the order of the purchase at hand: the whole of a filter on purchases or joined to its rest
    /// by `and`, as it is or denied.
    Refunded,
    /// A measurement of the customer's events.
    Form(Form),
    /// `for some P (C)`: C holds for one value of property P.
    ///
    /// The values are those that P has (on the event itself and on each of its line items) on the events which some
    /// form inside C selects by type and filter, whatever its window; every form inside is restricted to events with
    /// that value.
    ForSome {
        /// The property.
        property: Path,
        /// Its type, the same in every event type that C reads.
        ty: Type,
        /// The condition for one value.
        condition: Box<Expression>,
    },
}

/// A measurement of a customer's events.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// How many events.
    Count(Events, Window),
    /// On how many different calendar days, in the file's zone.
    Days(Events, Window),
    /// The sum of a numeric property; 0 of nothing. Events without the property add nothing.
    Sum(ColumnRef, Window),
    /// The mean of a numeric property over the events that have it; none of nothing.
    Average(ColumnRef, Window),
    /// The least value of a numeric property.
    Minimum(ColumnRef, Window),
    /// The greatest value of a numeric property.
    Maximum(ColumnRef, Window),
    /// How many different values of a property.
    Distinct(ColumnRef, Window),
    /// The instant of the n-th event from one end.
    Moment(Nth, Events, Window),
    /// The property's value on the n-th event from one end, none where that event lacks it.
    Pick(Nth, ColumnRef, Window),
    /// The different values of a property, in their own order; an empty list of nothing.
    Values(ColumnRef, Window),
    /// The value of a property that most events (or line items) have, or where there is a weight, another property of
    /// the same, the one whose weights are the most together. Ties go to the value whose latest event is the latest,
    /// then to the greater one; none of nothing.
    Top(ColumnRef, Option<Path>, Window),
    /// How many runs of events less than the length apart.
    Visits(Events, Length, Window),
    /// How long those runs take together, each from its first event to its last.
    TimeSpent(Events, Length, Window),
    /// The sum of a property of purchases, less what later refunds of the same order took back.
    Net(ColumnRef, Window),
    /// Two steps: an event of `first`, then a different one of `second` after it in the order of events, and less than
    /// `within` after it; the second lies inside the window.
    Sequence {
        /// The earlier step.
        first: Events,
        /// The later step.
        second: Events,
        /// The greatest distance, not included.
        within: Option<Length>,
        /// Where the second lies.
        window: Window,
    },
    /// A sequence that two steps with one `within` do not say.
    Chain(Box<Chain>),
}

/// Which events: types and a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Events {
    /// The types.
    pub selection: Selection,
    /// A boolean expression over `Property` leaves, constants and `lower` alone.
    pub filter: Option<Box<Expression>>,
}

/// Which event types.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// Every type but `profile` and `erase`, declared or not.
    Any,
    /// These declared types, in the order of their rank, without repetition.
    Types(Vec<CompactString>),
}

/// A property of selected events.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// Which events.
    pub events: Events,
    /// Which property.
    pub path: Path,
    /// The path begins with the event's line items, each of which has a value of its own.
    pub items: bool,
    /// Its type.
    pub ty: Type,
    /// Declared `minimum: 0` in every type that has it: its sum over a window can only grow with events.
    pub nonnegative: bool,
}

/// The stretch of a customer's history a form looks at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// All of it.
    Life,
    /// `D`, or `D1..D2` with `to` other than zero: an event at t is inside while `t + to <= now < t + from`.
    Last {
        /// The older edge.
        from: Length,
        /// The newer edge, shorter than `from`.
        to: Length,
    },
    /// `since I`, or `A..B`: events with `from <= t`, and `t < to` where there is an end.
    Between {
        /// The first instant included.
        from: Instant,
        /// The first instant after it.
        to: Option<Instant>,
    },
    /// `today`, `yesterday`, `this` or `last` `week`, `month`, `year`: events that lie in that period of the file's
    /// calendar at now.
    Period(Period),
    /// `since first(..)` or `since last(..)`: events after that one in the order of events; the whole life if it never
    /// happened.
    After(Nth, Events, Box<Window>),
}

/// A number constant, for builders.
impl From<Number> for Expression {
    fn from(number: Number) -> Self {
        Self { term: Term::Constant(Value::Number(number)), ty: Type::Number }
    }
}

impl Expression {
    /// The expressions it is made of, in the order of its text; filters of events are not among them.
    pub fn parts(&self) -> Vec<&Self> {
        match &self.term {
            Term::Constant(_)
            | Term::Length(_)
            | Term::Clock(_)
            | Term::Metres(_)
            | Term::Bucket { .. }
            | Term::Item(_)
            | Term::Trait(_)
            | Term::SetAt(..)
            | Term::Member(_)
            | Term::Stage(_)
            | Term::Score(_)
            | Term::Property(_)
            | Term::Refunded
            | Term::Form(_) => Vec::new(),
            Term::And(parts) | Term::Or(parts) => parts.iter().collect(),
            Term::If { condition, then, otherwise } => vec![condition, then, otherwise],
            Term::Between(value, low, high) => vec![value, low, high],
            Term::In { value, list, .. } => std::iter::once(&**value).chain(list).collect(),
            Term::Compare(_, left, right)
            | Term::Contains(left, right)
            | Term::StartsWith(left, right)
            | Term::EndsWith(left, right)
            | Term::Distance(left, right)
            | Term::Some { list: left, condition: right }
            | Term::Arithmetic(_, left, right) => vec![left, right],
            Term::Not(inner)
            | Term::Missing(inner)
            | Term::Exists(inner)
            | Term::Negate(inner)
            | Term::Lower(inner)
            | Term::DateOf(inner)
            | Term::StartOf(inner)
            | Term::Since(inner)
            | Term::Until(inner)
            | Term::InPeriod(inner, _)
            | Term::Matches(inner, _)
            | Term::Age(inner)
            | Term::DaysUntil(inner)
            | Term::Anniversary(inner)
            | Term::ForSome { condition: inner, .. } => vec![inner],
        }
    }
}
