//! The real program against a real Apache Kafka: what only the two together can show.
//!
//! Every file makes one claim and its header says which. A test owns its topics and its group; one that interrupts the
//! broker owns a broker too. Without Java or the broker's jars these tests fail: `tests/run` brings both.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "a test fails by panicking, and says why")]

mod broker;
mod broker_away;
mod crash;
mod dead_letters;
mod full;
mod handover;
mod headers;
mod hostile;
mod outage;
mod scene;
mod segment_format;
mod sharing;
mod shown;
mod snapshots;
mod startup;
mod timeline;
mod transport;
