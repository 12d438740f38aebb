//! The engine as a subject, by the way of the processor: definitions are read from the text of their files, events from
//! the bytes of a file, and what comes out are the bytes of transitions.
#![expect(clippy::expect_used, clippy::panic, reason = "what the generators make is legal and well-formed")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use spicchio_core::engine::{Effects, Engine, Input, Settings};
use spicchio_core::event::{Decoder, Event, Mapping, Record, TopicRules};
use spicchio_core::feature::{FeatureSet, State};
use spicchio_core::replay::Replay;
use spicchio_core::segment::language::{Source, load};
use spicchio_core::segment::{Catalog, Definitions};
use spicchio_core::timer::Instant;
use spicchio_core::transition::{Cause, Transition};
use spicchio_core::wire::transition_value;
use spicchio_testkit::drive::{Change, Course, FinalState, Line, Replayed, Subject};
use spicchio_testkit::generate::TOPICS;
use spicchio_testkit::given::GivenEvent;
use spicchio_testkit::text;

/// How long an id is remembered, in milliseconds.
const DEDUP_MILLIS: i64 = 10 * 60 * 1_000;
/// More than any payload of these courses has.
pub(crate) const PAYLOAD_BYTES_MAX: usize = 256 * 1_024;

/// The engine, replaying.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Replaying;

/// A course, ready to be read.
pub(crate) struct Reading {
    pub(crate) catalog: Arc<Catalog>,
    decoder: Decoder,
    pub(crate) settings: Settings,
}

impl Reading {
    pub(crate) fn new(course: &Course) -> Self {
        let catalog = compiled(course);
        let rules = TopicRules {
            mapping: Mapping::default(),
            max_ahead_millis: None,
            max_late_millis: None,
            control: false,
            key_required: false,
        };
        let settings = Settings {
            dedup_millis: vec![DEDUP_MILLIS; usize::from(TOPICS)],
            grace_millis: None,
            forget_after: course.forget_after,
            seed: 1,
        };
        Self { decoder: Decoder::new(catalog.interest(), &rules), catalog, settings }
    }

    pub(crate) fn event(&self, given: &GivenEvent) -> Event {
        let line = given.to_string();
        let record = Record { key: None, value: Some(line.as_bytes()), headers: &[], timestamp: None };
        self.decoder.decode(&record).expect("every given event is well-formed")
    }

    /// Reads the whole course.
    fn replay(&self, course: &Course, mut announce: impl FnMut(Transition)) -> Replay {
        let mut replay = Replay::new(Arc::clone(&self.catalog), &self.settings);
        for given in &course.events {
            replay.event(usize::from(given.topic), self.event(given), &mut announce);
        }
        replay.finish(course.until, &mut announce);
        replay
    }

    /// The same through the engine's own door, effects taken out at the end of each batch only.
    fn in_batches(&self, course: &Course, cuts: &[usize], mut announce: impl FnMut(Transition)) {
        let mut engine = Engine::new(Arc::clone(&self.catalog), &self.settings);
        let mut effects = Effects::default();
        let mut clock = None;
        for (place, given) in course.events.iter().enumerate() {
            if cuts.contains(&place) {
                effects.transitions.drain(..).for_each(&mut announce);
                engine.begin_batch(u64::try_from(place).expect("few events"));
            }
            if clock < Some(given.time) {
                move_on(&mut engine, &mut effects, given.time, clock.is_some());
                clock = Some(given.time);
            }
            engine.apply(Input::Fold { topic: usize::from(given.topic), event: self.event(given) }, &mut effects);
        }
        if clock < Some(course.until) {
            move_on(&mut engine, &mut effects, course.until, clock.is_some());
        }
        engine.apply(Input::Decide, &mut effects);
        effects.transitions.drain(..).for_each(announce);
    }
}

/// Files, each with its name, and what they were compiled to.
type Compiled = (Vec<(String, String)>, Arc<Catalog>);

/// The definitions as the language reads them in the files that the tests write. Laws replay one course many times in
/// a row: the files read last are not read again.
fn compiled(course: &Course) -> Arc<Catalog> {
    thread_local! {
        static LAST: RefCell<Option<Compiled>> = const { RefCell::new(None) };
    }
    let files = text::files(&course.definitions);
    LAST.with_borrow_mut(|last| match last {
        Some((known, catalog)) if *known == files => Arc::clone(catalog),
        _ => {
            let catalog = Arc::new(Catalog::compile(&read(&files)));
            *last = Some((files, Arc::clone(&catalog)));
            catalog
        }
    })
}

