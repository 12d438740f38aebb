//! The state machine of one partition: the only file that knows the order of things.
//!
//! It is told about events and about time, and returns what must be announced. It never fails, never looks at a clock,
//! and the same inputs in the same order give the same effects. Not here: which record is next and how far time has
//! come (`timer::PartitionClock`), what is written to Kafka (`wire`), transactions (`spicchio-runtime`).

mod adopt;
mod announce;
mod decide;
mod erase;
mod fold;
mod forget;
mod recovery;
mod rows;
#[cfg(test)]
mod tests;

pub use rows::RestoreError;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::customer::{CustomerId, CustomerTable, Erasures};
use crate::event::{Dedup, Event};
use crate::segment::plan::{Catalog, Mask};
use crate::timer::{Instant, Length, TimerQueue};
use crate::transition::{Cause, Evidence, Transition};

/// What an engine is told once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For each input topic, in the runtime's order: how long a repeated id counts once, in milliseconds of that
    /// topic's time.
    pub dedup_millis: Vec<i64>,
    /// How long the partition clock already waits for late events, in milliseconds; segments that want longer wait the
    /// difference. Without it nobody waits, as in `replay`.
    pub grace_millis: Option<i64>,
    /// A customer whose newest event is older ceases to exist; nobody is forgotten where there is none.
    pub forget_after: Option<Length>,
    /// Seed of the hasher that spreads customers over shards.
    pub seed: u64,
}

/// What happened.
#[derive(Debug)]
pub enum Input {
    /// A record of the topic with that index was read: fold it and decide.
    Event {
        /// Index of the topic.
        topic: usize,
        /// The decoded record.
        event: Event,
    },
    /// The same, but decided together with everything else of this instant, at [`Input::Decide`]: for `replay`.
    Fold {
        /// Index of the topic.
        topic: usize,
        /// The decoded record.
        event: Event,
    },
    /// The partition clock stands at this instant: every deadline before it is due. It never goes back.
    Clock(Instant),
    /// Nothing more comes at the clock's instant: decide what was folded and what is due at it, that instant included.
    Decide,
}

/// What must be done about it. The caller empties it between batches.
#[derive(Debug, Default)]
pub struct Effects {
    /// What to announce, in order of decision.
    pub transitions: Vec<Transition>,
    /// What to count.
    pub facts: Facts,
    /// What the memberships topic must forget without a transition: customer and segment.
    pub deleted: Vec<(CustomerId, Arc<str>)>,
    /// Deadlines before the clock are left: the budget of the batch was used up. Tell the clock again in the next
    /// batch.
    pub more_due: bool,
}

/// What happened that is worth counting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Events folded.
    pub folded: u64,
    /// Events whose id had been read already.
    pub duplicates: u64,
    /// Events older than their customer's now.
    pub late: u64,
    /// Numbers that counted as missing for their digits or magnitude.
    pub numbers_out_of_range: u64,
    /// Values that counted as missing for their type or sign.
    pub values_of_wrong_type: u64,
    /// Deadlines that fired and changed a membership.
    pub timers_changed: u64,
    /// Deadlines that fired and only moved on.
    pub timers_rearmed: u64,
    /// Customers forgotten.
    pub forgotten: u64,
    /// Orders to erase a customer.
    pub erased: u64,
    /// Events of the past of an erased customer, refused.
    pub of_erased: u64,
    /// Transitions decided over a list that was full.
    pub truncated: u64,
    /// Memberships that recovery computed differently from what had been announced.
    pub recovery_mismatches: u64,
}

/// The state machine of one partition.
#[derive(Debug)]
pub struct Engine {
    table: Arc<CustomerTable>,
    dedups: Vec<Dedup>,
    erasures: Erasures,
    desk: Desk,
}

/// Everything of an engine but its customers: so that a customer can be changed while this is at hand.
#[derive(Debug)]
struct Desk {
    catalog: Arc<Catalog>,
    /// The rank of the event type that erases a customer.
    erase: Option<u16>,
    forget_after: Option<Length>,
    /// By segment: how much longer than the clock's own grace it waits before announcing what time alone decides, in
    /// milliseconds.
    delays: Vec<i64>,
    /// The longest of them.
    longest_delay: i64,
    timers: TimerQueue,
    clock: Instant,
    /// What transitions say of when they were decided: the clock, or the instant it is moving to.
    decided_at: Instant,
    cursor: Option<CustomerId>,
    batch: u64,
    /// By segment: how many customers are inside, or in each stage.
    members: Vec<Vec<u64>>,
    /// Folded and not yet decided, by customer.
    undecided: BTreeMap<CustomerId, Touched>,
    /// Whose announced memberships differ from what recovery computed.
    corrections: BTreeMap<CustomerId, Correction>,
}

