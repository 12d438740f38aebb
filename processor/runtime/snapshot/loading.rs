//! From a snapshot to an engine: the newest that can be used, and why the others cannot.

use std::sync::Arc;

use spicchio_core::engine::Engine;

use super::anchor::Anchors;
use super::block::{Content, Unpacker, read};
use super::choice::{Refusal, Wanted, weigh};
use super::failure::{Damage, StoreError};
use super::headroom::Kept;
use super::manifest::{Manifest, Part};
use super::shelf::{Shelf, Unreadable};
use crate::broker::TopicPartition;
use crate::broker::kafka::Connection;
use crate::clock;
use crate::metrics::Metrics;
use crate::partition::Held;

/// An engine that stands where a snapshot's shards were cut.
#[derive(Debug)]
pub struct Loaded {
    /// The snapshot's name.
    pub name: String,
    /// Its customers, and the ids that topics have shown.
    pub engine: Engine,
    /// What it was made of.
    pub manifest: Manifest,
    /// From where the memberships topic is read; from its beginning where there is none, and the engine knows of no
    /// memberships then.
    pub memberships_from: Option<i64>,
}

impl Loaded {
    /// From where each input is read again.
    pub fn from(&self) -> Vec<i64> {
        self.manifest.inputs.iter().map(|input| input.from).collect()
    }
}

/// What a search for a snapshot found.
#[derive(Debug)]
pub enum Search {
    /// One that can be used.
    Found(Box<Loaded>),
    /// None.
    Nothing,
    /// None, and an input is not the topic that the group read.
    Recreated(Refusal),
}

/// Loads snapshots.
#[derive(Debug)]
pub struct Loader {
    /// Where they are.
    pub shelf: Arc<Shelf>,
    /// How to reach the cluster.
    pub connection: Arc<Connection>,
    /// The names of the inputs.
    pub topics: Arc<[String]>,
    /// By input: whether it may be compacted, so that records go missing.
    pub compacted: Vec<bool>,
    /// The name of the memberships topic.
    pub memberships: String,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// From where partitions would be read again.
    pub kept: Arc<Kept>,
}

impl Loader {
    /// Exits are forgotten by a compacted topic after a day, unless it is told otherwise: an older snapshot does not
    /// know which memberships have ended since.
    const MEMBERSHIPS_MILLIS_MAX: i64 = 6 * 3_600_000;

