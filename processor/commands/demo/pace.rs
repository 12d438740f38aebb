//! The shop's time while somebody watches it: so much of it passes in a second of watching.

use std::time::{Duration, Instant as Moment};

use spicchio_core::timer::Instant;

/// The shop's clock.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    began: Moment,
    opening: Instant,
    /// Milliseconds of the shop's time in a second of watching.
    speed: i64,
}

impl Pace {
    /// A clock that stands at `opening` now.
    pub(super) fn start(opening: Instant, speed: i64) -> Self {
        Self { began: Moment::now(), opening, speed }
    }

    /// What it shows.
    pub(super) fn now(&self) -> Instant {
        self.after(self.watched())
    }

    /// How long somebody has been watching.
    pub(super) fn watched(&self) -> Duration {
        self.began.elapsed()
    }

    /// What it shows after that much watching.
    fn after(&self, watched: Duration) -> Instant {
        let millis = i64::try_from(watched.as_millis()).unwrap_or(i64::MAX);
        self.opening.plus(millis.saturating_mul(self.speed) / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_an_hour_when_it_is_asked_to_be() {
        let opening = Instant::parse("2026-11-23T08:00:00Z").unwrap();
        let pace = Pace::start(opening, 3_600_000);
        assert_eq!(pace.after(Duration::ZERO), opening);
        assert_eq!(pace.after(Duration::from_millis(1_500)).to_string(), "2026-11-23T09:30:00.000Z");
    }
}
