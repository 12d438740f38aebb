//! How what was decided becomes true: within a `budget` it grows into a `batch`, and batches are committed together in
//! one `transaction`, each under the `lease` of its partition, by a `committer` beside the worker.

mod batch;
mod budget;
mod committer;
mod lease;
mod transaction;

pub use batch::{Batch, Draft, Style, Tally};
pub use budget::Budget;
pub use committer::{Committer, Desk, Done};
pub use lease::{Hold, Lease};
pub use transaction::{Entry, Outcome, TransactionError, Transactor};
