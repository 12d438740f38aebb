//! Forms: what is measured of which events. Not here: which events lie in a window (`window`).

use std::collections::BTreeSet;

use spicchio_core::event::Value;

use super::evaluate::Sight;
use super::history::Happening;
use super::quantity::{Exact, Quantity, whole};
use crate::definition::{ColumnRef, Form, Side, Window};

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
            Form::Distinct(column, window) => Some(Quantity::count(self.different(column, window).len())),
            Form::Values(column, window) => {
                let values = self.different(column, window).into_iter().collect();
                Some(Quantity::Whole(Value::List(values)))
            }
            Form::Top(column, weight, window) => self.top(column, weight.as_ref(), window).as_ref().map(Into::into),
            Form::Net(column, window) => Some(Quantity::Number(self.net(column, window))),
            Form::Moment(side, events, nth, window) => {
                end(*side, *nth, self.inside(events, window)).map(|event| Quantity::instant(event.time))
            }
            Form::Pick(side, column, nth, window) => {
                let event = end(*side, *nth, self.inside(&column.events, window))?;
                event.property(&column.path, self.declarations).as_ref().map(Into::into)
            }
            Form::Sequence { first, steps, all_within, window } => {
                Some(Quantity::Boolean(self.sequence(first, steps, *all_within, window)))
            }
            Form::Visits(events, gap, window) => Some(Quantity::count(self.sessions(events, *gap, window).len())),
            Form::TimeSpent(events, gap, window) => {
                let spent = self.sessions(events, *gap, window).into_iter().map(|(start, end)| end - start).sum();
                Some(Quantity::Duration(whole(spent)))
            }
        }
    }

    /// The values of a property that exist, event by event; of line items, item by item.
    fn column(&self, column: &'a ColumnRef, window: &'a Window) -> Vec<Value> {
        let inside = self.inside(&column.events, window);
        inside.iter().flat_map(|event| event.column(&column.path, &column.ty, self.declarations)).collect()
    }

    fn different(&self, column: &'a ColumnRef, window: &'a Window) -> BTreeSet<Value> {
        self.column(column, window).into_iter().collect()
    }

    fn numbers(&self, column: &'a ColumnRef, window: &'a Window) -> Vec<Exact> {
        self.column(column, window).iter().map(number).collect()
    }
}

/// The number that a value is.
pub(super) fn number(value: &Value) -> Exact {
    let Quantity::Number(number) = Quantity::from(value) else { unreachable!("no number: {value:?}") };
    number
}

/// The n-th of some events from the first or from the last, in the order of events.
pub(super) fn end(side: Side, nth: u32, mut events: Vec<&Happening>) -> Option<&Happening> {
    events.sort_by(|one, other| one.place().cmp(&other.place()));
    if side == Side::Last {
        events.reverse();
    }
    events.into_iter().nth(usize::try_from(nth).ok()?.checked_sub(1)?)
}
