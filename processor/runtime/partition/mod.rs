//! One worker per thread, and the partitions it works on.
//!
//! The life of a partition: gained from the group (`tenancy`), recovered (`recovery`), worked on (`worker`, `tuple`)
//! with its queues (`intake`) and what is known of their ends (`ends`); what it decides becomes a batch (`batch`) and
//! true (`transaction`) under its lease (`lease`); given up, its state is kept for a while (`parked`). Others look at
//! it through the `registry`.

mod batch;
mod bounds;
mod ends;
mod flow;
mod intake;
mod lease;
mod parked;
mod registry;
mod sorting;
mod surroundings;
mod tenancy;
mod transaction;
mod tuple;
mod worker;

pub use batch::{Batch, Draft, Style, Tally};
pub use bounds::{Bounds, Held};
pub use ends::{Answer, Ends};
pub use flow::Flow;
pub use intake::{Content, End, Intake, Waiting};
pub use lease::{Hold, Lease};
pub use parked::{Park, Parked};
pub use registry::{Registry, View};
pub use sorting::Sorting;
pub use surroundings::{SharedMember, Surroundings};
pub use tenancy::{Newcomer, Tenancy};
pub use transaction::{Entry, Outcome, TransactionError, Transactor};
pub use tuple::{Budget, Halt, Owed, Parts, Tuple};
pub use worker::{Worker, WorkerError};

pub(crate) use tuple::message as panic_message;
