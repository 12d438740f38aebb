//! Where a customer stands with a segment or a ladder, and until when.

use super::View;
use super::condition::{STEPS_MAX, answer};
use crate::customer::{Place, Standing};
use crate::feature::Horizon;
use crate::segment::plan::{Condition, Ladder, Latch, Rule};
use crate::timer::Instant;

/// Where a customer stands and the instant before which that does not change without an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where.
    pub place: Place,
    /// Until when, not included.
    pub until: Instant,
}

/// Where the customer stands at the view's now, when it stood there before.
pub fn outcome(rule: &Rule, before: Standing, view: &View<'_>) -> Outcome {
    match rule {
        Rule::Holds(condition) => {
            let answer = answer(condition, view);
            Outcome { place: if answer.holds { Place::Inside } else { Place::Outside }, until: answer.until }
        }
        Rule::Latch(latch) => latched(latch, before, view),
        Rule::Ladder(ladder) => staged(ladder, view),
    }
}

/// The outcome with `until` stepped on to where it really changes, and whether it is still only a bound. `before` is
/// the standing that the customer has at the view's now.
pub fn settled_outcome(rule: &Rule, before: Standing, view: &View<'_>) -> (Outcome, bool) {
    let first = outcome(rule, before, view);
    let mut until = first.until;
    for _ in 0..STEPS_MAX {
        if until == Instant::NEVER {
            return (Outcome { until, ..first }, false);
        }
        let next = outcome(rule, before, &view.at(until));
        if next.place != first.place {
            return (Outcome { until, ..first }, false);
        }
        until = next.until;
    }
    (Outcome { until, ..first }, until != Instant::NEVER)
}

/// The condition that a change rests on: what let the customer in or out; of two stages the earlier, which began or
/// ceased to hold.
pub fn decisive(rule: &Rule, from: Place, to: Place) -> Option<&Condition> {
    match rule {
        Rule::Holds(condition) => Some(condition),
        Rule::Latch(latch) => Some(if to == Place::Inside { &latch.enter } else { &latch.leave }),
        Rule::Ladder(ladder) => {
            let earlier = [from, to].into_iter().filter_map(Place::index).min();
            earlier.and_then(|stage| ladder.stages.get(stage)).or(ladder.stages.last())
        }
    }
}

fn staged(ladder: &Ladder, view: &View<'_>) -> Outcome {
    let mut until = Instant::NEVER;
    for (index, stage) in ladder.stages.iter().enumerate() {
        let answer = answer(stage, view);
        until = until.min(answer.until);
        if answer.holds {
            return Outcome { place: Place::stage(index), until };
        }
    }
    let place = if ladder.has_otherwise { Place::stage(ladder.stages.len()) } else { Place::Outside };
    Outcome { place, until }
}

fn latched(latch: &Latch, before: Standing, view: &View<'_>) -> Outcome {
    let inside = before.place == Place::Inside;
    let (asked, delay) = if inside { (&latch.leave, &latch.stay) } else { (&latch.enter, &latch.rest) };
    let asked = answer(asked, view);
    let free = before.since.map_or(Instant::MIN, |since| free_at(delay.as_ref(), since));
    let changes = asked.holds && view.now >= free;
    let place = if inside == changes { Place::Outside } else { Place::Inside };
    // Not free yet, a change waits for that; not asked for yet, it waits for both.
    let until = match (asked.holds, view.now < free) {
        (true, true) => free,
        (false, true) => asked.until.max(free),
        (_, false) => asked.until,
    };
    Outcome { place, until }
}

fn free_at(delay: Option<&Horizon>, since: Instant) -> Instant {
    delay.map_or(Instant::MIN, |delay| delay.passes(since))
}

/// Whether a customer is inside a latched segment at the view's now, and until when that cannot change. At a now that
/// was decided it is where it stands; at a later one where it will come first, and nothing is known beyond that.
pub(super) fn member(latch: &Latch, view: &View<'_>) -> (bool, Instant) {
    let standing = view.memberships.standing(latch.segment);
    let next = latched(latch, standing, view);
    let until = if next.place == standing.place { next.until } else { view.now.plus(1) };
    (next.place == Place::Inside, until)
}
