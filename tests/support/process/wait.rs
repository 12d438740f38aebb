//! Waiting for a condition, with a bound, instead of sleeping for a guess.

use std::time::{Duration, Instant};

/// How long between two looks at a condition.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits until `condition` holds; fails the test, naming `what` was awaited, when it does not within `patience`.
pub fn until(what: &str, patience: Duration, mut condition: impl FnMut() -> bool) {
    until_some(what, patience, || condition().then_some(()));
}

/// Waits until `attempt` yields a value and returns it; fails the test, naming `what` was awaited, when none comes
/// within `patience`.
pub fn until_some<T>(what: &str, patience: Duration, mut attempt: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(started.elapsed() < patience, "waited {patience:?} in vain: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}
