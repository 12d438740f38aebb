//! What a partition says in one transaction.
//!
//! A [`Draft`] grows while records are folded; sealed, it is a [`Batch`] and never changes: after an abort or a doubt
//! the same bytes are written again, because the state they came from has moved on and cannot go back.

use std::collections::BTreeMap;
use std::sync::Arc;

use spicchio_core::timer::Instant;
use spicchio_core::transition::{Cause, Change, Transition};
use spicchio_core::wire::{
    customer_and_segment, membership_key, membership_value, transition_headers, transition_value,
};

use crate::broker::{Destination, Outgoing};

/// How transitions are written.
#[derive(Clone, Debug)]
pub struct Style {
    /// The group: the first part of a transition's id.
    pub group: Arc<str>,
    /// Which deployment says so.
    pub source: Arc<str>,
    /// The longest value, in bytes.
    pub value_bytes_max: usize,
}

/// How many transitions of a kind a batch holds: segment, change, cause.
pub type Tally = BTreeMap<(Arc<str>, Change, Cause), u64>;

/// A batch that still grows.
#[derive(Debug)]
pub struct Draft {
    partition: i32,
    number: u64,
    style: Arc<Style>,
    records: Vec<Outgoing>,
    bytes: usize,
    transitions: u64,
    folded: u64,
    oldest: Option<Instant>,
    tally: Tally,
}

impl Draft {
    /// An empty draft of the batch with that number.
    pub fn new(partition: i32, number: u64, style: Arc<Style>) -> Self {
        Self {
            partition,
            number,
            style,
            records: Vec::new(),
            bytes: 0,
            transitions: 0,
            folded: 0,
            oldest: None,
            tally: Tally::new(),
        }
    }

    /// The number it will have.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Announces a transition: a record of the transitions topic and one of the memberships topic.
    pub fn announce(&mut self, transition: &Transition) {
        let id = format!("{}/{}/{}/{}", self.style.group, self.partition, self.number, self.transitions);
        self.transitions += 1;
        self.push(Outgoing {
            to: Destination::Transitions,
            key: Some(transition.customer.as_str().as_bytes().to_vec()),
            value: Some(transition_value(transition, self.style.value_bytes_max)),
            headers: transition_headers(transition, &id, &self.style.source),
        });
        self.push(Outgoing {
            to: Destination::Memberships,
            key: Some(membership_key(transition).into_bytes()),
            value: membership_value(transition),
            headers: Vec::new(),
        });
        let kind = (Arc::clone(&transition.segment), transition.change, transition.cause);
        *self.tally.entry(kind).or_default() += 1;
    }

    /// Deletes what the memberships topic remembers of a customer and a segment it had left.
    pub fn delete(&mut self, customer: &str, segment: &str) {
        let key = Some(customer_and_segment(customer, segment).into_bytes());
        self.push(Outgoing { to: Destination::Memberships, key, value: None, headers: Vec::new() });
    }

    /// Says that a record was refused.
    pub fn refuse(&mut self, letter: Outgoing) {
        self.push(letter);
    }

    /// A record was passed, folded or refused.
    pub fn pass(&mut self, recorded: Option<Instant>) {
        self.folded += 1;
        self.oldest = match (self.oldest, recorded) {
            (Some(oldest), Some(recorded)) => Some(oldest.min(recorded)),
            (oldest, recorded) => oldest.or(recorded),
        };
    }

    /// Records to be written.
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// Their bytes, about.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Input records that it passes.
    pub fn folded(&self) -> u64 {
        self.folded
    }

    /// Ends it: from now on it is this, with these next offsets and this control word.
    pub fn seal(self, next: Vec<i64>, word: String) -> Batch {
        let Self { partition, number, records, folded, oldest, tally, .. } = self;
        Batch { partition, number, records, folded, oldest, tally, next, word }
    }

    fn push(&mut self, record: Outgoing) {
        self.bytes += record.bytes();
        self.records.push(record);
    }
}

/// A batch that is said or not, but never changed.
#[derive(Debug)]
pub struct Batch {
    partition: i32,
    number: u64,
    records: Vec<Outgoing>,
    folded: u64,
    oldest: Option<Instant>,
    tally: Tally,
    next: Vec<i64>,
    word: String,
}

impl Batch {
    /// Whose it is.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// Its number: one more than the batch before.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What is written, in order.
    pub fn records(&self) -> &[Outgoing] {
        &self.records
    }

    /// The next offset of each topic.
    pub fn next(&self) -> &[i64] {
        &self.next
    }

    /// The control word beside each of them.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Input records that it passes.
    pub fn folded(&self) -> u64 {
        self.folded
    }

    /// The Kafka timestamp of the oldest input record that it passes.
    pub fn oldest(&self) -> Option<Instant> {
        self.oldest
    }

    /// Transitions in it.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }
}
