//! How often an audience changes, as exact quotients shown to six places.

use crate::event::Number;
use crate::segment::evaluate::Quantity;
use crate::timer::Instant;

/// A day of 24 hours, in milliseconds.
const DAY_MILLIS: i128 = 86_400_000;

/// So many in a span of that many milliseconds are how many a day; nothing for no span.
pub fn per_day(count: u64, span_millis: i64) -> Option<Number> {
    quotient(i128::from(count) * DAY_MILLIS, i128::from(span_millis))
}

/// Volatility: changes per member and day; nothing for no span or no member.
pub fn per_member_and_day(changes: u64, span_millis: i64, members: u64) -> Option<Number> {
    quotient(i128::from(changes) * DAY_MILLIS, i128::from(span_millis).checked_mul(i128::from(members))?)
}

fn quotient(numerator: i128, denominator: i128) -> Option<Number> {
    // Neither depends on now: any instant will do.
    (denominator > 0).then(|| Quantity::fraction(numerator, denominator).number_at(Instant::MIN)).flatten()
}
