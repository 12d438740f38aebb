//! A time zone from the bundled IANA database: which day an instant falls on, and when a local time is.
//!
//! The database is compiled in, so every machine answers the same. A local time skipped by daylight saving is the first
//! instant after the gap; a doubled one is the earlier.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::{Date, Instant};

/// A named zone; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// No zone of that name is in the IANA database.
#[derive(Clone, Debug, thiserror::Error)]
#[error("no time zone is called `{0}`: use a name of the IANA database such as `Europe/Rome`")]
pub struct UnknownZone(pub String);

impl Zone {
    /// Coordinated universal time, the default.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// The zone of that IANA name.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZoneDatabase::bundled().get(name).map(Self).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The calendar day on which `instant` falls.
    pub fn date(&self, instant: Instant) -> Date {
        Date::from_civil(self.local(instant).date()).unwrap_or(Date::from_days(i32::MAX))
    }

    /// The first moment of `date`.
    pub fn start_of(&self, date: Date) -> Instant {
        self.instant(date.civil().to_datetime(jiff::civil::Time::midnight()))
    }

    pub(crate) fn local(&self, instant: Instant) -> DateTime {
        let bounded = instant.clamp(Instant::MIN, Instant::MAX);
        match jiff::Timestamp::from_millisecond(bounded.millis()) {
            Ok(timestamp) => self.0.to_datetime(timestamp),
            Err(_) => DateTime::MAX,
        }
    }

    /// When the zone's offset next changes after `instant`; [`Instant::NEVER`] when it does not any more.
    pub(super) fn next_change(&self, instant: Instant) -> Instant {
        let bounded = instant.clamp(Instant::MIN, Instant::MAX);
        let timestamp = jiff::Timestamp::from_millisecond(bounded.millis()).ok();
        let next = timestamp.and_then(|timestamp| self.0.following(timestamp).next());
        next.map_or(Instant::NEVER, |next| Instant::from_millis(next.timestamp().as_millisecond()))
    }

    /// The instant of a local time, by the rules above.
    pub(crate) fn instant(&self, local: DateTime) -> Instant {
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let timestamp = match ambiguous.offset() {
            AmbiguousOffset::Gap { .. } => {
                // Where the local time is the first that is skipped, this is the change itself, and not before itself.
                let after =
                    ambiguous.later().ok().and_then(|after| after.checked_add(jiff::Span::new().seconds(1)).ok());
                after.and_then(|after| self.0.preceding(after).next()).map(|t| t.timestamp())
            }
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        };
        timestamp.map_or(Instant::MAX, |t| Instant::from_millis(t.as_millisecond()))
    }
}
