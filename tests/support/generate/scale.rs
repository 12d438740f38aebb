//! The stretch of time in which a random course happens, and its grain.
//!
//! Most courses live in half a second, where every millisecond is looked at. In some a tick is an hour or a day, so
//! that months end, clocks change and calendar lengths run out within reach.

use spicchio_core::timer::{Date, Instant, Length, Zone};

use super::Random;

/// Where and how finely time runs.
#[derive(Clone, Debug)]
pub struct Scale {
    /// The first instant.
    pub start: Instant,
    /// How long a tick is.
    pub tick_millis: i64,
    /// How many ticks there are; the last quarter stays without events of its own.
    pub ticks: i64,
    /// The zone of most segments.
    pub zone: Zone,
    /// Whether calendar lengths fit in, and nothing may happen between two ticks.
    pub is_calendar: bool,
}

impl Scale {
    /// Half a second, around midnight in the zone half of the time.
    pub fn of_milliseconds(random: &mut Random) -> Self {
        let zone = rome_or(random, 40);
        let midnight = zone.start_of(Date::from_days(i32::try_from(random.between(20_000, 21_000)).unwrap_or(0)));
        let start = midnight.plus(if random.chance(50) { -200 } else { 36_000_000 });
        Self { start, tick_millis: 1, ticks: 500, zone, is_calendar: false }
    }

    /// Two months of hours across a change of the clocks, or a year of days in UTC.
    pub fn of_the_calendar(random: &mut Random) -> Self {
        let hours = random.chance(50);
        let zone = if hours { rome_or(random, 80) } else { Zone::UTC };
        // 2026-02-20, 2026-10-01 and 2024-01-01, before clocks change and before a leap day.
        let day = if hours { *random.pick(&[20_504, 20_727]) } else { 19_723 };
        let start = Zone::UTC.start_of(Date::from_days(day));
        let (tick_millis, ticks) = if hours { (3_600_000, 1_200) } else { (86_400_000, 300) };
        Self { start, tick_millis, ticks, zone, is_calendar: true }
    }

    /// The instant so many ticks after the start.
    pub const fn at(&self, tick: i64) -> Instant {
        self.start.plus(tick * self.tick_millis)
    }

    /// A fixed length of so many ticks.
    pub const fn length(&self, ticks: i64) -> Length {
        Length::fixed(ticks * self.tick_millis)
    }
}

fn rome_or(random: &mut Random, percent: u64) -> Zone {
    let rome = Zone::named("Europe/Rome").ok().filter(|_| random.chance(percent));
    rome.unwrap_or(Zone::UTC)
}
