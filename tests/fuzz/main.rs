//! Input that nobody would write: definitions and records, bent at random, meet laws that hold for every input.
//!
//! `definitions` bends conditions and whole definition files, `records` bends events; `mutation` says how, `campaign`
//! tries many. A short campaign runs with all other tests. `SPICCHIO_FUZZ_MINUTES=30 cargo test --test fuzz` goes on
//! for that long, `SPICCHIO_SEED` sets the first seed. A failure names its seed and shows the smallest input that still
//! fails. A stack that overflows ends the program at once and names nothing. Not here: the bounds of lengths and
//! depths, which the core's own tests meet one by one, and legal input and its meaning (`tests/properties`).
#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "a broken law fails its test and shows the input; a campaign says how much it tried"
)]

mod campaign;
mod definitions;
mod mutation;
mod records;
