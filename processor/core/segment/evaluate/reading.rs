//! What a feature's state says about a window.

use smallvec::SmallVec;

use super::View;
use super::datum::Datum;
use super::orders::items;
use super::quantity::Quantity;
use super::runs::{Asked, runs};
use super::values::{top, values};
use super::window::Window;
use crate::event::Number;
use crate::feature::{Extreme, Item, Kept, State};
use crate::segment::plan::{Answer, Measure, Reading};
use crate::segment::{Nth, Side};
use crate::timer::Instant;

/// A measured value and the instant before which it does not change without an event.
#[derive(Debug)]
pub struct Measurement<'a> {
    /// The value.
    pub datum: Datum<'a>,
    /// Until when, not included.
    pub until: Instant,
}

/// The kept events inside a measure's window, newest first.
pub fn in_window<'a>(measure: &'a Measure, view: &View<'a>) -> impl Iterator<Item = Item<'a>> + use<'a> {
    let window = Window::at(&measure.span, view);
    items(measure, view).filter(move |item| window.holds(item))
}

/// The event that `first` or `last` is about, and until when it stays that one.
pub(super) fn extreme_item<'a>(measure: &'a Measure, view: &View<'a>) -> (Option<Item<'a>>, Instant) {
    let window = Window::at(&measure.span, view);
    let Nth { side, ordinal } = match measure.reading {
        Reading::Moment(nth) | Reading::Pick(nth) => nth,
        Reading::Count
        | Reading::Distinct
        | Reading::Sum
        | Reading::Average
        | Reading::Extreme(_)
        | Reading::Values
        | Reading::Top { .. }
        | Reading::Visits(_)
        | Reading::TimeSpent(_) => Nth::LAST,
    };
    let mut until = window.until;
    // Of `last` the newest up to the n-th; of `first` the last n that were met, which are the oldest.
    let mut kept: SmallVec<[Item<'a>; 2]> = SmallVec::new();
    let ordinal = usize::from(ordinal);
    for item in items(measure, view) {
        if window.holds(&item) {
            if kept.len() == ordinal {
                kept.remove(0);
            }
            kept.push(item);
            if side == Side::Last && kept.len() == ordinal {
                break;
            }
        } else if let Some(enters) = window.enters(item.moment) {
            until = until.min(enters);
        }
    }
    // The oldest of them is the next to leave the window.
    let leaves = kept.last().map_or(Instant::NEVER, |item| window.leaves(item.moment));
    let found = match side {
        Side::First => kept.first(),
        Side::Last => kept.last(),
    };
    (found.filter(|_| kept.len() == ordinal).copied(), until.min(leaves))
}

/// The value of a measure.
pub fn measure<'a>(measure: &'a Measure, view: &View<'a>) -> Measurement<'a> {
    let lasting = |datum| Measurement { datum, until: Instant::NEVER };
    match (measure.reading, view.scope.state(measure.feature)) {
        (Reading::Moment(_), _) => {
            let (item, until) = extreme_item(measure, view);
            let datum = item.map_or(Datum::None, |item| Datum::Quantity(Quantity::millis(item.moment.time().millis())));
            Measurement { datum, until }
        }
        (Reading::Pick(_), _) => {
            let (item, until) = extreme_item(measure, view);
            Measurement { datum: item.and_then(|item| item.value).map_or(Datum::None, Datum::of_kept), until }
        }
        (Reading::Values, _) => values(measure, view),
        (Reading::Top { weighed }, _) => top(measure, weighed, view),
        (Reading::Visits(gap), _) => runs(measure, gap, Asked::Number, view),
        (Reading::TimeSpent(gap), _) => runs(measure, gap, Asked::Duration, view),
        (Reading::Count | Reading::Distinct, None) => lasting(Datum::Quantity(Quantity::count(0))),
        (Reading::Sum, None) => lasting(Datum::Quantity(Quantity::number(Number::default()))),
        (Reading::Average | Reading::Extreme(_), None) => lasting(Datum::None),
        (_, Some(State::Total(total))) => lasting(Datum::Quantity(Quantity::count(i128::from(*total)))),
        (reading, Some(State::Tally(tally))) => lasting(sum_or_average(reading, tally.0, i128::from(tally.1))),
        (_, Some(State::Record(number))) => lasting(Datum::Quantity(Quantity::number(*number))),
        (reading, Some(_)) => over_window(reading, measure, view),
    }
}

fn sum_or_average<'a>(reading: Reading, sum: i128, count: i128) -> Datum<'a> {
    let scale = i128::from(Number::SCALE);
    match (reading, count) {
        (Reading::Average, 0) => Datum::None,
        (Reading::Average, _) => Datum::Quantity(Quantity::fraction(sum, scale * count)),
        (_, _) => Datum::Quantity(Quantity::fraction(sum, scale)),
    }
}

fn over_window<'a>(reading: Reading, measure: &'a Measure, view: &View<'a>) -> Measurement<'a> {
    let window = Window::at(&measure.span, view);
    let mut until = window.until;
    let (mut events, mut sum, mut numbers) = (0_i128, 0_i128, 0_i128);
    let mut extreme: Option<Number> = None;
    let mut values: Vec<Kept<'_>> = Vec::new();
    for item in items(measure, view) {
        if !window.holds(&item) {
            if let Some(enters) = window.enters(item.moment) {
                until = until.min(enters);
            }
            continue;
        }
        until = until.min(window.leaves(item.moment));
        events += 1;
        if let Some(number) = item.number() {
            sum += i128::from(number.millionths());
            numbers += 1;
            if let Reading::Extreme(which) = reading {
                extreme = Some(extreme.map_or(number, |kept| more_extreme(which, kept, number)));
            }
        }
        if reading == Reading::Distinct
            && let Some(value) = item.value
            && !values.contains(&value)
        {
            values.push(value);
        }
    }
    let datum = match reading {
        Reading::Count => Datum::Quantity(Quantity::count(events)),
        Reading::Distinct => Datum::Quantity(Quantity::count(i128::try_from(values.len()).unwrap_or(i128::MAX))),
        Reading::Sum | Reading::Average => sum_or_average(reading, sum, numbers),
        Reading::Extreme(_) => extreme.map_or(Datum::None, |number| Datum::Quantity(Quantity::number(number))),
        Reading::Moment(_)
        | Reading::Pick(_)
        | Reading::Values
        | Reading::Top { .. }
        | Reading::Visits(_)
        | Reading::TimeSpent(_) => Datum::None,
    };
    Measurement { datum, until }
}

fn more_extreme(which: Extreme, a: Number, b: Number) -> Number {
    if which.covers(a, b) { a } else { b }
}

/// Whether a count or a sum that only grows with events reaches `limit`, and until when.
///
/// The newest events that reach it decide: it is reached until the oldest of them leaves.
pub(super) fn reaches(measure: &Measure, limit: i128, view: &View<'_>) -> Answer {
    let Some(state) = view.scope.state(measure.feature) else {
        return Answer::lasting(limit <= 0);
    };
    match state {
        State::Total(total) => return Answer::lasting(i128::from(*total) >= limit),
        State::Tally(tally) => return Answer::lasting(tally.0 >= limit),
        State::Record(_)
        | State::Moment(_)
        | State::Edge(_)
        | State::Moments(_)
        | State::Amounts(_)
        | State::Peaks(_)
        | State::Entries(_)
        | State::Latest(_)
        | State::Register(_)
        | State::History(_)
        | State::Keyed(_) => {}
    }
    let window = Window::at(&measure.span, view);
    if window.ends_at_now() && counts_items(measure.reading, state) {
        return reaches_by_place(state, limit, &window);
    }
    let mut until = window.until;
    let mut reached = 0_i128;
    let mut values: Vec<Kept<'_>> = Vec::new();
    for item in items(measure, view) {
        if !window.holds(&item) {
            if let Some(enters) = window.enters(item.moment) {
                until = until.min(enters);
            } else if window.ends_at_now() {
                break;
            }
            continue;
        }
        reached += match measure.reading {
            Reading::Sum => item.number().map_or(0, |number| i128::from(number.millionths())),
            Reading::Distinct => match item.value {
                Some(value) if !values.contains(&value) => {
                    values.push(value);
                    1
                }
                Some(_) | None => 0,
            },
            Reading::Count
            | Reading::Average
            | Reading::Extreme(_)
            | Reading::Moment(_)
            | Reading::Pick(_)
            | Reading::Values
            | Reading::Top { .. }
            | Reading::Visits(_)
            | Reading::TimeSpent(_) => 1,
        };
        if reached >= limit {
            return Answer { holds: true, until: window.until.min(window.leaves(item.moment)) };
        }
    }
    Answer { holds: limit <= 0, until }
}

/// Whether what is asked for is how many items the list has inside the window.
const fn counts_items(reading: Reading, state: &State) -> bool {
    match state {
        State::Moment(_) | State::Moments(_) => matches!(reading, Reading::Count),
        State::Latest(_) => matches!(reading, Reading::Distinct),
        State::Total(_)
        | State::Tally(_)
        | State::Record(_)
        | State::Edge(_)
        | State::Amounts(_)
        | State::Peaks(_)
        | State::Entries(_)
        | State::Register(_)
        | State::History(_)
        | State::Keyed(_) => false,
    }
}

/// In a window that is a newest part of the list, the item in the place of the limit decides alone.
fn reaches_by_place(state: &State, limit: i128, window: &Window<'_>) -> Answer {
    let until = window.until;
    let Some(place) = usize::try_from(limit).ok().filter(|place| *place > 0) else {
        return Answer { holds: limit <= 0, until };
    };
    let moment = state.kept_len().checked_sub(place).and_then(|index| state.moment(index));
    match moment.filter(|moment| window.holds_moment(*moment)) {
        Some(moment) => Answer { holds: true, until: until.min(window.leaves(moment)) },
        None => Answer { holds: false, until },
    }
}
