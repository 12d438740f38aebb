//! Operators, from loose to tight, and literals.

use crate::definition::{Arithmetic, Clock, Expression, Relation, Term};
use spicchio_core::event::Value;

use super::form::{form, named};
use super::{name, word};

/// How tightly a place binds: what binds less tightly stands there in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    If,
    Or,
    And,
    Not,
    Comparison,
    Sum,
    Product,
    Sign,
    Value,
}

/// The text of a condition, or of any expression.
pub fn condition(expression: &Expression) -> String {
    at(Binding::If, expression)
}

fn at(place: Binding, expression: &Expression) -> String {
    let (binding, text) = written(expression);
    if binding < place { format!("({text})") } else { text }
}

fn written(expression: &Expression) -> (Binding, String) {
    let sum = |operand: &Expression| at(Binding::Sum, operand);
    let joined = |parts: &[Expression], word: &str, place| {
        parts.iter().map(|part| at(place, part)).collect::<Vec<_>>().join(word)
    };
    match &expression.term {
        Term::If { condition: test, then, otherwise } => {
            let (test, then, otherwise) = (condition(test), condition(then), condition(otherwise));
            (Binding::If, format!("if {test} then {then} else {otherwise}"))
        }
        Term::Or(parts) => (Binding::Or, joined(parts, " or ", Binding::And)),
        Term::And(parts) => (Binding::And, joined(parts, " and ", Binding::Not)),
        Term::Not(part) => (Binding::Not, format!("not {}", at(Binding::Not, part))),
        Term::Compare(relation, left, right) => {
            (Binding::Comparison, format!("{} {} {}", sum(left), sign(*relation), sum(right)))
        }
        Term::Between(value, low, high) => {
            (Binding::Comparison, format!("{} between {} and {}", sum(value), sum(low), sum(high)))
        }
        Term::In { value, list, negated } => {
            let items = list.iter().map(sum).collect::<Vec<_>>().join(", ");
            let not = if *negated { " not" } else { "" };
            (Binding::Comparison, format!("{}{not} in [{items}]", sum(value)))
        }
        Term::Contains(whole, part) => (Binding::Comparison, format!("{} contains {}", sum(whole), sum(part))),
        Term::StartsWith(text, part) => (Binding::Comparison, format!("{} starts with {}", sum(text), sum(part))),
        Term::EndsWith(text, part) => (Binding::Comparison, format!("{} ends with {}", sum(text), sum(part))),
        Term::During(instant, period) => (Binding::Comparison, format!("{} in {}", sum(instant), named(*period))),
        Term::Matches(text, pattern) => {
            let pattern = literal(&Value::Text(pattern.clone()));
            (Binding::Comparison, format!("{} matches {pattern}", sum(text)))
        }
        Term::Missing(value) => (Binding::Comparison, format!("{} is missing", sum(value))),
        Term::Exists(value) => (Binding::Comparison, format!("{} exists", sum(value))),
        Term::Arithmetic(operation, left, right) => arithmetic(*operation, left, right),
        Term::Negate(value) => {
            // `-5` is a number of its own.
            let is_literal = matches!(value.term, Term::Constant(_) | Term::Length(_));
            let text = if is_literal { format!("({})", condition(value)) } else { at(Binding::Sign, value) };
            (Binding::Sign, format!("-{text}"))
        }
        Term::DateOf(inner) | Term::StartOf(inner) => written(inner),
        Term::Constant(value) => (binding_of(value), literal(value)),
        Term::Length(length) => (Binding::Value, length.to_string()),
        Term::Lower(text) => (Binding::Value, format!("lower({})", condition(text))),
        Term::Since(instant) => (Binding::Value, format!("since({})", condition(instant))),
        Term::Until(instant) => (Binding::Value, format!("until({})", condition(instant))),
        Term::Kilometres(many) => (Binding::Value, format!("{many}km")),
        Term::DaysUntil(instant) => (Binding::Value, format!("days_until({})", condition(instant))),
        Term::Age(date) => (Binding::Value, format!("age({})", condition(date))),
        Term::Anniversary(date) => (Binding::Value, format!("anniversary({})", condition(date))),
        Term::Clock(Clock::Weekday) => (Binding::Value, "weekday()".to_owned()),
        Term::Clock(Clock::Hour) => (Binding::Value, "hour()".to_owned()),
        Term::Clock(Clock::DayOfMonth) => (Binding::Value, "day_of_month()".to_owned()),
        Term::Bucket(many, None) => (Binding::Value, format!("bucket({many})")),
        Term::Bucket(many, Some(salt)) => {
            (Binding::Value, format!("bucket({many}, {})", literal(&Value::Text(salt.clone()))))
        }
        Term::Distance(one, other) => (Binding::Value, format!("distance({}, {})", condition(one), condition(other))),
        Term::Trait(path) => (Binding::Value, profile(path)),
        Term::Held(path, _) => (Binding::Value, format!("held({})", profile(path))),
        Term::Property(path) => (Binding::Value, property(path)),
        Term::Refunded => (Binding::Value, "refunded".to_owned()),
        Term::SomeItem(list, inside) => (Binding::Value, format!("some {} ({})", condition(list), condition(inside))),
        Term::Member(name) => (Binding::Value, format!("member({})", literal(&Value::Text(name.clone())))),
        Term::Stage(name) => (Binding::Value, format!("stage({})", literal(&Value::Text(name.clone())))),
        Term::Score(name) => (Binding::Value, format!("score({})", literal(&Value::Text(name.clone())))),
        Term::Form(measured) => (Binding::Value, form(measured)),
        Term::ForSome { property: path, condition: inside, .. } => {
            (Binding::Value, format!("for some {} ({})", property(path), condition(inside)))
        }
    }
}

fn profile(path: &[compact_str::CompactString]) -> String {
    let words = path.iter().map(|name| word(name)).collect::<Vec<_>>().join(".");
    format!("profile.{words}")
}

fn property(path: &[compact_str::CompactString]) -> String {
    let Some((first, rest)) = path.split_first() else { return String::new() };
    let rest = rest.iter().map(|name| format!(".{}", word(name)));
    std::iter::once(name(first)).chain(rest).collect()
}

fn arithmetic(operation: Arithmetic, left: &Expression, right: &Expression) -> (Binding, String) {
    let (binding, tighter, sign) = match operation {
        Arithmetic::Add => (Binding::Sum, Binding::Product, '+'),
        Arithmetic::Subtract => (Binding::Sum, Binding::Product, '-'),
        Arithmetic::Multiply => (Binding::Product, Binding::Sign, '*'),
        Arithmetic::Divide => (Binding::Product, Binding::Sign, '/'),
    };
    (binding, format!("{} {sign} {}", at(binding, left), at(tighter, right)))
}

const fn sign(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "==",
        Relation::Unequal => "!=",
        Relation::Less => "<",
        Relation::AtMost => "<=",
        Relation::Greater => ">",
        Relation::AtLeast => ">=",
    }
}

/// A negative number is written with a sign.
const fn binding_of(value: &Value) -> Binding {
    match value {
        Value::Number(number) if number.millionths() < 0 => Binding::Sign,
        Value::Boolean(_)
        | Value::Number(_)
        | Value::Text(_)
        | Value::Instant(_)
        | Value::Date(_)
        | Value::Point(_)
        | Value::List(_)
        | Value::Object(_) => Binding::Value,
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        Value::Instant(instant) => instant.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Point(point) => format!("point({}, {})", point.latitude, point.longitude),
        Value::List(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(_) => unreachable!("no object is written in a definition"),
    }
}
