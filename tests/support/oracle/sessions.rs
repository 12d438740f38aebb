//! Sessions: runs of events less than a gap apart.

use spicchio_core::timer::Length;

use super::evaluate::Sight;
use crate::definition::{Events, Window};

impl<'a> Sight<'a> {
    /// The first and last millisecond of each run of those events that lie in the window.
    pub(super) fn sessions(&self, events: &'a Events, gap: Length, window: &'a Window) -> Vec<(i64, i64)> {
        let mut times = self.inside(events, window).iter().map(|event| event.time.millis()).collect::<Vec<_>>();
        times.sort_unstable();
        let mut sessions = Vec::<(i64, i64)>::new();
        for time in times {
            match sessions.last_mut() {
                Some((_, end)) if time - *end < gap.millis() => *end = time,
                _ => sessions.push((time, time)),
            }
        }
        sessions
    }
}
