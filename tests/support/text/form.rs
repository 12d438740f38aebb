//! Forms, events, columns and windows.

use spicchio_core::segment::{ColumnRef, Events, Form, Selection, Side, Window};

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
        Form::Moment(side, events, window) => moment(*side, events, window),
        Form::Pick(side, column, window) => {
            format!("{}({}{})", end(*side), property(column), last_argument(window))
        }
        Form::Sequence { first, second, within, window } => {
            let within = within.map_or_else(String::new, |within| format!(" within {within}"));
            let window = match window {
                Window::Life => String::new(),
                Window::Last { .. } | Window::Between { .. } | Window::Period(_) | Window::After(..) => {
                    format!("; {}", span(window))
                }
            };
            format!("sequence({}, {}{within}{window})", read(first), read(second))
        }
    }
}

fn moment(side: Side, events: &Events, window: &Window) -> String {
    format!("{}({}{})", end(side), read(events), last_argument(window))
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
    let of = match &column.events.selection {
        Selection::Types(types) if types.len() > 1 => format!("({})", union(&column.events.selection)),
        Selection::Types(_) | Selection::Any => union(&column.events.selection),
    };
    let path = column.path.iter().map(|name| word(name)).collect::<Vec<_>>().join(".");
    format!("{of}.{path}{}", filter(&column.events))
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
    match window {
        Window::Life => String::new(),
        Window::Last { .. } | Window::Between { .. } | Window::Period(_) | Window::After(..) => {
            format!(", {}", span(window))
        }
    }
}

fn span(window: &Window) -> String {
    match window {
        Window::Life => String::new(),
        Window::Last { from, to } if to.months() == 0 && to.millis() == 0 => from.to_string(),
        Window::Last { from, to } => format!("{from}..{to}"),
        Window::Between { from, to: None } => format!("since {from}"),
        Window::Between { from, to: Some(to) } => format!("{from}..{to}"),
        Window::Period(period) => period.to_string(),
        Window::After(side, events, inner) => format!("since {}", moment(*side, events, inner)),
    }
}
