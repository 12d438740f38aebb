//! Where calendar lengths may stand, and which of two lengths is longer.

use super::typed::Typed;
use crate::segment::Term;
use crate::timer::Length;

const DAY_MILLIS: i64 = 86_400_000;

/// Whether loose calendar lengths in one operand meet `since(..)` or `until(..)` as the other.
pub(super) fn fits(one: &Typed, other: &Typed) -> bool {
    let distance = |typed: &Typed| matches!(typed.term, Term::Since(_) | Term::Until(_));
    match (one.calendar, other.calendar) {
        (None, None) => true,
        (Some(_), None) => distance(other),
        (None, Some(_)) => distance(one),
        (Some(_), Some(_)) => false,
    }
}

/// Whether `long` is longer than `short` at every moment of every calendar.
pub(super) fn surely_longer(long: Length, short: Length) -> bool {
    let part_by_part = long.months() >= short.months() && long.millis() >= short.millis() && long != short;
    part_by_part || least(long) > most(short)
}

fn least(length: Length) -> i64 {
    let months = i64::from(length.months());
    let slack = if months == 0 { 0 } else { DAY_MILLIS };
    length.millis() + (months / 12 * 365 + months % 12 * 28) * DAY_MILLIS - slack
}

fn most(length: Length) -> i64 {
    let months = i64::from(length.months());
    let slack = if months == 0 { 0 } else { DAY_MILLIS };
    length.millis() + (months / 12 * 366 + months % 12 * 31) * DAY_MILLIS + slack
}
