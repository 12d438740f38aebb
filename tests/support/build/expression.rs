//! Operators and literals.

use crate::definition::{Arithmetic, Expression, Relation, Term, Type};
use spicchio_core::event::{Number, Value};
use spicchio_core::timer::{Date, Instant, Length};

use super::path;

pub(super) const fn expression(term: Term, ty: Type) -> Expression {
    Expression { term, ty }
}

pub(super) const fn truth(term: Term) -> Expression {
    expression(term, Type::Boolean)
}

/// `12`
pub fn number(whole: i64) -> Expression {
    Number::from_millionths(whole.saturating_mul(Number::SCALE)).into()
}

/// `"text"`
pub fn text(text: &str) -> Expression {
    expression(Term::Constant(Value::Text(text.into())), Type::Text)
}

/// `true` or `false`
pub const fn boolean(value: bool) -> Expression {
    truth(Term::Constant(Value::Boolean(value)))
}

/// `2026-01-01T10:00:00Z`
pub const fn instant(instant: Instant) -> Expression {
    expression(Term::Constant(Value::Instant(instant)), Type::Instant)
}

/// `2026-01-01`
pub const fn date(date: Date) -> Expression {
    expression(Term::Constant(Value::Date(date)), Type::Date)
}

/// A fixed length of so many milliseconds.
pub const fn fixed(millis: i64) -> Expression {
    expression(Term::Length(Length::fixed(millis)), Type::Duration)
}

/// `3mo`
pub const fn calendar(months: i32) -> Expression {
    expression(Term::Length(Length::new(months, 0)), Type::Duration)
}

/// `left relation right`
pub fn compare(left: Expression, relation: Relation, right: Expression) -> Expression {
    truth(Term::Compare(relation, left.into(), right.into()))
}

/// `a and b and ..`
pub fn all<const N: usize>(parts: [Expression; N]) -> Expression {
    truth(Term::And(parts.into()))
}

/// `a or b or ..`
pub fn any_of<const N: usize>(parts: [Expression; N]) -> Expression {
    truth(Term::Or(parts.into()))
}

/// `not a`
pub fn not(condition: Expression) -> Expression {
    truth(Term::Not(condition.into()))
}

/// `if condition then .. else ..`
pub fn when(condition: Expression, then: Expression, otherwise: Expression) -> Expression {
    let ty = then.ty.clone();
    expression(Term::If { condition: condition.into(), then: then.into(), otherwise: otherwise.into() }, ty)
}

/// `value between low and high`
pub fn between(value: Expression, low: Expression, high: Expression) -> Expression {
    truth(Term::Between(value.into(), low.into(), high.into()))
}

/// `value in [..]`
pub fn is_in<const N: usize>(value: Expression, list: [Expression; N]) -> Expression {
    truth(Term::In { value: value.into(), list: list.into(), negated: false })
}

/// `value not in [..]`
pub fn not_in<const N: usize>(value: Expression, list: [Expression; N]) -> Expression {
    truth(Term::In { value: value.into(), list: list.into(), negated: true })
}

/// `whole contains part`
pub fn contains(whole: Expression, part: Expression) -> Expression {
    truth(Term::Contains(whole.into(), part.into()))
}

/// `text starts with start`
pub fn starts_with(text: Expression, start: Expression) -> Expression {
    truth(Term::StartsWith(text.into(), start.into()))
}

/// `text ends with end`
pub fn ends_with(text: Expression, end: Expression) -> Expression {
    truth(Term::EndsWith(text.into(), end.into()))
}

/// `value is missing`
pub fn missing(value: Expression) -> Expression {
    truth(Term::Missing(value.into()))
}

/// `value exists`
pub fn exists(value: Expression) -> Expression {
    truth(Term::Exists(value.into()))
}

/// `lower(text)`
pub fn lower(text: Expression) -> Expression {
    expression(Term::Lower(text.into()), Type::Text)
}

/// The day of an instant.
pub fn date_of(instant: Expression) -> Expression {
    expression(Term::DateOf(instant.into()), Type::Date)
}

/// The first moment of a date.
pub fn start_of(date: Expression) -> Expression {
    expression(Term::StartOf(date.into()), Type::Instant)
}

/// `since(instant)`
pub fn since(instant: Expression) -> Expression {
    expression(Term::Since(instant.into()), Type::Duration)
}

/// `until(instant)`
pub fn until(instant: Expression) -> Expression {
    expression(Term::Until(instant.into()), Type::Duration)
}

/// `left + right`, of the type of the left.
pub fn add(left: Expression, right: Expression) -> Expression {
    let ty = left.ty.clone();
    expression(Term::Arithmetic(Arithmetic::Add, left.into(), right.into()), ty)
}

/// `left - right`
pub fn minus(left: Expression, right: Expression) -> Expression {
    let ty = if right.ty == Type::Instant { Type::Duration } else { left.ty.clone() };
    expression(Term::Arithmetic(Arithmetic::Subtract, left.into(), right.into()), ty)
}

/// `left * right`
pub fn times(left: Expression, right: Expression) -> Expression {
    let ty = if right.ty == Type::Duration { Type::Duration } else { left.ty.clone() };
    expression(Term::Arithmetic(Arithmetic::Multiply, left.into(), right.into()), ty)
}

/// `left / right`
pub fn divide(left: Expression, right: Expression) -> Expression {
    let ty = if right.ty == Type::Duration { Type::Number } else { left.ty.clone() };
    expression(Term::Arithmetic(Arithmetic::Divide, left.into(), right.into()), ty)
}

/// `-value`
pub fn negate(value: Expression) -> Expression {
    let ty = value.ty.clone();
    expression(Term::Negate(value.into()), ty)
}

/// `profile.a.b`
pub fn profile(dotted: &str, ty: Type) -> Expression {
    expression(Term::Trait(path(dotted)), ty)
}

/// A property of the event at hand.
pub fn property(dotted: &str, ty: Type) -> Expression {
    expression(Term::Property(path(dotted)), ty)
}
