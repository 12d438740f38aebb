//! Long sequences: every choice of events is tried.

use spicchio_core::segment::{Chain, ChainStep, Events, Window};
use spicchio_core::timer::Instant;

use super::calendar::lies_in;
use super::evaluate::Sight;
use super::form::counted;
use super::history::Happening;

/// Where a step stands.
#[derive(Clone, Copy)]
enum Place<'a> {
    /// At an event.
    Event(&'a Happening),
    /// At the instant at which something had not happened for long enough.
    RunOut(Instant),
}

impl Place<'_> {
    fn time(&self) -> Instant {
        match self {
            Self::Event(event) => event.time,
            Self::RunOut(instant) => *instant,
        }
    }

    fn precedes(&self, later: &Happening) -> bool {
        match self {
            Self::Event(event) => later.is_after(event),
            Self::RunOut(instant) => *instant <= later.time,
        }
    }
}

impl<'a> Sight<'a> {
    /// Whether some choice of events satisfies a chain.
    pub(super) fn chain(&self, chain: &'a Chain) -> bool {
        let selections = chain.selections().map(|events| self.selected(events)).collect::<Vec<_>>();
        let beginnings = selections[0].iter();
        beginnings.into_iter().any(|first| self.goes_on(chain, &selections, 0, (first, Place::Event(first))))
    }

    /// Whether the steps from `step` on can follow.
    fn goes_on(
        &self,
        chain: &'a Chain,
        selections: &[Vec<&'a Happening>],
        step: usize,
        (first, before): (&'a Happening, Place<'a>),
    ) -> bool {
        let follows = |event: &&&'a Happening| before.precedes(event);
        match chain.steps.get(step) {
            None => {
                let in_time = chain.all_within.is_none_or(|all| before.time() < all.after(first.time, self.zone));
                in_time && self.ends_inside(chain, before)
            }
            Some(ChainStep::Event(_, within)) => {
                let close = |event: &&&Happening| {
                    within.is_none_or(|within| event.time < within.after(before.time(), self.zone))
                };
                let candidates = selections[step + 1].iter().filter(follows).filter(close);
                let mut candidates = candidates.map(|event| (first, Place::Event(event)));
                candidates.any(|choice| self.goes_on(chain, selections, step + 1, choice))
            }
            Some(ChainStep::Without(_, within)) => {
                let end = within.after(before.time(), self.zone);
                let came = selections[step + 1].iter().filter(follows).any(|event| event.time < end);
                !came && end <= self.now && self.goes_on(chain, selections, step + 1, (first, Place::RunOut(end)))
            }
        }
    }

    fn ends_inside(&self, chain: &'a Chain, end: Place<'a>) -> bool {
        let instant = match end {
            Place::Event(event) => {
                let last: &'a Events = chain.steps.last().map_or(&chain.first, ChainStep::events);
                return self.inside(last, &chain.window).iter().any(|inside| std::ptr::eq(*inside, event));
            }
            Place::RunOut(instant) => instant,
        };
        match &chain.window {
            Window::Life => true,
            Window::Last { from, to } => {
                to.after(instant, self.zone) <= self.now && self.now < from.after(instant, self.zone)
            }
            Window::Between { from, to } => *from <= instant && to.is_none_or(|to| instant < to),
            Window::Period(period) => lies_in(*period, instant, self.now, self.zone),
            Window::After(nth, events, inner) => {
                counted(*nth, self.inside(events, inner)).is_none_or(|opening| instant > opening.time)
            }
        }
    }
}
