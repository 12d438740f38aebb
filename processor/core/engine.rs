//! The state machine of one partition: the only file that knows the order of things.
//!
//! It is told about events and about time, and returns what must be announced. It never fails, never looks at a clock,
//! and the same inputs in the same order give the same effects. Not here: which record is next and how far time has
//! come (`timer::PartitionClock`), what is written to Kafka (`wire`), transactions (`spicchio-runtime`).

use std::sync::Arc;

use crate::customer::CustomerTable;
use crate::event::Event;
use crate::segment::Catalog;
use crate::timer::{Instant, Length};
use crate::transition::{Cause, Transition};

/// What an engine is told once.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For each input topic, in the runtime's order: how long a repeated id counts once, in milliseconds of that topic's time.
    pub dedup_millis: Vec<i64>,
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
    /// Deadlines before the clock are left: the budget of the batch was used up. Tell the clock again in the next batch.
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
    /// Transitions decided over a list that was full.
    pub truncated: u64,
    /// Memberships that recovery computed differently from what had been announced.
    pub recovery_mismatches: u64,
}

/// The state machine of one partition.
#[derive(Debug)]
pub struct Engine {
    table: Arc<CustomerTable>,
    clock: Instant,
}

impl Engine {
    /// The most transitions one call of [`Engine::apply`] adds for deadlines: the rest waits, and `more_due` says so.
    pub const DUE_MAX: usize = 50_000;

    /// An engine without customers.
    pub fn new(_catalog: Arc<Catalog>, _settings: Settings) -> Self {
        Self { table: Arc::default(), clock: Instant::MIN }
    }

    /// Everything that follows belongs to this batch; customers carry the batch that last changed them.
    pub fn begin_batch(&mut self, _batch: u64) {}

    /// Takes in what happened and adds what must be done to `effects`.
    pub fn apply(&mut self, _input: Input, _effects: &mut Effects) {}

    /// The partition clock as the engine has decided it: less than the last [`Input::Clock`] while deadlines are left.
    pub fn clock(&self) -> Instant {
        self.clock
    }

    /// The customer up to whom deadlines *at* [`Engine::clock`] have fired, when a batch stopped in the middle of an instant.
    pub fn cursor(&self) -> Option<&str> {
        None
    }

    /// Recovery and the first start: folds an event whose consequences were announced before, or never will be.
    pub fn fold_silently(&mut self, _topic: usize, _event: Event) {}

    /// Recovery: what was announced last for a customer and segment says that it has been inside since then. Unknown segments are ignored.
    pub fn announced(&mut self, _customer: &str, _segment: &str, _since: Instant) {}

    /// Ends recovery: sets the clock and cursor, evaluates every customer, announces with `cause` what differs from what had
    /// been announced, and arms the timers. With [`Cause::Backfill`], nothing was announced and every membership is new;
    /// with any other cause the differences are counted as mismatches.
    pub fn settle(&mut self, _clock: Instant, _cursor: Option<&str>, _cause: Cause, _effects: &mut Effects) {}

    /// The customers, to be read by others while the engine writes.
    pub fn table(&self) -> &Arc<CustomerTable> {
        &self.table
    }

    /// How many customers are in each segment, in the catalog's order.
    pub fn members(&self) -> &[u64] {
        &[]
    }
}
