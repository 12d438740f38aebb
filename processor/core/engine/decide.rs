//! Which memberships begin and end, and when to look again.

use super::{Appeared, Desk, Effects, Engine, Touched};
use crate::customer::{Customer, CustomerId};
use crate::event::Event;
use crate::segment::evaluate::{View, answer, settled, value};
use crate::segment::plan::Mask;
use crate::timer::{Instant, Zone};
use crate::transition::{Cause, Change, Changed, Evidence, Transition, reasons};

/// What is decided about one customer.
struct Question<'a> {
    id: &'a CustomerId,
    /// The segments to evaluate.
    segments: Mask,
    /// The instant at which each is evaluated is this, less the segment's delay where the clock alone brought it.
    now: Instant,
    /// Whether the clock alone moved: then delays count.
    delayed: bool,
    touched: &'a Touched,
    /// The cause of what no event explains.
    otherwise: Cause,
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
        loop {
            let deadline = if self.delayed { self.undelayed_deadline(customer) } else { customer.deadline };
            if deadline >= time {
                return false;
            }
            let armed = std::mem::replace(&mut customer.deadline, Instant::NEVER);
            self.timers.rearm(id, armed, Instant::NEVER);
            if self.fire_one(id, customer, deadline, false, effects) {
                *customer = Customer::new();
                return true;
            }
            if customer.deadline == deadline {
                return false;
            }
        }
    }

    /// When the customer's next change is, segments' own delays left out.
    fn undelayed_deadline(&self, customer: &Customer) -> Instant {
        let changes = self.catalog.timed().iter().filter_map(|index| {
            let segment = self.catalog.segments().get(index)?;
            let now = customer.now(self.clock.plus(-self.delay(index)));
            Some(answer(&segment.condition, &View::of(&customer.features, now)).until)
        });
        changes.chain([self.forget_at(customer)]).min().unwrap_or(Instant::NEVER)
    }

    /// Decides what time alone changes at `deadline`; whether the customer ceased to exist. `delayed`: the clock alone brought it.
    fn fire_one(&mut self, id: &CustomerId, customer: &mut Customer, deadline: Instant, delayed: bool, effects: &mut Effects) -> bool {
        customer.batch = self.batch;
        if self.is_forgotten(customer, deadline) {
            self.forget(id, customer, effects);
            return true;
        }
        customer.features.expire(self.catalog.features(), deadline.plus(-self.delays.iter().copied().max().unwrap_or(0)));
        let before = effects.transitions.len();
        let question = Question {
            id,
            segments: self.catalog.timed().clone(),
            now: deadline,
            delayed: delayed && self.delayed,
            touched: &Touched::default(),
            otherwise: Cause::Time,
        };
        let least = self.decide(&question, customer, effects);
        if effects.transitions.len() > before {
            effects.facts.timers_changed += 1;
        } else {
            effects.facts.timers_rearmed += 1;
        }
        self.arm(id, customer, least.min(self.forget_at(customer)));
        false
    }

    /// Decides what events were folded into, and what is due at the same instant.
    pub(super) fn decide_touched(&mut self, id: &CustomerId, customer: &mut Customer, touched: &Touched, now: Instant, effects: &mut Effects) {
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
            segments.union(self.catalog.timed());
        }
        let question = Question { id, segments, now, delayed: self.delayed, touched, otherwise: Cause::Time };
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
        let catalog = std::sync::Arc::clone(&self.catalog);
        let mut least = Instant::NEVER;
        for index in question.segments.iter() {
            let Some(segment) = catalog.segments().get(index) else { continue };
            let delay = self.delay(index);
            let now = if question.delayed { question.now.plus(-delay).max(customer.newest) } else { question.now };
            let found = answer(&segment.condition, &View::of(&customer.features, now));
            least = least.min(found.until.plus(delay));
            if found.holds != customer.memberships.since(index).is_some() {
                self.change(question, index, found.holds, now, customer, effects);
            }
        }
        least
    }

    fn change(&mut self, question: &Question<'_>, index: usize, holds: bool, now: Instant, customer: &mut Customer, effects: &mut Effects) {
        let catalog = std::sync::Arc::clone(&self.catalog);
        let Some(segment) = catalog.segments().get(index) else { return };
        let (cause, features) = self.cause(question, index);
        let view = View::of(&customer.features, now);
        let changed = match (cause, features) {
            (Cause::Time, _) => Changed::Time,
            (_, Some(features)) => Changed::Features(features),
            (_, None) => Changed::Nothing,
        };
        let mut reasons = reasons(&catalog, &segment.condition, &view, changed);
        name_in_hand(&mut reasons.evidence, question.touched.in_hand.as_ref(), changed);
        let (lasting, until_is_bound) = settled(&segment.condition, &view);
        let attached = segment.attach.iter().map(|(name, operand, ty)| (name.clone(), value(operand, &view).0.shown(ty, now))).collect();
        let since = self.note(customer, index, holds, now);
        effects.facts.truncated += u64::from(reasons.truncated);
        effects.transitions.push(Transition {
            customer: question.id.clone(),
            segment: std::sync::Arc::clone(&segment.name),
            change: if holds { Change::Entered } else { Change::Exited },
            at: now,
            decided_at: self.decided_at,
            cause,
            since,
            definition: std::sync::Arc::clone(&segment.hash),
            until: lasting.until.min(self.forget_at(customer)),
            until_is_bound,
            because: reasons.because,
            evidence: reasons.evidence,
            evidence_more: reasons.evidence_more,
            witnesses: reasons.witnesses,
            attached,
            truncated: reasons.truncated,
        });
    }

    /// Writes a change of membership down; for an exit, since when it had lasted.
    fn note(&mut self, customer: &mut Customer, segment: usize, holds: bool, at: Instant) -> Option<Instant> {
        let members = self.members.get_mut(segment);
        if holds {
            customer.memberships.enter(segment, at);
            members.map(|members| *members += 1);
            return None;
        }
        members.map(|members| *members = members.saturating_sub(1));
        customer.memberships.leave(segment)
    }

    /// Why a segment changed: an event that its features were folded from, on time or late, else what moved the question.
    fn cause<'a>(&self, question: &Question<'a>, segment: usize) -> (Cause, Option<&'a Mask>) {
        let reads = |features: &Mask| features.iter().any(|feature| self.catalog.readers(feature).is_some_and(|readers| readers.contains(segment)));
        let touched = question.touched;
        if reads(&touched.on_time) {
            (Cause::Event, Some(&touched.on_time))
        } else if reads(&touched.late) {
            (Cause::Late, Some(&touched.late))
        } else {
            match touched.appeared {
                Some(Appeared::OnTime) => (Cause::Event, None),
                Some(Appeared::Late) => (Cause::Late, None),
                None => (question.otherwise, None),
            }
        }
    }

    /// When the customer ceases to exist unless another event comes.
    pub(super) fn forget_at(&self, customer: &Customer) -> Instant {
        self.forget_after.map_or(Instant::NEVER, |after| after.after(customer.newest, &Zone::UTC))
    }

    fn is_forgotten(&self, customer: &Customer, now: Instant) -> bool {
        self.forget_after.is_some() && self.forget_at(customer) <= now
    }

    /// The customer ceases to exist, at exactly the instant its newest event became too old.
    fn forget(&mut self, id: &CustomerId, customer: &mut Customer, effects: &mut Effects) {
        let at = self.forget_at(customer);
        let catalog = std::sync::Arc::clone(&self.catalog);
        effects.facts.forgotten += 1;
        let memberships: Vec<(usize, Instant)> = customer.memberships.iter().collect();
        for (index, since) in memberships {
            let Some(segment) = catalog.segments().get(index) else { continue };
            self.note(customer, index, false, at);
            let mut exit = Transition::bare(id.clone(), segment, Change::Exited, at, self.decided_at, Cause::Forgotten);
            exit.since = Some(since);
            effects.transitions.push(exit);
        }
    }

    /// Evaluates every segment of a customer after recovery: the differences from what was announced, and the deadline.
    pub(super) fn compare(&self, customer: &Customer, clock: Instant) -> (Mask, Instant) {
        let mut different = Mask::default();
        let mut least = self.forget_at(customer);
        if least <= clock {
            return (different, least);
        }
        for (index, segment) in self.catalog.segments().iter().enumerate() {
            let delay = self.delay(index);
            let found = answer(&segment.condition, &View::of(&customer.features, customer.now(clock.plus(-delay))));
            least = least.min(found.until.plus(delay));
            if found.holds != customer.memberships.since(index).is_some() {
                different.insert(index);
            }
        }
        (different, least)
    }

    /// Announces what differs from what had been announced.
    pub(super) fn correct_one(&mut self, id: &CustomerId, customer: &mut Customer, cause: Cause, clock: Instant, effects: &mut Effects) {
        let (segments, _) = self.compare(customer, clock);
        let question = Question { id, segments, now: customer.now(clock), delayed: self.delayed, touched: &Touched::default(), otherwise: cause };
        customer.batch = self.batch;
        self.decide(&question, customer, effects);
    }
}

/// Gives the id of the event in hand to the kept event it is.
fn name_in_hand(evidence: &mut [Evidence], in_hand: Option<&Evidence>, changed: Changed<'_>) {
    let (Some(in_hand), Changed::Features(_)) = (in_hand, changed) else { return };
    let same = evidence.iter_mut().find(|kept| kept.time == in_hand.time && kept.kind == in_hand.kind);
    if let Some(kept) = same {
        kept.id.clone_from(&in_hand.id);
    }
}