fn read(files: &[(String, String)]) -> Definitions {
    let sources = files.iter().map(|(name, text)| Source { name: name.clone(), text: text.clone() });
    match load(&sources.collect::<Vec<_>>()) {
        Ok(loaded) => loaded.definitions,
        Err(mistakes) => {
            let said = mistakes.iter().map(|mistake| format!("{}: {}", mistake.code, mistake.message));
            panic!("every definition is legal: {}", said.collect::<Vec<_>>().join("; "))
        }
    }
}

/// What the bytes of a transition say.
fn line(bytes: &[u8]) -> Line {
    let said = serde_json::from_slice::<Value>(bytes).expect("a transition is JSON");
    let text = |name: &str| said[name].as_str().map(ToOwned::to_owned);
    let required = |name: &str| text(name).expect("a text");
    let change = match required("change").as_str() {
        "entered" => Change::Entered,
        "exited" => Change::Exited,
        "moved" => Change::Moved { from: text("from"), to: text("to") },
        other => panic!("no change: {other}"),
    };
    let cause = match required("cause").as_str() {
        "event" => Cause::Event,
        "time" => Cause::Time,
        "late" => Cause::Late,
        "definition" => Cause::Definition,
        "backfill" => Cause::Backfill,
        "forgotten" => Cause::Forgotten,
        "erasure" => Cause::Erasure,
        other => panic!("no cause: {other}"),
    };
    let at = Instant::parse(&required("at")).expect("an instant");
    Line { at, customer: required("customer_id"), segment: required("segment"), change, cause }
}

/// Ends the instant at which the clock stands, and moves it on.
fn move_on(engine: &mut Engine, effects: &mut Effects, time: Instant, stands: bool) {
    if stands {
        engine.apply(Input::Decide, effects);
    }
    loop {
        effects.more_due = false;
        engine.apply(Input::Clock(time), effects);
        if !effects.more_due {
            break;
        }
    }
}

impl Subject for Replaying {
    fn name(&self) -> &'static str {
        "engine"
    }

    fn replay(&self, course: &Course, cuts: &[usize]) -> Replayed {
        let mut replayed = Replayed { lines: Vec::new(), bytes: Vec::new() };
        let announce = |transition: Transition| {
            let bytes = transition_value(&transition, PAYLOAD_BYTES_MAX);
            replayed.lines.push(line(&bytes));
            replayed.bytes.extend(bytes);
            replayed.bytes.push(b'\n');
        };
        let reading = Reading::new(course);
        if cuts.is_empty() {
            reading.replay(course, announce);
        } else {
            reading.in_batches(course, cuts, announce);
        }
        replayed
    }

    fn final_state(&self, course: &Course) -> FinalState {
        let reading = Reading::new(course);
        let replay = reading.replay(course, |_| {});
        let clock = replay.clock().map_or(course.until, |clock| clock.max(course.until));
        let mut ids = replay.table().ids();
        ids.sort();
        let mut memberships = BTreeSet::new();
        let mut state = Vec::new();
        for id in ids {
            let seen = replay.table().read(id.as_str(), |customer| {
                let inside = customer.memberships.iter().map(|(segment, ..)| segment).collect::<Vec<_>>();
                // What only age makes irrelevant is dropped when something happens: the last fold decides how much is
                // left.
                let mut features = customer.features.clone();
                features.expire(reading.catalog.features(), reading.catalog.groups(), customer.now(clock));
                let mut kept = vec![format!("{id} {}", customer.newest)];
                describe(&features, &mut kept);
                (inside, kept)
            });
            let Some((inside, kept)) = seen else { continue };
            let names = inside.into_iter().map(|segment| reading.catalog.segments()[segment].name.to_string());
            memberships.extend(names.map(|name| (id.as_str().to_owned(), name)));
            state.extend(kept);
        }
        FinalState { memberships, state: state.join("\n").into_bytes() }
    }
}

/// What is kept, event by event: two states are equal when they keep the same.
pub(crate) fn describe(features: &FeatureSet, kept: &mut Vec<String>) {
    for index in features.present() {
        match features.state(index) {
            None => {}
            Some(State::Keyed(keyed)) => {
                for one in &keyed.values {
                    kept.push(format!("{index} {:?}", one.value));
                    describe(&one.features, kept);
                }
            }
            Some(state @ (State::Total(_) | State::Tally(_) | State::Record(_) | State::Register(_))) => {
                kept.push(format!("{index} {state:?}"));
            }
            Some(state) => kept.push(format!("{index} {:?}", state.newest_first().collect::<Vec<_>>())),
        }
    }
}
