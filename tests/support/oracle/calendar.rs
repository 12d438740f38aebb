//! What depends on the calendar of now, day by day and in numbers as they stand in a calendar.

use jiff::{Timestamp, tz::TimeZone};
use spicchio_core::segment::Expression;
use spicchio_core::timer::{Date, Dial, Instant, Period, Unit, Zone};

use super::evaluate::Sight;
use super::quantity::{Quantity, millisecond, whole};

/// The last year with a calendar.
const YEARS_END: i64 = 9_999;

/// Year, month and day.
fn parts(date: Date) -> (i64, i64, i64) {
    let text = date.to_string();
    let mut numbers = text.split('-').map(|part| part.parse().expect("a date is three numbers"));
    let mut next = || numbers.next().expect("a date is three numbers");
    (next(), next(), next())
}

/// The same day in another year; 28 February for a 29th that is not there.
fn same_day(date: Date, year: i64) -> Option<Date> {
    let (_, month, day) = parts(date);
    let of = |day: i64| Date::parse(&format!("{year:04}-{month:02}-{day:02}"));
    if year > YEARS_END { None } else { of(day).or_else(|| of(day - 1)) }
}

/// Which day, week, month or year that is, counted from some beginning.
fn place(date: Date, unit: Unit) -> i64 {
    let (year, month, _) = parts(date);
    match unit {
        Unit::Day => i64::from(date.days()),
        // 1969-12-29, three days before the first, was a Monday.
        Unit::Week => (i64::from(date.days()) + 3).div_euclid(7),
        Unit::Month => year * 12 + month,
        Unit::Year => year,
    }
}

/// Whether the instant lies in the period of now.
pub(super) fn lies_in(period: Period, instant: Instant, now: Instant, zone: &Zone) -> bool {
    place(zone.date(instant), period.unit) - place(zone.date(now), period.unit) == i64::from(period.offset)
}

/// Full years from a day to another; negative before it.
fn full_years(since: Date, today: Date) -> i64 {
    let years = parts(today).0 - parts(since).0;
    let comes = same_day(since, parts(today).0);
    if comes.is_some_and(|day| day > today) { years - 1 } else { years }
}

impl<'a> Sight<'a> {
    /// `weekday()` and its like.
    pub(super) fn dial(&self, dial: Dial) -> Quantity {
        let today = self.zone.date(self.now);
        Quantity::Number(whole(match dial {
            Dial::Weekday => (i64::from(today.days()) + 3).rem_euclid(7) + 1,
            Dial::DayOfMonth => parts(today).2,
            Dial::Hour => {
                let zone = TimeZone::get(self.zone.name()).expect("a zone of the database");
                let now = Timestamp::from_millisecond(self.now.millis()).expect("an instant of an event");
                i64::from(zone.to_datetime(now).hour())
            }
        }))
    }

    /// `age(D)`
    pub(super) fn age(&self, date: &'a Expression) -> Option<Quantity> {
        Some(Quantity::Number(whole(full_years(self.date(date)?, self.zone.date(self.now)))))
    }

    /// `days_until(I)`
    pub(super) fn days_until(&self, instant: &'a Expression) -> Option<Quantity> {
        let day = self.zone.date(millisecond(&self.instant(instant)?));
        Some(Quantity::Number(whole(i64::from(day.days()) - i64::from(self.zone.date(self.now).days()))))
    }

    /// `anniversary(D)`: the first of all later years' that is not over.
    pub(super) fn anniversary(&self, date: &'a Expression) -> Option<Quantity> {
        let date = self.date(date)?;
        let today = self.zone.date(self.now);
        let years = parts(date).0 + 1..=YEARS_END;
        let next = years.filter_map(|year| same_day(date, year)).find(|day| *day >= today)?;
        Some(Quantity::instant(self.zone.start_of(next)))
    }

    fn date(&self, expression: &'a Expression) -> Option<Date> {
        let value = self.evaluate(expression)?;
        let Quantity::Date(date) = value else { unreachable!("no date: {value:?}") };
        Some(date)
    }
}