    /// The newest snapshot that can be used, loaded into an engine that `empty` makes. Each one that cannot is named in
    /// the log.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub fn newest(&self, wanted: &Wanted<'_>, empty: &dyn Fn() -> Engine) -> Result<Search, StoreError> {
        let (mut anchors, mut search) = (None, Search::Nothing);
        for name in self.shelf.names(wanted.partition)? {
            match self.load(&name, wanted, empty, &mut anchors) {
                Ok(loaded) => {
                    self.kept.note(wanted.partition, loaded.from());
                    return Ok(Search::Found(Box::new(loaded)));
                }
                Err(refusal) => {
                    self.metrics.snapshots_refused.with_label_values(&[refusal.reason()]).inc();
                    tracing::warn!(
                        partition = wanted.partition, snapshot = name, %refusal, "a snapshot is not used"
                    );
                    if matches!(refusal, Refusal::Recreated { .. }) {
                        search = Search::Recreated(refusal);
                    }
                }
            }
        }
        Ok(search)
    }

    fn load(
        &self,
        name: &str,
        wanted: &Wanted<'_>,
        empty: &dyn Fn() -> Engine,
        anchors: &mut Option<Anchors>,
    ) -> Result<Loaded, Refusal> {
        let manifest = self.shelf.manifest(wanted.partition, name).map_err(|unreadable| match unreadable {
            Unreadable::Store(error) => Refusal::Store(error),
            Unreadable::Damaged(damage) => Refusal::Damaged(damage),
        })?;
        weigh(&manifest, wanted, self.shelf.group())?;
        self.look_at_anchors(&manifest, wanted, anchors)?;
        let memberships_from = self.memberships_from(&manifest, wanted.announced);
        let mut engine = empty();
        restore(&self.shelf, name, &manifest, &mut engine, memberships_from.is_some())?;
        Ok(Loaded { name: name.to_owned(), engine, manifest, memberships_from })
    }

    /// What the rows say of memberships is used while the topic still knows everything that was announced since.
    fn memberships_from(&self, manifest: &Manifest, announced: Option<Held>) -> Option<i64> {
        let (topic, from) = &manifest.memberships;
        let age = clock::now().millis() - manifest.written;
        let is_young = (0..=Self::MEMBERSHIPS_MILLIS_MAX).contains(&age);
        let is_held = announced.is_some_and(|held| (held.first..=held.end).contains(from));
        (is_young && is_held && *topic == self.memberships).then_some(*from)
    }

    fn look_at_anchors(
        &self,
        manifest: &Manifest,
        wanted: &Wanted<'_>,
        anchors: &mut Option<Anchors>,
    ) -> Result<(), Refusal> {
        let cannot = |reason: String| {
            Refusal::Store(StoreError::Request { what: "compare anchors of", name: manifest.group.clone(), reason })
        };
        for (topic, (input, held)) in manifest.inputs.iter().zip(wanted.held).enumerate() {
            let Some(anchor) = input.anchor.as_ref().filter(|anchor| anchor.offset >= held.first) else { continue };
            let anchors = Anchors::opened(anchors, &self.connection, &self.topics).map_err(cannot)?;
            let at = TopicPartition { topic, partition: wanted.partition };
            let found = if anchor.offset < held.end { anchors.at(at, anchor.offset).map_err(cannot)? } else { None };
            let may_lack = self.compacted.get(topic).copied().unwrap_or(false) && anchor.offset < held.end;
            let is_same = found.as_ref().map_or(may_lack, |found| found == anchor);
            if !is_same {
                return Err(Refusal::Recreated { topic: input.topic.clone(), offset: anchor.offset });
            }
        }
        Ok(())
    }
}

/// Fills an empty engine with a snapshot of its own definitions; with what had been announced, or without.
///
/// # Errors
/// What is not as it was written; the engine is of no more use then.
pub fn restore(
    shelf: &Shelf,
    name: &str,
    manifest: &Manifest,
    engine: &mut Engine,
    announced: bool,
) -> Result<(), Refusal> {
    read_parts(shelf, name, manifest, |content, rows| {
        match content {
            Content::Erased => engine.read_erased(rows)?,
            Content::Ids(topic) => engine.read_ids(usize::from(topic), rows)?,
            Content::Shard(shard) => {
                engine.read_shard(shard, rows, announced)?;
            }
        }
        Ok(())
    })
}

/// Reads every block of a snapshot, and makes sure that none is missing.
pub(super) fn read_parts(
    shelf: &Shelf,
    name: &str,
    manifest: &Manifest,
    mut take: impl FnMut(Content, &[u8]) -> Result<(), Damage>,
) -> Result<(), Refusal> {
    let mut unpacker = Unpacker::new()?;
    let (mut topics, mut bytes) = (0, 0);
    for part in &manifest.parts {
        let stored = match shelf.part(manifest.partition, name, &part.name) {
            Err(StoreError::Missing(_)) => return Err(Damage::Part(part.name.clone()).into()),
            stored => stored?,
        };
        if Part::of(part.name.clone(), &stored) != *part {
            return Err(Damage::Part(part.name.clone()).into());
        }
        let mut rest = stored.as_slice();
        while !rest.is_empty() {
            let (content, rows, after) = read(rest, &mut unpacker)?;
            rest = after;
            bytes += rows.len() as u64;
            topics += usize::from(matches!(content, Content::Ids(_)));
            take(content, &rows)?;
        }
    }
    if topics != manifest.inputs.len() || bytes != manifest.bytes {
        return Err(Damage::Incomplete("blocks that the manifest counts".to_owned()).into());
    }
    Ok(())
}
