//! Whether audiences are worth having: which nobody ever entered, which are small, which are the same people as others,
//! how often they change and who is about to leave.

use serde::Serialize;
use spicchio_core::audience::{Audience, Overlap, Overlaps, Soon, per_day, per_member_and_day, soon};
use spicchio_core::customer::Place;
use spicchio_core::replay::Replay as Engine;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::{Instant, Length};

use super::super::terminal::Terminal;
use super::figure::Figure;

/// The most pairs of audiences that are reported; the rest is counted.
const PAIRS_MAX: usize = 1_000;

/// What is wrong with audiences.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    /// Nobody ever entered these, or came to that stage.
    never_entered: Vec<String>,
    /// These have fewer members than asked for.
    small: Vec<Small>,
    /// These have the same members at the end.
    equal: Vec<Pair>,
    /// Of these more than nine tenths of the smaller are in the other at the end.
    overlapping: Vec<Pair>,
    /// How many more pairs there are.
    pairs_left_out: usize,
    /// Whether there were too many audiences to compare them.
    not_compared: bool,
}

/// An audience with few members.
#[derive(Debug, Serialize)]
struct Small {
    audience: String,
    members: u64,
}

/// Two audiences that share members.
#[derive(Debug, Serialize)]
struct Pair {
    audience: String,
    members: u64,
    with: String,
    with_members: u64,
    both: u64,
}

/// How a segment changes.
#[derive(Debug, Serialize)]
pub(super) struct Trend {
    /// Entries a day of 24 hours, or moves of a ladder, from the oldest event to the end.
    pub(super) entries_per_day: Figure,
    /// Exits a day.
    pub(super) exits_per_day: Figure,
    /// Changes a day for each member at the end.
    pub(super) volatility: Figure,
    /// How many members leave if nothing happens; of a ladder, come to another stage.
    pub(super) leaving: Leaving,
}

/// How many leave soon.
#[derive(Debug, Serialize)]
pub(super) struct Leaving {
    /// Within an hour after the end.
    pub(super) hour: u64,
    /// Within a day.
    pub(super) day: u64,
}

/// The health of all segments when a replay is over, and how each changes; `changes` are entries, exits and moves.
pub(super) fn of(
    engine: &Engine,
    changes: &[[u64; 3]],
    oldest: Option<Instant>,
    (small, forget_after): (u64, Option<Length>),
) -> (Health, Vec<Trend>) {
    let catalog = engine.catalog();
    let end = engine.clock().unwrap_or(Instant::MIN);
    let span = oldest.map_or(0, |oldest| end.millis() - oldest.millis());
    let leaving = soon(catalog, engine.table(), end, forget_after, usize::MAX);
    let members = engine.members().iter().map(|members| members.iter().sum::<u64>());
    let counted = members.zip(changes).enumerate();
    let trends = counted.map(|(index, (members, changes))| trend(index, members, *changes, span, &leaving)).collect();
    (health(engine, changes, small), trends)
}

fn trend(index: usize, members: u64, [entered, exited, moved]: [u64; 3], span: i64, leaving: &Soon) -> Trend {
    let of = |counts: &[u64]| counts.get(index).copied().unwrap_or(0);
    Trend {
        entries_per_day: Figure(per_day(entered + moved, span)),
        exits_per_day: Figure(per_day(exited, span)),
        volatility: Figure(per_member_and_day(entered + exited + moved, span, members)),
        leaving: Leaving { hour: of(&leaving.hour), day: of(&leaving.day) },
    }
}

fn health(engine: &Engine, changes: &[[u64; 3]], below: u64) -> Health {
    let catalog = engine.catalog();
    let mut health = Health {
        never_entered: Vec::new(),
        small: Vec::new(),
        equal: Vec::new(),
        overlapping: Vec::new(),
        pairs_left_out: 0,
        not_compared: false,
    };
    for ((segment, changes), members) in catalog.segments().iter().zip(changes).zip(engine.members()) {
        let all: u64 = members.iter().sum();
        if changes.iter().sum::<u64>() == 0 {
            health.never_entered.push(segment.name.to_string());
        } else if all < below {
            health.small.push(Small { audience: segment.name.to_string(), members: all });
        }
    }
    let Some(overlaps) = counted(engine) else {
        health.not_compared = true;
        return health;
    };
    let mut found = overlaps.found();
    health.pairs_left_out = found.len().saturating_sub(PAIRS_MAX);
    found.truncate(PAIRS_MAX);
    for overlap in found {
        let pairs = if overlap.is_equal() { &mut health.equal } else { &mut health.overlapping };
        pairs.push(pair(catalog, overlap));
    }
    health
}

fn counted(engine: &Engine) -> Option<Overlaps> {
    let mut overlaps = Overlaps::new(engine.catalog())?;
    for id in engine.table().ids() {
        engine.table().read(id.as_str(), |customer| overlaps.add(customer));
    }
    Some(overlaps)
}

fn pair(catalog: &Catalog, Overlap { smaller, larger, both }: Overlap) -> Pair {
    let name = |audience: Audience| name(catalog, audience.segment, audience.place);
    Pair { audience: name(smaller), members: smaller.members, with: name(larger), with_members: larger.members, both }
}

/// What an audience is called: the segment, or the ladder and its stage.
fn name(catalog: &Catalog, segment: usize, place: Place) -> String {
    let Some(segment) = catalog.segments().get(segment) else { return String::new() };
    segment.stage(place).map_or_else(|| segment.name.to_string(), |stage| format!("{}: {stage}", segment.name))
}

impl Health {
    /// Says for people what is wrong; nothing where nothing is.
    pub(super) fn say(&self, terminal: Terminal) {
        if !self.never_entered.is_empty() {
            terminal.say(&format!("never entered: {}", self.never_entered.join(", ")));
        }
        let small = self.small.iter().map(|Small { audience, members }| format!("{audience} ({members})"));
        let small: Vec<String> = small.collect();
        if !small.is_empty() {
            terminal.say(&format!("small: {}", small.join(", ")));
        }
        for Pair { audience, with, both, .. } in &self.equal {
            terminal.say(&format!("equal: {audience} and {with} ({both})"));
        }
        for Pair { audience, members, with, both, .. } in &self.overlapping {
            terminal.say(&format!("overlapping: {both} of {members} in {audience} are in {with}"));
        }
        if self.pairs_left_out > 0 {
            terminal.say(&format!("{} more pairs are equal or overlap", self.pairs_left_out));
        }
        if self.not_compared {
            terminal.say("there are too many segments to compare them with each other");
        }
    }
}
