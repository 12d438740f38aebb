//! The right to commit for a partition, from the moment it is gained to the moment it is given up.
//!
//! The group's coordinator checks who commits, not what for: a slow worker of a living member could overwrite the
//! offsets of the partition's next owner. So a commit holds the lease from before it asks for the member's generation
//! until the transaction has ended, and a partition is given up only when nobody holds it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How far a tenure has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tenure {
    /// Ours, and nobody works on it: it waits to be recovered, or has stopped.
    Idle,
    /// Ours, and worked on.
    Held,
    /// Ours, and wanted back: finish what was begun.
    Leaving,
    /// Not ours: nothing may be committed.
    Ended,
}

#[derive(Debug)]
struct State {
    tenure: Tenure,
    commits: u32,
}

/// The lease of one partition for one tenure; a partition that comes back has a new one.
#[derive(Debug)]
pub struct Lease {
    partition: i32,
    state: Mutex<State>,
    changed: Condvar,
}

impl Lease {
    /// A lease of a partition that was just gained; nobody works on it yet.
    pub fn new(partition: i32) -> Arc<Self> {
        let state = State { tenure: Tenure::Idle, commits: 0 };
        Arc::new(Self { partition, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Which partition it is about.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// Somebody begins to work on it, and will [`Lease::end`] it when it is wanted back. False where it is not ours
    /// any more.
    pub fn begin_work(&self) -> bool {
        let mut state = self.state();
        if state.tenure == Tenure::Idle {
            state.tenure = Tenure::Held;
        }
        state.tenure == Tenure::Held
    }

    /// Nobody works on it any more, and it stays ours until it is wanted back.
    pub fn rest(&self) {
        let mut state = self.state();
        state.tenure = match state.tenure {
            Tenure::Idle | Tenure::Held => Tenure::Idle,
            Tenure::Leaving | Tenure::Ended => Tenure::Ended,
        };
        self.changed.notify_all();
    }

    /// Whether the partition is wanted back: commit what was decided, then [`Lease::end`].
    pub fn is_leaving(&self) -> bool {
        self.state().tenure == Tenure::Leaving
    }

    /// Whether nothing may be committed any more.
    pub fn has_ended(&self) -> bool {
        self.state().tenure == Tenure::Ended
    }

    /// Holds the lease for a commit; nothing where it has ended.
    pub fn hold(self: &Arc<Self>) -> Option<Hold> {
        let mut state = self.state();
        if state.tenure == Tenure::Ended {
            return None;
        }
        state.commits += 1;
        Some(Hold { lease: Arc::clone(self) })
    }

    /// Wants it back.
    pub fn ask_back(&self) {
        let mut state = self.state();
        if state.commits > 0 {
            tracing::debug!(partition = self.partition, "the partition is wanted back, and a commit is under way");
        }
        state.tenure = match state.tenure {
            Tenure::Held | Tenure::Leaving => Tenure::Leaving,
            Tenure::Idle | Tenure::Ended => Tenure::Ended,
        };
    }

    /// Gives it up.
    pub fn end(&self) {
        self.state().tenure = Tenure::Ended;
        self.changed.notify_all();
    }

    /// Waits until its worker has given it up, or the time is over.
    pub fn wait_for_end(&self, until: Instant) {
        self.wait(until, |state| state.tenure == Tenure::Ended);
    }

    /// Takes it away: no commit begins any more, and a commit that has begun is waited for until then. One that takes
    /// longer is refused by the coordinator, whose generation moves on.
    pub fn take(&self, until: Instant) {
        self.state().tenure = Tenure::Ended;
        self.changed.notify_all();
        self.wait(until, |state| state.commits == 0);
    }

    fn wait(&self, until: Instant, done: impl Fn(&State) -> bool) {
        let mut state = self.state();
        while !done(&state) {
            let left = until.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lease that is held; dropping it lets go.
#[derive(Debug)]
pub struct Hold {
    lease: Arc<Lease>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.lease.state().commits -= 1;
        self.lease.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(20)
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_mins(1)
    }

    #[test]
    fn a_partition_wanted_back_may_still_commit_and_one_given_up_may_not() {
        let lease = Lease::new(3);
        assert!(lease.begin_work());
        lease.ask_back();
        assert!(lease.is_leaving() && lease.hold().is_some());
        lease.end();
        assert!(lease.has_ended() && !lease.is_leaving() && lease.hold().is_none());
        lease.ask_back();
        assert!(lease.has_ended() && !lease.begin_work(), "what is given up does not come back");
    }

    #[test]
    fn a_partition_nobody_works_on_is_given_up_at_once() {
        let (waiting, stopped) = (Lease::new(0), Lease::new(1));
        assert!(stopped.begin_work());
        stopped.rest();
        for lease in [waiting, stopped] {
            lease.ask_back();
            assert!(lease.has_ended());
        }
        let leaving = Lease::new(2);
        assert!(leaving.begin_work());
        leaving.ask_back();
        leaving.rest();
        assert!(leaving.has_ended());
    }

    #[test]
    fn taking_waits_for_the_commit_that_has_begun() {
        let lease = Lease::new(0);
        let hold = lease.hold().unwrap();
        std::thread::scope(|threads| {
            let taking = threads.spawn(|| lease.take(later()));
            while !lease.has_ended() {
                std::thread::yield_now();
            }
            assert!(lease.hold().is_none(), "no new commit begins");
            assert!(!taking.is_finished(), "the one that has begun is waited for");
            drop(hold);
            taking.join().unwrap();
        });
    }

    #[test]
    fn taking_does_not_wait_for_ever() {
        let lease = Lease::new(0);
        let _hold = lease.hold().unwrap();
        lease.take(soon());
        assert!(lease.has_ended());
    }

    #[test]
    fn a_worker_that_gives_up_wakes_who_waits() {
        let lease = Lease::new(0);
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| lease.wait_for_end(later()));
            lease.end();
            waiting.join().unwrap();
        });
    }
}
