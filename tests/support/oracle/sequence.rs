//! Sequences: whether some choice of events takes every step.

use spicchio_core::timer::{Instant, Length};

use super::evaluate::Sight;
use super::history::Happening;
use crate::definition::{Events, Step, Window};

/// Where a step ended.
#[derive(Clone, Copy)]
enum Reached<'a> {
    /// At an event.
    Event(&'a Happening),
    /// When an absence had run out.
    Instant(Instant),
}

impl Reached<'_> {
    const fn time(&self) -> Instant {
        match self {
            Self::Event(event) => event.time,
            Self::Instant(instant) => *instant,
        }
    }

    /// Whether an event comes after it; an event at the very instant at which an absence had run out does.
    fn precedes(&self, event: &Happening) -> bool {
        match self {
            Self::Event(before) => event.is_after(before),
            Self::Instant(instant) => event.time >= *instant,
        }
    }
}

impl<'a> Sight<'a> {
    pub(super) fn sequence(
        &self,
        first: &'a Events,
        steps: &'a [Step],
        all_within: Option<Length>,
        window: &'a Window,
    ) -> bool {
        let lies_inside = |end: Reached<'_>| {
            self.holds_at(window, end.time())
                && self.opening(window).is_none_or(|opening| match end {
                    Reached::Event(event) => event.is_after(opening),
                    Reached::Instant(instant) => instant >= opening.time,
                })
        };
        self.selected(first).into_iter().any(|first| {
            let in_time = |end: Reached<'_>| all_within.is_none_or(|all| end.time() < all.after(first.time, self.zone));
            self.ends(Reached::Event(first), steps).into_iter().any(|end| in_time(end) && lies_inside(end))
        })
    }

    /// Every place at which the steps can end, begun from there.
    fn ends(&self, from: Reached<'a>, steps: &'a [Step]) -> Vec<Reached<'a>> {
        let Some((step, rest)) = steps.split_first() else { return vec![from] };
        self.taken(from, step).into_iter().flat_map(|reached| self.ends(reached, rest)).collect()
    }

    /// Every place at which one step can end.
    fn taken(&self, from: Reached<'a>, step: &'a Step) -> Vec<Reached<'a>> {
        let end = step.within.map(|within| within.after(from.time(), self.zone));
        let follows = |event: &&Happening| from.precedes(event) && end.is_none_or(|end| event.time < end);
        let following = self.selected(&step.events).into_iter().filter(follows);
        if !step.is_absence {
            return following.map(Reached::Event).collect();
        }
        let end = end.expect("an absence has a length");
        let has_run_out = end <= self.now && following.count() == 0;
        if has_run_out { vec![Reached::Instant(end)] } else { Vec::new() }
    }
}
