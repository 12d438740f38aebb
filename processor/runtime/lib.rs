//! The world of Spicchio: Kafka, files, HTTP, the clock.

pub mod config;
