//! Who is in which segment at every tick, and so who enters and leaves.
//!
//! The clock is the largest event time read so far. What is read while it stands at T is one decision at T for each
//! customer, and every tick without any is a decision too. Not here: what a condition means (`evaluate`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use compact_str::CompactString;
use spicchio_core::timer::{Instant, Zone};
use spicchio_core::transition::Cause;

use super::history::Happening;
use super::standing::{Standing, Stay};
use crate::definition::Definitions;
use crate::drive::{Change, Course, Line};
use crate::given::GivenEvent;

/// How long the id of a record is remembered, in milliseconds of its topic's time.
const DEDUP_MILLIS: i64 = 10 * 60 * 1_000;

/// A transition that must be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The instant of the change.
    pub at: Instant,
    /// Whose.
    pub customer: String,
    /// Of which segment or ladder.
    pub segment: String,
    /// Which way.
    pub change: Change,
    /// The causes that may be given, in the order of [`Cause`]; one alone where the language leaves no choice.
    pub causes: Vec<Cause>,
}

impl Expected {
    /// Whether a subject's line is this one.
    pub fn admits(&self, line: &Line) -> bool {
        self.at == line.at
            && self.customer == line.customer
            && self.segment == line.segment
            && self.change == line.change
            && self.causes.contains(&line.cause)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, customer, segment, change, causes } = self;
        let causes = causes.iter().map(|cause| format!("{cause:?}")).collect::<Vec<_>>().join("|");
        write!(f, "{at} {customer} {segment} {change} {causes}")
    }
}

/// What a course must bring about.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The transitions, by instant, customer and segment.
    pub lines: Vec<Expected>,
    /// Who is in which segment at the end: customer and segment.
    pub memberships: BTreeSet<(String, String)>,
    /// The events that counted and still count at the end, customer by customer, in the order of events.
    pub kept: Vec<GivenEvent>,
}

/// The timeline of a course.
///
/// # Panics
/// When an event lies beside the course's grid of ticks.
pub fn timeline(course: &Course) -> Timeline {
    let mut reading = Reading::new(course);
    let mut customers = BTreeMap::<String, Customer>::new();
    let mut lines = Vec::new();
    for now in ticks(course) {
        let mut read = reading.up_to(now);
        for event in read.values().flatten() {
            customers.entry(event.given.customer.clone()).or_default();
        }
        for (name, customer) in &mut customers {
            let mut changes = customer.decide(course, now, &read.remove(name).unwrap_or_default());
            changes.sort_by(|one, other| one.segment.cmp(&other.segment));
            lines.extend(changes.into_iter().map(|change| Expected { customer: name.clone(), ..change }));
        }
    }
    assert!(reading.is_over(), "an event lies beside the grid of ticks");
    let inside = |(name, customer): (&String, &Customer)| {
        let name = name.clone();
        customer.state.segments.clone().into_iter().map(move |segment| (name.clone(), segment))
    };
    let memberships = customers.iter().flat_map(inside).collect();
    let kept = customers.values().flat_map(|customer| customer.events.iter().map(|event| event.given.clone()));
    Timeline { lines, memberships, kept: kept.collect() }
}

/// Every tick from the first event to the end.
fn ticks(course: &Course) -> impl Iterator<Item = Instant> {
    let start = course.events.first().map_or(course.until, |event| event.time);
    let newest = course.events.iter().map(|event| event.time).max().unwrap_or(start);
    let end = course.until.max(newest);
    let beside: &[i64] = if course.tick_millis == 1 { &[0] } else { &[0, 1] };
    let grid = (0..).map(move |tick| start.plus(tick * course.tick_millis)).take_while(move |tick| *tick <= end);
    grid.flat_map(move |tick| beside.iter().map(move |more| tick.plus(*more))).filter(move |tick| *tick <= end)
}

/// A file of events and how far it is read.
struct Reading<'a> {
    course: &'a Course,
    next: usize,
    clock: Instant,
    /// The newest time of each topic.
    newest: BTreeMap<u8, Instant>,
    /// Since which time of its topic an id is known for a customer.
    known: BTreeMap<(u8, &'a str, &'a str), Instant>,
}

impl<'a> Reading<'a> {
    fn new(course: &'a Course) -> Self {
        let start = course.events.first().map_or(course.until, |event| event.time);
        Self { course, next: 0, clock: start, newest: BTreeMap::new(), known: BTreeMap::new() }
    }

    fn is_over(&self) -> bool {
        self.next == self.course.events.len()
    }

    /// What is read while the clock stands at `now`, by customer, duplicates left out.
    fn up_to(&mut self, now: Instant) -> BTreeMap<String, Vec<Happening>> {
        let mut read = BTreeMap::<String, Vec<Happening>>::new();
        while let Some(event) = self.course.events.get(self.next) {
            if self.clock.max(event.time) > now {
                break;
            }
            self.clock = self.clock.max(event.time);
            self.next += 1;
            if !self.is_duplicate(event) {
                let happening = Happening::new(event, &self.course.definitions.declarations);
                read.entry(event.customer.clone()).or_default().push(happening);
            }
        }
        read
    }

