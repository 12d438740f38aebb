//! When a customer ceases to exist, and what is said of it then.

use std::sync::Arc;

use super::decide::note;
use super::{Desk, Effects};
use crate::customer::{Customer, CustomerId, Memberships, Place};
use crate::timer::{Instant, Zone};
use crate::transition::{Cause, Change, Move, Transition};

impl Desk {
    /// When the customer ceases to exist unless another event comes.
    pub(super) fn forget_at(&self, customer: &Customer) -> Instant {
        self.forget_after.map_or(Instant::NEVER, |after| after.after(customer.newest, &Zone::UTC))
    }

    /// Whether it has ceased to exist at `now`.
    pub(super) fn is_forgotten(&self, customer: &Customer, now: Instant) -> bool {
        self.forget_after.is_some() && self.forget_at(customer) <= now
    }

    /// The customer ceases to exist, at exactly the instant its newest event became too old.
    pub(super) fn forget(&mut self, id: &CustomerId, customer: &mut Customer, effects: &mut Effects) {
        effects.facts.forgotten += 1;
        self.end(id, customer, self.forget_at(customer), Cause::Forgotten, effects);
    }

    /// Announces that the customer leaves everything it is in, and deletes what is remembered of what it left.
    pub(super) fn end(
        &mut self,
        id: &CustomerId,
        customer: &mut Customer,
        at: Instant,
        cause: Cause,
        effects: &mut Effects,
    ) {
        let catalog = Arc::clone(&self.catalog);
        self.delete_memories(id, customer, effects);
        let memberships: Vec<(usize, Place, Instant)> = customer.memberships.iter().collect();
        for (index, place, since) in memberships {
            let Some(segment) = catalog.segments().get(index) else { continue };
            if place == Place::Outside {
                continue;
            }
            note(&mut self.members, customer, (index, segment), Place::Outside, at);
            let change = Change::between(place, Place::Outside);
            let mut exit = Transition::bare(id.clone(), segment, change, at, self.decided_at, cause);
            exit.moved = Move::between(segment, place, Place::Outside);
            exit.since = Some(since);
            effects.transitions.push(exit);
        }
        customer.memberships = Memberships::default();
    }
}
