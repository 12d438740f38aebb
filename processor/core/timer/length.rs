//! A length of time as people write it: calendar months and milliseconds.
//!
//! `mo` and `y` are calendar lengths in a zone; `ms` to `w` are fixed. Months are added first, then milliseconds. A day
//! beyond the month's end is its last.

use std::fmt;

use super::{Instant, Zone};

/// A non-negative length of time: `4h`, `3mo`, `1y6mo`, `1d12h`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Length {
    months: i32,
    millis: i64,
}

impl Length {
    /// A length of `months` calendar months and `millis` milliseconds.
    pub const fn new(months: i32, millis: i64) -> Self {
        Self { months, millis }
    }

    /// A fixed length.
    pub const fn fixed(millis: i64) -> Self {
        Self { months: 0, millis }
    }

    /// The calendar months in it.
    pub const fn months(self) -> i32 {
        self.months
    }

    /// The milliseconds in it, beside the months.
    pub const fn millis(self) -> i64 {
        self.millis
    }

    /// Whether a calendar is needed to say how long it is.
    pub const fn is_calendar(self) -> bool {
        self.months != 0
    }

    /// The instant this much after `start`, at the most [`Instant::MAX`].
    pub fn after(self, start: Instant, zone: &Zone) -> Instant {
        if self.months == 0 {
            return start.plus(self.millis);
        }
        self.shift(start, zone, 1)
    }

    /// The instant this much before `end`, at the least [`Instant::MIN`].
    pub fn before(self, end: Instant, zone: &Zone) -> Instant {
        if self.months == 0 {
            return end.plus(-self.millis);
        }
        self.shift(end, zone, -1)
    }

    fn shift(self, from: Instant, zone: &Zone, sign: i32) -> Instant {
        let local = zone.local(from);
        let months = jiff::Span::new().try_months(i64::from(self.months) * i64::from(sign));
        let shifted = months.ok().and_then(|span| local.checked_add(span).ok());
        let edge = if sign > 0 { Instant::MAX } else { Instant::MIN };
        shifted
            .map_or(edge, |local| zone.instant(local).plus(self.millis * i64::from(sign)))
            .clamp(Instant::MIN, Instant::MAX)
    }

    /// A length that is surely not shorter, in milliseconds, whatever the calendar: for bounds only.
    pub const fn millis_at_most(self) -> i64 {
        const LONGEST_MONTH: i64 = 32 * 86_400_000;
        self.millis.saturating_add((self.months as i64).saturating_mul(LONGEST_MONTH))
    }
}

/// The shortest text that reads back as the same length, largest unit first: `1d12h`, `1y6mo`, `0ms`.
impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(i64, &str); 5] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
        if self.months == 0 && self.millis == 0 {
            return f.write_str("0ms");
        }
        if self.months / 12 != 0 {
            write!(f, "{}y", self.months / 12)?;
        }
        if self.months % 12 != 0 {
            write!(f, "{}mo", self.months % 12)?;
        }
        let mut rest = self.millis;
        for (unit, name) in UNITS {
            if rest / unit != 0 {
                write!(f, "{}{name}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}
