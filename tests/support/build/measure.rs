//! Forms beyond counting: the n-th, the top, sets, sessions, longer sequences, money.

use spicchio_core::timer::Length;

use super::form::form;
use super::path;
use crate::definition::{ColumnRef, Events, Expression, Form, Period, Side, Span, Step, Type, Window};

/// `first(events, nth, window)` or `last(events, nth, window)`
pub const fn nth(side: Side, events: Events, nth: u32, window: Window) -> Expression {
    form(Form::Moment(side, events, nth, window), Type::Instant)
}

/// `first(column, nth, window)` or `last(column, nth, window)`
pub fn nth_of(side: Side, column: ColumnRef, nth: u32, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Pick(side, column, nth, window), ty)
}

/// `top(column, window)`
pub fn top(column: ColumnRef, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Top(column, None, window), ty)
}

/// `top(column by sum(weight), window)`, the weight a property of the same events.
pub fn heaviest(column: ColumnRef, weight: &str, window: Window) -> Expression {
    let ty = column.ty.clone();
    form(Form::Top(column, Some(path(weight)), window), ty)
}

/// `values(column, window)`
pub const fn values(column: ColumnRef, window: Window) -> Expression {
    form(Form::Values(column, window), Type::List)
}

/// `net(column, window)`
pub const fn net(column: ColumnRef, window: Window) -> Expression {
    form(Form::Net(column, window), Type::Number)
}

/// `visits(events, gap so many milliseconds, window)`
pub const fn visits(events: Events, gap: i64, window: Window) -> Expression {
    form(Form::Visits(events, Length::fixed(gap), window), Type::Number)
}

/// `time_spent(events, gap so many milliseconds, window)`
pub const fn time_spent(events: Events, gap: i64, window: Window) -> Expression {
    form(Form::TimeSpent(events, Length::fixed(gap), window), Type::Duration)
}

/// `sequence(first, step, ..; all within so many milliseconds; window)`
pub fn steps<const N: usize>(first: Events, steps: [Step; N], all: Option<i64>, window: Window) -> Expression {
    let all_within = all.map(Length::fixed);
    form(Form::Sequence { first, steps: steps.into(), all_within, window }, Type::Boolean)
}

/// `events within so many milliseconds`
pub fn then(events: Events, within: Option<i64>) -> Step {
    Step { events, is_absence: false, within: within.map(Length::fixed) }
}

/// `without events within so many milliseconds`
pub fn without(events: Events, within: i64) -> Step {
    Step { events, is_absence: true, within: Some(Length::fixed(within)) }
}

/// The period so many after the one that holds now: `period(Span::Month, -1)` is last month.
pub const fn period(span: Span, offset: i32) -> Period {
    Period { span, offset }
}

/// A period as a window.
pub const fn during(span: Span, offset: i32) -> Window {
    Window::During(Period { span, offset })
}
