//! One worker per thread, and the partitions it works on.
//!
//! The life of a partition: gained from the group (`tenancy`), recovered (`recovery`), worked on (`worker`, `tuple`)
//! with its queues (`intake`) and what is known of their ends (`ends`); what it decides is committed (`commit`); given
//! up, its state is kept for a while (`parked`). Others look at it through the `registry`.

mod bounds;
mod commit;
mod ends;
mod flow;
mod halt;
mod intake;
mod parked;
mod registry;
mod sorting;
mod tenancy;
mod tuple;
mod worker;

pub use bounds::{Bounds, Held};
pub use commit::{
    Batch, Budget, Committer, Desk, Done, Draft, Entry, Hold, Lease, Outcome, Style, Tally, TransactionError,
    Transactor,
};
pub use ends::{Answer, Ends};
pub use flow::Flow;
pub use halt::Halt;
pub use intake::{Content, End, Intake, Waiting};
pub use parked::{Park, Parked};
pub use registry::{Registry, View};
pub use sorting::Sorting;
pub use tenancy::{Newcomer, Tenancy};
pub use tuple::{Owed, Parts, Tuple};
pub use worker::{SharedMember, Surroundings, Worker, WorkerError};

pub(crate) use halt::panic_message;
