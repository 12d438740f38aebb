//! From an event to the features it touches.

use smallvec::SmallVec;

use super::{Appeared, Desk, Effects, Engine, Touched};
use crate::customer::Customer;
use crate::event::{Event, Slot, Value, items};
use crate::feature::{Feature, FeatureSet, Fold, Keyed, Moment, Seen, State};
use crate::segment::evaluate::{View, answer};
use crate::segment::plan::{ColumnUse, FeatureUse, GroupStep, Step};
use crate::timer::Instant;
use crate::transition::Evidence;

impl Engine {
    /// Folds an event and leaves it undecided.
    pub(super) fn fold_undecided(&mut self, event: &Event, effects: &mut Effects) {
        let Self { table, desk, .. } = self;
        let touched = table.write_or_create(&event.customer, |customer, created| {
            let created = created || Desk::is_gone(customer);
            desk.take_in(customer, created, event, effects)
        });
        match desk.undecided.get_mut(&event.customer) {
            Some(earlier) => earlier.add(&touched),
            None => {
                desk.undecided.insert(event.customer.clone(), touched);
            }
        }
    }
}

impl Touched {
    fn add(&mut self, later: &Self) {
        self.on_time.union(&later.on_time);
        self.late.union(&later.late);
        self.moved.union(&later.moved);
        self.appeared = self.appeared.or(later.appeared);
        // Of several events none is the one in hand.
        self.in_hand = None;
    }
}

impl Desk {
    /// Folds an event into its customer and tells what it touched.
    pub(super) fn take_in(
        &mut self,
        customer: &mut Customer,
        created: bool,
        event: &Event,
        effects: &mut Effects,
    ) -> Touched {
        let mut touched = Touched::default();
        customer.newest = customer.newest.max(event.time);
        customer.batch = self.batch;
        let now = customer.now(self.clock);
        let late = event.time < now;
        effects.facts.late += u64::from(late);
        let Touched { on_time, late: too_late, moved, .. } = &mut touched;
        let features = if late { too_late } else { on_time };
        // A segment that waits longer is evaluated at an earlier now: what that can still see is kept.
        let seen_from = customer.now(self.clock.plus(-self.longest_delay));
        self.fold(&mut customer.features, event, seen_from, |feature, anew| {
            features.insert(feature);
            if anew {
                moved.insert(feature);
            }
        });
        touched.appeared = created.then_some(if late { Appeared::Late } else { Appeared::OnTime });
        touched.in_hand = self.evidence(event);
        touched
    }

    fn evidence(&self, event: &Event) -> Option<Evidence> {
        let id = event.identity.id().map(Into::into);
        let kind = match &event.kind {
            crate::event::Kind::Declared(rank) => self.catalog.kind_name(*rank)?.clone(),
            crate::event::Kind::Other(_) => Evidence::UNDECLARED.into(),
        };
        Some(Evidence { kind, time: event.time, id })
    }

    /// Folds an event into a customer's features, and notes which and whether a condition may now see something else.
    pub(super) fn fold(
        &self,
        features: &mut FeatureSet,
        event: &Event,
        now: Instant,
        mut noted: impl FnMut(usize, bool),
    ) {
        let Some(dispatch) = self.catalog.dispatch(&event.kind) else { return };
        for step in dispatch.steps(&event.slots) {
            fold_step(step, self.catalog.features(), features, event, now, &mut noted);
        }
        for group in &dispatch.groups {
            if self.fold_group(group, features, event, now) {
                noted(group.feature, true);
            }
        }
    }

    /// Folds an event into the features of each of its values of a property; whether there was any. A value is one of
    /// the customer's as soon as a form selects an event with it by type and filter, whatever the form's window.
    fn fold_group(&self, group: &GroupStep, features: &mut FeatureSet, event: &Event, now: Instant) -> bool {
        let Some(Slot::Set(Value::List(values))) = event.slots.get(group.slot) else { return false };
        let steps: Vec<&Step> = group.steps.iter().filter(|step| matches(step, event, now)).collect();
        if steps.is_empty() || values.is_empty() {
            return false;
        }
        let keyed = features.state_or_insert(group.feature, || State::Keyed(Box::<Keyed>::default()));
        let Some(State::Keyed(keyed)) = keyed else { return false };
        let moment = Moment::of(event.time, &event.kind);
        let inner = self.catalog.group(group.group);
        for value in &**values {
            let Some(one) = keyed.entry(value, moment) else { continue };
            for step in steps.iter().filter(|step| step.admits(event.time)) {
                fold_selected(step, inner, one, event, now, |_, _| ());
            }
        }
        true
    }
}

/// Whether the filter lets the event through.
fn matches(step: &Step, event: &Event, now: Instant) -> bool {
    step.filter.as_ref().is_none_or(|filter| {
        let nobody = FeatureSet::default();
        answer(filter, &View::of_event(event.customer.as_str(), &nobody, &event.slots, now)).holds
    })
}

fn fold_step(
    step: &Step,
    all: &[Feature],
    features: &mut FeatureSet,
    event: &Event,
    now: Instant,
    noted: impl FnMut(usize, bool),
) {
    if step.admits(event.time) && matches(step, event, now) {
        fold_selected(step, all, features, event, now, noted);
    }
}

fn fold_selected(
    step: &Step,
    all: &[Feature],
    features: &mut FeatureSet,
    event: &Event,
    now: Instant,
    mut noted: impl FnMut(usize, bool),
) {
    for wanted in &step.features {
        let Some(feature) = all.get(wanted.feature) else { continue };
        let slot = wanted.column.slot.and_then(|slot| event.slots.get(slot));
        let of_traits = matches!(feature.fold, Fold::Register | Fold::History);
        if of_traits && matches!(slot, None | Some(Slot::Absent)) {
            continue;
        }
        if wanted.reads_items() {
            fold_items(wanted, feature, features, event, now);
            noted(wanted.feature, true);
            continue;
        }
        let beside: SmallVec<[Option<&Slot>; 2]> =
            wanted.beside.iter().map(|column| column.slot.and_then(|slot| event.slots.get(slot))).collect();
        let anew = features.fold(wanted.feature, feature, &Seen { event, slot, beside: &beside, now });
        noted(wanted.feature, anew);
    }
}

/// Folds an event once for each of its line items.
fn fold_items(wanted: &FeatureUse, feature: &Feature, features: &mut FeatureSet, event: &Event, now: Instant) {
    let columns = || std::iter::once(&wanted.column).chain(&wanted.beside);
    let slot_of = |column: &ColumnUse| column.slot.and_then(|slot| event.slots.get(slot));
    let list = columns().find(|column| column.item.is_some()).and_then(slot_of);
    for item in items(list) {
        let said = columns().map(|column| match &column.item {
            Some(property) => Some(property.of(item)),
            None => slot_of(column).cloned(),
        });
        let said: SmallVec<[Option<Slot>; 3]> = said.collect();
        let said: SmallVec<[Option<&Slot>; 3]> = said.iter().map(Option::as_ref).collect();
        let Some((slot, beside)) = said.split_first() else { continue };
        features.fold(wanted.feature, feature, &Seen { event, slot: *slot, beside, now });
    }
}
