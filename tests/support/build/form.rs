//! Events, columns, windows and forms.

use crate::definition::{ColumnRef, Events, Expression, Form, Path, Selection, Side, Step, Term, Type, Window};
use spicchio_core::timer::{Instant, Length};

/// `a.b` as a path.
pub fn path(dotted: &str) -> Path {
    dotted.split('.').map(Into::into).collect()
}

/// Events of these types, which stand in the order of their ranks.
pub fn of<const N: usize>(types: [&str; N]) -> Events {
    Events { selection: Selection::Types(types.into_iter().map(Into::into).collect()), filter: None }
}

/// `any`
pub const fn any() -> Events {
    Events { selection: Selection::Any, filter: None }
}

/// `events where filter`
pub fn filtered(events: Events, filter: Expression) -> Events {
    Events { filter: Some(filter.into()), ..events }
}

/// `events.p`, of a type.
pub fn column(events: Events, dotted: &str, ty: Type) -> ColumnRef {
    ColumnRef { events, path: path(dotted), ty }
}

/// No window: the whole life.
pub const fn life() -> Window {
    Window::Life
}

/// `from..to` in milliseconds ago; `to` is zero for a window that reaches up to now.
pub const fn lately(from: i64, to: i64) -> Window {
    Window::Last { from: Length::fixed(from), to: Length::fixed(to) }
}

/// `since from` or `from..to`
pub const fn stretch(from: Instant, to: Option<Instant>) -> Window {
    Window::Between { from, to }
}

/// `since first(events, window)` or `since last(events, window)`
pub fn after(side: Side, events: Events, window: Window) -> Window {
    Window::After(side, events, 1, window.into())
}

pub(super) const fn form(form: Form, ty: Type) -> Expression {
    Expression { term: Term::Form(form), ty }
}

/// `count(events, window)`
pub const fn count(events: Events, window: Window) -> Expression {
    form(Form::Count(events, window), Type::Number)
}

/// `days(events, window)`
pub const fn days(events: Events, window: Window) -> Expression {
    form(Form::Days(events, window), Type::Number)
}

/// `sum(column, window)`
pub const fn sum(column: ColumnRef, window: Window) -> Expression {
    form(Form::Sum(column, window), Type::Number)
}

/// `avg(column, window)`
pub const fn average(column: ColumnRef, window: Window) -> Expression {
    form(Form::Average(column, window), Type::Number)
}

/// `min(column, window)`
pub const fn minimum(column: ColumnRef, window: Window) -> Expression {
    form(Form::Minimum(column, window), Type::Number)
}

/// `max(column, window)`
pub const fn maximum(column: ColumnRef, window: Window) -> Expression {
    form(Form::Maximum(column, window), Type::Number)
}

/// `distinct(column, window)`
pub const fn distinct(column: ColumnRef, window: Window) -> Expression {
    form(Form::Distinct(column, window), Type::Number)
}

/// `first(events, window)`
pub const fn first(events: Events, window: Window) -> Expression {
    form(Form::Moment(Side::First, events, 1, window), Type::Instant)
}

/// `last(events, window)`
pub const fn last(events: Events, window: Window) -> Expression {
    form(Form::Moment(Side::Last, events, 1, window), Type::Instant)
}

/// `first(column, window)`
pub fn first_of(column: ColumnRef, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Pick(Side::First, column, 1, window), ty)
}

/// `last(column, window)`
pub fn last_of(column: ColumnRef, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Pick(Side::Last, column, 1, window), ty)
}

/// `sequence(first, second within so many milliseconds; window)`
pub fn sequence(first: Events, second: Events, within: Option<i64>, window: Window) -> Expression {
    let step = Step { events: second, is_absence: false, within: within.map(Length::fixed) };
    form(Form::Sequence { first, steps: vec![step], all_within: None, window }, Type::Boolean)
}

/// `for some P (condition)`, P a text.
pub fn for_some(dotted: &str, condition: Expression) -> Expression {
    let property = path(dotted);
    Expression { term: Term::ForSome { property, ty: Type::Text, condition: condition.into() }, ty: Type::Boolean }
}
