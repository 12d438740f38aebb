//! Which memberships begin and end, and when to look again.

use std::sync::Arc;

use super::{Correction, Desk, Effects, Engine, Touched};
use crate::customer::{Customer, CustomerId};
use crate::event::Event;
use crate::segment::evaluate::{View, answer};
use crate::segment::plan::Mask;
use crate::timer::Instant;
use crate::transition::Cause;

/// What is decided about one customer.
pub(super) struct Question<'a> {
    pub(super) id: &'a CustomerId,
    /// The segments to evaluate.
    segments: Mask,
    /// The instant at which each is evaluated is this, less the segment's delay where the clock alone brought it.
    now: Instant,
    /// Whether the clock alone moved: then delays count.
    delayed: bool,
    pub(super) touched: &'a Touched,
    /// The cause of what no event explains.
    pub(super) otherwise: Cause,
}

impl Engine {
    /// Decides one event at once.
    pub(super) fn decide_event(&mut self, event: &Event, effects: &mut Effects) {
        let Self { table, desk, .. } = self;
        let id = &event.customer;
        table.write_or_create(id, |customer, mut created| {
            if !created {
                let reached = event.time.max(desk.clock);
                created = desk.fire_before(id, customer, reached, effects);
            }
            let touched = desk.take_in(customer, created, event, effects);
            let now = customer.now(desk.clock);
            desk.decide_touched(id, customer, &touched, now, effects);
        });
    }

    /// Fires the deadlines before `target` in order; false when the budget ended before they did.
    pub(super) fn fire(&mut self, target: Instant, effects: &mut Effects) -> bool {
        let Self { table, desk, .. } = self;
        let before = effects.transitions.len();
        let mut last: Option<(Instant, CustomerId)> = None;
        desk.decided_at = target;
        while let Some((deadline, _)) = desk.timers.first().filter(|(deadline, _)| *deadline < target) {
            if effects.transitions.len() - before >= Self::DUE_MAX {
                desk.clock = desk.clock.max(*deadline);
                desk.cursor = last.filter(|(fired, _)| *fired == desk.clock).map(|(_, id)| id);
                return false;
            }
            let Some((deadline, id)) = desk.timers.pop() else { break };
            let gone = table.write(id.as_str(), |customer| {
                customer.deadline = Instant::NEVER;
                desk.fire_one(&id, customer, deadline, true, effects)
            });
            if gone == Some(true) {
                table.remove(id.as_str());
            }
            last = Some((deadline, id));
        }
        desk.clock = target;
        desk.cursor = None;
        true
    }

    /// Decides everything folded, and everything due up to the clock, that instant included, customer by customer.
    pub(super) fn decide_instant(&mut self, clock: Instant, effects: &mut Effects) {
        let Self { table, desk, .. } = self;
        let mut undecided = std::mem::take(&mut desk.undecided);
        while desk.timers.first().is_some_and(|(deadline, _)| *deadline <= clock) {
            let Some((_, id)) = desk.timers.pop() else { break };
            table.write(id.as_str(), |customer| customer.deadline = Instant::NEVER);
            undecided.entry(id).or_default().due = true;
        }
        for (id, touched) in undecided {
            let gone = table.write(id.as_str(), |customer| {
                let now = customer.now(clock);
                if desk.is_forgotten(customer, now) {
                    return desk.fire_one(&id, customer, now, false, effects);
                }
                desk.decide_touched(&id, customer, &touched, now, effects);
                false
            });
            if gone == Some(true) {
                table.remove(id.as_str());
            }
        }
    }
}

impl Desk {
    /// Fires a customer's deadlines before `time`, in order; whether it ceased to exist and this is a new life.
    fn fire_before(&mut self, id: &CustomerId, customer: &mut Customer, time: Instant, effects: &mut Effects) -> bool {
        let mut reached = Instant::MIN;
        loop {
            let deadline =
                if self.longest_delay > 0 { self.undelayed_deadline(id, customer, reached) } else { customer.deadline };
            if deadline >= time || deadline <= reached {
                return false;
            }
            reached = deadline;
            let armed = std::mem::replace(&mut customer.deadline, Instant::NEVER);
            self.timers.rearm(id, armed, Instant::NEVER);
            if self.fire_one(id, customer, deadline, false, effects) {
                *customer = Customer::new();
                return true;
            }
        }
    }

    /// When the customer's next change after `reached` is, segments' own delays left out.
    fn undelayed_deadline(&self, id: &CustomerId, customer: &Customer, reached: Instant) -> Instant {
        let changes = self.catalog.timed().iter().filter_map(|index| {
            let segment = self.catalog.segments().get(index)?;
            let now = customer.now(self.clock.plus(-self.delay(index))).max(reached);
            Some(answer(&segment.condition, &View::of(id.as_str(), &customer.features, now)).until)
        });
        changes.chain([self.forget_at(customer)]).min().unwrap_or(Instant::NEVER)
    }

    /// Decides what time alone changes at `deadline`; whether the customer ceased to exist. `delayed`: the clock alone
    /// brought it.
    fn fire_one(
        &mut self,
        id: &CustomerId,
        customer: &mut Customer,
        deadline: Instant,
        delayed: bool,
        effects: &mut Effects,
    ) -> bool {
        customer.batch = self.batch;
        if self.is_forgotten(customer, deadline) {
            self.forget(id, customer, effects);
            return true;
        }
        let before = effects.transitions.len();
        let question = Question {
            id,
            segments: self.timed_for(customer),
            now: deadline,
            delayed: delayed && self.longest_delay > 0,
            touched: &Touched::default(),
            otherwise: Cause::Time,
        };
        let least = self.decide(&question, customer, effects);
        let reached = deadline.plus(-self.longest_delay);
        customer.features.expire(self.catalog.features(), self.catalog.groups(), reached);
        if effects.transitions.len() > before {
            effects.facts.timers_changed += 1;
        } else {
            effects.facts.timers_rearmed += 1;
        }
        self.arm(id, customer, least.min(self.forget_at(customer)));
        false
    }

