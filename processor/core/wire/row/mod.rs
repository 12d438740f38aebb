//! A customer, and the ids that a topic has shown, as they are kept in a snapshot: rows of bytes.
//!
//! Rows are written with postcard, whose integers are short and whose layout is the order in which things are named
//! here: variants and fields are only ever added at the end, and whatever else changes a row changes
//! [`ROWS_VERSION`]. A row says nothing of what its numbers mean: features and segments are named by their place in the
//! catalog, and whoever reads a row makes sure that it is the same one (`Catalog::layout`).
//!
//! What comes back is what was written, or a [`RowError`]: lists that are not sorted or longer than their cap are no
//! state that folding leads to. Not here: blocks, checksums and files (`spicchio-runtime`).

mod customer;
mod dedup;
mod erasures;
mod leaf;
mod output;
mod state;
#[cfg(test)]
mod tests;

pub use customer::{read_customer, write_customer};
pub use dedup::{read_dedup, write_dedup};
pub use erasures::{read_erasures, write_erasures};

/// The version of the rows written here. No other one is read.
pub const ROWS_VERSION: u16 = 1;

/// Why bytes are not a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// They are not of this layout.
    #[error("the bytes are not a row of version {ROWS_VERSION}")]
    Layout,
    /// They are, and what they say is no state: a list out of order, an id without characters.
    #[error("a row holds {0}, which no event leads to")]
    Content(&'static str),
}

impl From<postcard::Error> for RowError {
    fn from(_: postcard::Error) -> Self {
        Self::Layout
    }
}
