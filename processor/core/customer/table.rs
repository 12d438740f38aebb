//! All customers of one partition.
//!
//! One writer, the engine; the HTTP API and snapshots read meanwhile, shard by shard. Closures are short, and nobody
//! holds a guard across another access. Nothing that leaves the core depends on the order in the map.

use dashmap::DashMap;
use foldhash::fast::FixedState;

use super::{Customer, CustomerId};

/// The customers of one partition, in 256 shards.
#[derive(Debug)]
pub struct CustomerTable {
    customers: DashMap<CustomerId, Box<Customer>, FixedState>,
}

impl CustomerTable {
    const SHARDS: usize = 256;

    /// A table without customers; the seed spreads them over shards.
    pub fn new(seed: u64) -> Self {
        Self {
            customers: DashMap::with_capacity_and_hasher_and_shard_amount(0, FixedState::with_seed(seed), Self::SHARDS),
        }
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.customers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.customers.is_empty()
    }

    /// Reads a customer, if it exists.
    pub fn read<R>(&self, id: &str, read: impl FnOnce(&Customer) -> R) -> Option<R> {
        self.customers.get(id).map(|customer| read(&customer))
    }

    /// Changes a customer, if it exists.
    pub(crate) fn write<R>(&self, id: &str, write: impl FnOnce(&mut Customer) -> R) -> Option<R> {
        self.customers.get_mut(id).map(|mut customer| write(&mut customer))
    }

    /// Changes a customer, made when it is new; the closure is told whether it is.
    pub(crate) fn write_or_create<R>(&self, id: &CustomerId, write: impl FnOnce(&mut Customer, bool) -> R) -> R {
        if let Some(mut customer) = self.customers.get_mut(id) {
            return write(&mut customer, false);
        }
        write(&mut self.customers.entry(id.clone()).or_default(), true)
    }

    /// The customer ceases to exist.
    pub(crate) fn remove(&self, id: &str) {
        self.customers.remove(id);
    }

    /// The ids of all customers, sorted.
    pub fn ids(&self) -> Vec<CustomerId> {
        let mut ids: Vec<CustomerId> = self.customers.iter().map(|entry| entry.key().clone()).collect();
        ids.sort_unstable();
        ids
    }
}
