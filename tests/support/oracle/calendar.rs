//! The calendar on the wall: periods, birthdays, the hour.

use jiff::civil;
use jiff::tz::TimeZoneDatabase;
use spicchio_core::timer::{Date, Instant, Zone};

use crate::definition::{Clock, Period, Span};

/// The first instant of a period and the first after it, as seen from `now`.
pub(super) fn bounds(period: Period, now: Instant, zone: &Zone) -> (Instant, Instant) {
    let first = |offset: i32| zone.start_of(first_day(period.span, zone.date(now), offset));
    (first(period.offset), first(period.offset + 1))
}

/// The first day of the period so many after the one that holds a day.
fn first_day(span: Span, day: Date, offset: i32) -> Date {
    let (year, month) = (i32::from(civil(day).year()), i32::from(civil(day).month()));
    match span {
        Span::Day => Date::from_days(day.days() + offset),
        Span::Week => Date::from_days(day.days() + 1 - i32::from(weekday(day)) + 7 * offset),
        Span::Month => first_of_month(year * 12 + month - 1 + offset),
        Span::Year => first_of_month((year + offset) * 12),
    }
}

/// The first day of a month, months counted from January of the year 0.
fn first_of_month(month: i32) -> Date {
    let year = i16::try_from(month.div_euclid(12)).expect("a year");
    date(civil::date(year, i8::try_from(month.rem_euclid(12) + 1).expect("a month"), 1))
}

/// How often the anniversary of `from` has come by `day`; 29 February comes on the 28th where it must.
pub(super) fn full_years(from: Date, day: Date) -> i64 {
    let years = civil(day).year() - civil(from).year();
    i64::from(years) - i64::from(anniversary(from, years) > day)
}

/// The first anniversary of `from` that is not before `day`; the date itself is no return.
pub(super) fn next_return(from: Date, day: Date) -> Date {
    let years = (civil(day).year() - civil(from).year()).max(1);
    let next = anniversary(from, years);
    if next < day { anniversary(from, years + 1) } else { next }
}

fn anniversary(from: Date, years: i16) -> Date {
    let (year, month, day) = (civil(from).year() + years, civil(from).month(), civil(from).day());
    date(civil::Date::new(year, month, day).unwrap_or_else(|_| civil::date(year, month, 28)))
}

/// What a clock and a calendar in the zone show at `now`.
pub(super) fn read(clock: Clock, now: Instant, zone: &Zone) -> i64 {
    match clock {
        Clock::Weekday => i64::from(weekday(zone.date(now))),
        Clock::DayOfMonth => i64::from(civil(zone.date(now)).day()),
        Clock::Hour => {
            let zone = TimeZoneDatabase::bundled().get(zone.name()).expect("a zone");
            let now = jiff::Timestamp::from_millisecond(now.millis()).expect("an instant");
            i64::from(zone.to_datetime(now).hour())
        }
    }
}

/// 1 for Monday; 1 January 1970 was a Thursday.
fn weekday(day: Date) -> u8 {
    u8::try_from((day.days() + 3).rem_euclid(7) + 1).expect("seven days")
}

fn civil(day: Date) -> civil::Date {
    civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(day.days()))
}

fn date(day: civil::Date) -> Date {
    let since = day.since((jiff::Unit::Day, civil::date(1970, 1, 1))).expect("a day");
    Date::from_days(since.get_days())
}
