//! Days, weeks, months and years as they follow each other in a zone, and what a calendar says of now.
//!
//! A day begins at its first moment and lasts until the first moment of the next, also where clocks are set back across
//! midnight: a day that has begun is not left again. Weeks begin on Monday. A yearly return of 29 February falls on 28
//! February in other years: a day beyond the month's end is its last. Every instant told as the next is after now;
//! beyond the year 9999 it is [`Instant::NEVER`].

use std::fmt;

use jiff::civil::{Date as Day, Time};

use super::{Date, Instant, Zone};

/// The parts of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// From midnight to midnight.
    Day,
    /// From Monday on.
    Week,
    /// From its first day on.
    Month,
    /// From the first of January on.
    Year,
}

impl Unit {
    /// Its name in the language: `week`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The first day of the unit that holds `day`.
    fn first(self, day: Day) -> Option<Day> {
        Some(match self {
            Self::Day => day,
            Self::Week => {
                let gone = jiff::Span::new().try_days(day.weekday().to_monday_zero_offset()).ok()?;
                day.checked_sub(gone).ok()?
            }
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        })
    }

    /// The day `count` units after `first`, which is the first of its unit.
    fn later(self, first: Day, count: i32) -> Option<Day> {
        let span = jiff::Span::new();
        let span = match self {
            Self::Day => span.try_days(count),
            Self::Week => span.try_weeks(count),
            Self::Month => span.try_months(count),
            Self::Year => span.try_years(count),
        };
        first.checked_add(span.ok()?).ok()
    }
}

/// A day, week, month or year by its place beside the one that now lies in: `yesterday`, `this week`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    /// How long it is.
    pub unit: Unit,
    /// 0 for the one that holds now, -1 for the one before it, 1 for the one after it.
    pub offset: i32,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unit, self.offset) {
            (Unit::Day, ..=-1) => f.write_str("yesterday"),
            (Unit::Day, 0) => f.write_str("today"),
            (Unit::Day, 1..) => f.write_str("tomorrow"),
            (unit, ..=-1) => write!(f, "last {}", unit.name()),
            (unit, 0) => write!(f, "this {}", unit.name()),
            (unit, 1..) => write!(f, "next {}", unit.name()),
        }
    }
}

/// What can be read off a clock and a calendar now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dial {
    /// 1 for Monday to 7 for Sunday.
    Weekday,
    /// 0 to 23 of local time; an hour that daylight saving doubles comes twice, one that it skips does not come.
    Hour,
    /// 1 to 31.
    DayOfMonth,
}

impl Dial {
    /// Its name in the language: `day_of_month`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Weekday => "weekday",
            Self::Hour => "hour",
            Self::DayOfMonth => "day_of_month",
        }
    }
}

impl Zone {
    /// What `dial` shows at `now`, and until when.
    pub fn reading(&self, dial: Dial, now: Instant) -> (i64, Instant) {
        match dial {
            Dial::Weekday => (i64::from(self.day(now).weekday().to_monday_one_offset()), self.turn(now, Unit::Day, 1)),
            Dial::DayOfMonth => (i64::from(self.day(now).day()), self.turn(now, Unit::Day, 1)),
            Dial::Hour => self.hour(now),
        }
    }

    /// The local hour, and when it is another one: the clock reaches the next, or is put forward or back.
    fn hour(&self, now: Instant) -> (i64, Instant) {
        /// An hour holds no more changes of offset than this that leave it the same.
        const CHANGES_MAX: usize = 4;
        let hour = self.local(now).hour();
        let mut until = now;
        for _ in 0..CHANGES_MAX {
            until = self.next_hour(until);
            if until == Instant::NEVER || self.local(until).hour() != hour {
                break;
            }
        }
        (i64::from(hour), until)
    }

    /// When the clock next shows a full hour or is put forward or back.
    fn next_hour(&self, now: Instant) -> Instant {
        const HOUR_MILLIS: i64 = 3_600_000;
        let local = self.local(now);
        let gone =
            i64::from(local.minute()) * 60_000 + i64::from(local.second()) * 1_000 + i64::from(local.millisecond());
        let next = now.plus(HOUR_MILLIS - gone).min(self.next_change(now));
        if next < Instant::MAX { next } else { Instant::NEVER }
    }

    /// The first moment of the unit `count` after the one that `instant` lies in.
    pub fn turn(&self, instant: Instant, unit: Unit, count: i32) -> Instant {
        let first = unit.first(self.day(instant)).and_then(|first| unit.later(first, count));
        first.map_or(Instant::NEVER, |first| self.first_moment(first))
    }

    /// How many calendar days lie between the day of `now` and that of `instant`; negative when that is past.
    pub fn days_until(&self, instant: Instant, now: Instant) -> i64 {
        i64::from(number(self.day(instant))) - i64::from(number(self.day(now)))
    }

    /// When [`Zone::days_until`] comes down to `days`.
    pub fn when_days_until(&self, instant: Instant, days: i64) -> Instant {
        let back = i32::try_from(-days).ok();
        back.map_or(Instant::NEVER, |back| self.turn(instant, Unit::Day, back))
    }

    /// How many years are full since `date`: negative before it.
    pub fn full_years(&self, date: Date, now: Instant) -> i64 {
        let (first, today) = (date.civil(), self.day(now));
        let years = i64::from(today.year()) - i64::from(first.year());
        let complete = returned(first, years).is_some_and(|day| day <= today);
        if complete { years } else { years - 1 }
    }

    /// The first moment of the day on which `years` are full since `date`.
    pub fn when_full_years(&self, date: Date, years: i64) -> Instant {
        returned(date.civil(), years).map_or(Instant::NEVER, |day| self.first_moment(day))
    }

    /// The first moment of the next yearly return of `date`, and until when that is the next: it stays so on its own
    /// day. The date itself is no return. None beyond the year 9999.
    pub fn next_return(&self, date: Date, now: Instant) -> (Option<Instant>, Instant) {
        let today = self.day(now);
        let full = self.full_years(date, now);
        let is_today = full >= 1 && returned(date.civil(), full) == Some(today);
        let next = if is_today { full } else { full.saturating_add(1).max(1) };
        let Some(day) = returned(date.civil(), next) else { return (None, Instant::NEVER) };
        let after = day.tomorrow().map_or(Instant::NEVER, |after| self.first_moment(after));
        (Some(self.first_moment(day)).filter(|at| *at != Instant::NEVER), after)
    }

    /// The last day that has begun.
    fn day(&self, instant: Instant) -> Day {
        let mut day = self.local(instant).date();
        while let Ok(next) = day.tomorrow()
            && self.first_moment(next) <= instant
        {
            day = next;
        }
        day
    }

    fn first_moment(&self, day: Day) -> Instant {
        let moment = self.instant(day.to_datetime(Time::midnight()));
        if moment < Instant::MAX { moment } else { Instant::NEVER }
    }
}

/// The day that many years later; 28 February for 29 February in a year without it.
fn returned(day: Day, years: i64) -> Option<Day> {
    day.checked_add(jiff::Span::new().try_years(years).ok()?).ok()
}

/// Days since 1970-01-01.
fn number(day: Day) -> i32 {
    day.since((jiff::Unit::Day, Day::constant(1970, 1, 1))).map_or(0, |span| span.get_days())
}
