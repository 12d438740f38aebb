//! Why the processor does not run, or runs no more.

use crate::broker::kafka::{AdminError, ClientError, MemberError, PreflightError};
use crate::definitions::DefinitionsError;
use crate::partition::WorkerError;
use crate::recovery::BeginError;
use crate::snapshot::StoreError;

/// Why the processor does not run, or runs no more.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The segment definitions.
    #[error(transparent)]
    Definitions(#[from] DefinitionsError),
    /// The topics.
    #[error(transparent)]
    Preflight(#[from] PreflightError),
    /// The first start.
    #[error(transparent)]
    Begin(#[from] BeginError),
    /// The settings of the Kafka client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The HTTP server's address.
    #[error("cannot listen on {address}: {error}; give this process an address of its own with `http.listen`")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// What the process is made of.
    #[error("cannot start {what}: {reason}")]
    Start {
        /// Which part.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The store for snapshots.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A worker.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The membership of the group.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A defect of this program.
    #[error("thread `{thread}` failed, which is a defect of this program: {panic}")]
    Panicked {
        /// Which.
        thread: String,
        /// What it said.
        panic: String,
    },
}

impl RunError {
    /// Whether what an operator configured is refused, and trying again changes nothing.
    pub fn is_configuration(&self) -> bool {
        match self {
            Self::Definitions(_) | Self::Client(_) | Self::Listen { .. } | Self::Store(_) => true,
            Self::Preflight(error) => !matches!(error, PreflightError::Cluster(AdminError::Unreachable { .. })),
            Self::Begin(error) => match error {
                BeginError::HasBegun { .. }
                | BeginError::HasNotBegun { .. }
                | BeginError::Partly { .. }
                | BeginError::Client(_) => true,
                BeginError::Unanswered(_) | BeginError::NoLeader { .. } | BeginError::Commit(_) => false,
            },
            Self::Start { .. } | Self::Worker(_) | Self::Member(_) | Self::Panicked { .. } => false,
        }
    }
}