    /// Decides what events were folded into, and what is due at the same instant.
    pub(super) fn decide_touched(
        &mut self,
        id: &CustomerId,
        customer: &mut Customer,
        touched: &Touched,
        now: Instant,
        effects: &mut Effects,
    ) {
        if self.is_forgotten(customer, now) {
            self.arm(id, customer, self.forget_at(customer));
            return;
        }
        let mut segments = self.readers(&touched.on_time);
        segments.union(&self.readers(&touched.late));
        if touched.appeared.is_some() {
            segments.union(self.catalog.at_birth());
        }
        let due = touched.due || customer.deadline <= now;
        if due {
            segments.union(&self.timed_for(customer));
        }
        let question = Question { id, segments, now, delayed: self.longest_delay > 0, touched, otherwise: Cause::Time };
        let least = self.decide(&question, customer, effects);
        let kept = if due || touched.appeared.is_some() { self.forget_at(customer) } else { customer.deadline };
        self.arm(id, customer, least.min(kept));
    }

    fn arm(&mut self, id: &CustomerId, customer: &mut Customer, deadline: Instant) {
        self.timers.rearm(id, customer.deadline, deadline);
        customer.deadline = deadline;
    }

    /// The segments that time alone can change for this customer: those that read something kept of it, and those that
    /// need nothing kept.
    fn timed_for(&self, customer: &Customer) -> Mask {
        let mut segments = self.catalog.at_birth().clone();
        for feature in customer.features.present() {
            if let Some(readers) = self.catalog.readers(feature) {
                segments.union(readers);
            }
        }
        segments.intersect(self.catalog.timed());
        segments
    }

    fn readers(&self, features: &Mask) -> Mask {
        let mut segments = Mask::default();
        for feature in features.iter() {
            if let Some(readers) = self.catalog.readers(feature) {
                segments.union(readers);
            }
        }
        segments
    }

    pub(super) fn delay(&self, segment: usize) -> i64 {
        self.delays.get(segment).copied().unwrap_or(0)
    }

    /// Evaluates segments, notes and announces what changed; the earliest clock at which any of them can change again.
    fn decide(&mut self, question: &Question<'_>, customer: &mut Customer, effects: &mut Effects) -> Instant {
        let catalog = Arc::clone(&self.catalog);
        let mut least = Instant::NEVER;
        for index in question.segments.iter() {
            let Some(segment) = catalog.segments().get(index) else { continue };
            let delay = self.delay(index);
            let now = if question.delayed { question.now.plus(-delay).max(customer.newest) } else { question.now };
            let view = View::of(question.id.as_str(), &customer.features, now);
            let found = answer(&segment.condition, &view);
            least = least.min(found.until.plus(delay));
            if found.holds != customer.memberships.since(index).is_some() {
                let mut transition = self.transition(question, segment, index, found.holds, &view);
                transition.until = transition.until.min(self.forget_at(customer));
                transition.since = self.note(customer, index, found.holds, now);
                effects.facts.truncated += u64::from(transition.truncated);
                effects.transitions.push(transition);
            }
        }
        least
    }

    /// Writes a change of membership down; for an exit, since when it had lasted.
    pub(super) fn note(
        &mut self,
        customer: &mut Customer,
        segment: usize,
        holds: bool,
        at: Instant,
    ) -> Option<Instant> {
        if holds {
            customer.memberships.enter(segment, at);
            if let Some(members) = self.members.get_mut(segment) {
                *members += 1;
            }
            return None;
        }
        if let Some(members) = self.members.get_mut(segment) {
            *members = members.saturating_sub(1);
        }
        customer.memberships.leave(segment)
    }

    /// Evaluates every segment of a customer after recovery: the differences from what was announced, and the deadline.
    pub(super) fn compare(&self, id: &CustomerId, customer: &Customer, clock: Instant) -> (Mask, Instant) {
        let mut different = Mask::default();
        let mut least = self.forget_at(customer);
        if least <= clock {
            return (different, least);
        }
        for (index, segment) in self.catalog.segments().iter().enumerate() {
            let delay = self.delay(index);
            let now = customer.now(clock.plus(-delay));
            let found = answer(&segment.condition, &View::of(id.as_str(), &customer.features, now));
            least = least.min(found.until.plus(delay));
            if found.holds != customer.memberships.since(index).is_some() {
                different.insert(index);
            }
        }
        (different, least)
    }

    /// Announces what differs from what had been announced.
    pub(super) fn correct_one(
        &mut self,
        id: &CustomerId,
        customer: &mut Customer,
        correction: Correction,
        effects: &mut Effects,
    ) {
        let (segments, _) = self.compare(id, customer, correction.decided_up_to);
        let question = Question {
            id,
            segments,
            now: customer.now(correction.decided_up_to),
            delayed: self.longest_delay > 0,
            touched: &Touched::default(),
            otherwise: correction.cause,
        };
        customer.batch = self.batch;
        self.decide(&question, customer, effects);
    }
}
