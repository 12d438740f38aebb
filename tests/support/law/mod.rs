//! Trying a law on many random courses, and showing the smallest one that breaks it.
//!
//! A law is a function of a subject and a course. `SPICCHIO_CASES` says how many courses each law is tried on (1,000
//! unless set; a course has two and a half segments on average), `SPICCHIO_SEED` the first seed (0 unless set): with
//! both, a failure is repeated alone.

mod failure;
mod shrink;
mod trial;

pub use failure::Failure;
pub use shrink::shrunk;
pub use trial::{Law, broken, tried};
