//! What somebody sees who looks at snapshots: which there are, whether they are intact, who is in them.
//!
//! No Kafka and no definitions are needed: rows say who they are about, and the manifest names the segments.

use spicchio_core::customer::{Customer, CustomerId, CustomerTable, Erasures};
use spicchio_core::event::Dedup;
use spicchio_core::wire::row::{RowError, read_customer, read_dedup, read_erasures};

use super::block::Content;
use super::choice::Refusal;
use super::failure::{Damage, StoreError};
use super::loading::read_parts;
use super::manifest::Manifest;
use super::shelf::{Shelf, Unreadable};

/// A snapshot that is there.
#[derive(Clone, Debug)]
pub struct Found {
    /// The partition.
    pub partition: i32,
    /// Its name.
    pub name: String,
    /// What it is of, or why that is not known.
    pub manifest: Result<Manifest, Unreadable>,
}

/// The snapshots of a group, or of one partition of it: by partition, newest first.
pub fn found(shelf: &Shelf, partition: Option<i32>) -> Result<Vec<Found>, StoreError> {
    let mut all = Vec::new();
    for partition in partition.map_or_else(|| shelf.partitions(), |partition| Ok(vec![partition]))? {
        for name in shelf.names(partition)? {
            let manifest = shelf.manifest(partition, &name);
            all.push(Found { partition, name, manifest });
        }
    }
    Ok(all)
}

/// Reads every byte of a snapshot and hands over its customers, shard by shard, in no order.
///
/// # Errors
/// What is not as it was written.
pub fn read(
    shelf: &Shelf,
    name: &str,
    manifest: &Manifest,
    mut take: impl FnMut(&CustomerId, &Customer),
) -> Result<(), Refusal> {
    let mut customers = 0;
    read_parts(shelf, name, manifest, |content, rows| {
        match content {
            Content::Erased => read_erasures(rows, &mut Erasures::default()).map_err(damage)?,
            Content::Ids(_) => read_dedup(rows, &mut Dedup::new(i64::MAX, 0)).map_err(damage)?,
            Content::Shard(shard) => {
                let mut rest = rows;
                while !rest.is_empty() {
                    let (id, customer, after) = read_customer(rest).map_err(damage)?;
                    if CustomerTable::shard_of(id.as_str()) != shard {
                        return Err(Damage::Block("a customer of another shard"));
                    }
                    rest = after;
                    customers += 1;
                    take(&id, &customer);
                }
            }
        }
        Ok(())
    })?;
    if customers == manifest.customers {
        Ok(())
    } else {
        Err(Damage::Incomplete(format!("customers: {customers} of {}", manifest.customers)).into())
    }
}

fn damage(error: RowError) -> Damage {
    Damage::Rows(error.into())
}
