//! A test of definitions, run: what was expected and did not happen, what happened and was not expected, and why.
//!
//! The events are replayed in the order in which they are written, through the decoder like any record; the clock then
//! moves on to the latest instant that the test names. Not here: reading tests (`segment::language`), and showing them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use compact_str::CompactString;

use super::{Replay, settings};
use crate::customer::{Customer, CustomerId};
use crate::event::{Decoder, Event, Mapping, Record, TopicRules};
use crate::segment::evaluate::View;
use crate::segment::language::{ExpectedMembers, ExpectedMove, GivenEvent, Scenario};
use crate::segment::{Catalog, Explanation, explain};
use crate::timer::Instant;
use crate::transition;

/// A membership that began or ended, as far as tests look.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// When.
    pub at: Instant,
    /// Whose.
    pub customer: CustomerId,
    /// The segment.
    pub segment: CompactString,
    /// Which way.
    pub change: transition::Change,
    /// On a ladder, from which stage to which; an expected move may leave the first open.
    pub moved: Option<ExpectedMove>,
}

impl Change {
    /// Whether it is what a test expects.
    fn is(&self, expected: &Self) -> bool {
        let moved = match (&self.moved, &expected.moved) {
            (Some(moved), Some(expected)) => {
                moved.to == expected.to && expected.from.as_ref().is_none_or(|from| moved.from.as_ref() == Some(from))
            }
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let key = |change: &Self| (change.at, change.change);
        moved && key(self) == key(expected) && self.customer == expected.customer && self.segment == expected.segment
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.at, self.customer, self.change.as_str(), self.segment)?;
        let Some(moved) = &self.moved else { return Ok(()) };
        let name = |stage: &Option<CompactString>| stage.clone().unwrap_or_else(|| "nothing".into());
        if let Some(from) = &moved.from {
            write!(f, " from {}", name(from))?;
        }
        write!(f, " to {}", name(&moved.to))
    }
}

/// Members of a segment at an instant that are not the expected ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongMembers {
    /// The instant.
    pub at: Instant,
    /// The segment.
    pub segment: CompactString,
    /// Who should be in it and is not.
    pub missing: BTreeSet<CustomerId>,
    /// Who is in it and should not be.
    pub unexpected: BTreeSet<CustomerId>,
}

/// Why a customer is in a segment, or is not, at the first instant at which the test is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Whose.
    pub customer: CustomerId,
    /// The segment.
    pub segment: CompactString,
    /// When.
    pub at: Instant,
    /// The condition, node by node.
    pub explanation: Explanation,
}

/// A way into a segment, out of it, or onto a stage, that a test shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// The segment or ladder.
    pub segment: CompactString,
    /// Which way.
    pub change: transition::Change,
    /// Whether time alone did it.
    pub by_time: bool,
    /// On a ladder, the stage reached.
    pub stage: Option<CompactString>,
}

/// What came of a test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Expected, and did not happen; in order.
    pub missing: Vec<Change>,
    /// Happened to a segment that the test is about, and not expected; in order; empty for a partial test.
    pub unexpected: Vec<Change>,
    /// Wrong members.
    pub members: Vec<WrongMembers>,
    /// Given events that the decoder refuses: their instant and the reason.
    pub refused: Vec<(Instant, String)>,
    /// What it shows, as expected or not.
    pub shown: BTreeSet<Shown>,
    /// Why, for the first thing that is wrong, where the customer exists then.
    pub why: Option<Why>,
}

impl Outcome {
    /// Whether everything was as expected.
    pub fn passed(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.members.is_empty() && self.refused.is_empty()
    }
}

/// Runs a test.
pub fn run(catalog: &Arc<Catalog>, scenario: &Scenario) -> Outcome {
    let mut outcome = Outcome::default();
    let events = decoded(catalog, &scenario.given, &mut outcome);
    let happened = happened(catalog, &events, end(scenario), &mut outcome.shown);
    let mut unexpected = happened.clone();
    for expected in &scenario.expect {
        let expected = Change {
            at: expected.at,
            customer: expected.customer.clone(),
            segment: expected.segment.clone(),
            change: expected.change,
            moved: expected.moved.clone(),
        };
        match unexpected.iter().position(|change| change.is(&expected)) {
            Some(index) => drop(unexpected.remove(index)),
            None => outcome.missing.push(expected),
        }
    }
    outcome.missing.sort();
    if !scenario.partial {
        unexpected.retain(|change| scenario.about.covers(&change.segment));
        unexpected.sort();
        outcome.unexpected = unexpected;
    }
    outcome.members = scenario
        .members_at
        .iter()
        .filter_map(|expected| {
            let members = members(&happened, expected);
            let missing: BTreeSet<CustomerId> = expected.customers.difference(&members).cloned().collect();
            let unexpected: BTreeSet<CustomerId> = members.difference(&expected.customers).cloned().collect();
            let wrong = !missing.is_empty() || !unexpected.is_empty();
            wrong.then(|| WrongMembers { at: expected.at, segment: expected.segment.clone(), missing, unexpected })
        })
        .collect();
    outcome.why = why(catalog, &events, &outcome);
    outcome
}

