//! An engine as rows, shard by shard, and back.
//!
//! Rows of a shard hold everything of its customers as they are at that moment. An engine that took back rows of every
//! shard and of every topic's ids, and then saw again what was read since, is the one that wrote them: each topic's ids
//! from where they were written on ([`Engine::see_again`]), each customer's events from where its shard was written on
//! ([`Engine::fold_silently`]). Then [`Engine::announced`] and [`Engine::left`] tell what was said since, and
//! [`Engine::settle`] derives the rest. Rows mean something under one catalog alone: `Catalog::layout`.

use super::Engine;
use super::decide::count;
use crate::customer::{Customer, CustomerTable, Place};
use crate::event::Event;
use crate::feature::{Feature, FeatureSet, Fold, State};
use crate::timer::Instant;
use crate::wire::row::{
    RowError, read_customer, read_dedup, read_erasures, write_customer, write_dedup, write_erasures,
};

/// Why rows cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// They cannot be read.
    #[error(transparent)]
    Row(#[from] RowError),
    /// They are another engine's.
    #[error("the rows hold {0}: they are of other definitions, or of another shard")]
    Foreign(&'static str),
}

impl Engine {
    /// Appends a row for each customer of a shard; how many there are.
    pub fn write_shard(&self, shard: u8, out: &mut Vec<u8>) -> Result<u64, RestoreError> {
        let (mut written, mut failed) = (0, None);
        self.table.visit(shard, |id, customer| {
            written += 1;
            failed = failed.or(write_customer(out, id, customer).err());
        });
        failed.map_or(Ok(written), |error| Err(error.into()))
    }

    /// Appends the row of a topic's ids.
    pub fn write_ids(&self, topic: usize, out: &mut Vec<u8>) -> Result<(), RestoreError> {
        self.dedups.get(topic).map_or(Ok(()), |dedup| Ok(write_dedup(out, dedup)?))
    }

    /// Appends the row of who was erased.
    pub fn write_erased(&self, out: &mut Vec<u8>) -> Result<(), RestoreError> {
        Ok(write_erasures(out, &self.erasures)?)
    }

    /// Takes back who was erased.
    pub fn read_erased(&mut self, row: &[u8]) -> Result<(), RestoreError> {
        Ok(read_erasures(row, &mut self.erasures)?)
    }

    /// Takes back the rows of a shard; how many customers there are. What was announced to them is what the rows say
    /// when `announced`, and nothing otherwise.
    ///
    /// # Errors
    /// Where the rows are damaged or of another catalog; the engine is of no more use then.
    pub fn read_shard(&mut self, shard: u8, rows: &[u8], announced: bool) -> Result<u64, RestoreError> {
        let (mut rest, mut read) = (rows, 0);
        while !rest.is_empty() {
            let (id, mut customer, after) = read_customer(rest)?;
            rest = after;
            if CustomerTable::shard_of(id.as_str()) != shard {
                return Err(RestoreError::Foreign("a customer that belongs elsewhere"));
            }
            self.check(&customer)?;
            if announced {
                self.count_members(&customer);
            } else {
                customer.memberships = crate::customer::Memberships::default();
            }
            if !self.table.put_back(id, Box::new(customer)) {
                return Err(RestoreError::Foreign("a customer twice"));
            }
            read += 1;
        }
        Ok(read)
    }

    /// Takes back the ids of a topic.
    pub fn read_ids(&mut self, topic: usize, row: &[u8]) -> Result<(), RestoreError> {
        let dedup = self.dedups.get_mut(topic).ok_or(RestoreError::Foreign("a topic that is not read"))?;
        Ok(read_dedup(row, dedup)?)
    }

    /// Recovery: an event whose customer was written after it. Its topic has shown its id, and if it erased the
    /// customer, that is remembered; nothing else happens.
    pub fn see_again(&mut self, topic: usize, event: &Event) {
        let dedup = self.dedups.get_mut(topic);
        let is_new = dedup.is_none_or(|dedup| dedup.first_sight(&event.customer, &event.identity, event.time));
        if is_new && self.desk.erases(event) {
            self.erasures.add(event.customer.as_str(), event.time);
        }
    }

    fn count_members(&mut self, customer: &Customer) {
        for (segment, place, _) in customer.memberships.iter() {
            count(&mut self.desk.members, segment, place, 1);
        }
    }

    /// Every segment is defined, and every state is what its feature keeps.
    fn check(&self, customer: &Customer) -> Result<(), RestoreError> {
        let places = |segment: usize| self.desk.catalog.segments().get(segment).map(|segment| segment.rule.places());
        let stands = |(segment, place, _): (usize, Place, Instant)| {
            places(segment).is_some_and(|places| place.index().is_none_or(|index| index < places))
        };
        if !customer.memberships.iter().all(stands) {
            return Err(RestoreError::Foreign("a segment that is not defined"));
        }
        let fits = fits(&customer.features, self.desk.catalog.features(), self.desk.catalog.groups());
        if fits { Ok(()) } else { Err(RestoreError::Foreign("a state that its feature does not keep")) }
    }
}

fn fits(kept: &FeatureSet, features: &[Feature], groups: &[Vec<Feature>]) -> bool {
    kept.iter().all(|(index, state)| features.get(index).is_some_and(|feature| keeps(&feature.fold, state, groups)))
}

fn keeps(fold: &Fold, state: &State, groups: &[Vec<Feature>]) -> bool {
    match state {
        State::Total(_) => matches!(fold, Fold::Total),
        State::Tally(_) => matches!(fold, Fold::Tally),
        State::Record(_) => matches!(fold, Fold::Record(_)),
        State::Moment(_) => matches!(fold, Fold::Moments(_) | Fold::Edge { identified: false, valued: false, .. }),
        State::Edge(_) => matches!(fold, Fold::Edge { .. }),
        State::Moments(_) => matches!(fold, Fold::Moments(_)),
        State::Amounts(_) => matches!(fold, Fold::Amounts { .. }),
        State::Peaks(_) => matches!(fold, Fold::Peaks { .. }),
        State::Entries(_) => matches!(fold, Fold::Entries { .. } | Fold::Oldest { .. }),
        State::Latest(_) => matches!(fold, Fold::Latest { .. }),
        State::Register(_) => matches!(fold, Fold::Register),
        State::History(_) => matches!(fold, Fold::History),
        State::Keyed(keyed) => {
            let Fold::Keyed(group) = fold else { return false };
            let inner = groups.get(*group).map_or(&[][..], Vec::as_slice);
            keyed.values.iter().all(|one| fits(&one.features, inner, &[]))
        }
    }
}
