//! Whether a test holds, and until when.

use std::cmp::Ordering;

use super::View;
use super::condition::answer;
use super::datum::Datum;
use super::operand::value;
use super::orders::items;
use super::reading::{extreme_item, reaches};
use super::rule::member;
use super::window::Window;
use super::{calendar, item};
use crate::event::{Slot, Value};
use crate::feature::{Horizon, Item, State};
use crate::segment::Relation;
use crate::segment::plan::{Answer, Condition, Operand, Reading, Sequence, Test};
use crate::timer::Instant;

/// Whether the test holds at the view's now.
pub fn test(test: &Test, view: &View<'_>) -> Answer {
    match test {
        Test::Reach { measure, limit, negated } => {
            let reached = reaches(measure, *limit, view);
            Answer { holds: reached.holds != *negated, until: reached.until }
        }
        Test::Order(relation, left, right) => {
            let (left, left_until) = extreme_item(left, view);
            let (right, right_until) = extreme_item(right, view);
            Answer { holds: relation.holds(order(left.as_ref(), right.as_ref())), until: left_until.min(right_until) }
        }
        Test::Compare(relation, left, right) => compare(*relation, left, right, view),
        Test::Distance { relation, instant, ahead, length } => distance(*relation, instant, *ahead, length, view),
        Test::Period(operand, period, zone) => calendar::lies_in(operand, *period, zone, view),
        Test::In(operand, list, negated) => contained_in(operand, list, *negated, view),
        Test::Contains(whole, part) => texts(whole, part, view, |whole, part| whole.contains(part)),
        Test::StartsWith(whole, part) => texts(whole, part, view, |whole, part| whole.starts_with(part)),
        Test::EndsWith(whole, part) => texts(whole, part, view, |whole, part| whole.ends_with(part)),
        Test::Matches(operand, pattern) => {
            let (datum, until) = value(operand, view);
            Answer { holds: datum.text().is_some_and(|text| pattern.is_found_in(text)), until }
        }
        Test::Some(list, condition) => item::some(list, condition, view),
        Test::Missing(operand, missing) => {
            let (datum, until) = value(operand, view);
            Answer { holds: datum.exists() != *missing, until }
        }
        Test::Truth(operand) => {
            let (datum, until) = value(operand, view);
            Answer { holds: matches!(datum, Datum::Boolean(true)), until }
        }
        Test::Sequence(sequence) => happened(sequence, view),
        Test::Chain(chain) => super::chain::happened(chain, view),
        Test::Member(latch) => {
            let (holds, until) = member(latch, view);
            Answer { holds, until }
        }
        Test::ForSome { feature, condition, .. } => for_some(*feature, condition, view),
    }
}

impl Relation {
    /// Whether it holds for operands that stand in this order.
    pub fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering == Ordering::Equal,
            Self::Unequal => ordering != Ordering::Equal,
            Self::Less => ordering == Ordering::Less,
            Self::AtMost => ordering != Ordering::Greater,
            Self::Greater => ordering == Ordering::Greater,
            Self::AtLeast => ordering != Ordering::Less,
        }
    }
}

fn order(left: Option<&Item<'_>>, right: Option<&Item<'_>>) -> Ordering {
    match (left, right) {
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(left), Some(right)) if left.is_after(right) => Ordering::Greater,
        (Some(left), Some(right)) if right.is_after(left) => Ordering::Less,
        (None, None) | (Some(_), Some(_)) => Ordering::Equal,
    }
}

fn compare(relation: Relation, left: &Operand, right: &Operand, view: &View<'_>) -> Answer {
    if let (Operand::Since(instant), Operand::Millis(length)) = (left, right)
        && let Operand::Measure(measure) = &**instant
        && matches!(measure.reading, Reading::Moment(_))
    {
        // What most definitions ask, without quantities: how long ago an event was.
        let (item, until) = extreme_item(measure, view);
        let Some(item) = item else { return Answer { holds: relation == Relation::Unequal, until } };
        return passed(relation, item.moment.time().plus(*length), until, view.now);
    }
    if let Some((turns, lasts)) = calendar::turns(left, right, view) {
        return compare_at_turns(relation, [left, right], turns, lasts, view);
    }
    if let (Operand::Property(slot), Operand::Constant(constant)) = (left, right)
        && let Some(ordering) = beside(slot.and_then(|slot| view.slots.get(slot)), constant)
    {
        return Answer::lasting(relation.holds(ordering));
    }
    // Read where they were written: taken apart they would be copied.
    let (ref left, left_until) = value(left, view);
    let (ref right, right_until) = value(right, view);
    let until = left_until.min(right_until);
    let Some((ordering, mut crossing)) = left.compare(right, view.now) else {
        return Answer { holds: relation == Relation::Unequal, until };
    };
    let holds = relation.holds(ordering);
    while crossing < until {
        match left.compare(right, crossing) {
            Some((next, after)) if relation.holds(next) == holds => crossing = after,
            Some(_) | None => break,
        }
    }
    Answer { holds, until: until.min(crossing) }
}

/// A comparison that changes at these instants alone, as long as what it is about `lasts`.
fn compare_at_turns(
    relation: Relation,
    [left, right]: [&Operand; 2],
    turns: [Instant; 2],
    lasts: Instant,
    view: &View<'_>,
) -> Answer {
    let at = |view: &View<'_>| {
        let (left, right) = (value(left, view).0, value(right, view).0);
        left.compare(&right, view.now).map_or(relation == Relation::Unequal, |(ordering, _)| relation.holds(ordering))
    };
    let holds = at(view);
    let change = turns.into_iter().find(|turn| *turn > view.now && *turn < lasts && at(&view.at(*turn)) != holds);
    Answer { holds, until: change.unwrap_or(lasts) }
}

