//! Laws: what holds for every condition and every history, tried on random ones.
//!
//! One file for each law; its header says what it proves. Everything follows from seeds, so a run is repeatable:
//! `SPICCHIO_CASES=5000 cargo test --test properties` tries each law on 5,000 courses, more than 10,000 segments, and
//! `SPICCHIO_SEED` sets the first seed. A failure names its seed and prints the smallest course that still fails.

mod adoption;
mod agreement;
mod alternation;
mod batches;
mod duplicates;
mod engine;
mod interleaving;
mod repetition;
mod snapshots;
mod subject;
mod tampering;
mod text;
