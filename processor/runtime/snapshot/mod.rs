//! Snapshots: the state of a partition, written down while it goes on, so that a recovery reads only what came after.
//!
//! **What is written.** For each topic the ids it has shown, then the customers, shard by shard. The worker writes rows
//! between two records ([`Sittings`]), a few milliseconds at a turn, and notes with each shard the offsets that were
//! passed by then: everything before is in the rows and nothing after. Each topic's ids come first, so what is read
//! again begins there; a record reaches a customer only if its offset is not before the cut of the customer's shard.
//! Rows go over a bounded channel to a thread of their own ([`Scribe`]), which compresses them into blocks (`block`)
//! and stores them in parts of about 8 MiB (`writing`).
//!
//! **When it counts.** Rows may hold effects that are not committed yet. The manifest names the batch with the newest
//! one, and is written only after that batch is committed. It is written last, once, under a name that nobody else has;
//! parts without a manifest are nothing. Names begin with the number of the batch, so that the newest sorts last.
//!
//! ```text
//! GROUP/PARTITION/BATCH-TIME-WRITER.manifest      JSON and a checksum: `manifest`
//! GROUP/PARTITION/BATCH-TIME-WRITER/00000 ..      blocks of rows: `block`
//! ```
//!
//! **When it is used.** The newest one of the same group, partition, inputs and definitions, whose batch, clock and
//! offsets are not past what is committed, whose input is still there, and whose anchor, a record before its
//! offsets, is still the record that it was (`choice`, `anchor`). What is damaged, foreign or of a future format
//! is named in the log, and the one before it is tried (`loading`). Memberships in the rows are what had been
//! announced by the offset of the memberships topic in the manifest; what was announced since is read back. A
//! topic that is compacted forgets exits after a day, so the memberships of a snapshot that is hours old are read
//! back altogether.
//!
//! **When it is not.** A snapshot that cannot be written is counted and tried again; nothing waits for it. Where none
//! can be used the input is read from where the group began, and where that is gone the partition stops with the
//! missing range.
//!
//! At the stop, a partition whose state was written at other offsets is written once more, whole, before its lease
//! ends. Not here: the rows themselves (`spicchio_core::wire::row`), folding what came after (`recovery`).

mod anchor;
mod block;
mod choice;
mod failure;
mod headroom;
mod inspection;
mod loading;
mod manifest;
mod scribe;
mod shelf;
mod sitting;
mod store;
mod writing;

pub use choice::{Refusal, Wanted};
pub use failure::{Damage, StoreError, WriteError};
pub use headroom::Kept;
pub use inspection::{Found, found, read};
pub use loading::{Loaded, Loader, Search, restore};
pub use manifest::{Anchor, Cut, Input, Manifest, Part};
pub use scribe::{Archive, Scribe, Storing};
pub use shelf::Shelf;
pub use sitting::{Sittings, Subject};
pub use store::Store;
pub use writing::keep;