    fn is_duplicate(&mut self, event: &'a GivenEvent) -> bool {
        let newest = self.newest.entry(event.topic).or_insert(event.time);
        *newest = event.time.max(*newest);
        let Some(id) = &event.id else { return false };
        let known = self.known.entry((event.topic, &event.customer, id));
        let first = match &known {
            std::collections::btree_map::Entry::Occupied(known) => Some(*known.get()),
            std::collections::btree_map::Entry::Vacant(_) => None,
        };
        let is_repeated = first.is_some_and(|first| *newest < first.plus(DEDUP_MILLIS));
        if !is_repeated {
            known.insert_entry(*newest);
        }
        is_repeated
    }
}

/// A customer: all its events, and what the decision before said.
#[derive(Default)]
struct Customer {
    events: Vec<Happening>,
    state: State,
    /// When segments with a latch were entered and left.
    stays: BTreeMap<CompactString, Stay>,
}

/// The segments that hold and the stages of the ladders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    segments: BTreeSet<String>,
    stages: BTreeMap<String, String>,
}

impl State {
    /// What changes on the way to another state: of which segment or ladder, and which way.
    fn changes(&self, to: &Self) -> Vec<(String, Change)> {
        let entered = to.segments.difference(&self.segments).map(|segment| (segment.clone(), Change::Entered));
        let exited = self.segments.difference(&to.segments).map(|segment| (segment.clone(), Change::Exited));
        let ladders = self.stages.keys().chain(to.stages.keys()).collect::<BTreeSet<_>>();
        let moved = ladders.into_iter().filter_map(|ladder| {
            let (from, to) = (self.stages.get(ladder).cloned(), to.stages.get(ladder).cloned());
            (from != to).then(|| (ladder.clone(), Change::Moved { from, to }))
        });
        entered.chain(exited).chain(moved).collect()
    }

    /// Whether a change ends in this state.
    fn is_after(&self, name: &str, change: &Change) -> bool {
        match change {
            Change::Entered => self.segments.contains(name),
            Change::Exited => !self.segments.contains(name),
            Change::Moved { to, .. } => self.stages.get(name) == to.as_ref(),
        }
    }
}

impl Customer {
    /// The one decision at `now`, of which only the customer's name is missing.
    fn decide(&mut self, course: &Course, now: Instant, read: &[Happening]) -> Vec<Expected> {
        let before = if read.is_empty() { Vec::new() } else { self.events.clone() };
        self.events.extend(read.iter().cloned());
        self.events.sort_by(|one, other| one.place().cmp(&other.place()));
        let newest = self.events.last().map(|event| event.time);
        let end = course.forget_after.zip(newest).map(|(length, newest)| length.after(newest, &Zone::UTC));
        let forgotten = end.is_some_and(|end| end <= now);
        if forgotten {
            self.events.clear();
        }
        let state = decided(course, &self.events, now, &self.stays);
        let changes = self.state.changes(&state).into_iter().map(|(segment, change)| {
            let by_time_alone = || decided(course, &before, now, &self.stays).is_after(&segment, &change);
            let causes = if forgotten { vec![Cause::Forgotten] } else { causes(read, now, by_time_alone) };
            Expected { at: now, customer: String::new(), segment, change, causes }
        });
        let changes = changes.collect::<Vec<_>>();
        if forgotten {
            self.stays.clear();
        }
        for Expected { segment, change, .. } in changes.iter().filter(|_| !forgotten) {
            let stay = self.stays.entry(segment.as_str().into()).or_default();
            match change {
                Change::Entered => stay.since = Some(now),
                Change::Exited => *stay = Stay { since: None, left: Some(now) },
                Change::Moved { .. } => {}
            }
        }
        self.state = state;
        changes
    }
}

/// What holds for a customer of this history; nothing for a customer without any event.
fn decided(course: &Course, events: &[Happening], now: Instant, stays: &BTreeMap<CompactString, Stay>) -> State {
    let Definitions { segments, ladders, .. } = &course.definitions;
    let standing = Standing::new(&course.definitions, events, now, stays);
    let holding = segments.iter().filter(|segment| standing.member(&segment.name));
    let stages = ladders.iter().filter_map(|ladder| Some((ladder.name.to_string(), standing.stage(&ladder.name)?)));
    State { segments: holding.map(|segment| segment.name.to_string()).collect(), stages: stages.collect() }
}

/// The causes a change may have, by what was read for the customer.
fn causes(read: &[Happening], now: Instant, by_time_alone: impl Fn() -> bool) -> Vec<Cause> {
    let any_late = read.iter().any(|event| event.time < now);
    let any_now = read.iter().any(|event| event.time == now);
    match (any_now, any_late) {
        (false, false) => vec![Cause::Time],
        (false, true) if by_time_alone() => vec![Cause::Time, Cause::Late],
        (false, true) => vec![Cause::Late],
        (true, false) => vec![Cause::Event, Cause::Time],
        (true, true) => vec![Cause::Event, Cause::Time, Cause::Late],
    }
}
