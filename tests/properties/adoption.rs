//! An engine that goes over to fewer definitions, in another order, is the engine that never had the others: the same
//! memberships, and the same is announced from then on.
//!
//! It proves that state is taken over feature by feature, whatever else was kept beside it.
#![expect(clippy::expect_used, reason = "what is measured for more segments serves fewer")]

use std::sync::Arc;

use spicchio_core::engine::{Effects, Engine, Input};
use spicchio_core::event::Event;
use spicchio_core::transition::Transition;
use spicchio_testkit::drive::{Course, Subject};
use spicchio_testkit::generate::{Random, course as generated};
use spicchio_testkit::law::{Failure, Law};

use crate::engine::{Reading, Replaying};
use crate::snapshots::{below, move_on};

const ADOPTION: Law = Law { says: "an engine goes over to other definitions", one_in: 1, holds };

fn holds(_: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    let mut random = Random::new(seed);
    let other = generated(seed.wrapping_add(1));
    let definitions = course.definitions.clone().with(other.definitions.renamed("more-"));
    let more = Course { definitions, forget_after: None, ..course.clone() };
    let few = Course { forget_after: None, ..course.clone() };
    let (wide, narrow) = (Reading::new(&more), Reading::new(&few));
    let stop = below(&mut random, course.events.len() + 1);
    let events = |reading: &Reading| -> Vec<(usize, Event)> {
        course.events.iter().map(|given| (usize::from(given.topic), reading.event(given))).collect()
    };
    let mut before = Engine::new(Arc::clone(&wide.catalog), &wide.settings);
    read(&mut before, &events(&wide)[..stop]);
    let (mut adopted, exits) = before.adopted(&narrow.catalog, &narrow.settings).expect("all of it was measured");
    if let Some(exit) = exits.iter().find(|exit| !exit.segment.starts_with("more-")) {
        return Err(format!("left {} though it is still defined", exit.segment));
    }
    let mut effects = Effects::default();
    adopted.settle_adopted(&before, &mut effects);
    if let Some(transition) = effects.transitions.first() {
        return Err(format!("a change of {} without a cause", transition.segment));
    }
    let mut alone = Engine::new(Arc::clone(&narrow.catalog), &narrow.settings);
    let events = events(&narrow);
    read(&mut alone, &events[..stop]);
    compare(&adopted, &alone)?;
    let rest = &events[stop..];
    let (later, same) = (future(&mut adopted, rest, course), future(&mut alone, rest, course));
    if later != same {
        return Err(format!("after {stop} events, adopted:\n{later:#?}\nalone:\n{same:#?}"));
    }
    compare(&adopted, &alone)
}

fn read(engine: &mut Engine, events: &[(usize, Event)]) {
    let mut effects = Effects::default();
    for (topic, event) in events {
        move_on(engine, &mut effects, event.time);
        engine.apply(Input::Event { topic: *topic, event: event.clone() }, &mut effects);
    }
}

/// What is announced from now on, a line each.
fn future(engine: &mut Engine, events: &[(usize, Event)], course: &Course) -> Vec<String> {
    let mut effects = Effects::default();
    for (topic, event) in events {
        move_on(engine, &mut effects, event.time);
        engine.apply(Input::Event { topic: *topic, event: event.clone() }, &mut effects);
    }
    move_on(engine, &mut effects, course.until);
    let line = |one: &Transition| {
        format!("{} {} {} {} {:?}", one.at, one.customer, one.change.as_str(), one.segment, one.cause)
    };
    effects.transitions.iter().map(line).collect()
}

fn compare(adopted: &Engine, alone: &Engine) -> Result<(), String> {
    let state = |engine: &Engine| -> Vec<String> {
        let ids = engine.table().ids();
        let shown = ids.iter().filter_map(|id| {
            engine.table().read(id.as_str(), |customer| format!("{id} {} {:?}", customer.newest, customer.memberships))
        });
        shown.chain([format!("{:?}", engine.members())]).collect()
    };
    let (one, other) = (state(adopted), state(alone));
    if one == other { Ok(()) } else { Err(format!("adopted:\n{one:#?}\nalone:\n{other:#?}")) }
}

#[test]
fn an_engine_goes_over_to_other_definitions() -> Result<(), Failure> {
    spicchio_testkit::law::tried(&ADOPTION, &Replaying)
}
