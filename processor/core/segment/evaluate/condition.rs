//! Whether a condition holds, and until when.

use super::View;
use super::leaf::test;
use crate::segment::plan::{Answer, Condition};
use crate::timer::Instant;

/// The most steps taken to find when an answer really changes.
pub(super) const STEPS_MAX: usize = 32;

/// Whether `condition` holds at the view's now, and an instant before which that does not change without an event.
pub fn answer(condition: &Condition, view: &View<'_>) -> Answer {
    match condition {
        Condition::Constant(holds) => Answer::lasting(*holds),
        Condition::Not(inner) => {
            let inner = answer(inner, view);
            Answer { holds: !inner.holds, until: inner.until }
        }
        Condition::And(parts) => every(parts, true, view),
        Condition::Or(parts) => every(parts, false, view),
        Condition::If(branches) => {
            let [condition, then, otherwise] = &**branches;
            let decided = answer(condition, view);
            let branch = answer(if decided.holds { then } else { otherwise }, view);
            Answer { holds: branch.holds, until: branch.until.min(decided.until) }
        }
        Condition::Leaf(leaf) => test(&leaf.test, view),
    }
}

/// `and` for `all` true, `or` for false: as long as all parts agree the least `until` counts, else the greatest of
/// those that decide.
fn every(parts: &[Condition], all: bool, view: &View<'_>) -> Answer {
    let mut agreeing = Instant::NEVER;
    let mut deciding: Option<Instant> = None;
    for part in parts {
        let part = answer(part, view);
        if part.holds == all {
            agreeing = agreeing.min(part.until);
            continue;
        }
        let longest = deciding.map_or(part.until, |until| until.max(part.until));
        if longest == Instant::NEVER {
            return Answer::lasting(!all);
        }
        deciding = Some(longest);
    }
    deciding.map_or(Answer { holds: all, until: agreeing }, |until| Answer { holds: !all, until })
}

/// The answer with `until` stepped on to where it really changes, and whether it is still only a bound after
/// `STEPS_MAX` steps.
pub fn settled(condition: &Condition, view: &View<'_>) -> (Answer, bool) {
    let first = answer(condition, view);
    let mut until = first.until;
    for _ in 0..STEPS_MAX {
        if until == Instant::NEVER {
            return (Answer { until, ..first }, false);
        }
        let next = answer(condition, &view.at(until));
        if next.holds != first.holds {
            return (Answer { until, ..first }, false);
        }
        until = next.until;
    }
    (Answer { until, ..first }, until != Instant::NEVER)
}
