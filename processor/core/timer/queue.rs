//! The deadlines of a partition's customers: at most one each, in order, ties by customer.
//!
//! Derived from state and never stored. A deadline is moved only to an earlier instant; one that turns out too early
//! when it fires is armed again. There are no stale entries, so the queue is never larger than the customers.

use std::collections::BTreeSet;

use super::Instant;
use crate::customer::CustomerId;

/// Deadlines in order.
#[derive(Debug, Default)]
pub struct TimerQueue {
    deadlines: BTreeSet<(Instant, CustomerId)>,
}

impl TimerQueue {
    /// Moves a customer's deadline from one instant to another; [`Instant::NEVER`] is none.
    pub fn rearm(&mut self, customer: &CustomerId, from: Instant, to: Instant) {
        if from == to {
            return;
        }
        if from != Instant::NEVER {
            self.deadlines.remove(&(from, customer.clone()));
        }
        if to != Instant::NEVER {
            self.deadlines.insert((to, customer.clone()));
        }
    }

    /// The earliest deadline and whose it is.
    pub fn first(&self) -> Option<&(Instant, CustomerId)> {
        self.deadlines.first()
    }

    /// Takes the earliest deadline out.
    pub fn pop(&mut self) -> Option<(Instant, CustomerId)> {
        self.deadlines.pop_first()
    }

    /// How many customers have a deadline.
    pub fn len(&self) -> usize {
        self.deadlines.len()
    }

    /// Whether none has.
    pub fn is_empty(&self) -> bool {
        self.deadlines.is_empty()
    }
}
