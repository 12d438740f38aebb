//! One worker thread and its partitions: what it does in turn (`turn`), how it learns where inputs end (`proof`), how
//! partitions leave it (`leaving`), and what it shares with the rest of the process (`surroundings`).

mod leaving;
mod proof;
mod surroundings;
mod turn;

pub use surroundings::{SharedMember, Surroundings};
pub use turn::{Worker, WorkerError};
