//! Points on the time line: an instant in milliseconds, and a calendar day.
//!
//! Both are plain integers, ordered, and independent of any zone. Not here: how far apart two of them are in a calendar
//! (`Length`), and which day an instant falls on (`Zone`).

use std::fmt;

use super::rfc3339;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The earliest instant an event may carry, 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// The latest instant an event may carry, 9999-12-30T22:00:00.999Z: everything up to it can be written in every
    /// zone.
    pub const MAX: Self = Self(253_402_207_200_999);
    /// After every instant: the `until` of what time alone never changes.
    pub const NEVER: Self = Self(i64::MAX);

    /// The instant `millis` milliseconds after the epoch; no bound is checked.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The instant `millis` later (earlier when negative); [`Instant::NEVER`] stays, and nothing wraps.
    #[must_use]
    pub const fn plus(self, millis: i64) -> Self {
        if self.0 == i64::MAX { self } else { Self(self.0.saturating_add(millis)) }
    }

    /// Reads RFC 3339 text with an offset, or nothing when it is not that or lies outside the years 1 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let instant = Self(rfc3339::millis(text)?);
        (Self::MIN..=Self::MAX).contains(&instant).then_some(instant)
    }
}

/// RFC 3339 in UTC with milliseconds, as in every payload.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if *self <= Self::MAX { rfc3339::written(self.0) } else { None };
        if let Some(text) = text.as_ref().and_then(|text| std::str::from_utf8(text).ok()) {
            return f.write_str(text);
        }
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(timestamp) => write!(f, "{timestamp:.3}"),
            Err(_) => f.write_str("never"),
        }
    }
}

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day `days` after 1970-01-01.
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Reads `YYYY-MM-DD`, years 1 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let first = Self(-719_162);
        rfc3339::days(text).map(Self).filter(|date| *date >= first)
    }

    pub(crate) fn from_civil(date: jiff::civil::Date) -> Option<Self> {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = date.since((jiff::Unit::Day, epoch)).ok()?.get_days();
        (date.year() >= 1).then_some(Self(days))
    }

    pub(crate) fn civil(self) -> jiff::civil::Date {
        let span = jiff::Span::new().try_days(self.0);
        span.ok()
            .and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days).ok())
            .unwrap_or(jiff::civil::Date::MAX)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = rfc3339::written_days(self.0);
        match text.as_ref().and_then(|text| std::str::from_utf8(text).ok()) {
            Some(text) => f.write_str(text),
            None => write!(f, "{}", self.civil()),
        }
    }
}
