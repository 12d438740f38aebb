//! Values beyond arithmetic: the calendar, places, buckets, patterns, items of lists, other definitions.

use spicchio_core::event::{Number, Point, Value};

use super::expression::{expression, truth};
use super::path;
use crate::definition::{Clock, Expression, Period, Term, Type};

/// `instant in this week`
pub fn lies_in(instant: Expression, period: Period) -> Expression {
    truth(Term::During(instant.into(), period))
}

/// `days_until(instant)`
pub fn days_until(instant: Expression) -> Expression {
    expression(Term::DaysUntil(instant.into()), Type::Number)
}

/// `age(date)`
pub fn age(date: Expression) -> Expression {
    expression(Term::Age(date.into()), Type::Number)
}

/// `anniversary(date)`
pub fn anniversary(date: Expression) -> Expression {
    expression(Term::Anniversary(date.into()), Type::Instant)
}

/// `weekday()` and its like.
pub const fn clock(clock: Clock) -> Expression {
    expression(Term::Clock(clock), Type::Number)
}

/// `bucket(many)`, and `bucket(many, "salt")`.
pub fn bucket(many: i64, salt: Option<&str>) -> Expression {
    expression(Term::Bucket(many, salt.map(Into::into)), Type::Number)
}

/// `distance(one, other)`
pub fn distance(one: Expression, other: Expression) -> Expression {
    expression(Term::Distance(one.into(), other.into()), Type::Number)
}

/// `point(latitude, longitude)` in millionths of a degree.
pub const fn point(latitude: i64, longitude: i64) -> Expression {
    let (latitude, longitude) = (Number::from_millionths(latitude), Number::from_millionths(longitude));
    expression(Term::Constant(Value::Point(Point { latitude, longitude })), Type::Point)
}

/// `30km`
pub const fn kilometres(many: i64) -> Expression {
    expression(Term::Kilometres(Number::from_millionths(many * Number::SCALE)), Type::Number)
}

/// `text matches "pattern"`
pub fn matches(text: Expression, pattern: &str) -> Expression {
    truth(Term::Matches(text.into(), pattern.into()))
}

/// `held(profile.a)`
pub fn held(dotted: &str, ty: Type) -> Expression {
    expression(Term::Held(path(dotted), ty), Type::Duration)
}

/// `some list (condition)`
pub fn some(list: Expression, condition: Expression) -> Expression {
    truth(Term::SomeItem(list.into(), condition.into()))
}

/// `refunded`
pub const fn refunded() -> Expression {
    truth(Term::Refunded)
}

/// `member("name")`
pub fn member(name: &str) -> Expression {
    truth(Term::Member(name.into()))
}

/// `stage("name")`
pub fn stage(name: &str) -> Expression {
    expression(Term::Stage(name.into()), Type::Text)
}

/// `score("name")`
pub fn score(name: &str) -> Expression {
    expression(Term::Score(name.into()), Type::Number)
}
