//! Forms, events, columns and windows.

use spicchio_core::segment::{Chain, ChainStep, ColumnRef, Events, Form, Nth, Selection, Side, Window};

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
        Form::Moment(nth, events, window) => moment(*nth, events, window),
        Form::Pick(nth, column, window) => {
            format!("{}({}{}{})", end(nth.side), property(column), ordinal(*nth), last_argument(window))
        }
        Form::Values(column, window) => format!("values({}{})", property(column), last_argument(window)),
        Form::Net(column, window) => format!("net({}{})", property(column), last_argument(window)),
        Form::Top(column, None, window) => format!("top({}{})", property(column), last_argument(window)),
        Form::Top(column, Some(weight), window) => {
            let of = |path| property(&ColumnRef { path, events: unfiltered(&column.events), ..column.clone() });
            let (value, weight) = (of(column.path.clone()), of(weight.clone()));
            format!("top({value} by sum({weight}){}{})", filter(&column.events), last_argument(window))
        }
        Form::Visits(events, gap, window) => format!("visits({}, gap {gap}{})", read(events), last_argument(window)),
        Form::TimeSpent(events, gap, window) => {
            format!("time_spent({}, gap {gap}{})", read(events), last_argument(window))
        }
        Form::Chain(chain) => steps(chain),
        Form::Sequence { first, second, within, window } => {
            let within = within.map_or_else(String::new, |within| format!(" within {within}"));
            format!("sequence({}, {}{within}{})", read(first), read(second), last_part(window))
        }
    }
}

fn steps(chain: &Chain) -> String {
    let mut steps = vec![read(&chain.first)];
    steps.extend(chain.steps.iter().map(|step| match step {
        ChainStep::Event(events, None) => read(events),
        ChainStep::Event(events, Some(within)) => format!("{} within {within}", read(events)),
        ChainStep::Without(events, within) => format!("without {} within {within}", read(events)),
    }));
    let all = chain.all_within.map_or_else(String::new, |all| format!("; all within {all}"));
    format!("sequence({}{all}{})", steps.join(", "), last_part(&chain.window))
}

/// A window behind steps.
fn last_part(window: &Window) -> String {
    match window {
        Window::Life => String::new(),
        Window::Last { .. } | Window::Between { .. } | Window::Period(_) | Window::After(..) => {
            format!("; {}", span(window))
        }
    }
}

fn unfiltered(events: &Events) -> Events {
    Events { filter: None, ..events.clone() }
}

fn moment(nth: Nth, events: &Events, window: &Window) -> String {
    format!("{}({}{}{})", end(nth.side), read(events), ordinal(nth), last_argument(window))
}

fn ordinal(nth: Nth) -> String {
    if nth.ordinal > 1 { format!(", {}", nth.ordinal) } else { String::new() }
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
        Window::After(nth, events, inner) => format!("since {}", moment(*nth, events, inner)),
    }
}