/// The latest instant that the test names.
fn end(scenario: &Scenario) -> Instant {
    let given = scenario.given.iter().map(|given| given.at);
    let expected = scenario.expect.iter().map(|expected| expected.at);
    let members = scenario.members_at.iter().map(|members| members.at);
    given.chain(expected).chain(members).chain(scenario.until).max().unwrap_or(Instant::MIN)
}

fn decoded(catalog: &Catalog, given: &[GivenEvent], outcome: &mut Outcome) -> Vec<Event> {
    let rules = TopicRules {
        mapping: Mapping::default(),
        max_ahead_millis: None,
        max_late_millis: None,
        control: true,
        key_required: false,
    };
    let decoder = Decoder::new(catalog.interest(), &rules);
    let mut events = Vec::new();
    for event in given {
        let line = serde_json::json!({
            "id": event.id,
            "type": event.kind.as_str(),
            "customer_id": event.customer.as_str(),
            "time": event.at.to_string(),
            "properties": event.properties,
        });
        let line = line.to_string();
        match decoder.decode(&Record { value: Some(line.as_bytes()), ..Record::default() }) {
            Ok(event) => events.push(event),
            Err(rejection) => outcome.refused.push((event.at, rejection.to_string())),
        }
    }
    events
}

fn happened(catalog: &Arc<Catalog>, events: &[Event], end: Instant, shown: &mut BTreeSet<Shown>) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut replay = Replay::new(Arc::clone(catalog), &settings(None));
    let mut announce = |transition: transition::Transition| {
        shown.insert(Shown {
            segment: (*transition.segment).into(),
            change: transition.change,
            by_time: transition.cause == transition::Cause::Time,
            stage: transition.moved.as_ref().and_then(|moved| moved.to.as_deref()).map(Into::into),
        });
        changes.push(Change {
            at: transition.at,
            customer: transition.customer,
            segment: (*transition.segment).into(),
            change: transition.change,
            moved: transition.moved.map(|moved| {
                let stage = |name: &Option<Arc<str>>| name.as_deref().map(CompactString::from);
                ExpectedMove { from: Some(stage(&moved.from)), to: stage(&moved.to) }
            }),
        });
    };
    for event in events {
        replay.event(0, event.clone(), &mut announce);
    }
    replay.finish(end, &mut announce);
    changes
}

/// Who was announced to be in a segment at an instant, that instant included.
fn members(happened: &[Change], expected: &ExpectedMembers) -> BTreeSet<CustomerId> {
    let mut members = BTreeSet::new();
    let about = |change: &&Change| change.segment == expected.segment && change.at <= expected.at;
    for change in happened.iter().filter(about) {
        let inside = match change.change {
            transition::Change::Entered => true,
            transition::Change::Exited => false,
            transition::Change::Moved => change.moved.as_ref().is_some_and(|moved| moved.to == expected.stage),
        };
        if inside {
            members.insert(change.customer.clone());
        } else {
            members.remove(&change.customer);
        }
    }
    members
}

/// Explains the first thing that is wrong.
fn why(catalog: &Arc<Catalog>, events: &[Event], outcome: &Outcome) -> Option<Why> {
    let changes = outcome.missing.iter().chain(&outcome.unexpected);
    let announced = changes.map(|change| (change.at, &change.customer, &change.segment));
    let members = outcome.members.iter().flat_map(|wrong| {
        wrong.missing.iter().chain(&wrong.unexpected).map(move |customer| (wrong.at, customer, &wrong.segment))
    });
    let (at, customer, segment) = announced.chain(members).min()?;
    let index = catalog.segments().iter().position(|compiled| *compiled.name == **segment)?;
    let mut replay = Replay::new(Arc::clone(catalog), &settings(None));
    for event in events.iter().filter(|event| event.customer == *customer && event.time <= at) {
        replay.event(0, event.clone(), drop);
    }
    replay.finish(at, drop);
    let explain_state = |state: &Customer| explain(catalog, index, &View::of(customer.as_str(), state, state.now(at)));
    let explanation = replay.table().read(customer.as_str(), explain_state)??;
    Some(Why { customer: customer.clone(), segment: segment.clone(), at, explanation })
}
