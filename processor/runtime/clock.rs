//! The only place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use spicchio_core::timer::Instant;

/// What the machine's clock says. It may jump; whoever needs a time that never goes back keeps the greatest.
#[expect(clippy::disallowed_methods, reason = "the clock is read here, and nowhere else")]
pub fn now() -> Instant {
    let millis = |duration: std::time::Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Instant::from_millis(millis(since)),
        Err(before) => Instant::from_millis(-millis(before.duration())),
    }
}
