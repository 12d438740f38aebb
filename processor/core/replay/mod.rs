//! A whole history at once: events in the order of a file, the clock at the largest event time read so far.
//!
//! What is due before an event is decided first, in order; all events of one instant are one decision; after the last
//! the clock moves on to the end, that instant included. No grace, no wall clock, nothing refused. The same engine as
//! in the processor, and two replays give the same transitions. `replay`, `test`, `explain`, the properties and the
//! benches use it.

mod scenario;

pub use scenario::{Change, Outcome, Shown, Why, WrongMembers, run};

use std::sync::Arc;

use crate::customer::CustomerTable;
use crate::engine::{Effects, Engine, Facts, Input, Settings};
use crate::event::Event;
use crate::segment::Catalog;
use crate::timer::{Instant, Length};
use crate::transition::Transition;

/// How long a repeated id counts once, in milliseconds: the default of an input topic.
pub const DEDUP_MILLIS: i64 = 600_000;

/// How an engine is set up that replays one file: nobody waits, and nobody is forgotten unless told.
pub fn settings(forget_after: Option<Length>) -> Settings {
    Settings { dedup_millis: vec![DEDUP_MILLIS], grace_millis: None, forget_after, seed: 0 }
}

/// A replay under way.
#[derive(Debug)]
pub struct Replay {
    engine: Engine,
    effects: Effects,
    /// The largest event time read so far; nothing before the first event.
    clock: Option<Instant>,
}

impl Replay {
    /// A replay of these definitions, nothing read yet.
    pub fn new(catalog: Arc<Catalog>, settings: &Settings) -> Self {
        Self { engine: Engine::new(catalog, settings), effects: Effects::default(), clock: None }
    }

    /// Takes in the next event of the input with that index, and hands over what was decided before it.
    pub fn event(&mut self, topic: usize, event: Event, mut announce: impl FnMut(Transition)) {
        let time = event.time;
        if self.clock.is_none_or(|clock| time > clock) {
            self.advance(time, &mut announce);
        }
        self.engine.apply(Input::Fold { topic, event }, &mut self.effects);
        self.hand_over(&mut announce);
    }

    /// What follows belongs to this batch.
    pub fn begin_batch(&mut self, batch: u64) {
        self.engine.begin_batch(batch);
    }

    /// Moves the clock on to `until` (nothing happens when it is there already) and decides what is left, that instant
    /// included.
    pub fn finish(&mut self, until: Instant, mut announce: impl FnMut(Transition)) {
        if self.clock.is_none_or(|clock| until > clock) {
            self.advance(until, &mut announce);
        }
        self.engine.apply(Input::Decide, &mut self.effects);
        self.hand_over(&mut announce);
    }

    /// The largest event time read so far.
    pub fn clock(&self) -> Option<Instant> {
        self.clock
    }

    /// What happened so far.
    pub fn facts(&self) -> Facts {
        self.effects.facts
    }

    /// The customers.
    pub fn table(&self) -> &Arc<CustomerTable> {
        self.engine.table()
    }

    /// The definitions it decides by.
    pub fn catalog(&self) -> &Arc<Catalog> {
        self.engine.catalog()
    }

    /// How many customers are in each segment, in the catalog's order.
    pub fn members(&self) -> &[Vec<u64>] {
        self.engine.members()
    }

    /// Ends the instant the clock stands at, and goes through every deadline before `time`.
    fn advance(&mut self, time: Instant, announce: &mut impl FnMut(Transition)) {
        if self.clock.is_some() {
            self.engine.apply(Input::Decide, &mut self.effects);
            self.hand_over(announce);
        }
        loop {
            self.effects.more_due = false;
            self.engine.apply(Input::Clock(time), &mut self.effects);
            self.hand_over(announce);
            if !self.effects.more_due {
                break;
            }
        }
        self.clock = Some(time);
    }

    fn hand_over(&mut self, announce: &mut impl FnMut(Transition)) {
        self.effects.transitions.drain(..).for_each(announce);
    }
}
