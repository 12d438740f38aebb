//! Whose state it is.

mod id;
mod table;

pub use id::CustomerId;
pub use table::CustomerTable;
