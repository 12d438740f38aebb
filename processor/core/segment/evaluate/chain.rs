//! Whether some choice of events makes a long sequence, and until when.
//!
//! The steps are walked in order, each list once. Of all events that can stand before a step the latest decides: it is
//! the closest, and whatever comes before it began the latest, so that no choice of another fits where it does not.

use super::View;
use super::orders::items;
use super::window::Window;
use crate::feature::{Horizon, Item};
use crate::segment::plan::{Answer, Chain, Link, Measure};
use crate::timer::Instant;

/// A step that was reached: where it stands, and the latest first step from which it can be.
#[derive(Clone, Copy)]
struct Reached<'a> {
    at: Item<'a>,
    /// It stands for an instant at which something has not happened, and before all events of that instant.
    ran_out: bool,
    first: Instant,
}

impl Reached<'_> {
    fn time(&self) -> Instant {
        self.at.moment.time()
    }

    fn precedes(&self, item: &Item<'_>) -> bool {
        if self.ran_out { self.time() <= item.moment.time() } else { item.is_after(&self.at) }
    }
}

/// Whether the steps happened one after the other, and until when that is known.
pub(super) fn happened(chain: &Chain, view: &View<'_>) -> Answer {
    let beginnings = oldest_first(&chain.first, view).into_iter();
    let mut reached: Vec<Reached<'_>> =
        beginnings.map(|at| Reached { at, ran_out: false, first: at.moment.time() }).collect();
    for link in &chain.steps {
        reached = match link {
            Link::Event(measure, within) => events(&reached, &oldest_first(measure, view), within.as_ref()),
            Link::Without(measure, within) => absences(&reached, &oldest_first(measure, view), within),
        };
    }
    if let Some(all) = &chain.all_within {
        reached.retain(|end| all.passes(end.first) > end.time());
    }
    let in_bounds = |end: &Reached<'_>| {
        chain.bounds.is_none_or(|(from, to)| from <= end.time() && to.is_none_or(|to| end.time() < to))
    };
    let window = Window::at(&chain.span, view);
    let mut until = window.until;
    for end in reached.iter().rev().filter(|end| in_bounds(end)) {
        let comes = (end.time() > view.now).then(|| end.time());
        if let Some(enters) = window.enters(end.at.moment).or(comes) {
            until = until.min(enters);
        } else if window.holds(&end.at) {
            return Answer { holds: true, until: window.until.min(window.leaves(end.at.moment)) };
        }
    }
    Answer { holds: false, until }
}

fn oldest_first<'a>(measure: &'a Measure, view: &View<'a>) -> Vec<Item<'a>> {
    let mut items: Vec<Item<'a>> = items(measure, view).collect();
    items.reverse();
    items
}

/// The events that can be the next step.
fn events<'a>(before: &[Reached<'a>], items: &[Item<'a>], within: Option<&Horizon>) -> Vec<Reached<'a>> {
    let mut next = Vec::new();
    let mut preceding = 0;
    for item in items {
        preceding += before.iter().skip(preceding).take_while(|step| step.precedes(item)).count();
        let candidates = before.get(..preceding).unwrap_or_default();
        if let Some(first) = latest_first(candidates, item.moment.time(), within) {
            next.push(Reached { at: *item, ran_out: false, first });
        }
    }
    next
}

/// The latest first step from which an event of that time can be reached.
fn latest_first(before: &[Reached<'_>], time: Instant, within: Option<&Horizon>) -> Option<Instant> {
    /// At the end of a month a day can be a calendar length before a moment that a later day is past: by so much.
    const MONTH_END_MILLIS: i64 = 4 * 86_400_000;
    let latest = before.last()?;
    let Some(within) = within else { return Some(latest.first) };
    let fits = |step: &Reached<'_>| within.passes(step.time()) > time;
    if !within.length.is_calendar() {
        return fits(latest).then_some(latest.first);
    }
    let since = latest.time().plus(-MONTH_END_MILLIS);
    before.iter().rev().take_while(|step| step.time() > since).filter(|step| fits(step)).map(|step| step.first).max()
}

/// Where nothing of the kind came for so long after a step.
fn absences<'a>(before: &[Reached<'a>], items: &[Item<'a>], within: &Horizon) -> Vec<Reached<'a>> {
    let mut next = Vec::new();
    let mut passed = 0;
    for step in before {
        passed += items.iter().skip(passed).take_while(|item| !step.precedes(item)).count();
        let runs_out = within.passes(step.time());
        if items.get(passed).is_none_or(|item| item.moment.time() >= runs_out) {
            next.push(Reached { at: Item::at(runs_out), ran_out: true, first: step.first });
        }
    }
    next.sort_by_key(|step| (step.time(), step.first));
    next
}
