//! How an engine goes over to other definitions without reading history again.
//!
//! The state of every customer is taken over feature by feature; who stands where is kept by the names of segments,
//! ladders and stages. What then differs from what was announced is announced with `cause: definition`.

use std::sync::Arc;

use super::{Effects, Engine, Settings};
use crate::customer::{Customer, CustomerId, Memberships, Place};
use crate::feature::{FeatureSet, Fold, State};
use crate::segment::plan::{Adoption, Catalog, CompiledSegment};
use crate::timer::Instant;
use crate::transition::{Cause, Change, Move, Transition};

impl Engine {
    /// An engine with the same customers under another catalog, and the exits from what is no longer defined. Nothing
    /// may be undecided. [`Engine::settle_adopted`] comes next.
    ///
    /// # Errors
    /// What the other catalog measures and this engine does not keep; then history is read anew.
    pub fn adopted(&self, catalog: &Arc<Catalog>, settings: &Settings) -> Result<(Self, Vec<Transition>), Vec<String>> {
        let adoption = Adoption::between(&self.desk.catalog, catalog)?;
        let mut engine = Self::new(Arc::clone(catalog), settings);
        engine.dedups.clone_from(&self.dedups);
        engine.erasures.clone_from(&self.erasures);
        engine.desk.batch = self.desk.batch;
        engine.desk.clock = self.desk.clock;
        engine.desk.decided_at = self.desk.clock;
        let mut exits = Vec::new();
        for shard in 0..=u8::MAX {
            self.table.visit(shard, |id, customer| {
                let memberships = self.moved_memberships(&mut engine, customer, |segment, newer, place, since| {
                    exits.push(self.ended(id.clone(), (segment, newer), (place, since), customer));
                });
                let features = taken_over(&adoption, catalog, &customer.features);
                let Customer { newest, batch, .. } = *customer;
                let moved = Customer { newest, batch, features, memberships, ..Customer::new() };
                engine.table.put_back(id.clone(), Box::new(moved));
            });
        }
        exits.sort_by(|one, other| (&one.customer, &one.segment).cmp(&(&other.customer, &other.segment)));
        Ok((engine, exits))
    }

    /// Ends [`Engine::adopted`]: decides every customer by the new definitions, where the engine that it was taken
    /// from had come to.
    pub fn settle_adopted(&mut self, older: &Self, effects: &mut Effects) {
        let clock = older.clock();
        // Who has nothing due at the clock's own instant was decided at it, or would be the same.
        let due = |id: &CustomerId| older.table.read(id.as_str(), |customer| customer.deadline <= clock);
        let reached = |id: &CustomerId| if due(id) == Some(true) { clock.plus(-1) } else { clock };
        self.settle_from(clock, Cause::Definition, reached, effects);
    }

    /// Where a customer stands, by the places of the new catalog; `ended` hears of what that no longer has.
    fn moved_memberships(
        &self,
        engine: &mut Self,
        customer: &Customer,
        mut ended: impl FnMut(&CompiledSegment, Option<&CompiledSegment>, Place, Instant),
    ) -> Memberships {
        let catalog = Arc::clone(&engine.desk.catalog);
        let mut memberships = Memberships::default();
        for (index, place, since) in customer.memberships.iter() {
            let Some(older) = self.desk.catalog.segments().get(index) else { continue };
            let found = catalog.segments().binary_search_by(|known| known.name.cmp(&older.name));
            let newer = found.ok().and_then(|index| Some((index, catalog.segments().get(index)?)));
            match newer.and_then(|(index, newer)| Some((index, same_place(older, newer, place)?))) {
                Some((index, place)) => {
                    memberships.set(index, place, since);
                    super::decide::count(&mut engine.desk.members, index, place, 1);
                }
                None if place != Place::Outside => ended(older, newer.map(|(_, newer)| newer), place, since),
                None => {}
            }
        }
        memberships
    }

    fn ended(
        &self,
        id: CustomerId,
        (segment, newer): (&CompiledSegment, Option<&CompiledSegment>),
        (place, since): (Place, Instant),
        customer: &Customer,
    ) -> Transition {
        let at = customer.now(self.desk.clock).max(since);
        let change = Change::between(place, Place::Outside);
        let mut exit = Transition::bare(id, segment, change, at, self.desk.clock, Cause::Definition);
        // What is no longer defined has no definition to name.
        exit.definition = newer.map(|newer| Arc::clone(&newer.hash));
        exit.moved = Move::between(segment, place, Place::Outside);
        exit.since = Some(since);
        exit
    }
}

/// The place of that name; nothing where there is none any more.
fn same_place(older: &CompiledSegment, newer: &CompiledSegment, place: Place) -> Option<Place> {
    match (older.stage(place), place) {
        (Some(stage), _) => newer.stages().iter().position(|name| name == stage).map(Place::stage),
        (None, Place::Inside) if newer.stages().is_empty() => Some(Place::Inside),
        (None, Place::Outside) if newer.remembers_exit() => Some(Place::Outside),
        (None, Place::Inside | Place::Outside | Place::Stage(_)) => None,
    }
}

/// The features of a customer, those of each value of a property included.
fn taken_over(adoption: &Adoption, catalog: &Catalog, kept: &FeatureSet) -> FeatureSet {
    let mut features = FeatureSet::default();
    for ((newer, older), feature) in adoption.customer.iter().enumerate().zip(catalog.features()) {
        let Some(state) = kept.state(*older) else { continue };
        let mut state = state.clone();
        if let (Fold::Keyed(group), State::Keyed(keyed)) = (&feature.fold, &mut state) {
            let places = adoption.groups.get(*group).map_or(&[][..], Vec::as_slice);
            keyed.values.iter_mut().for_each(|one| one.features = of_value(places, &one.features));
        }
        features.put_back(newer, state);
    }
    features
}

fn of_value(places: &[usize], kept: &FeatureSet) -> FeatureSet {
    let mut features = FeatureSet::default();
    for (newer, older) in places.iter().enumerate() {
        if let Some(state) = kept.state(*older) {
            features.put_back(newer, state.clone());
        }
    }
    features
}
