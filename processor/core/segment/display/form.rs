//! The canonical text of forms: what they measure, of which events, over which window.

use std::fmt::{self, Display, Formatter};

use super::{Dotted, Name};
use crate::segment::{ColumnRef, Events, Expression, Form, Path, Selection, Window};

impl Display for Form {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(events, window) => write!(f, "count({events}{})", Argument(", ", window)),
            Self::Days(events, window) => write!(f, "days({events}{})", Argument(", ", window)),
            Self::Sum(column, window) => write!(f, "sum({column}{})", Argument(", ", window)),
            Self::Average(column, window) => write!(f, "avg({column}{})", Argument(", ", window)),
            Self::Minimum(column, window) => write!(f, "min({column}{})", Argument(", ", window)),
            Self::Maximum(column, window) => write!(f, "max({column}{})", Argument(", ", window)),
            Self::Distinct(column, window) => write!(f, "distinct({column}{})", Argument(", ", window)),
            Self::Moment(nth, events, window) => {
                write!(f, "{}({events}{nth}{})", nth.side.word(), Argument(", ", window))
            }
            Self::Pick(nth, column, window) => {
                write!(f, "{}({column}{nth}{})", nth.side.word(), Argument(", ", window))
            }
            Self::Values(column, window) => write!(f, "values({column}{})", Argument(", ", window)),
            Self::Top(column, weight, window) => top(column, weight.as_ref(), window, f),
            Self::Visits(events, gap, window) => write!(f, "visits({events}, gap {gap}{})", Argument(", ", window)),
            Self::TimeSpent(events, gap, window) => {
                write!(f, "time_spent({events}, gap {gap}{})", Argument(", ", window))
            }
            Self::Net(column, window) => write!(f, "net({column}{})", Argument(", ", window)),
            Self::Chain(chain) => chain.fmt(f),
            Self::Sequence { first, second, within, window } => {
                write!(f, "sequence({first}, {second}")?;
                if let Some(length) = within {
                    write!(f, " within {length}")?;
                }
                write!(f, "{})", Argument("; ", window))
            }
        }
    }
}

/// A window as the last argument; nothing for the whole life.
struct Argument<'a>(&'a str, &'a Window);

impl Display for Argument<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if *self.1 == Window::Life { Ok(()) } else { write!(f, "{}{}", self.0, self.1) }
    }
}

impl Display for Window {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Life => Ok(()),
            Self::Last { from, to } if to.millis() == 0 && !to.is_calendar() => from.fmt(f),
            Self::Last { from, to } => write!(f, "{from}..{to}"),
            Self::Between { from, to: None } => write!(f, "since {from}"),
            Self::Between { from, to: Some(to) } => write!(f, "{from}..{to}"),
            Self::Period(period) => period.fmt(f),
            Self::After(nth, events, window) => {
                write!(f, "since {}({events}{nth}{})", nth.side.word(), Argument(", ", window))
            }
        }
    }
}

impl Display for Selection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Types(names) => {
                for (index, name) in names.iter().enumerate() {
                    write!(f, "{}{}", if index > 0 { " | " } else { "" }, Name(name))?;
                }
                Ok(())
            }
        }
    }
}

impl Display for Events {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.selection, Filter(self.filter.as_deref()))
    }
}

struct Filter<'a>(Option<&'a Expression>);

impl Display for Filter<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |filter| write!(f, " where {filter}"))
    }
}

impl Display for ColumnRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Events { selection, filter } = &self.events;
        write!(f, "{}{}", Of(selection, &self.path), Filter(filter.as_deref()))
    }
}

/// A property of events without their filter.
struct Of<'a>(&'a Selection, &'a Path);

impl Display for Of<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let several = matches!(self.0, Selection::Types(names) if names.len() > 1);
        if several { write!(f, "({}){}", self.0, Dotted(self.1)) } else { write!(f, "{}{}", self.0, Dotted(self.1)) }
    }
}

/// The filter comes behind the weight.
fn top(column: &ColumnRef, weight: Option<&Path>, window: &Window, f: &mut Formatter<'_>) -> fmt::Result {
    let Events { selection, filter } = &column.events;
    write!(f, "top({}", Of(selection, &column.path))?;
    if let Some(weight) = weight {
        write!(f, " by sum({})", Of(selection, weight))?;
    }
    write!(f, "{}{})", Filter(filter.as_deref()), Argument(", ", window))
}
