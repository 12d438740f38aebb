//! An engine that comes back from rows, written shard by shard while events went on, is the engine that folded
//! everything: the same is kept of every customer, the same is left to be corrected, and the same is announced from
//! then on.
//!
//! It proves that a snapshot is a later place to begin the same fold, wherever each shard and each topic's ids were
//! written, and whatever was announced meanwhile.
#![expect(clippy::expect_used, reason = "rows that were just written can be read")]

use std::collections::BTreeMap;
use std::sync::Arc;

use spicchio_core::customer::CustomerTable;
use spicchio_core::engine::{Effects, Engine, Input};
use spicchio_core::event::Event;
use spicchio_core::timer::{Instant, Length, Zone};
use spicchio_core::transition::{Cause, Transition};
use spicchio_core::wire::{Announcement, membership_value, transition_value};
use spicchio_testkit::drive::{Course, Subject};
use spicchio_testkit::generate::{Random, TOPICS};
use spicchio_testkit::law::{Failure, Law};

use crate::engine::{PAYLOAD_BYTES_MAX, Reading, Replaying, describe};

const SNAPSHOT: Law = Law { says: "an engine comes back from its rows", one_in: 1, holds };

/// Nobody is forgotten: whether a life ended in between depends on when its next event was read.
fn holds(_: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    comes_back(&Course { forget_after: None, ..course.clone() }, seed)
}

const FORGETTING: Law = Law { says: "so does one that forgets", one_in: 2, holds: holds_in_order };

/// Events come in the order of time, so everybody agrees on when a life ends.
fn holds_in_order(_: &dyn Subject, course: &Course, seed: u64) -> Result<(), String> {
    let mut course = course.clone();
    course.events.sort_by_key(|event| event.time);
    comes_back(&course, seed)
}

/// Where things were written, as numbers of events, and what was written.
struct Written {
    /// By topic.
    ids: Vec<(usize, Vec<u8>)>,
    /// By shard.
    shards: Vec<(usize, Vec<u8>)>,
    /// Who was erased, written with the first ids.
    erased: Vec<u8>,
    /// How many transitions had been announced before.
    announced: usize,
}

fn comes_back(course: &Course, seed: u64) -> Result<(), String> {
    let reading = Reading::new(course);
    let events: Vec<(usize, Event)> =
        course.events.iter().map(|given| (usize::from(given.topic), reading.event(given))).collect();
    let mut random = Random::new(seed);
    let stop = below(&mut random, events.len() + 1);
    let (live, written, announced) = live(&reading, &events[..stop], &mut random);
    let clock = live.clock();
    let mut whole = recovered(&reading, &events[..stop], None, &announced, clock);
    let mut short = recovered(&reading, &events[..stop], Some(&written), &announced, clock);
    if short != whole {
        return Err(format!("of {stop} events, from rows:\n{short}\nfrom the beginning:\n{whole}"));
    }
    let (short, whole) = (short.future(&events[stop..], course.until), whole.future(&events[stop..], course.until));
    if short != whole {
        return Err(format!("after {stop} events, from rows:\n{short}\nfrom the beginning:\n{whole}"));
    }
    Ok(())
}

/// Decides events as they come, and writes everything once on the way.
fn live(reading: &Reading, events: &[(usize, Event)], random: &mut Random) -> (Engine, Written, Vec<Transition>) {
    let mut engine = Engine::new(Arc::clone(&reading.catalog), &reading.settings);
    let first = below(random, events.len() + 1);
    let last = first + below(random, events.len() + 1 - first);
    let mut written = Written { ids: Vec::new(), shards: Vec::new(), erased: Vec::new(), announced: 0 };
    let ids_at: Vec<usize> = (0..TOPICS).map(|_| below(random, first + 1)).collect();
    let shards_at: Vec<usize> = (0..CustomerTable::SHARDS).map(|_| first + below(random, last + 1 - first)).collect();
    written.ids = ids_at.iter().map(|at| (*at, Vec::new())).collect();
    written.shards = shards_at.iter().map(|at| (*at, Vec::new())).collect();
    let (mut effects, mut announced) = (Effects::default(), Vec::new());
    for place in 0..=events.len() {
        if place == ids_at.iter().copied().min().unwrap_or(0) {
            written.announced = announced.len();
            engine.write_erased(&mut written.erased).expect("who was erased is written");
        }
        for (topic, (at, row)) in written.ids.iter_mut().enumerate() {
            if *at == place {
                engine.write_ids(topic, row).expect("the ids are written");
            }
        }
        for (shard, (at, rows)) in (0..=u8::MAX).zip(&mut written.shards) {
            if *at == place {
                engine.write_shard(shard, rows).expect("the shard is written");
            }
        }
        if let Some((topic, event)) = events.get(place) {
            move_on(&mut engine, &mut effects, event.time);
            engine.apply(Input::Event { topic: *topic, event: event.clone() }, &mut effects);
            announced.append(&mut effects.transitions);
        }
    }
    (engine, written, announced)
}

