//! When a customer ceases to exist.

use std::sync::Arc;

use super::decide::note;
use super::{Desk, Effects};
use crate::customer::{Customer, CustomerId, Place};
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
        let at = self.forget_at(customer);
        let catalog = Arc::clone(&self.catalog);
        effects.facts.forgotten += 1;
        let memberships: Vec<(usize, Place, Instant)> = customer.memberships.iter().collect();
        for (index, place, since) in memberships {
            let Some(segment) = catalog.segments().get(index) else { continue };
            if place == Place::Outside {
                continue;
            }
            note(&mut self.members, customer, (index, segment), Place::Outside, at);
            let change = Change::between(place, Place::Outside);
            let mut exit = Transition::bare(id.clone(), segment, change, at, self.decided_at, Cause::Forgotten);
            exit.moved = Move::between(segment, place, Place::Outside);
            exit.since = Some(since);
            effects.transitions.push(exit);
        }
    }
}
