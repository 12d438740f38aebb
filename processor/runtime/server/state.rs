//! What the server shows: the partitions of this instance, and whether it is well.
//!
//! The partitions' owner implements [`Partitions`]; nothing here changes anything. Not here: the routes.

use std::fmt;
use std::sync::Arc;

use spicchio_core::customer::CustomerTable;
use spicchio_core::segment::Catalog;
use spicchio_core::timer::Instant;

/// What the server asks of the processor. Every call returns at once: copies of numbers and pointers.
pub trait Partitions: Send + Sync + 'static {
    /// The partitions assigned to this instance, by number.
    fn assigned(&self) -> Vec<PartitionView>;

    /// How many partitions the inputs have; nothing while that is not known.
    fn total(&self) -> Option<usize>;

    /// The definitions in force.
    fn catalog(&self) -> Arc<Catalog>;

    /// What must hold for the process to be left running. Kafka's absence is no reason to restart it.
    fn live(&self) -> Vec<Check>;

    /// What must hold, beside every partition's running, for this instance to count as working.
    fn ready(&self) -> Vec<Check>;
}

/// One partition as it is now.
#[derive(Clone, Debug)]
pub struct PartitionView {
    /// Its number.
    pub partition: i32,
    /// What it is doing.
    pub state: PartitionState,
    /// The partition clock.
    pub clock: Instant,
    /// The newest batch that is committed: what a customer of a later batch shows is not announced yet.
    pub committed_batch: u64,
    /// Records of its inputs that are not folded yet, when last known.
    pub behind: Option<u64>,
    /// The definitions its customers are decided by.
    pub catalog: Arc<Catalog>,
    /// Members per segment, in the order of that catalog.
    pub members: Vec<Vec<u64>>,
    /// Its customers.
    pub table: Arc<CustomerTable>,
}

/// What a partition is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum PartitionState {
    /// It reads its history; the part that is done, 0 to 1.
    Recovering(f64),
    /// It takes in records as they come.
    Running,
    /// It has stopped, for this reason, and needs an operator.
    Stopped(String),
}

impl PartitionState {
    /// The names of all states.
    pub const NAMES: [&str; 3] = ["recovering", "running", "stopped"];

    /// Its name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Recovering(_) => "recovering",
            Self::Running => "running",
            Self::Stopped(_) => "stopped",
        }
    }
}

impl fmt::Display for PartitionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recovering(done) => write!(f, "recovering, {:.0}% done", done * 100.0),
            Self::Running => f.write_str("running"),
            Self::Stopped(reason) => write!(f, "stopped: {reason}"),
        }
    }
}

/// One condition of health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name, part of an address: lower case and hyphens.
    pub name: &'static str,
    /// What is wrong; nothing when it holds.
    pub wrong: Option<String>,
}
