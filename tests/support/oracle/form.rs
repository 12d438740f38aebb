//! Forms and windows: which events, and what is measured of them.

use std::collections::BTreeSet;

use spicchio_core::event::{Kind, Value};
use spicchio_core::segment::{ColumnRef, Events, Form, Selection, Side, Window};

use super::calendar::lies_in;
use super::evaluate::Sight;
use super::history::Happening;
use super::quantity::{Exact, Quantity, whole};

impl<'a> Sight<'a> {
    /// The value of a form, or none.
    pub(super) fn measure(&self, form: &'a Form) -> Option<Quantity> {
        match form {
            Form::Count(events, window) => Some(Quantity::count(self.inside(events, window).len())),
            Form::Days(events, window) => {
                let inside = self.inside(events, window);
                let days = inside.iter().map(|event| self.zone.date(event.time)).collect::<BTreeSet<_>>();
                Some(Quantity::count(days.len()))
            }
            Form::Sum(column, window) => Some(Quantity::Number(self.numbers(column, window).into_iter().sum())),
            Form::Average(column, window) => {
                let numbers = self.numbers(column, window);
                let many = whole(i64::try_from(numbers.len()).ok().filter(|many| *many > 0)?);
                Some(Quantity::Number(numbers.into_iter().sum::<Exact>() / many))
            }
            Form::Minimum(column, window) => self.numbers(column, window).into_iter().min().map(Quantity::Number),
            Form::Maximum(column, window) => self.numbers(column, window).into_iter().max().map(Quantity::Number),
            Form::Distinct(column, window) => {
                let values = self.column(column, window).into_iter().collect::<BTreeSet<_>>();
                Some(Quantity::count(values.len()))
            }
            Form::Moment(side, events, window) => {
                end(*side, self.inside(events, window)).map(|event| Quantity::instant(event.time))
            }
            Form::Pick(side, column, window) => {
                let event = end(*side, self.inside(&column.events, window))?;
                event.property(&column.path, self.declarations).as_ref().map(Into::into)
            }
            Form::Sequence { first, second, within, window } => {
                let starts = self.selected(first);
                let follows = |start: &Happening, second: &Happening| {
                    second.is_after(start)
                        && within.is_none_or(|within| second.time < within.after(start.time, self.zone))
                };
                let ends = self.inside(second, window);
                let matched = ends.iter().any(|second| starts.iter().any(|start| follows(start, second)));
                Some(Quantity::Boolean(matched))
            }
        }
    }

    /// The events of those types that pass the filter and every surrounding `for some`.
    pub(super) fn selected(&self, events: &'a Events) -> Vec<&'a Happening> {
        let chosen = |event: &&'a Happening| {
            event.time <= self.now
                && is_of(event, &events.selection)
                && self.only.iter().all(|(path, ty, value)| event.values(path, ty, self.declarations).contains(value))
                && events
                    .filter
                    .as_ref()
                    .is_none_or(|filter| Sight { at_hand: Some(event), ..self.clone() }.holds(filter))
        };
        self.events.iter().filter(chosen).collect()
    }

    /// Those of them that lie in the window, in the order of events.
    pub(super) fn inside(&self, events: &'a Events, window: &'a Window) -> Vec<&'a Happening> {
        let opening = match window {
            Window::After(side, events, inner) => end(*side, self.inside(events, inner)),
            Window::Life | Window::Last { .. } | Window::Between { .. } | Window::Period(_) => None,
        };
        let lies_inside = |event: &&Happening| match window {
            Window::Life => true,
            Window::Last { from, to } => {
                to.after(event.time, self.zone) <= self.now && self.now < from.after(event.time, self.zone)
            }
            Window::Between { from, to } => *from <= event.time && to.is_none_or(|to| event.time < to),
            Window::Period(period) => lies_in(*period, event.time, self.now, self.zone),
            Window::After(..) => opening.is_none_or(|opening| event.is_after(opening)),
        };
        self.selected(events).into_iter().filter(lies_inside).collect()
    }

    /// The values of a property that exist, event by event.
    fn column(&self, column: &'a ColumnRef, window: &'a Window) -> Vec<Value> {
        let inside = self.inside(&column.events, window);
        inside.iter().filter_map(|event| event.property(&column.path, self.declarations)).collect()
    }

    fn numbers(&self, column: &'a ColumnRef, window: &'a Window) -> Vec<Exact> {
        let values = self.column(column, window);
        let number = |value| {
            let Quantity::Number(number) = Quantity::from(value) else { unreachable!("no number: {value:?}") };
            number
        };
        values.iter().map(number).collect()
    }
}

/// The first or the last of some events, in the order of events.
pub(super) fn end(side: Side, events: Vec<&Happening>) -> Option<&Happening> {
    match side {
        Side::First => events.into_iter().min_by_key(|event| event.place()),
        Side::Last => events.into_iter().max_by_key(|event| event.place()),
    }
}

fn is_of(event: &Happening, selection: &Selection) -> bool {
    match (selection, &event.kind) {
        (Selection::Any, _) => !matches!(event.given.kind.as_str(), "profile" | "erase"),
        (Selection::Types(names), Kind::Declared(_)) => names.iter().any(|name| *name == event.given.kind),
        (Selection::Types(_), Kind::Other(_)) => false,
    }
}
