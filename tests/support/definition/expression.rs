//! Expressions with their types.

use compact_str::CompactString;
use spicchio_core::event::{Number, Value};
use spicchio_core::timer::Length;

use super::{Form, Path, Type};

/// An expression with its type.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    /// What it is.
    pub term: Term,
    /// The type of its value.
    pub ty: Type,
}

/// `== != < <= > >=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// A calendar unit with a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// From midnight to midnight.
    Day,
    /// From Monday on.
    Week,
    /// From the first on.
    Month,
    /// From 1 January on.
    Year,
}

/// A calendar period: `today`, `last month`, `next year`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How long.
    pub span: Span,
    /// How many periods after the one that holds now.
    pub offset: i32,
}

/// What of now's local time is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `weekday()`, 1 for Monday.
    Weekday,
    /// `hour()`
    Hour,
    /// `day_of_month()`
    DayOfMonth,
}

/// What an expression can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// A value written in the definition.
    Constant(Value),
    /// A duration written in the definition.
    Length(Length),
    /// `30km`
    Kilometres(Number),
    /// All hold; at least two.
    And(Vec<Expression>),
    /// One holds; at least two.
    Or(Vec<Expression>),
    /// `not a`
    Not(Box<Expression>),
    /// `if condition then .. else ..`
    If {
        /// What decides.
        condition: Box<Expression>,
        /// The value where it holds.
        then: Box<Expression>,
        /// The value where it does not.
        otherwise: Box<Expression>,
    },
    /// A comparison of two operands of one type.
    Compare(Relation, Box<Expression>, Box<Expression>),
    /// `value between low and high`
    Between(Box<Expression>, Box<Expression>, Box<Expression>),
    /// `value in [..]`, and `not in` with `negated`.
    In {
        /// What is looked for.
        value: Box<Expression>,
        /// Where.
        list: Vec<Expression>,
        /// `not in`
        negated: bool,
    },
    /// `I in this week`
    During(Box<Expression>, Period),
    /// Text contains text, or a list an item.
    Contains(Box<Expression>, Box<Expression>),
    /// Text starts with text.
    StartsWith(Box<Expression>, Box<Expression>),
    /// Text ends with text.
    EndsWith(Box<Expression>, Box<Expression>),
    /// `text matches "regex"`
    Matches(Box<Expression>, CompactString),
    /// `x is missing`
    Missing(Box<Expression>),
    /// `x exists`
    Exists(Box<Expression>),
    /// `a + b` and its like.
    Arithmetic(Arithmetic, Box<Expression>, Box<Expression>),
    /// Unary minus.
    Negate(Box<Expression>),
    /// `lower(text)`
    Lower(Box<Expression>),
    /// The day of an instant that is compared with a date; not written.
    DateOf(Box<Expression>),
    /// The first moment of a date where an instant is wanted; not written.
    StartOf(Box<Expression>),
    /// `since(I)`
    Since(Box<Expression>),
    /// `until(I)`
    Until(Box<Expression>),
    /// `days_until(I)`
    DaysUntil(Box<Expression>),
    /// `age(D)`
    Age(Box<Expression>),
    /// `anniversary(D)`
    Anniversary(Box<Expression>),
    /// `weekday()` and its like.
    Clock(Clock),
    /// `bucket(100, "salt")`
    Bucket(i64, Option<CompactString>),
    /// `distance(a, b)`, in metres.
    Distance(Box<Expression>, Box<Expression>),
    /// `profile.a.b`
    Trait(Path),
    /// `held(profile.a)`, of a trait of that type.
    Held(Path, Type),
    /// A property of the event at hand, or of the item of a list.
    Property(Path),
    /// `refunded`, in a filter of purchases.
    Refunded,
    /// `some list (C)`: one item of a list meets C.
    SomeItem(Box<Expression>, Box<Expression>),
    /// `member("segment")`
    Member(CompactString),
    /// `stage("ladder")`
    Stage(CompactString),
    /// `score("name")`
    Score(CompactString),
    /// A measurement of events.
    Form(Form),
    /// `for some P (C)`
    ForSome {
        /// The property.
        property: Path,
        /// Its type.
        ty: Type,
        /// The condition for one value.
        condition: Box<Expression>,
    },
}

/// A number constant, for builders.
impl From<Number> for Expression {
    fn from(number: Number) -> Self {
        Self { term: Term::Constant(Value::Number(number)), ty: Type::Number }
    }
}
