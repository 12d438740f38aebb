//! How a customer is erased: it ceases to exist, and its past is refused from then on.
//!
//! Everything kept of it goes when the `erase` event is folded, also what happened after that event where it comes
//! late; only events later than it begin a new life.

use super::decide::count;
use super::{Desk, Effects, Engine, Touched};
use crate::customer::{Customer, CustomerId, Place};
use crate::event::{Event, Kind};
use crate::feature::FeatureSet;
use crate::timer::Instant;
use crate::transition::Cause;

impl Desk {
    /// Whether an event erases its customer.
    pub(super) fn erases(&self, event: &Event) -> bool {
        match &event.kind {
            Kind::Declared(rank) => self.erase == Some(*rank),
            Kind::Other(_) => false,
        }
    }
}

impl Engine {
    /// Erases a customer and announces its last exits at once.
    pub(super) fn erase(&mut self, event: &Event, effects: &mut Effects) {
        let Self { table, desk, erasures, .. } = self;
        let id = &event.customer;
        effects.facts.erased += 1;
        erasures.add(id.as_str(), event.time);
        let known = table.write(id.as_str(), |customer| {
            desk.fire_before(id, customer, event.time.max(desk.clock), effects);
            let at = customer.now(desk.clock).max(event.time);
            desk.end(id, customer, at, Cause::Erasure, effects);
            desk.timers.rearm(id, customer.deadline, Instant::NEVER);
        });
        if known.is_some() {
            table.remove(id.as_str());
        }
    }

    /// Erases a customer and leaves its last exits undecided.
    pub(super) fn erase_undecided(&mut self, event: &Event, effects: &mut Effects) {
        let Self { table, desk, erasures, .. } = self;
        let id = &event.customer;
        effects.facts.erased += 1;
        erasures.add(id.as_str(), event.time);
        let known = table.write(id.as_str(), |customer| {
            customer.features = FeatureSet::default();
            customer.newest = Instant::MIN;
        });
        if known.is_some() {
            desk.undecided.insert(id.clone(), Touched { erased: true, ..Touched::default() });
        }
    }

    /// Recovery: erases a customer whose exits were announced before.
    pub(super) fn erase_silently(&mut self, event: &Event) {
        let Self { table, desk, erasures, .. } = self;
        let id = event.customer.as_str();
        erasures.add(id, event.time);
        table.write(id, |customer| {
            for (segment, place, _) in customer.memberships.iter() {
                count(&mut desk.members, segment, place, -1);
            }
        });
        table.remove(id);
    }

    /// Who was erased: what a snapshot keeps beside the customers.
    pub fn erasures(&self) -> &crate::customer::Erasures {
        &self.erasures
    }

    /// Who was erased, to be taken back from a snapshot.
    pub fn erasures_mut(&mut self) -> &mut crate::customer::Erasures {
        &mut self.erasures
    }
}

impl Desk {
    /// Whether nothing happened to an erased customer since.
    pub(super) fn is_gone(customer: &Customer) -> bool {
        customer.newest == Instant::MIN
    }

    /// What the memberships topic still holds of a customer that ceases to exist and that no exit deletes.
    pub(super) fn delete_memories(&self, id: &CustomerId, customer: &Customer, effects: &mut Effects) {
        for (index, place, _) in customer.memberships.iter() {
            if let (Place::Outside, Some(segment)) = (place, self.catalog.segments().get(index)) {
                effects.deleted.push((id.clone(), std::sync::Arc::clone(&segment.name)));
            }
        }
    }
}
