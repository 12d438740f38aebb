//! However the topics are interleaved, each read in its own order, what is left at the end is the same.
//!
//! It proves that a customer's state is a function of the set of its events, and not of which topic was faster. Nobody
//! is forgotten here: whether a life ended in between does depend on when its next event was read.

use std::collections::{BTreeMap, VecDeque};

use spicchio_testkit::drive::{Course, Subject, listed};
use spicchio_testkit::generate::Random;
use spicchio_testkit::given::GivenEvent;
use spicchio_testkit::law::{Failure, Law};

/// Interleavings tried for each course.
const INTERLEAVINGS: usize = 100;

const INTERLEAVING: Law = Law { says: "any interleaving of the topics ends in the same state", one_in: 40, holds };

fn holds(subject: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
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
