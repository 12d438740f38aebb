//! Which memberships begin and end, and when to look again.

use std::sync::Arc;

use super::{Correction, Desk, Effects, Engine, Touched};
use crate::customer::{Customer, CustomerId, Place};
use crate::event::Event;
use crate::segment::evaluate::{View, outcome};
use crate::segment::plan::{CompiledSegment, Mask, Rule};
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
                if touched.erased {
                    desk.end(&id, customer, now, Cause::Erasure, effects);
                    if Desk::is_gone(customer) {
                        desk.timers.rearm(&id, customer.deadline, Instant::NEVER);
                        return true;
                    }
                }
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
    pub(super) fn fire_before(
        &mut self,
        id: &CustomerId,
        customer: &mut Customer,
        time: Instant,
        effects: &mut Effects,
    ) -> bool {
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
            let standing = customer.memberships.standing(index);
            Some(outcome(&segment.rule, standing, &View::of(id.as_str(), customer, now)).until)
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
            if delayed && self.longest_delay > 0 {
                // What still waits happened before it ceased to exist.
                self.fire_before(id, customer, self.forget_at(customer), effects);
            }
            self.forget(id, customer, effects);
            return true;
        }
        let before = effects.transitions.len();
        let question = Question {
            id,
            segments: customer.pending.segments(),
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
        let mut segments = self.readers(&touched.moved);
        if touched.appeared.is_some() {
            segments.union(self.catalog.at_birth());
        }
        let due = touched.due || customer.deadline <= now;
        if due {
            segments.union(&customer.pending.segments());
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
        let mut least = Instant::NEVER;
        if self.catalog.order().is_none() {
            for index in question.segments.iter() {
                least = least.min(self.decide_one(question, index, customer, effects).0);
            }
            return least;
        }
        let catalog = Arc::clone(&self.catalog);
        let order = catalog.order().unwrap_or_default();
        // A segment with a memory is decided before those that ask for its members, and takes them along.
        let mut segments = question.segments.clone();
        let before = effects.transitions.len();
        for index in order.iter().copied() {
            if !segments.contains(index) {
                continue;
            }
            let (until, changed) = self.decide_one(question, index, customer, effects);
            least = least.min(until);
            if let Some(followers) = catalog.followers(index).filter(|_| changed) {
                segments.union(followers);
            }
        }
        if let Some(decided) = effects.transitions.get_mut(before..) {
            decided.sort_by(|one, other| one.segment.cmp(&other.segment));
        }
        least
    }

    /// Evaluates one segment; the earliest clock at which it can change again, and whether it changed.
    fn decide_one(
        &mut self,
        question: &Question<'_>,
        index: usize,
        customer: &mut Customer,
        effects: &mut Effects,
    ) -> (Instant, bool) {
        let Some(segment) = self.catalog.segments().get(index) else { return (Instant::NEVER, false) };
        let delay = self.delay(index);
        let now = if question.delayed { question.now.plus(-delay).max(customer.newest) } else { question.now };
        let before = customer.memberships.standing(index);
        let mut found = outcome(&segment.rule, before, &View::of(question.id.as_str(), customer, now));
        let changed = found.place != before.place;
        if changed {
            note(&mut self.members, customer, (index, segment), found.place, now);
            let view = View::of(question.id.as_str(), customer, now);
            let after = customer.memberships.standing(index);
            if let Rule::Latch(_) = segment.rule {
                found = outcome(&segment.rule, after, &view);
            }
            let mut transition = self.transition(question, (index, segment), before.place, &view);
            transition.until = transition.until.min(self.forget_at(customer));
            transition.since = before.since.filter(|_| before.place != Place::Outside);
            effects.facts.truncated += u64::from(transition.truncated);
            effects.transitions.push(transition);
        }
        customer.pending.set(index, found.until != Instant::NEVER);
        (found.until.plus(delay), changed)
    }

    /// Evaluates every segment of a customer after recovery: the differences from what was announced, and the deadline.
    pub(super) fn compare(&self, id: &CustomerId, customer: &mut Customer, clock: Instant) -> (Mask, Instant) {
        let mut different = Mask::default();
        let mut least = self.forget_at(customer);
        if least <= clock {
            return (different, least);
        }
        for (index, segment) in self.catalog.segments().iter().enumerate() {
            let delay = self.delay(index);
            let standing = customer.memberships.standing(index);
            let found =
                outcome(&segment.rule, standing, &View::of(id.as_str(), customer, customer.now(clock.plus(-delay))));
            least = least.min(found.until.plus(delay));
            customer.pending.set(index, found.until != Instant::NEVER);
            if found.place != standing.place {
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
        let least = self.decide(&question, customer, effects);
        self.arm(id, customer, least.min(customer.deadline));
    }
}

/// Writes down where the customer stands from now on.
pub(super) fn note(
    members: &mut [Vec<u64>],
    customer: &mut Customer,
    (index, segment): (usize, &CompiledSegment),
    place: Place,
    at: Instant,
) {
    count(members, index, customer.memberships.standing(index).place, -1);
    count(members, index, place, 1);
    segment.stand(&mut customer.memberships, index, place, at);
}

/// Counts a customer who comes to a place, or goes from it.
pub(super) fn count(members: &mut [Vec<u64>], segment: usize, place: Place, change: i64) {
    let counted = members.get_mut(segment).zip(place.index()).and_then(|(members, place)| members.get_mut(place));
    if let Some(members) = counted {
        *members = members.saturating_add_signed(change);
    }
}