/// An engine after its recovery, and what that announced.
struct Recovered<'a> {
    reading: &'a Reading,
    engine: Engine,
    effects: Effects,
}

fn recovered<'a>(
    reading: &'a Reading,
    events: &[(usize, Event)],
    written: Option<&Written>,
    announced: &[Transition],
    clock: Instant,
) -> Recovered<'a> {
    let mut engine = Engine::new(Arc::clone(&reading.catalog), &reading.settings);
    let mut effects = Effects::default();
    if let Some(written) = written {
        engine.read_erased(&written.erased).expect("who was erased is read");
        for (topic, (_, row)) in written.ids.iter().enumerate() {
            engine.read_ids(topic, row).expect("the ids are read");
        }
        for (shard, (_, rows)) in (0..=u8::MAX).zip(&written.shards) {
            engine.read_shard(shard, rows, true).expect("the shard is read");
        }
    }
    for (place, (topic, event)) in events.iter().enumerate() {
        let shard = usize::from(CustomerTable::shard_of(event.customer.as_str()));
        let (ids, rows) = written.map_or((0, 0), |written| (written.ids[*topic].0, written.shards[shard].0));
        if place >= rows {
            engine.fold_silently(*topic, event, &mut effects);
        } else if place >= ids {
            engine.see_again(*topic, event);
        }
    }
    let mut told = BTreeMap::new();
    for one in &announced[written.map_or(0, |written| written.announced)..] {
        let last = membership_value(one).and_then(|value| Announcement::read(&value));
        told.insert((one.customer.as_str(), &*one.segment), last);
    }
    for ((customer, segment), last) in told {
        match last {
            Some(last) => engine.announced(customer, segment, &last),
            None => engine.left(customer, segment),
        }
    }
    engine.settle(clock, None, Cause::Late, &mut effects);
    Recovered { reading, engine, effects }
}

impl Recovered<'_> {
    /// What is announced from then on.
    fn future(&mut self, events: &[(usize, Event)], until: Instant) -> String {
        for (topic, event) in events {
            move_on(&mut self.engine, &mut self.effects, event.time);
            self.engine.apply(Input::Event { topic: *topic, event: event.clone() }, &mut self.effects);
        }
        move_on(&mut self.engine, &mut self.effects, until);
        self.to_string()
    }
}

impl PartialEq for Recovered<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

impl std::fmt::Display for Recovered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let clock = self.engine.clock();
        writeln!(f, "mismatches {}, members {:?}", self.effects.facts.recovery_mismatches, self.engine.members())?;
        for transition in &self.effects.transitions {
            writeln!(f, "{}", String::from_utf8_lossy(&transition_value(transition, PAYLOAD_BYTES_MAX)))?;
        }
        for id in self.engine.table().ids() {
            let mut kept = Vec::new();
            self.engine.table().read(id.as_str(), |customer| {
                // One engine has forgotten it already, the other will as soon as the clock moves on.
                let lasts = |after: Length| after.after(customer.newest, &Zone::UTC) > clock;
                if !self.reading.settings.forget_after.is_none_or(lasts) {
                    return;
                }
                let mut features = customer.features.clone();
                let catalog = &self.reading.catalog;
                features.expire(catalog.features(), catalog.groups(), customer.now(clock));
                kept.push(format!("{id} {} {} {:?}", customer.newest, customer.deadline, customer.memberships));
                describe(&features, &mut kept);
            });
            kept.iter().try_for_each(|line| writeln!(f, "{line}"))?;
        }
        Ok(())
    }
}

pub(crate) fn move_on(engine: &mut Engine, effects: &mut Effects, time: Instant) {
    loop {
        effects.more_due = false;
        engine.apply(Input::Clock(time), effects);
        if !effects.more_due {
            break;
        }
    }
}

pub(crate) fn below(random: &mut Random, bound: usize) -> usize {
    let places: Vec<usize> = (0..bound).collect();
    *random.pick(&places)
}

#[test]
fn an_engine_comes_back_from_its_rows() -> Result<(), Failure> {
    spicchio_testkit::law::tried(&SNAPSHOT, &Replaying)
}

#[test]
fn an_engine_that_forgets_comes_back_too() -> Result<(), Failure> {
    spicchio_testkit::law::tried(&FORGETTING, &Replaying)
}
