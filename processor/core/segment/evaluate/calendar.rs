//! What depends on the calendar of now: its readings, dates that return, periods an instant lies in.

use super::View;
use super::datum::Datum;
use super::operand;
use super::quantity::Quantity;
use crate::event::{Number, Value};
use crate::segment::plan::{Answer, Operand};
use crate::timer::{Instant, Period, Zone};

/// The value of a form of the calendar, and until when it lasts; nothing for any other operand.
pub(super) fn value<'a>(form: &'a Operand, view: &View<'a>) -> Option<(Datum<'a>, Instant)> {
    let number = |value: i64| Datum::Quantity(Quantity::count(i128::from(value)));
    let (argument, zone) = match form {
        Operand::Clock(dial, zone) => {
            let (shown, until) = zone.reading(*dial, view.now);
            return Some((number(shown), until));
        }
        Operand::Age(argument, zone) | Operand::DaysUntil(argument, zone) | Operand::Anniversary(argument, zone) => {
            (argument, zone)
        }
        Operand::Constant(_)
        | Operand::Millis(_)
        | Operand::Measure(_)
        | Operand::Trait(_)
        | Operand::SetAt(_)
        | Operand::Property(_)
        | Operand::Arithmetic(..)
        | Operand::Negate(_)
        | Operand::Lower(_)
        | Operand::DateOf(..)
        | Operand::StartOf(..)
        | Operand::Since(_)
        | Operand::Until(_)
        | Operand::If(..)
        | Operand::Condition(_) => return None,
    };
    let (datum, lasts) = operand::value(argument, view);
    let found = match (form, &datum) {
        (Operand::Anniversary(..), Datum::Date(date)) => {
            let (next, until) = zone.next_return(*date, view.now);
            (next.map_or(Datum::None, |next| Datum::Quantity(Quantity::millis(next.millis()))), until)
        }
        (_, Datum::Date(date)) => {
            let years = zone.full_years(*date, view.now);
            (number(years), zone.when_full_years(*date, years + 1))
        }
        (_, Datum::Quantity(instant)) => match instant.whole_at(view.now).map(Instant::from_millis) {
            Some(instant) => {
                let days = zone.days_until(instant, view.now);
                (number(days), zone.when_days_until(instant, days - 1))
            }
            None => (Datum::None, Instant::NEVER),
        },
        (_, Datum::None | Datum::Boolean(_) | Datum::Text(_) | Datum::Other(_)) => (Datum::None, Instant::NEVER),
    };
    Some((found.0, found.1.min(lasts)))
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
