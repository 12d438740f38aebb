//! The snapshots of one group in a store: how they are named, found and taken away.

use std::time::Duration;

use super::failure::{Damage, StoreError};
use super::manifest::Manifest;
use super::store::Store;
use crate::clock;

/// The snapshots of one group.
#[derive(Debug)]
pub struct Shelf {
    store: Store,
    group: String,
}

/// Why a manifest cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is there.
    #[error(transparent)]
    Damaged(#[from] Damage),
}

const MANIFEST: &str = ".manifest";

impl Shelf {
    /// Parts without a manifest that are younger may still get one.
    const UNFINISHED_MAX: Duration = Duration::from_hours(1);

    /// The shelf of a group.
    pub fn new(store: Store, group: &str) -> Self {
        Self { store, group: group.to_owned() }
    }

    /// Where it is.
    pub fn place(&self) -> &str {
        self.store.place()
    }

    /// Whose it is.
    pub fn group(&self) -> &str {
        &self.group
    }

    /// The partitions of which there is anything.
    pub fn partitions(&self) -> Result<Vec<i32>, StoreError> {
        let listing = self.store.list(&self.group)?;
        let mut partitions: Vec<i32> = listing.folders.iter().filter_map(|name| name.parse().ok()).collect();
        partitions.sort_unstable();
        Ok(partitions)
    }

    /// The snapshots of a partition, newest first.
    pub fn names(&self, partition: i32) -> Result<Vec<String>, StoreError> {
        let listing = self.store.list(&self.folder(partition))?;
        let names = listing.objects.iter().rev().filter_map(|object| object.strip_suffix(MANIFEST));
        Ok(names.map(str::to_owned).collect())
    }

    /// What a snapshot is of.
    pub fn manifest(&self, partition: i32, name: &str) -> Result<Manifest, Unreadable> {
        let bytes = self.store.read(&format!("{}/{name}{MANIFEST}", self.folder(partition)))?;
        Ok(Manifest::parse(&bytes)?)
    }

    /// A part of a snapshot.
    pub fn part(&self, partition: i32, name: &str, part: &str) -> Result<Vec<u8>, StoreError> {
        self.store.read(&format!("{}/{name}/{part}", self.folder(partition)))
    }

    /// Stores a part of a snapshot that has no manifest yet.
    pub(super) fn add_part(&self, partition: i32, name: &str, part: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.store.create(&format!("{}/{name}/{part}", self.folder(partition)), bytes)
    }

    /// Makes a snapshot of its parts: from now on it is found.
    pub(super) fn publish(&self, name: &str, manifest: &Manifest) -> Result<(), Unreadable> {
        let bytes = manifest.encode()?;
        Ok(self.store.create(&format!("{}/{name}{MANIFEST}", self.folder(manifest.partition)), bytes)?)
    }

    /// Takes parts away that will get no manifest.
    pub(super) fn discard(&self, partition: i32, name: &str) -> Result<(), StoreError> {
        let folder = format!("{}/{name}", self.folder(partition));
        let listing = self.store.list(&folder)?;
        listing.objects.iter().try_for_each(|part| self.store.delete(&format!("{folder}/{part}")))
    }

    /// Takes away all but the newest `keep` snapshots of a partition, and what was begun and never finished.
    pub(super) fn prune(&self, partition: i32, keep: usize) -> Result<(), StoreError> {
        let folder = self.folder(partition);
        let listing = self.store.list(&folder)?;
        let mut names: Vec<&str> =
            listing.objects.iter().rev().filter_map(|object| object.strip_suffix(MANIFEST)).collect();
        let old = names.split_off(keep.min(names.len()));
        for name in old {
            self.store.delete(&format!("{folder}/{name}{MANIFEST}"))?;
            self.discard(partition, name)?;
        }
        let oldest_unfinished = clock::now().millis() - i64::try_from(Self::UNFINISHED_MAX.as_millis()).unwrap_or(0);
        for name in &listing.folders {
            let unfinished = !listing.objects.iter().any(|object| object.strip_suffix(MANIFEST) == Some(name));
            if unfinished && begun(name).is_none_or(|begun| begun < oldest_unfinished) {
                self.discard(partition, name)?;
            }
        }
        Ok(())
    }

    fn folder(&self, partition: i32) -> String {
        format!("{}/{partition}", self.group)
    }
}

/// The name of a snapshot that begins at a batch: it sorts by batch, then by time; no two writers share one.
pub(super) fn name(batch: u64, begun: i64, writer: u64) -> String {
    format!("{batch:020}-{begun:014}-{writer:016x}")
}

/// When the snapshot of that name was begun.
fn begun(name: &str) -> Option<i64> {
    name.split('-').nth(1)?.parse().ok()
}
