//! Whose state it is.

mod id;

pub use id::CustomerId;
