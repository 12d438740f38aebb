//! From a record's bytes to an event, or to the reason why it is refused.
//!
//! The way of a record: its JSON is validated in one pass (`scan`), which finds the parts of its event (`envelope`)
//! where the topic's `mapping` or [CloudEvents](cloudevent) has them; the parts are checked (`decoder`), and the
//! `properties` that some definition reads become values (`scalar`). Pure and total. Not here: what was read before
//! ([`super::Dedup`]).

mod cloudevent;
mod decoder;
mod envelope;
mod mapping;
mod properties;
mod scalar;
mod scan;

#[cfg(test)]
mod tests;

pub use decoder::Decoder;
pub use mapping::{Mapping, MappingError, RawMapping, RawTypeChoice, RawTypeRule};
