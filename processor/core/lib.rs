//! Spicchio's decisions: from an event or the passing of time to the segments a customer enters or leaves.
//!
//! Everything here is pure, synchronous and deterministic: it is told the time and the hasher's seed, does no input or
//! output, reads no clock, and never fails on input. The same inputs in the same order give the same effects on any
//! machine. Not here: brokers, files, HTTP, logs and metrics (`spicchio-runtime`).
//!
//! The way of one event, which is also the order of the modules: a record is decoded ([`event`]), finds its
//! [`customer`], is folded into [`feature`]s; the [`segment`]s that read them are evaluated, one deadline is kept
//! ([`timer`]), differences are announced ([`transition`]) and written down ([`wire`]). [`engine`] knows the order,
//! and [`replay`] runs it over a whole history. [`audience`] looks at what came of it.

pub mod customer;
pub mod event;
pub mod feature;
pub mod segment;
pub mod timer;
pub mod transition;
pub mod wire;

pub mod engine;
pub mod replay;

pub mod audience;
