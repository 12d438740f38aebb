//! All customers of one partition.
//!
//! One writer, the engine; the HTTP API reads meanwhile. Closures are short, and nobody holds a guard across another
//! access. Nothing that leaves the core depends on the order in the map. Which shard a customer is in depends on its id
//! alone, on every machine and in every version: a snapshot is taken and read back shard by shard.

use dashmap::DashMap;
use foldhash::fast::FixedState;
use xxhash_rust::xxh3::xxh3_64;

use super::{Customer, CustomerId};

type Shard = DashMap<CustomerId, Box<Customer>, FixedState>;

/// The customers of one partition, in [`CustomerTable::SHARDS`] shards.
#[derive(Debug)]
pub struct CustomerTable {
    shards: Box<[Shard; CustomerTable::SHARDS]>,
}

impl CustomerTable {
    /// How many shards there are: one for each value of a byte.
    pub const SHARDS: usize = 256;
    /// The least that a map takes.
    const LOCKS_PER_SHARD: usize = 2;

    /// A table without customers; the seed spreads them inside their shards.
    pub fn new(seed: u64) -> Self {
        let shard = |_| {
            let hasher = FixedState::with_seed(seed);
            Shard::with_capacity_and_hasher_and_shard_amount(0, hasher, Self::LOCKS_PER_SHARD)
        };
        Self { shards: Box::new(std::array::from_fn(shard)) }
    }

    /// The shard of the customer of that id.
    pub fn shard_of(id: &str) -> u8 {
        let [first, ..] = xxh3_64(id.as_bytes()).to_be_bytes();
        first
    }

    /// How many customers there are.
    pub fn len(&self) -> usize {
        self.shards.iter().map(DashMap::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shards.iter().all(DashMap::is_empty)
    }

    /// Reads a customer, if it exists.
    pub fn read<R>(&self, id: &str, read: impl FnOnce(&Customer) -> R) -> Option<R> {
        self.shard(id).get(id).map(|customer| read(&customer))
    }

    /// Changes a customer, if it exists.
    pub(crate) fn write<R>(&self, id: &str, write: impl FnOnce(&mut Customer) -> R) -> Option<R> {
        self.shard(id).get_mut(id).map(|mut customer| write(&mut customer))
    }

    /// Changes a customer, made when it is new; the closure is told whether it is.
    pub(crate) fn write_or_create<R>(&self, id: &CustomerId, write: impl FnOnce(&mut Customer, bool) -> R) -> R {
        let shard = self.shard(id.as_str());
        if let Some(mut customer) = shard.get_mut(id) {
            return write(&mut customer, false);
        }
        write(&mut shard.entry(id.clone()).or_default(), true)
    }

    /// The customer ceases to exist.
    pub(crate) fn remove(&self, id: &str) {
        self.shard(id).remove(id);
    }

    /// A customer as it was kept; false where there is one of that id already.
    pub(crate) fn put_back(&self, id: CustomerId, customer: Box<Customer>) -> bool {
        self.shard(id.as_str()).insert(id, customer).is_none()
    }

    /// Reads every customer of a shard, in no order.
    pub(crate) fn visit(&self, shard: u8, mut visit: impl FnMut(&CustomerId, &Customer)) {
        for entry in &self.shards[usize::from(shard)] {
            visit(entry.key(), entry.value());
        }
    }

    /// The ids of all customers, sorted.
    pub fn ids(&self) -> Vec<CustomerId> {
        let mut ids = Vec::with_capacity(self.len());
        for shard in self.shards.iter() {
            ids.extend(shard.iter().map(|entry| entry.key().clone()));
        }
        ids.sort_unstable();
        ids
    }

    fn shard(&self, id: &str) -> &Shard {
        &self.shards[usize::from(Self::shard_of(id))]
    }
}