/// What events were folded into since a customer was last decided.
#[derive(Clone, Debug, Default)]
struct Touched {
    /// Features touched by events of the customer's now.
    on_time: Mask,
    /// Features touched by late events.
    late: Mask,
    /// Those of them of which a condition may now see something else.
    moved: Mask,
    /// The customer has just appeared, with a late event.
    appeared: Option<Appeared>,
    /// A deadline falls on the same instant.
    due: bool,
    /// The customer was erased; what is touched came after that.
    erased: bool,
    /// The event in hand, where it is a single one.
    in_hand: Option<Evidence>,
}

/// What recovery found different from what had been announced.
#[derive(Clone, Copy, Debug)]
struct Correction {
    /// What to call it.
    cause: Cause,
    /// Up to which clock the customer had been decided.
    decided_up_to: Instant,
}

/// How a customer appeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Appeared {
    /// With an event of its now.
    OnTime,
    /// With an event older than the clock.
    Late,
}

/// The event type that erases a customer.
const ERASE: &str = "erase";

impl Engine {
    /// The most transitions that deadlines add in one call of [`Engine::apply`] before it stops: the rest waits, and
    /// `more_due` says so.
    pub const DUE_MAX: usize = 10_000;

    /// An engine without customers.
    pub fn new(catalog: Arc<Catalog>, settings: &Settings) -> Self {
        let delay = |grace: i64| settings.grace_millis.map_or(0, |configured| (grace - configured).max(0));
        let delays: Vec<i64> = catalog.segments().iter().map(|segment| delay(segment.grace_millis)).collect();
        let desk = Desk {
            forget_after: settings.forget_after,
            longest_delay: delays.iter().copied().max().unwrap_or(0),
            delays,
            timers: TimerQueue::default(),
            clock: Instant::MIN,
            decided_at: Instant::MIN,
            cursor: None,
            batch: 0,
            members: catalog.segments().iter().map(|segment| vec![0; segment.rule.places()]).collect(),
            undecided: BTreeMap::new(),
            corrections: BTreeMap::new(),
            erase: catalog.rank(ERASE),
            catalog,
        };
        let dedups = settings.dedup_millis.iter().map(|millis| Dedup::new(*millis, settings.seed)).collect();
        Self { table: Arc::new(CustomerTable::new(settings.seed)), dedups, erasures: Erasures::default(), desk }
    }

    /// Everything that follows belongs to this batch; customers carry the batch that last changed them.
    pub fn begin_batch(&mut self, batch: u64) {
        self.desk.batch = batch;
    }

    /// Takes in what happened and adds what must be done to `effects`.
    pub fn apply(&mut self, input: Input, effects: &mut Effects) {
        match input {
            Input::Event { topic, event } => {
                if !self.is_new(topic, &event, &mut effects.facts) {
                    return;
                }
                if self.desk.erases(&event) {
                    self.erase(&event, effects);
                } else {
                    self.decide_event(&event, effects);
                }
            }
            Input::Fold { topic, event } => {
                if !self.is_new(topic, &event, &mut effects.facts) {
                    return;
                }
                if self.desk.erases(&event) {
                    self.erase_undecided(&event, effects);
                } else {
                    self.fold_undecided(&event, effects);
                }
            }
            Input::Clock(clock) => {
                let clock = clock.max(self.desk.clock);
                effects.more_due = !self.correct(effects) || !self.fire(clock, effects);
            }
            Input::Decide => {
                let clock = self.desk.clock;
                self.decide_instant(clock, effects);
            }
        }
    }

    /// The definitions in force.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.desk.catalog
    }

    /// The partition clock as the engine has decided it: less than the last [`Input::Clock`] while deadlines are left.
    pub fn clock(&self) -> Instant {
        self.desk.clock
    }

    /// The customer up to whom deadlines *at* [`Engine::clock`] have fired, when a batch stopped in the middle of an
    /// instant.
    pub fn cursor(&self) -> Option<&str> {
        self.desk.cursor.as_ref().map(CustomerId::as_str)
    }

    /// The next deadline, to know when the clock matters; nothing when time alone changes nothing.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.desk.timers.first().map(|(deadline, _)| *deadline)
    }

    /// How many customers have a deadline.
    pub fn timers(&self) -> usize {
        self.desk.timers.len()
    }

    /// The customers, to be read by others while the engine writes.
    pub fn table(&self) -> &Arc<CustomerTable> {
        &self.table
    }

    /// How many customers are in each segment, or in each stage of a ladder, in the catalog's order.
    pub fn members(&self) -> &[Vec<u64>] {
        &self.desk.members
    }

    fn is_new(&mut self, topic: usize, event: &Event, facts: &mut Facts) -> bool {
        let first = self
            .dedups
            .get_mut(topic)
            .is_none_or(|dedup| dedup.first_sight(&event.customer, &event.identity, event.time));
        if first && self.erasures.cover(event.customer.as_str(), event.time) {
            facts.of_erased += 1;
            return false;
        }
        if first {
            facts.folded += 1;
            facts.numbers_out_of_range += u64::from(event.numbers_out_of_range);
            facts.values_of_wrong_type += u64::from(event.values_of_wrong_type);
        } else {
            facts.duplicates += 1;
        }
        first
    }
}
