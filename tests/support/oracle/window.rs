//! Which events a form reads: types, filters, `for some`, windows.

use spicchio_core::event::Kind;
use spicchio_core::timer::Instant;

use super::calendar;
use super::evaluate::Sight;
use super::form::end;
use super::history::Happening;
use crate::definition::{Events, Selection, Window};

impl<'a> Sight<'a> {
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
        let opening = self.opening(window);
        let lies_inside = |event: &&Happening| {
            self.holds_at(window, event.time) && opening.is_none_or(|opening| event.is_after(opening))
        };
        self.selected(events).into_iter().filter(lies_inside).collect()
    }

    /// The event after which a window begins, if it is of that kind and the event happened.
    pub(super) fn opening(&self, window: &'a Window) -> Option<&'a Happening> {
        match window {
            Window::After(side, events, nth, inner) => end(*side, *nth, self.inside(events, inner)),
            Window::Life | Window::Last { .. } | Window::Between { .. } | Window::During(_) => None,
        }
    }

    /// Whether an instant lies in the window, the event that opens it aside.
    pub(super) fn holds_at(&self, window: &Window, time: Instant) -> bool {
        match window {
            Window::Life | Window::After(..) => true,
            Window::Last { from, to } => {
                to.after(time, self.zone) <= self.now && self.now < from.after(time, self.zone)
            }
            Window::Between { from, to } => *from <= time && to.is_none_or(|to| time < to),
            Window::During(period) => {
                let (start, end) = calendar::bounds(*period, self.now, self.zone);
                start <= time && time < end
            }
        }
    }
}

fn is_of(event: &Happening, selection: &Selection) -> bool {
    match (selection, &event.kind) {
        (Selection::Any, _) => !matches!(event.given.kind.as_str(), "profile" | "erase"),
        (Selection::Types(names), Kind::Declared(_)) => names.iter().any(|name| *name == event.given.kind),
        (Selection::Types(_), Kind::Other(_)) => false,
    }
}
