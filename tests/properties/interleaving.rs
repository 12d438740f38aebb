//! However the topics are interleaved, each read in its own order, what is left at the end is the same: what is kept of
//! every customer, and whatever is announced from then on.
//!
//! It proves that a customer's state is a function of the set of its events, and not of which topic was faster. Nobody
//! is forgotten here, and nothing remembers where a customer stood: whether a life ended in between, and what a segment
//! with a memory decided, does depend on when the next event was read.

use std::collections::{BTreeMap, VecDeque};

use spicchio_testkit::drive::{Course, Subject, listed};
use spicchio_testkit::generate::Random;
use spicchio_testkit::given::GivenEvent;
use spicchio_testkit::law::{Failure, Law};

/// Interleavings tried for each course.
const INTERLEAVINGS: usize = 100;

/// Interleavings whose future is looked at for each course.
const FUTURES: usize = 20;

const INTERLEAVING: Law = Law { says: "any interleaving of the topics ends in the same state", one_in: 20, holds };

/// Whether something remembers where the customer stood: that is decided event by event, in the order of arrival.
fn remembers(course: &Course) -> bool {
    course.definitions.segments.iter().any(|segment| segment.latch.is_some())
}

fn holds(subject: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    if remembers(course) {
        return Ok(());
    }
    let course = Course { forget_after: None, ..course.clone() };
    let expected = subject.final_state(&course);
    let mut random = Random::new(seed);
    for _ in 0..INTERLEAVINGS {
        let events = interleaved(&course.events, &mut random);
        let found = subject.final_state(&Course { events: events.clone(), ..course.clone() });
        if found != expected {
            return Err(format!("as given: {expected}\ninterleaved: {found}\nas:\n{}", listed(&events)));
        }
    }
    Ok(())
}

const FUTURE: Law = Law { says: "any interleaving of the topics has the same future", one_in: 10, holds: same_future };

fn same_future(subject: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    if remembers(course) {
        return Ok(());
    }
    let times = || course.events.iter().map(|event| event.time);
    let (Some(start), Some(newest)) = (times().min(), times().max()) else { return Ok(()) };
    let end = newest.max(course.until);
    let shift = end.millis() - start.millis() + course.tick_millis;
    // The same history once more, all of it after the end.
    let later = course.events.iter().map(|event| GivenEvent {
        id: event.id.as_ref().map(|id| format!("later-{id}")),
        time: event.time.plus(shift),
        ..event.clone()
    });
    let later = later.collect::<Vec<_>>();
    let future = |mut events: Vec<GivenEvent>| {
        events.extend(later.iter().cloned());
        let course = Course { events, until: end.plus(shift), forget_after: None, ..course.clone() };
        let mut lines = subject.replay(&course, &[]).lines;
        lines.retain(|line| line.at > end);
        lines
    };
    let expected = future(course.events.clone());
    let mut random = Random::new(seed);
    for _ in 0..FUTURES {
        let events = interleaved(&course.events, &mut random);
        let found = future(events.clone());
        if found != expected {
            let (expected, found) = (listed(&expected), listed(&found));
            return Err(format!("as given:\n{expected}\ninterleaved:\n{found}\nas:\n{}", listed(&events)));
        }
    }
    Ok(())
}

/// The topics' events, each topic in its own order.
fn interleaved(events: &[GivenEvent], random: &mut Random) -> Vec<GivenEvent> {
    let mut topics = BTreeMap::<u8, VecDeque<GivenEvent>>::new();
    for event in events {
        topics.entry(event.topic).or_default().push_back(event.clone());
    }
    let mut interleaved = Vec::new();
    // Runs of one topic, longer or shorter: now event by event, now whole topics one after the other.
    let stay = *random.pick(&[0, 50, 90]);
    while !topics.is_empty() {
        let places = topics.keys().copied().collect::<Vec<_>>();
        let topic = *random.pick(&places);
        while let Some(event) = topics.get_mut(&topic).and_then(VecDeque::pop_front) {
            interleaved.push(event);
            if !random.chance(stay) {
                break;
            }
        }
        topics.retain(|_, events| !events.is_empty());
    }
    interleaved
}

#[test]
fn any_interleaving_ends_in_the_same_state() -> Result<(), Failure> {
    crate::subject::obey(&INTERLEAVING)
}

#[test]
fn any_interleaving_has_the_same_future() -> Result<(), Failure> {
    crate::subject::obey(&FUTURE)
}