/// `since(I) >= L` means `now >= I + L`; `until(I) >= L` means `now <= I - L`.
fn distance(relation: Relation, instant: &Operand, ahead: bool, length: &Horizon, view: &View<'_>) -> Answer {
    let (datum, until) = value(instant, view);
    let Some(instant) = datum.quantity().and_then(|quantity| quantity.whole_at(view.now)).map(Instant::from_millis)
    else {
        return Answer { holds: relation == Relation::Unequal, until };
    };
    if !ahead {
        return passed(relation, length.passes(instant), until, view.now);
    }
    let edge = length.length.before(instant, &length.zone);
    let at = |now: Instant| relation.holds(edge.cmp(&now));
    let holds = at(view.now);
    let change = [edge, edge.plus(1)].into_iter().find(|then| *then > view.now && at(*then) != holds);
    Answer { holds, until: change.map_or(until, |change| until.min(change)) }
}

/// How a property compares with a constant, where that is only a look: most filters ask this of every event.
fn beside(slot: Option<&Slot>, constant: &Value) -> Option<Ordering> {
    match (slot?.value()?, constant) {
        (Value::Text(one), Value::Text(other)) => Some(one.as_bytes().cmp(other.as_bytes())),
        (Value::Number(one), Value::Number(other)) => Some(one.cmp(other)),
        (_, _) => None,
    }
}

/// How now compares with an instant, and until when.
fn passed(relation: Relation, edge: Instant, until: Instant, now: Instant) -> Answer {
    let at = |now: Instant| relation.holds(now.cmp(&edge));
    let holds = at(now);
    let change = [edge, edge.plus(1)].into_iter().find(|then| *then > now && at(*then) != holds);
    Answer { holds, until: change.map_or(until, |change| until.min(change)) }
}

fn contained_in(operand: &Operand, list: &[Value], negated: bool, view: &View<'_>) -> Answer {
    let (datum, mut until) = value(operand, view);
    let mut found = false;
    for item in list {
        let item = Datum::of(item);
        let Some((ordering, mut crossing)) = datum.compare(&item, view.now) else { continue };
        found |= ordering == Ordering::Equal;
        while crossing < until {
            match datum.compare(&item, crossing) {
                Some((next, after)) if (next == Ordering::Equal) == (ordering == Ordering::Equal) => crossing = after,
                Some(_) | None => break,
            }
        }
        until = until.min(crossing);
    }
    Answer { holds: found != negated, until }
}

fn texts(whole: &Operand, part: &Operand, view: &View<'_>, matches: impl Fn(&str, &str) -> bool) -> Answer {
    let (whole, whole_until) = value(whole, view);
    let (part, part_until) = value(part, view);
    let holds = match (&whole, &part) {
        (Datum::Text(whole), Datum::Text(part)) => matches(whole, part),
        (Datum::Other(Value::List(items)), part) => items.iter().any(|item| is_equal(item, part, view.now)),
        (Datum::Values(items), part) => items.iter().any(|item| is_equal(item, part, view.now)),
        (_, _) => false,
    };
    Answer { holds, until: whole_until.min(part_until) }
}

fn is_equal(item: &Value, part: &Datum<'_>, now: Instant) -> bool {
    Datum::of(item).compare(part, now).is_some_and(|(ordering, _)| ordering == Ordering::Equal)
}

/// Both steps are walked from the newest on: the earlier step closest before a later one decides for it.
fn happened(sequence: &Sequence, view: &View<'_>) -> Answer {
    let window = Window::at(&sequence.second.span, view);
    let mut until = window.until;
    let mut earlier = items(&sequence.first, view).peekable();
    for later in items(&sequence.second, view) {
        let inside = window.holds(&later);
        let enters = window.enters(later.moment);
        if !inside && enters.is_none() {
            if window.ends_at_now() {
                break;
            }
            continue;
        }
        while earlier.next_if(|item| !later.is_after(item)).is_some() {}
        let Some(before) = earlier.peek() else { break };
        let close =
            sequence.within.as_ref().is_none_or(|within| within.passes(before.moment.time()) > later.moment.time());
        if !close {
            continue;
        }
        if inside {
            return Answer { holds: true, until: window.until.min(window.leaves(later.moment)) };
        }
        until = enters.map_or(until, |enters| until.min(enters));
    }
    Answer { holds: false, until }
}

fn for_some(feature: usize, condition: &Condition, view: &View<'_>) -> Answer {
    let Some(State::Keyed(keyed)) = view.customer.state(feature) else {
        return Answer::lasting(false);
    };
    let (mut holding, mut failing) = (None::<Instant>, Instant::NEVER);
    for value in &keyed.values {
        let one = answer(condition, &View { scope: &value.features, ..*view });
        if !one.holds {
            failing = failing.min(one.until);
        } else if one.until == Instant::NEVER {
            return Answer::lasting(true);
        } else {
            holding = Some(holding.map_or(one.until, |until| until.max(one.until)));
        }
    }
    holding.map_or(Answer { holds: false, until: failing }, |until| Answer { holds: true, until })
}

/// The values for which the condition of a `for some` holds.
pub fn witnesses<'a>(feature: usize, condition: &'a Condition, view: &View<'a>) -> Vec<&'a Value> {
    let Some(State::Keyed(keyed)) = view.customer.state(feature) else {
        return Vec::new();
    };
    let holds = |features| answer(condition, &View { scope: features, ..*view }).holds;
    keyed.values.iter().filter(|value| holds(&value.features)).map(|value| &value.value).collect()
}
