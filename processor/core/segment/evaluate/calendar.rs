//! What depends on the calendar of now: its readings, dates that return, periods an instant lies in.

use super::View;
use super::datum::Datum;
use super::operand;
use super::quantity::Quantity;
use crate::event::{Number, Value};
use crate::segment::plan::{Answer, Operand};
use crate::timer::{Dial, Instant, Period, Zone};

/// What the clock or the calendar shows.
pub(super) fn clock<'a>(dial: Dial, zone: &Zone, now: Instant) -> (Datum<'a>, Instant) {
    let (shown, until) = zone.reading(dial, now);
    (whole(shown), until)
}

/// `age(D)`
pub(super) fn age<'a>(date: &'a Operand, zone: &Zone, view: &View<'a>) -> (Datum<'a>, Instant) {
    let (datum, lasts) = operand::value(date, view);
    let Datum::Date(date) = datum else { return (Datum::None, lasts) };
    let years = zone.full_years(date, view.now);
    (whole(years), lasts.min(zone.when_full_years(date, years + 1)))
}

/// `days_until(I)`
pub(super) fn days_until<'a>(instant: &'a Operand, zone: &Zone, view: &View<'a>) -> (Datum<'a>, Instant) {
    let (datum, lasts) = operand::value(instant, view);
    let Some(instant) = datum.quantity().and_then(|instant| instant.whole_at(view.now)).map(Instant::from_millis)
    else {
        return (Datum::None, lasts);
    };
    let days = zone.days_until(instant, view.now);
    (whole(days), lasts.min(zone.when_days_until(instant, days - 1)))
}

/// `anniversary(D)`
pub(super) fn anniversary<'a>(date: &'a Operand, zone: &Zone, view: &View<'a>) -> (Datum<'a>, Instant) {
    let (datum, lasts) = operand::value(date, view);
    let Datum::Date(date) = datum else { return (Datum::None, lasts) };
    let (next, until) = zone.next_return(date, view.now);
    (next.map_or(Datum::None, |next| Datum::Quantity(Quantity::millis(next.millis()))), lasts.min(until))
}

fn whole<'a>(number: i64) -> Datum<'a> {
    Datum::Quantity(Quantity::count(i128::from(number)))
}

/// When `age` or `days_until` comes to a constant and when it leaves it, in this order, and until when its date lasts;
/// nothing for other operands. A comparison with the constant changes at no other instant.
pub(super) fn turns(form: &Operand, against: &Operand, view: &View<'_>) -> Option<([Instant; 2], Instant)> {
    let Operand::Constant(Value::Number(number)) = against else { return None };
    let whole = number.millionths().div_euclid(Number::SCALE);
    if let Operand::Age(argument, zone) = form
        && let (Datum::Date(date), lasts) = operand::value(argument, view)
    {
        return Some(([whole, whole + 1].map(|years| zone.when_full_years(date, years)), lasts));
    }
    if let Operand::DaysUntil(argument, zone) = form
        && let (Datum::Quantity(instant), lasts) = operand::value(argument, view)
    {
        let instant = Instant::from_millis(instant.whole_at(view.now)?);
        return Some(([whole, whole - 1].map(|days| zone.when_days_until(instant, days)), lasts));
    }
    None
}

/// Whether an instant lies in a period of the calendar of now, and until when.
pub(super) fn lies_in(instant: &Operand, period: Period, zone: &Zone, view: &View<'_>) -> Answer {
    let (datum, until) = operand::value(instant, view);
    let Some(instant) = datum.quantity().and_then(|instant| instant.whole_at(view.now)).map(Instant::from_millis)
    else {
        return Answer { holds: false, until };
    };
    // The period comes to the instant, and leaves it when the next one comes.
    let comes = zone.turn(instant, period.unit, -period.offset);
    let leaves = zone.turn(instant, period.unit, 1 - period.offset);
    if view.now < comes {
        return Answer { holds: false, until: until.min(comes) };
    }
    if view.now < leaves { Answer { holds: true, until: until.min(leaves) } } else { Answer { holds: false, until } }
}
