//! How an engine comes back: history folded in silence, what was announced taken as said, differences corrected.

use std::sync::Arc;

use super::decide::{count, note};
use super::{Correction, Effects, Engine};
use crate::customer::CustomerId;
use crate::event::Event;
use crate::timer::Instant;
use crate::transition::Cause;
use crate::wire::Announcement;

impl Engine {
    /// Recovery and the first start: folds an event whose consequences were announced before, or never will be.
    pub fn fold_silently(&mut self, topic: usize, event: &Event, effects: &mut Effects) {
        if !self.is_new(topic, event, &mut effects.facts) {
            return;
        }
        if self.desk.erases(event) {
            self.erase_silently(event);
            return;
        }
        let Self { table, desk, .. } = self;
        table.write_or_create(&event.customer, |customer, _| {
            if desk.forget_at(customer) < event.time {
                for (segment, place, _) in customer.memberships.iter() {
                    count(&mut desk.members, segment, place, -1);
                }
                *customer = crate::customer::Customer::new();
            }
            customer.newest = customer.newest.max(event.time);
            desk.fold(&mut customer.features, event, customer.newest, |_, _| ());
        });
    }

    /// Recovery: what was announced last for a customer and a segment or ladder. Those that are no longer defined are
    /// ignored, and so are stages that are gone and customers of whom no event is left.
    pub fn announced(&mut self, customer: &str, segment: &str, announced: &Announcement) {
        let catalog = Arc::clone(&self.desk.catalog);
        let position = catalog.segments().binary_search_by(|known| (*known.name).cmp(segment));
        let Some((index, segment)) = position.ok().and_then(|index| Some((index, catalog.segments().get(index)?)))
        else {
            return;
        };
        let Some(place) = announced.place(segment) else { return };
        let members = &mut self.desk.members;
        self.table.write(customer, |customer| note(members, customer, (index, segment), place, announced.since));
    }

    /// Recovery: what was announced last for a customer and segment says that it is outside.
    pub fn left(&mut self, customer: &str, segment: &str) {
        let position = self.desk.catalog.segments().binary_search_by(|known| (*known.name).cmp(segment));
        let Ok(index) = position else { return };
        let members = &mut self.desk.members;
        self.table.write(customer, |customer| {
            count(members, index, customer.memberships.standing(index).place, -1);
            customer.memberships.remove(index);
        });
    }

    /// Ends recovery: sets the clock and cursor, evaluates every customer, arms the timers, and announces with `cause`
    /// what differs from what had been announced, as much as one batch takes; the rest comes with the next
    /// [`super::Input::Clock`].
    ///
    /// With [`Cause::Backfill`] nothing was announced, and every membership is new; with [`Cause::Definition`] others
    /// were expected; with [`Cause::Late`] the differences are counted as mismatches.
    pub fn settle(&mut self, clock: Instant, cursor: Option<&str>, cause: Cause, effects: &mut Effects) {
        self.settle_from(clock, cause, |id| decided_up_to(clock, cursor, id, cause), effects);
    }

    /// The same, where it is known of each customer up to which instant it was decided.
    pub(super) fn settle_from(
        &mut self,
        clock: Instant,
        cause: Cause,
        decided_up_to: impl Fn(&CustomerId) -> Instant,
        effects: &mut Effects,
    ) {
        self.desk.clock = clock;
        self.desk.decided_at = clock;
        for id in self.table.ids() {
            let reached = decided_up_to(&id);
            let Self { table, desk, .. } = self;
            table.write(id.as_str(), |customer| {
                let (different, deadline) = desk.compare(&id, customer, reached);
                desk.timers.rearm(&id, customer.deadline, deadline);
                customer.deadline = deadline;
                if different.is_empty() {
                    return;
                }
                if cause == Cause::Late {
                    effects.facts.recovery_mismatches += u64::try_from(different.iter().count()).unwrap_or(u64::MAX);
                }
                desk.corrections.insert(id.clone(), Correction { cause, decided_up_to: reached });
            });
        }
        effects.more_due = !self.correct(effects);
    }

    /// Announces corrections in the order of customers; false when the budget ended before they did.
    pub(super) fn correct(&mut self, effects: &mut Effects) -> bool {
        let before = effects.transitions.len();
        let Self { table, desk, .. } = self;
        while let Some((id, correction)) = desk.corrections.pop_first() {
            table.write(id.as_str(), |customer| {
                desk.correct_one(&id, customer, correction, effects);
            });
            if effects.transitions.len() - before >= Self::DUE_MAX {
                return desk.corrections.is_empty();
            }
        }
        true
    }
}

/// Deadlines before the clock have fired, and those at it up to the cursor; the first announcement includes the clock's
/// own instant.
fn decided_up_to(clock: Instant, cursor: Option<&str>, id: &CustomerId, cause: Cause) -> Instant {
    let fired = cause == Cause::Backfill || cursor.is_some_and(|cursor| id.as_str() <= cursor);
    if fired { clock } else { clock.plus(-1) }
}
