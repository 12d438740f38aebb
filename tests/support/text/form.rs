//! Forms, events, columns and windows.

use crate::definition::{ColumnRef, Events, Form, Period, Selection, Side, Span, Step, Window};

use super::{condition, name, word};

pub(super) fn form(form: &Form) -> String {
    match form {
        Form::Count(events, window) => format!("count({}{})", read(events), last_argument(window)),
        Form::Days(events, window) => format!("days({}{})", read(events), last_argument(window)),
        Form::Sum(column, window) => format!("sum({}{})", property(column), last_argument(window)),
        Form::Average(column, window) => format!("avg({}{})", property(column), last_argument(window)),
        Form::Minimum(column, window) => format!("min({}{})", property(column), last_argument(window)),
        Form::Maximum(column, window) => format!("max({}{})", property(column), last_argument(window)),
        Form::Distinct(column, window) => format!("distinct({}{})", property(column), last_argument(window)),
        Form::Values(column, window) => format!("values({}{})", property(column), last_argument(window)),
        Form::Net(column, window) => format!("net({}{})", property(column), last_argument(window)),
        Form::Top(column, weight, window) => {
            let by = weight.as_ref().map_or_else(String::new, |path| format!(" by sum({})", of(column, path)));
            let (filter, window) = (filter(&column.events), last_argument(window));
            format!("top({}{by}{filter}{window})", of(column, &column.path))
        }
        Form::Moment(side, events, nth, window) => moment(*side, events, *nth, window),
        Form::Pick(side, column, nth, window) => {
            format!("{}({}{}{})", end(*side), property(column), ordinal(*nth), last_argument(window))
        }
        Form::Sequence { first, steps, all_within, window } => {
            let steps = steps.iter().map(step).collect::<String>();
            let all = all_within.map_or_else(String::new, |within| format!("; all within {within}"));
            let window = if *window == Window::Life { String::new() } else { format!("; {}", span(window)) };
            format!("sequence({}{steps}{all}{window})", read(first))
        }
        Form::Visits(events, gap, window) => {
            format!("visits({}, gap {gap}{})", read(events), last_argument(window))
        }
        Form::TimeSpent(events, gap, window) => {
            format!("time_spent({}, gap {gap}{})", read(events), last_argument(window))
        }
    }
}

fn step(step: &Step) -> String {
    let absence = if step.is_absence { "without " } else { "" };
    let within = step.within.map_or_else(String::new, |within| format!(" within {within}"));
    format!(", {absence}{}{within}", read(&step.events))
}

fn moment(side: Side, events: &Events, nth: u32, window: &Window) -> String {
    format!("{}({}{}{})", end(side), read(events), ordinal(nth), last_argument(window))
}

/// The first or last of all is not counted out.
fn ordinal(nth: u32) -> String {
    if nth == 1 { String::new() } else { format!(", {nth}") }
}

const fn end(side: Side) -> &'static str {
    match side {
        Side::First => "first",
        Side::Last => "last",
    }
}

fn read(events: &Events) -> String {
    format!("{}{}", union(&events.selection), filter(events))
}

fn property(column: &ColumnRef) -> String {
    format!("{}{}", of(column, &column.path), filter(&column.events))
}

/// A property of the same events, without their filter.
fn of(column: &ColumnRef, path: &[compact_str::CompactString]) -> String {
    let of = match &column.events.selection {
        Selection::Types(types) if types.len() > 1 => format!("({})", union(&column.events.selection)),
        Selection::Types(_) | Selection::Any => union(&column.events.selection),
    };
    let path = path.iter().map(|name| word(name)).collect::<Vec<_>>().join(".");
    format!("{of}.{path}")
}

fn union(selection: &Selection) -> String {
    match selection {
        Selection::Any => "any".to_owned(),
        Selection::Types(types) => types.iter().map(|kind| name(kind)).collect::<Vec<_>>().join(" | "),
    }
}

fn filter(events: &Events) -> String {
    events.filter.as_ref().map_or_else(String::new, |filter| format!(" where {}", condition(filter)))
}

/// A window as the last argument of a form; the whole life is left out.
fn last_argument(window: &Window) -> String {
    if *window == Window::Life { String::new() } else { format!(", {}", span(window)) }
}

fn span(window: &Window) -> String {
    match window {
        Window::Life => String::new(),
        Window::Last { from, to } if to.months() == 0 && to.millis() == 0 => from.to_string(),
        Window::Last { from, to } => format!("{from}..{to}"),
        Window::Between { from, to: None } => format!("since {from}"),
        Window::Between { from, to: Some(to) } => format!("{from}..{to}"),
        Window::After(side, events, nth, inner) => format!("since {}", moment(*side, events, *nth, inner)),
        Window::During(period) => named(*period),
    }
}

/// `today`, `last month`.
pub(super) fn named(period: Period) -> String {
    let unit = match period.span {
        Span::Day => {
            let day = match period.offset {
                -1 => "yesterday",
                0 => "today",
                _ => "tomorrow",
            };
            return day.to_owned();
        }
        Span::Week => "week",
        Span::Month => "month",
        Span::Year => "year",
    };
    let which = match period.offset {
        -1 => "last",
        0 => "this",
        _ => "next",
    };
    format!("{which} {unit}")
}
