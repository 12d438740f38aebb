//! The value of an operand, and until when it is the same formula.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use super::View;
use super::condition::answer;
use super::datum::Datum;
use super::quantity::Quantity;
use super::reading::measure;
use super::{calendar, item, place};
use crate::event::Slot;
use crate::feature::State;
use crate::segment::Arithmetic;
use crate::segment::plan::Operand;
use crate::timer::Instant;

/// The value at the view's now. Until the instant given with it, the value is a constant or grows linearly with now, as
/// the quantity says.
pub fn value<'a>(operand: &'a Operand, view: &View<'a>) -> (Datum<'a>, Instant) {
    match operand {
        Operand::Constant(value) => (Datum::of(value), Instant::NEVER),
        Operand::Millis(millis) => (Datum::Quantity(Quantity::millis(*millis)), Instant::NEVER),
        Operand::Measure(form) => {
            let measured = measure(form, view);
            (measured.datum, measured.until)
        }
        Operand::Trait(feature) => {
            let register = match view.customer.state(*feature) {
                Some(State::Register(register)) => register.value.as_ref(),
                Some(_) | None => None,
            };
            (register.map_or(Datum::None, Datum::of), Instant::NEVER)
        }
        Operand::SetAt(feature) => {
            let since = match view.customer.state(*feature) {
                Some(State::History(history)) => history.since(),
                Some(_) | None => None,
            };
            (since.map_or(Datum::None, |since| Datum::Quantity(Quantity::millis(since.millis()))), Instant::NEVER)
        }
        Operand::Property(slot) => {
            let slot = slot.and_then(|slot| view.slots.get(slot));
            (slot.and_then(Slot::value).map_or(Datum::None, Datum::of), Instant::NEVER)
        }
        Operand::Arithmetic(arithmetic, left, right) => calculate(*arithmetic, left, right, view),
        Operand::Negate(inner) => map_quantity(inner, view, Quantity::negated),
        Operand::Since(inner) => map_quantity(inner, view, Quantity::since),
        Operand::Until(inner) => map_quantity(inner, view, Quantity::until),
        Operand::Lower(inner) => {
            let (datum, until) = value(inner, view);
            (datum.text().map_or(Datum::None, |text| Datum::Text(Cow::Owned(text.to_lowercase()))), until)
        }
        Operand::DateOf(inner, zone) => {
            let (datum, until) = value(inner, view);
            let instant = datum.quantity().and_then(|instant| instant.whole_at(view.now)).map(Instant::from_millis);
            (instant.map_or(Datum::None, |instant| Datum::Date(zone.date(instant))), until)
        }
        Operand::StartOf(inner, zone) => {
            let (datum, until) = value(inner, view);
            let start = if let Datum::Date(date) = datum { Some(zone.start_of(date)) } else { None };
            (start.map_or(Datum::None, |start| Datum::Quantity(Quantity::millis(start.millis()))), until)
        }
        Operand::Clock(dial, zone) => calendar::clock(*dial, zone, view.now),
        Operand::Age(date, zone) => calendar::age(date, zone, view),
        Operand::DaysUntil(instant, zone) => calendar::days_until(instant, zone, view),
        Operand::Anniversary(date, zone) => calendar::anniversary(date, zone, view),
        Operand::Metres(metres) => (Datum::Quantity(Quantity::count(i128::from(*metres))), Instant::NEVER),
        Operand::Distance(one, other) => place::distance(one, other, view),
        Operand::Item(path, ty) => (item::property(path, ty.as_ref(), view), Instant::NEVER),
        Operand::Bucket(count, salt) => {
            let hash = xxh3_64(&[salt.as_bytes(), &[0], view.id.as_bytes()].concat());
            (Datum::Quantity(Quantity::count(i128::from(hash % u64::from(*count)))), Instant::NEVER)
        }
        Operand::If(condition, then, otherwise) => {
            let decided = answer(condition, view);
            let (datum, until) = value(if decided.holds { then } else { otherwise }, view);
            (datum, until.min(decided.until))
        }
        Operand::Condition(condition) => {
            let decided = answer(condition, view);
            (Datum::Boolean(decided.holds), decided.until)
        }
    }
}

fn map_quantity<'a>(
    inner: &'a Operand,
    view: &View<'a>,
    map: impl FnOnce(Quantity) -> Option<Quantity>,
) -> (Datum<'a>, Instant) {
    let (datum, until) = value(inner, view);
    (datum.quantity().and_then(map).map_or(Datum::None, Datum::Quantity), until)
}

fn calculate<'a>(
    arithmetic: Arithmetic,
    left: &'a Operand,
    right: &'a Operand,
    view: &View<'a>,
) -> (Datum<'a>, Instant) {
    let (left, left_until) = value(left, view);
    let (right, right_until) = value(right, view);
    let result = left.quantity().zip(right.quantity()).and_then(|(left, right)| match arithmetic {
        Arithmetic::Add => left.plus(right),
        Arithmetic::Subtract => left.minus(right),
        Arithmetic::Multiply => left.times(right),
        Arithmetic::Divide => left.over(right),
    });
    (result.map_or(Datum::None, Datum::Quantity), left_until.min(right_until))
}
