//! A record that is read again, within the time for which its topic's ids are remembered, changes nothing: not a byte.
//!
//! It proves that a producer which retries is harmless.

use spicchio_testkit::drive::{Course, Subject, listed};
use spicchio_testkit::generate::Random;
use spicchio_testkit::law::{Failure, Law};

const DUPLICATES: Law = Law { says: "a duplicate changes nothing", one_in: 1, holds };

fn holds(subject: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    // Where a tick is an hour, an id is forgotten before anything can repeat it.
    if course.tick_millis > 1 {
        return Ok(());
    }
    let repeated = Course { events: with_copies(course, &mut Random::new(seed)), ..course.clone() };
    let (once, again) = (subject.replay(course, &[]), subject.replay(&repeated, &[]));
    if once == again {
        return Ok(());
    }
    let (once, again) = (once.text(), again.text());
    Err(format!("without:\n{once}\nwith:\n{again}\nof these events:\n{}", listed(&repeated.events)))
}

/// The events, and some of those with an id once more at any place after their own.
fn with_copies(course: &Course, random: &mut Random) -> Vec<spicchio_testkit::given::GivenEvent> {
    let mut events = course.events.clone();
    for event in course.events.iter().filter(|event| event.id.is_some()) {
        let own = events.iter().position(|other| other == event);
        if let Some(own) = own.filter(|_| random.chance(50)) {
            let after = own + 1 + random.place(events.len() - own);
            events.insert(after.min(events.len()), event.clone());
        }
    }
    events
}

#[test]
fn a_duplicate_changes_nothing() -> Result<(), Failure> {
    crate::subject::obey(&DUPLICATES)
}
