//! What came of it: events, entries and exits, and which of them time alone caused.

use super::announced::{Announced, Way};

/// Transitions of one kind, by what caused them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Causes {
    pub(super) by_time: u64,
    pub(super) otherwise: u64,
}

impl Causes {
    pub(super) const fn all(self) -> u64 {
        self.by_time + self.otherwise
    }
}

/// Counts of everything that was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Events of the shop's past.
    pub(super) past: u64,
    /// Events sent while somebody watched.
    pub(super) events: u64,
    /// Transitions of the shop's past.
    pub(super) announced_past: u64,
    /// Entries while somebody watched.
    pub(super) entries: Causes,
    /// Exits while somebody watched.
    pub(super) exits: Causes,
    /// Moves from stage to stage while somebody watched.
    pub(super) moves: Causes,
}

impl Tally {
    /// Counts a transition that was watched.
    pub(super) fn count(&mut self, announced: &Announced) {
        let causes = match announced.way() {
            Way::Entered => &mut self.entries,
            Way::Exited => &mut self.exits,
            Way::Moved => &mut self.moves,
        };
        let count = if announced.is_by_time() { &mut causes.by_time } else { &mut causes.otherwise };
        *count += 1;
    }

    /// Whether time alone changed anything.
    pub(super) const fn saw_time_pass(&self) -> bool {
        self.entries.by_time + self.exits.by_time + self.moves.by_time > 0
    }
}
