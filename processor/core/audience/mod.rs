//! What a table of customers shows of its segments: which are the same people, who leaves soon, where scores part them.
//!
//! Pure functions of customers as they were decided. They change nothing and announce nothing; the most they look at is
//! bounded where somebody waits for the answer. Not here: how it is shown (`replay --report`, the HTTP API).

mod leaving;
mod overlap;
mod quantiles;
mod rate;
#[cfg(test)]
mod tests;

pub use leaving::{Departures, LOOKS_MAX, Soon, leaving, soon};
pub use overlap::{Audience, Overlap, Overlaps, PLACES_MAX};
pub use quantiles::{Measured, edges, measured};
pub use rate::{per_day, per_member_and_day};
