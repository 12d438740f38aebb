//! A snapshot while it is written: rows become blocks, blocks parts, and in the end a manifest says so.

use spicchio_core::engine::Engine;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::Instant;
use spicchio_core::wire::row::ROWS_VERSION;

use super::block::{Content, Packer, write};
use super::failure::{Damage, WriteError};
use super::manifest::{Cut, FORMAT, Input, Manifest, Part};
use super::shelf::{Shelf, Unreadable};

/// A snapshot without a manifest yet.
#[derive(Debug)]
pub(super) struct Writing<'a> {
    shelf: &'a Shelf,
    partition: i32,
    name: &'a str,
    packer: Packer,
    blocks: Vec<u8>,
    parts: Vec<Part>,
    from: Vec<i64>,
    cuts: Vec<Cut>,
    customers: u64,
    bytes: u64,
}

/// What the manifest says beside what was written.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// The batch with the newest effect in it.
    pub(super) batch: u64,
    /// The partition clock at the last cut.
    pub(super) clock: Instant,
    /// Where the group began, by input: name and offset.
    pub(super) began: Vec<(String, i64)>,
    /// The hash of the definitions.
    pub(super) catalog: String,
    /// The hash of what the state means.
    pub(super) layout: String,
    /// The names of segments and ladders.
    pub(super) segments: Vec<String>,
    /// The memberships topic and the offset.
    pub(super) memberships: (String, i64),
    /// The wall clock.
    pub(super) written: Instant,
}

impl<'a> Writing<'a> {
    /// A part is stored as soon as it is that long.
    const PART_BYTES: usize = 8 << 20;

    /// Nothing is written yet.
    pub(super) fn new(shelf: &'a Shelf, partition: i32, name: &'a str) -> Result<Self, WriteError> {
        Ok(Self {
            shelf,
            partition,
            name,
            packer: Packer::new()?,
            blocks: Vec::new(),
            parts: Vec::new(),
            from: Vec::new(),
            cuts: Vec::new(),
            customers: 0,
            bytes: 0,
        })
    }

    /// The ids of the next topic, cut before that offset of it.
    pub(super) fn ids(&mut self, from: i64, row: &[u8]) -> Result<(), WriteError> {
        let topic = u16::try_from(self.from.len()).unwrap_or(u16::MAX);
        self.from.push(from);
        self.add(Content::Ids(topic), row)
    }

    /// Who was erased, cut not after the ids of any topic.
    pub(super) fn erased(&mut self, row: &[u8]) -> Result<(), WriteError> {
        self.add(Content::Erased, row)
    }

    /// A shard, cut before those offsets; shards come in order.
    pub(super) fn shard(&mut self, shard: u8, next: &[i64], customers: u64, rows: &[u8]) -> Result<(), WriteError> {
        match self.cuts.last_mut() {
            Some(cut) if cut.next == next => cut.last_shard = shard,
            Some(_) | None => self.cuts.push(Cut { last_shard: shard, next: next.to_vec() }),
        }
        self.customers += customers;
        if rows.is_empty() { Ok(()) } else { self.add(Content::Shard(shard), rows) }
    }

    /// Everything of an engine that nobody changes meanwhile, and that has passed those offsets.
    pub(super) fn whole(&mut self, engine: &Engine, next: &[i64]) -> Result<(), WriteError> {
        let mut rows = Vec::new();
        engine.write_erased(&mut rows).map_err(Damage::from)?;
        self.erased(&rows)?;
        for (topic, from) in next.iter().enumerate() {
            rows.clear();
            engine.write_ids(topic, &mut rows).map_err(Damage::from)?;
            self.ids(*from, &rows)?;
        }
        for shard in 0..=u8::MAX {
            rows.clear();
            let customers = engine.write_shard(shard, &mut rows).map_err(Damage::from)?;
            self.shard(shard, next, customers, &rows)?;
        }
        Ok(())
    }

    /// Stores what is left; the manifest as it will be, without anchors.
    pub(super) fn end(mut self, terms: Terms) -> Result<Manifest, WriteError> {
        self.store()?;
        let Terms { batch, clock, began, catalog, layout, segments, memberships, written } = terms;
        let inputs = began.into_iter().zip(&self.from);
        let input = |((topic, began), from): ((String, i64), &i64)| Input { topic, began, from: *from, anchor: None };
        Ok(Manifest {
            format: FORMAT,
            rows: ROWS_VERSION,
            program: crate::VERSION.to_owned(),
            group: self.shelf.group().to_owned(),
            partition: self.partition,
            batch,
            clock: clock.millis(),
            written: written.millis(),
            catalog,
            layout,
            segments,
            inputs: inputs.map(input).collect(),
            cuts: self.cuts,
            memberships,
            customers: self.customers,
            bytes: self.bytes,
            parts: self.parts,
        })
    }

    fn add(&mut self, content: Content, rows: &[u8]) -> Result<(), WriteError> {
        self.bytes += rows.len() as u64;
        write(&mut self.blocks, content, rows, &mut self.packer).map_err(WriteError::from)?;
        if self.blocks.len() >= Self::PART_BYTES { self.store() } else { Ok(()) }
    }

    fn store(&mut self) -> Result<(), WriteError> {
        if self.blocks.is_empty() {
            return Ok(());
        }
        let blocks = std::mem::take(&mut self.blocks);
        let part = Part::of(format!("{:05}", self.parts.len()), &blocks);
        self.shelf.add_part(self.partition, self.name, &part.name, blocks)?;
        self.parts.push(part);
        Ok(())
    }
}

/// Keeps an engine that nobody changes and that has read nothing: partition 0 of one input, for benches and fixtures.
///
/// # Errors
/// When the store does not take it.
pub fn keep(shelf: &Shelf, engine: &Engine, catalog: &Catalog, name: &str) -> Result<Manifest, WriteError> {
    let mut writing = Writing::new(shelf, 0, name)?;
    writing.whole(engine, &[0])?;
    let manifest = writing.end(Terms {
        batch: 0,
        clock: engine.clock(),
        began: vec![("events".to_owned(), 0)],
        catalog: catalog.hash().to_string(),
        layout: catalog.layout().to_string(),
        segments: catalog.segments().iter().map(|segment| segment.name.to_string()).collect(),
        memberships: ("memberships".to_owned(), 0),
        written: Instant::from_millis(0),
    })?;
    shelf.publish(name, &manifest).map_err(|error| match error {
        Unreadable::Store(error) => WriteError::from(error),
        Unreadable::Damaged(error) => WriteError::from(error),
    })?;
    Ok(manifest)
}
