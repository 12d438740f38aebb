//! The world of Spicchio: Kafka, files, HTTP, the clock.

pub mod broker;
pub mod clock;
pub mod config;
