//! Many courses, on all processors.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::{Failure, shrunk};
use crate::drive::{Course, Subject};
use crate::generate::course;

/// Courses for each law unless the environment says otherwise.
const CASES: u64 = 1_000;

/// How a report of a panic begins.
const PANICKED: &str = "panicked: ";

/// Something that must hold for every course.
#[derive(Clone, Copy, Debug)]
pub struct Law {
    /// What holds, for messages.
    pub says: &'static str,
    /// One in so many courses is enough, where trying one takes long.
    pub one_in: u64,
    /// What is wrong with a subject on a course, in words; the seed is for choices of the law's own.
    pub holds: fn(&dyn Subject, &Course, u64) -> Result<(), String>,
}

/// Tries a law on as many courses as the environment asks for.
///
/// # Errors
/// The broken course of the least seed found, made small.
pub fn tried(law: &Law, subject: &dyn Subject) -> Result<(), Failure> {
    let number = |name| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let (first, cases) = (number("SPICCHIO_SEED").unwrap_or(0), number("SPICCHIO_CASES").unwrap_or(CASES));
    let end = first.saturating_add(cases.div_ceil(law.one_in));
    let Some(seed) = first_broken(law, subject, first, end) else { return Ok(()) };
    let panicked = broken(law, subject, &course(seed), seed).map(|wrong| is_panic(&wrong));
    // A smaller course that is not even legal shows nothing of what is wrong with this one.
    let fails = |course: &_| broken(law, subject, course, seed).map(|wrong| is_panic(&wrong)) == panicked;
    Err(Failure::new(law, subject, &shrunk(course(seed), fails), seed))
}

fn is_panic(wrong: &str) -> bool {
    wrong.starts_with(PANICKED)
}

/// What is wrong with a subject on a course; a panic is wrong, too.
pub fn broken(law: &Law, subject: &dyn Subject, course: &Course, seed: u64) -> Option<String> {
    match catch_unwind(AssertUnwindSafe(|| (law.holds)(subject, course, seed))) {
        Ok(held) => held.err(),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(format!("{PANICKED}{}", text.unwrap_or_default()))
        }
    }
}

/// The least seed, of those that were tried before all threads stopped, on which the law is broken.
fn first_broken(law: &Law, subject: &dyn Subject, first: u64, end: u64) -> Option<u64> {
    let next = AtomicU64::new(first);
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                return None;
            }
            if broken(law, subject, &course(seed), seed).is_some() {
                next.fetch_max(end, Ordering::Relaxed);
                return Some(seed);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers = (0..threads).map(|_| scope.spawn(worker)).collect::<Vec<_>>();
        workers.into_iter().filter_map(|worker| worker.join().ok().flatten()).min()
    })
}
