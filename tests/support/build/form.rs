//! Events, columns, windows and forms.

use spicchio_core::segment::{
    Chain, ChainStep, ColumnRef, Events, Expression, Form, Nth, Path, Selection, Side, Term, Type, Window,
};
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

/// `events.p`, of a type, where a negative value is not missing.
pub fn column(events: Events, dotted: &str, ty: Type) -> ColumnRef {
    ColumnRef { events, path: path(dotted), ty, items: false, nonnegative: false }
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
    Window::After(side.into(), events, window.into())
}

const fn form(form: Form, ty: Type) -> Expression {
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
    form(Form::Moment(Nth::FIRST, events, window), Type::Instant)
}

/// `last(events, window)`
pub const fn last(events: Events, window: Window) -> Expression {
    form(Form::Moment(Nth::LAST, events, window), Type::Instant)
}

/// `first(column, window)`
pub fn first_of(column: ColumnRef, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Pick(Nth::FIRST, column, window), ty)
}

/// `last(column, window)`
pub fn last_of(column: ColumnRef, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Pick(Nth::LAST, column, window), ty)
}

/// `sequence(first, second within so many milliseconds; window)`
pub fn sequence(first: Events, second: Events, within: Option<i64>, window: Window) -> Expression {
    let within = within.map(Length::fixed);
    form(Form::Sequence { first, second, within, window }, Type::Boolean)
}

/// `sequence(first, steps; all within so many milliseconds; window)`
pub fn chain(first: Events, steps: Vec<ChainStep>, all_within: Option<i64>, window: Window) -> Expression {
    let all_within = all_within.map(Length::fixed);
    form(Form::Chain(Box::new(Chain { first, steps, all_within, window })), Type::Boolean)
}

/// `first(events, n, window)` or `last(events, n, window)`
pub const fn nth(side: Side, ordinal: u16, events: Events, window: Window) -> Expression {
    form(Form::Moment(Nth { side, ordinal }, events, window), Type::Instant)
}

/// `values(column, window)`
pub const fn values(column: ColumnRef, window: Window) -> Expression {
    form(Form::Values(column, window), Type::List)
}

/// `top(column by sum(weight), window)`
pub fn top(column: ColumnRef, weight: Option<&str>, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Top(column, weight.map(path), window), ty)
}

/// `visits(events, gap of so many milliseconds, window)`
pub const fn visits(events: Events, gap: i64, window: Window) -> Expression {
    form(Form::Visits(events, Length::fixed(gap), window), Type::Number)
}

/// `time_spent(events, gap of so many milliseconds, window)`
pub const fn time_spent(events: Events, gap: i64, window: Window) -> Expression {
    form(Form::TimeSpent(events, Length::fixed(gap), window), Type::Duration)
}

/// `net(column, window)`
pub const fn net(column: ColumnRef, window: Window) -> Expression {
    form(Form::Net(column, window), Type::Number)
}

/// `refunded`, in a filter.
pub const fn refunded() -> Expression {
    Expression { term: Term::Refunded, ty: Type::Boolean }
}

/// `for some P (condition)`, P a text.
pub fn for_some(dotted: &str, condition: Expression) -> Expression {
    let property = path(dotted);
    Expression { term: Term::ForSome { property, ty: Type::Text, condition: condition.into() }, ty: Type::Boolean }
}
